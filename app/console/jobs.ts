/** The jobs of a configuration as they stand. */
import type { Db } from '../../canonical/db.ts';
import { allJobs, type JobRow } from '../../canonical/stores/jobs.ts';
import { runStates } from '../../canonical/stores/runs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { nextOccurrence } from '../../core/occurrence.ts';
import { blackoutEnd } from '../scheduler/decide.ts';
import { type Job, jobsOf } from '../scheduler/job.ts';
import { dependenciesDone } from '../scheduler/look.ts';

export interface JobNow {
  readonly name: string;
  readonly run: string;
  readonly schedule: string;
  /** What it does or waits for. */
  readonly state: string;
  /** UTC milliseconds; null without a schedule. */
  readonly next: number | null;
  readonly lastRun: number | null;
  readonly lastState: string | null;
  readonly succeededAt: number | null;
}

export async function jobsNow(db: Db, loaded: LoadedConfig, now: number): Promise<readonly JobNow[]> {
  const rows = new Map((await allJobs(db)).map((row) => [row.name, row]));
  const runs = await runStates(
    db,
    [...rows.values()].flatMap((row) => row.run_id ?? []),
  );
  return jobsOf(loaded).map((job) => {
    const row = rows.get(job.name);
    const { schedule } = job;
    return {
      name: job.name,
      run: job.request.job,
      schedule: schedule === null ? startersOf(job) : `${schedule.line.text} ${schedule.zone}`,
      state: stateOf(job, row, rows, now),
      next: schedule === null ? null : nextOccurrence(schedule.line, schedule.zone, Math.max(now, row?.decided_until ?? 0)),
      lastRun: row?.run_id ?? null,
      lastState: runs.get(row?.run_id ?? 0) ?? null,
      succeededAt: row?.succeeded_at ?? null,
    };
  });
}

function startersOf(job: Job): string {
  const starters = [job.file === null ? '' : 'a file', job.token === null ? '' : 'a callback'].filter((text) => text !== '').join(' or ');
  return starters === '' ? `after ${job.after.join(', ')}` : `by ${starters}`;
}

function stateOf(job: Job, row: JobRow | undefined, rows: ReadonlyMap<string, JobRow>, now: number): string {
  if (row === undefined) return 'never served';
  if (row.running_since !== null) return 'running';
  if (row.due_at === null) return '';
  if (blackoutEnd(job, now) !== null) return 'waits for the end of a blackout';
  if (row.cause !== 'person' && !dependenciesDone(job, row, rows)) return `waits for ${job.after.join(', ')}`;
  return `due (${row.cause})`;
}
