/** `sverka runs`: what was done. */
import { Command } from 'commander';
import { StoreError, type SverkaError } from '../../../core/errors.ts';
import type { RunReport } from '../../../pipeline/report.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { parseNumber } from '../options.ts';
import { withStore } from '../session.ts';

export function runsCommand(run: Runner): Command {
  const command = new Command('runs')
    .description('List the last runs, or show one of them.')
    .argument('[id]', 'number of a run', parseNumber)
    .option('--limit <n>', 'how many', parseNumber, 20);
  return withExample(command.action(run(runs)), 'sverka runs', 'sverka runs 1', 'sverka runs --limit 5 --json');
}

async function runs(invocation: Invocation, id: number | undefined, options: { readonly limit: number }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ store }) => {
    const [{ lastRuns }, { runById }, { summaryOf }, { table, when, seconds }] = await Promise.all([
      import('../../../canonical/stores/runs.ts'),
      import('../../../canonical/stores/console.ts'),
      import('../../console/runs.ts'),
      import('../output/table.ts'),
    ]);
    if (id !== undefined) {
      const row = await runById(store.db, id);
      if (row === undefined) throw notFound(`there is no run ${id}`);
      const { runText } = await import('../output/run.ts');
      const summary = summaryOf(row);
      return { code: 0, data: summary, text: runText(summary) };
    }
    const list = (await lastRuns(store.db, options.limit)).map(summaryOf);
    const rows = list.map((one) => [
      one.id,
      one.name === null ? one.job : `${one.name}: ${one.job}`,
      one.state,
      when(one.startedAt),
      one.endedAt === null ? '' : seconds(one.endedAt - one.startedAt),
      (one.counts as Partial<RunReport> | null)?.delivered ?? null,
    ]);
    return {
      code: 0,
      data: list,
      text: table(['run', 'job', 'state', 'began (UTC)', 'took', 'writes'], rows) || 'no run yet: sverka sync',
    };
  });
}

/** The id on the command line names nothing. */
export function notFound(message: string): SverkaError {
  return new StoreError('NOT_FOUND', message);
}
