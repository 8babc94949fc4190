/** Which jobs are being executed and by whom: taken, given back, and taken from the dead. */

import type { Db } from '../db.ts';
import { execute, queryObjects } from '../execute.ts';
import { type Cause, type JobRow, jobLease, marks, sets } from './jobs.ts';
import type { Holder } from './leases.ts';

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
