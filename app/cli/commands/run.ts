/** `sverka run cancel`: stops a run, wherever it is executed. */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { withStore } from '../session.ts';
import { notFound } from './runs.ts';

export function runCommand(run: Runner): Command {
  const cancel = new Command('cancel')
    .description('Stop a run: it finishes its batch and leaves a checkpoint. Without a number, the one that is under way.')
    .argument('[id]', 'number of the run', parseNumber);
  withExample(cancel.action(run(cancelRun)), 'sverka run cancel', 'sverka run cancel 17');
  return withExample(new Command('run').description('Stop what is under way.').addCommand(cancel), 'sverka run cancel');
}

async function cancelRun(invocation: Invocation, id: number | undefined): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ store }) => {
    const { cancel } = await import('../../console/cancel.ts');
    const { processOwner } = await import('../../adapters/owner.ts');
    const { systemClock } = await import('../../adapters/clock.ts');
    const found = await cancel(store, { id: id ?? null, by: userInfo().username, owner: processOwner(), now: systemClock.now() });
    if (found === null) throw notFound(id === undefined ? 'no run is under way' : `run ${id} is not under way`);
    const { runId, how } = found;
    const text =
      how === 'asked'
        ? `run ${runId} is asked to stop: it finishes its batch. See: sverka runs ${runId}`
        : `run ${runId} had lost its process already; it is noted as interrupted`;
    return { code: 0, data: { run: runId, how }, text };
  });
}
