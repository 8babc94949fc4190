/** `sverka jobs`: what runs by itself, and when next. */
import { Command } from 'commander';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { withStore } from '../session.ts';
import { notFound } from './runs.ts';

export function jobsCommand(run: Runner): Command {
  const command = new Command('jobs').description('The jobs of the configuration, which `sverka serve` runs by itself.');
  const list = new Command('list').description('When each job is next, what it waits for, how it went.').action(run(jobs));
  command.addCommand(withExample(list, 'sverka jobs list'), { isDefault: true });
  const start = new Command('start')
    .description('Have a job started as soon as possible by whoever serves this store.')
    .argument('<name>', 'the job')
    .action(run(startJob));
  command.addCommand(withExample(start, 'sverka jobs start nightly'));
  return withExample(command, 'sverka jobs list');
}

async function jobs(invocation: Invocation): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ store, loaded }) => {
    const { jobsNow } = await import('../../console/jobs.ts');
    const { systemClock } = await import('../../adapters/clock.ts');
    const { table, when } = await import('../output/table.ts');
    const list = await jobsNow(store.db, loaded, systemClock.now());
    const rows = list.map((one) => [one.name, one.run, one.schedule, one.state, when(one.next), one.lastRun, one.lastState, when(one.succeededAt)]);
    const text = table(['job', 'what', 'schedule', 'now', 'next (UTC)', 'run', 'ended', 'last well (UTC)'], rows);
    return { code: 0, data: list, text: text || 'no job is configured: see `jobs` in docs/configuration.md' };
  });
}

async function startJob(invocation: Invocation, name: string): Promise<Answer> {
  return withStore(invocation, { schema: 'needed' }, async ({ store, loaded }) => {
    const [{ jobsOf }, { ensureJobs, setDue }, { systemClock }, { suggestion }] = await Promise.all([
      import('../../scheduler/job.ts'),
      import('../../../canonical/stores/jobs.ts'),
      import('../../adapters/clock.ts'),
      import('../../../core/nearest.ts'),
    ]);
    const known = jobsOf(loaded);
    const job = known.find((one) => one.name === name);
    const names = known.map((one) => one.name);
    if (job === undefined) throw notFound(`there is no job "${name}"${suggestion(name, names) || `; there are ${names.join(', ')}`}`);
    const now = systemClock.now();
    await ensureJobs(store.db, [job], now);
    const fresh = await setDue(store.db, name, now, 'person');
    return {
      code: 0,
      data: { job: name, state: fresh ? 'due' : 'due already' },
      text: fresh ? `${name} is started as soon as it may, by whoever serves this store (sverka serve)` : `${name} waits to be started already`,
    };
  });
}
