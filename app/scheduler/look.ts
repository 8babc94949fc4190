/** What others did since the last look: processes that died, trigger files that came, jobs that ended well. */
import type { Store } from '../../canonical/open.ts';
import { lostJobs, takeBack } from '../../canonical/stores/job-claims.ts';
import { type Cause, type JobRow, setDue } from '../../canonical/stores/jobs.ts';
import type { Holder } from '../../canonical/stores/leases.ts';
import type { Logger } from '../../core/context.ts';
import type { Job } from './job.ts';

export interface Look {
  readonly now: number;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly rows: ReadonlyMap<string, JobRow>;
  /** What this process itself executes. */
  readonly running: ReadonlyMap<string, unknown>;
}

/** Notes what is to be started for it; answers whether anything was noted. */
export type LookAround = (look: Look) => Promise<boolean>;

interface LookOptions {
  readonly store: Store;
  readonly log: Logger;
  readonly owner: Holder;
  readonly markOf: (path: string) => Promise<string | null>;
  /** A file that did not change for so long is whole, ms. */
  readonly pollMs: number;
}

/** Time and size of a trigger file, and since when it has them: a file that still changes is being written. */
interface Mark {
  readonly mark: string | null;
  readonly since: number;
}

export function lookAround(options: LookOptions): LookAround {
  const marks = new Map<string, Mark>();
  return async (look) => {
    const lost = await takeBackLost(options, look);
    const files = await lookAtFiles(options, look, marks);
    const after = await startAfter(options, look);
    return lost || files || after;
  };
}

async function takeBackLost({ store, log, owner }: LookOptions, { now, jobs, rows, running }: Look): Promise<boolean> {
  let changed = false;
  for (const { name, owner: dead, token } of await lostJobs(store.db, [...rows.values()], owner, now)) {
    // Our own: its lease ran out while this process stood still, and the next sign of life prolongs it.
    if (running.has(name)) continue;
    if (!(await store.transaction((trx) => takeBack(trx, name, token)))) continue;
    changed = true;
    const again = jobs.get(name)?.catchUp === 'once';
    log.warn('a process ended or fell silent while it executed a job', { job: name, process: dead, again });
    if (again) await setDue(store.db, name, now, 'catch-up');
  }
  return changed;
}

async function lookAtFiles({ store, log, markOf, pollMs }: LookOptions, { now, jobs, rows }: Look, marks: Map<string, Mark>): Promise<boolean> {
  let changed = false;
  for (const { name, file } of jobs.values()) {
    const row = rows.get(name);
    if (file === null || row === undefined) continue;
    const mark = await markOf(file);
    const before = marks.get(name);
    if (before?.mark !== mark) marks.set(name, { mark, since: now });
    else if (mark !== null && mark !== row.seen_file && now - before.since >= pollMs) {
      log.info('a trigger file came', { job: name });
      changed = (await setDue(store.db, name, now, 'file', { before: row.seen_file, now: mark })) || changed;
    }
  }
  return changed;
}

/** Jobs that nothing but others starts. */
async function startAfter({ store }: LookOptions, { now, jobs, rows }: Look): Promise<boolean> {
  let changed = false;
  for (const job of jobs.values()) {
    const row = rows.get(job.name);
    if (row === undefined || job.after.length === 0 || job.schedule !== null || job.file !== null || job.token !== null) continue;
    if (row.due_at !== null || row.running_since !== null || !dependenciesDone(job, row, rows)) continue;
    changed = (await setDue(store.db, job.name, now, 'after' satisfies Cause)) || changed;
  }
  return changed;
}

/** Every job that this one waits for has ended well since it last began. */
export function dependenciesDone(job: Job, row: JobRow, rows: ReadonlyMap<string, JobRow>): boolean {
  return job.after.every((name) => (rows.get(name)?.succeeded_at ?? Number.NEGATIVE_INFINITY) > (row.began_at ?? Number.NEGATIVE_INFINITY));
}
