/** What was decided about jobs and what is due. Every change holds where another process was quicker. */
import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import type { Value } from '../dialect.ts';
import { execute } from '../execute.ts';

export type Cause = 'schedule' | 'catch-up' | 'file' | 'callback' | 'after' | 'person';

export interface JobRow {
  name: string;
  basis: string;
  decided_until: number;
  due_at: number | null;
  cause: Cause | null;
  running_since: number | null;
  run_id: number | null;
  began_at: number | null;
  succeeded_at: number | null;
  skip_id: number | null;
  seen_file: string | null;
}

/** Names in one statement. */
const SET = 1000;

export const jobLease = (name: string): string => `job:${name}`;

/** Names, in as many portions as there are to be statements. */
export function* sets<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += SET) yield all.slice(at, at + SET);
}

/** Statements with many names are written out: Knex takes longer over them than the database. */
export const marks = (names: readonly string[]): string => names.map(() => '?').join(',');

export async function allJobs(db: Db): Promise<JobRow[]> {
  return db<JobRow>('jobs').select('*');
}

/** Makes rows and leases for jobs that have none. A job under another schedule starts afresh: nothing before `now` is missed. */
export async function ensureJobs(db: Db, jobs: readonly { readonly name: string; readonly basis: string }[], now: number): Promise<void> {
  const known = new Map((await allJobs(db)).map((row) => [row.name, row.basis]));
  const fresh = jobs.filter(({ name }) => !known.has(name)).map(({ name, basis }) => [name, basis, now]);
  await bulkInsert(db, 'jobs', ['name', 'basis', 'decided_until'], fresh, { onDuplicate: 'ignore' });
  const leases = fresh.map(([name]) => [jobLease(String(name)), '', 0, 0]);
  await bulkInsert(db, 'leases', ['name', 'owner', 'token', 'expires_at'], leases, { onDuplicate: 'ignore' });
  for (const { name, basis } of jobs) {
    const before = known.get(name);
    if (before === undefined || before === basis) continue;
    await db('jobs').where({ name, basis: before }).update({ basis, decided_until: now });
    await db('jobs').where({ name }).whereIn('cause', ['schedule', 'catch-up']).update({ due_at: null, cause: null });
  }
}

/**
 * Notes that all times up to `until` are dealt with, and, with `due`, that the job waits to be started; one that waits already waits on.
 * Answers for how many nobody had done so before.
 */
export async function decideJobs(
  db: Db,
  names: readonly string[],
  decision: { readonly until: number; readonly due: number | null; readonly cause: Cause },
): Promise<number> {
  let decided = 0;
  for (const some of sets(names)) {
    const due = decision.due === null ? '' : ', due_at = COALESCE(due_at, ?), cause = COALESCE(cause, ?)';
    const values: Value[] = decision.due === null ? [decision.until] : [decision.until, decision.due, decision.cause];
    const sql = `UPDATE jobs SET decided_until = ?${due} WHERE decided_until < ? AND name IN (${marks(some)})`;
    decided += (await execute(db, sql, [...values, decision.until, ...some])).affected;
  }
  return decided;
}

/** A job waits to be started; false where it waits already or there is no such job. `seenFile` is kept with it. */
export async function setDue(
  db: Db,
  name: string,
  due: number,
  cause: Cause,
  seenFile?: { readonly before: string | null; readonly now: string },
): Promise<boolean> {
  const query = db('jobs').where({ name });
  if (seenFile === undefined) return (await query.whereNull('due_at').update({ due_at: due, cause })) > 0;
  if (seenFile.before === null) query.whereNull('seen_file');
  else query.where({ seen_file: seenFile.before });
  const changes = { due_at: db.raw('COALESCE(due_at, ?)', [due]), cause: db.raw('COALESCE(cause, ?)', [cause]), seen_file: seenFile.now };
  return (await query.update(changes)) > 0;
}
