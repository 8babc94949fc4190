/** `sverka status`: what is there, what waits, and when it was last read. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { withStore } from '../session.ts';

export function statusCommand(run: Runner): Command {
  const command = new Command('status')
    .description('What is there, what waits for a person, and when each system was last read.')
    .option('--ack', 'what waits now is known: later runs report only what is new', false);
  return withExample(command.action(run(status)), 'sverka status', 'sverka status --ack');
}

async function status(invocation: Invocation, options: { readonly ack: boolean }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ store, loaded }) => {
    const { acknowledgeAll } = await import('../../../canonical/stores/console.ts');
    const { statusOf } = await import('../../console/status.ts');
    const { statusText } = await import('../output/status.ts');
    if (options.ack) await store.transaction((trx) => acknowledgeAll(trx));
    const { pendingEdits } = await import('../../console/pending.ts');
    const found = await statusOf(store.db, await pendingEdits(store.db, loaded));
    const { reviews, quarantined, runs } = found.fresh;
    return { code: reviews + quarantined + runs > 0 ? 3 : 0, data: found, text: statusText(found) };
  });
}
