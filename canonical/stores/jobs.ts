/** What was decided about jobs: what is due, what is being executed and by whom. Every change holds where another process was quicker. */
import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import type { Value } from '../dialect.ts';
import { execute, queryObjects } from '../execute.ts';
import type { RunRow } from './runs.ts';

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

function* sets<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += SET) yield all.slice(at, at + SET);
}

/** Statements with many names are written out: Knex takes longer over them than the database. */
const marks = (names: readonly string[]): string => names.map(() => '?').join(',');

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

export interface Holder {
  readonly name: string;
  isGone(name: string): boolean;
}

interface LeaseRow {
  readonly name: string;
  readonly owner: string;
  readonly token: number;
  readonly expires_at: number;
}

async function leasesOf(db: Db, names: readonly string[]): Promise<LeaseRow[]> {
  const sql = `SELECT name, owner, token, expires_at FROM leases WHERE name IN (${marks(names)})`;
  const rows = names.length === 0 ? [] : await queryObjects<LeaseRow>(db, sql, names.map(jobLease));
  return rows.map((row) => ({ ...row, token: Number(row.token), expires_at: Number(row.expires_at) }));
}

/**
 * Starts jobs that are due: takes their leases and notes them as running, in the caller's transaction. Answers the fencing tokens of
 * those that were got; the rest is somebody else's, or not due any more.
 */
export async function claimJobs(trx: Db, names: readonly string[], owner: Holder, now: number, ttlMs: number): Promise<Map<string, number>> {
  const claimed = new Map<string, number>();
  for (const some of sets(names)) for (const [name, token] of await claimSet(trx, some, owner, now, ttlMs)) claimed.set(name, token);
  return claimed;
}

async function claimSet(trx: Db, names: readonly string[], owner: Holder, now: number, ttlMs: number): Promise<Map<string, number>> {
  const take = `UPDATE leases SET owner = ?, token = token + 1, expires_at = ? WHERE expires_at <= ? AND name IN (${marks(names)})`;
  const free = (await execute(trx, take, [owner.name, now + ttlMs, now, ...names.map(jobLease)])).affected;
  if (free < names.length) {
    const taken = { owner: owner.name, token: trx.raw('token + 1'), expires_at: now + ttlMs };
    for (const lease of await leasesOf(trx, names)) {
      if (lease.owner !== owner.name && owner.isGone(lease.owner)) await trx('leases').where({ name: lease.name, token: lease.token }).update(taken);
    }
  }
  const held = new Map((await leasesOf(trx, names)).filter((lease) => lease.owner === owner.name).map((lease) => [lease.name, lease.token]));
  const mine = names.filter((name) => held.has(jobLease(name)));
  if (mine.length === 0) return new Map();
  const begin =
    'UPDATE jobs SET running_since = ?, began_at = ?, due_at = NULL, cause = NULL, skip_id = NULL ' +
    `WHERE due_at IS NOT NULL AND running_since IS NULL AND name IN (${marks(mine)})`;
  const begun = (await execute(trx, begin, [now, now, ...mine])).affected;
  const got = begun === mine.length ? mine : await giveBackLost(trx, mine, now);
  return new Map(got.map((name) => [name, held.get(jobLease(name)) ?? 0]));
}

/** Of the jobs whose leases were got some are not due any more, or run: their leases are given back. Answers the others. */
async function giveBackLost(trx: Db, mine: readonly string[], now: number): Promise<readonly string[]> {
  const begun = new Set((await trx('jobs').select('name').whereIn('name', mine).where({ running_since: now })).map((row: { name: string }) => row.name));
  const lost = mine.filter((name) => !begun.has(name));
  await trx('leases').whereIn('name', lost.map(jobLease)).update({ expires_at: 0 });
  return mine.filter((name) => begun.has(name));
}

export interface JobEnd {
  readonly runId: number | null;
  /** When it ended, if it ended well. */
  readonly succeeded: number | null;
  /** It is to be started again, and why. */
  readonly again: { readonly due: number; readonly cause: Cause } | null;
}

/** Notes that jobs ended and gives their leases back; those whose lease another has taken are left to that one. */
export async function endJobs(trx: Db, ended: readonly (JobEnd & { readonly name: string; readonly token: number })[]): Promise<void> {
  for (const { name, token, runId, succeeded, again } of ended) {
    const kept = await trx('leases')
      .where({ name: jobLease(name), token })
      .update({ expires_at: 0 });
    if (kept === 0 && !(await stillMine(trx, name, token))) continue;
    await trx('jobs')
      .where({ name })
      .update({
        running_since: null,
        ...(runId === null ? {} : { run_id: runId }),
        ...(succeeded === null ? {} : { succeeded_at: succeeded }),
        ...(again === null ? {} : { due_at: trx.raw('COALESCE(due_at, ?)', [again.due]), cause: trx.raw('COALESCE(cause, ?)', [again.cause]) }),
      });
  }
}

/** MySQL may count a row as not changed that was found. */
async function stillMine(trx: Db, name: string, token: number): Promise<boolean> {
  return (await leasesOf(trx, [name])).some((lease) => lease.token === token);
}

/** Jobs that stand as running and whose process does not live: killed, or silent for longer than its lease. */
export async function lostJobs(
  db: Db,
  rows: readonly JobRow[],
  owner: Holder,
  now: number,
): Promise<{ readonly name: string; readonly owner: string; readonly token: number }[]> {
  const running = rows.filter((row) => row.running_since !== null).map((row) => row.name);
  const lost: { name: string; owner: string; token: number }[] = [];
  for (const some of sets(running)) {
    for (const lease of await leasesOf(db, some)) {
      if (lease.expires_at <= now || owner.isGone(lease.owner))
        lost.push({ name: lease.name.slice(jobLease('').length), owner: lease.owner, token: lease.token });
    }
  }
  return lost;
}

/** Takes a lost job from its dead holder: the token grows, so that the holder can write nothing more should it wake. False where another was quicker. */
export async function takeBack(trx: Db, name: string, token: number): Promise<boolean> {
  const taken = await trx('leases')
    .where({ name: jobLease(name), token })
    .update({ owner: '', token: token + 1, expires_at: 0 });
  if (taken === 0) return false;
  await trx('jobs').where({ name }).update({ running_since: null });
  return true;
}

/** Whether a run works on the store now, and whose: nothing is started before it has ended. */
export async function storeHolder(db: Db, owner: Holder, now: number): Promise<string | null> {
  const row = await db('leases').where({ name: 'store' }).first('owner', 'expires_at');
  if (row === undefined || Number(row.expires_at) <= now || owner.isGone(String(row.owner))) return null;
  return String(row.owner);
}

/** What was due and by policy not executed; one entry for a row of them without an execution between. */
export interface Skip {
  readonly job: string;
  readonly kind: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly why: string;
}

interface SkipCounts {
  readonly skipped: number;
  readonly last: number;
}

/** Records skips in `runs`; `ids` are numbers for as many new entries. */
export async function recordSkips(trx: Db, skips: readonly Skip[], ids: () => number, now: number): Promise<void> {
  const open = new Map<string, number>();
  for (const some of sets(skips.map((skip) => skip.job))) {
    for (const row of await trx<JobRow>('jobs').select('name', 'skip_id').whereIn('name', some).whereNotNull('skip_id'))
      open.set(row.name, Number(row.skip_id));
  }
  for (const skip of skips) {
    const id = open.get(skip.job);
    const before = id === undefined ? undefined : await trx<RunRow>('runs').where({ id }).first('counts');
    if (id === undefined || before === undefined) {
      const made = ids();
      await trx('runs').insert(skipRow(made, skip, now));
      await trx('jobs').where({ name: skip.job }).update({ skip_id: made });
      continue;
    }
    const counts = JSON.parse(before.counts) as SkipCounts;
    await trx('runs')
      .where({ id })
      .update({ counts: countsOf(skip, counts.skipped), problems: problemsOf(skip), ended_at: now });
  }
}

const countsOf = (skip: Skip, before: number): string => JSON.stringify({ skipped: before + skip.count, last: skip.last } satisfies SkipCounts);
const problemsOf = (skip: Skip): string => JSON.stringify([{ code: 'JOB_SKIPPED', message: skip.why, hint: 'With `catchUp: once` it would be run once.' }]);

function skipRow(id: number, skip: Skip, now: number): Record<string, unknown> {
  return {
    id,
    job: skip.kind,
    name: skip.job,
    due_at: skip.first,
    scope: '{}',
    state: 'skipped',
    started_at: now,
    ended_at: now,
    counts: countsOf(skip, 0),
    problems: problemsOf(skip),
    acknowledged: 1,
  };
}
