/** `sverka mapping rollback`: takes the newest activation back. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { withStore } from '../session.ts';

export function rollbackCommand(run: Runner): Command {
  const command = new Command('rollback')
    .description(
      'Take the newest activation back: all that was not written to since is put back as it was, the rest is worked out with the former mapping again, and what undoes what was sent is proposed. Once more goes one step further.',
    )
    .option('--examples <n>', 'examples for each field', parseNumber, 3);
  return withExample(command.action(run(rollback)), 'sverka mapping rollback');
}

async function rollback(invocation: Invocation, options: { readonly examples: number }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store, setup: compose }) => {
    const { rollBackNewest } = await import('../../console/mapping-life.ts');
    const { rollbackText, waitingOf } = await import('../output/activation.ts');
    const report = await rollBackNewest(store, await compose(), loaded, { examples: options.examples, personal: invocation.options.showPersonal });
    return { code: !report.exact && waitingOf(report) > 0 ? 3 : 0, data: report, text: rollbackText(report) };
  });
}
