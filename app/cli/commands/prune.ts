/** `sverka prune`: forget what is over and old. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { withStore } from '../session.ts';

export function pruneCommand(run: Runner): Command {
  const command = new Command('prune')
    .description('Forget old runs, finished operations and the like, as `retention` in the configuration says. Safe beside a run, and to be stopped.')
    .option('--dry', 'only say how much would be forgotten', false);
  return withExample(command.action(run(prune)), 'sverka prune --dry', 'sverka prune');
}

const WORDS = {
  runs: 'runs',
  operations: 'operations that are over',
  quarantine: 'records set aside, cured or gone',
  reviews: 'questions that fell away',
  pushLog: 'deliveries of single fields',
  callDays: 'daily counts of calls',
} as const;

async function prune(invocation: Invocation, options: { readonly dry: boolean }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ loaded, store, log }) => {
    const [upkeep, { systemClock }, { table }] = await Promise.all([
      import('../../upkeep/prune.ts'),
      import('../../adapters/clock.ts'),
      import('../output/table.ts'),
    ]);
    const { retention } = loaded.config;
    const pruned = await upkeep.prune(store, { retention, clock: systemClock, log, dry: options.dry }, invocation.signal);
    const rows = Object.entries(WORDS).map(([name, words]) => [words, pruned[name as keyof typeof WORDS]]);
    return { code: 0, data: { dry: options.dry, pruned }, text: table([options.dry ? 'would be forgotten' : 'forgotten', 'count'], rows) };
  });
}
