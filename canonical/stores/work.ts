/** Runs, reviews, quarantine, checkpoints, cursors, leases and systems. */

import { InvariantError, StoreError } from '../../core/errors.ts';
import type { Db } from '../db.ts';
import type { Numbers } from './numbers.ts';
import { selectIn } from './select.ts';

export interface RunRow {
  id: number;
  job: string;
  name: string | null;
  due_at: number | null;
  scope: string;
  /** `interrupted` also where a person or a stop signal ended it. */
  state: 'running' | 'done' | 'waiting' | 'failed' | 'interrupted' | 'skipped';
  started_at: number;
  ended_at: number | null;
  counts: string;
  problems: string | null;
  acknowledged: number;
  cancelled_by: string | null;
}

/** Notes the begin of a run that holds the lease. One run works on a store at a time: any other that still stands as running died. */
export async function insertRun(db: Db, row: RunRow): Promise<void> {
  await db('runs').where({ state: 'running' }).update({ state: 'interrupted' });
  await db('runs').insert(row);
}

export async function updateRun(db: Db, id: number, patch: Partial<RunRow>): Promise<void> {
  await db('runs').where({ id }).update(patch);
}

/** The run that is under way; null when there is none. */
export async function runningRun(db: Db): Promise<number | null> {
  const row = await db<RunRow>('runs').where({ state: 'running' }).orderBy('id', 'desc').first('id');
  return row === undefined ? null : Number(row.id);
}

/** States of runs by their numbers. */
export async function runStates(db: Db, ids: readonly number[]): Promise<Map<number, RunRow['state']>> {
  return new Map((await selectIn<RunRow>(db, 'runs', ['id', 'state'], 'id', ids)).map((row) => [row.id, row.state]));
}

/** Asks a run to stop; false when it is not running (any more). */
export async function askToStop(db: Db, id: number, by: string): Promise<boolean> {
  return (await db('runs').where({ id, state: 'running' }).update({ cancelled_by: by })) > 0;
}

/** Who asked a run to stop; null when nobody did. */
export async function whoStops(db: Db, id: number): Promise<string | null> {
  return (await db<RunRow>('runs').where({ id }).first('cancelled_by'))?.cancelled_by ?? null;
}

export async function lastRuns(db: Db, limit: number): Promise<RunRow[]> {
  return db<RunRow>('runs').select('*').orderBy('id', 'desc').limit(limit);
}

/** Numbers of the configured systems; new ones are made. Several processes, and several parts of one, may ask at one time. */
export async function systemIds(db: Db, systems: readonly { name: string; vendor: string }[], numbers: Numbers, now: number): Promise<Map<string, number>> {
  const known = await knownSystems(db);
  const fresh = systems.filter(({ name }) => !known.has(name));
  if (fresh.length === 0) return known;
  for (const { name, vendor } of fresh) {
    const id = await numbers.take('systems');
    // Another may have made it since: its number holds.
    await db('systems').insert({ id, name, vendor, created_at: now }).onConflict('name').ignore();
  }
  return knownSystems(db);
}

async function knownSystems(db: Db): Promise<Map<string, number>> {
  return new Map((await allSystems(db)).map(({ id, name }) => [name, id]));
}

export async function allSystems(db: Db): Promise<{ id: number; name: string; vendor: string }[]> {
  return db('systems').select('id', 'name', 'vendor').orderBy('id');
}

export interface CheckpointRow {
  system_id: number;
  reading: string;
  position: string | null;
  batch_began: number | null;
  snapshot_began: number | null;
  snapshot_run: number | null;
  snapshots: number;
}

export async function checkpointOf(db: Db, systemId: number, reading: string): Promise<CheckpointRow | undefined> {
  return db<CheckpointRow>('checkpoints').select('*').where({ system_id: systemId, reading }).first();
}

export async function saveCheckpoint(db: Db, row: CheckpointRow): Promise<void> {
  const { system_id, reading, ...rest } = row;
  const updated = await db('checkpoints').where({ system_id, reading }).update(rest);
  if (updated === 0 && (await checkpointOf(db, system_id, reading)) === undefined) await db('checkpoints').insert(row);
}

export async function allCheckpoints(db: Db): Promise<CheckpointRow[]> {
  return db<CheckpointRow>('checkpoints').select('*');
}

export interface Cursor {
  seq: number;
  basis: string | null;
}

export async function cursorOf(db: Db, name: string): Promise<Cursor> {
  const row = await db('cursors').where({ name }).first('seq', 'basis');
  return row === undefined ? { seq: 0, basis: null } : { seq: Number(row.seq), basis: row.basis };
}

export async function saveCursor(db: Db, name: string, cursor: Cursor): Promise<void> {
  const updated = await db('cursors').where({ name }).update({ seq: cursor.seq, basis: cursor.basis });
  if (updated === 0 && (await db('cursors').where({ name }).first('name')) === undefined) await db('cursors').insert({ name, ...cursor });
}

export interface QuarantineRow {
  id: number;
  system_id: number;
  stream: string;
  record_key: string;
  body: string;
  digest: string;
  code: string;
  field: string;
  rule: string;
  place: string | null;
  state: 'open' | 'cured' | 'gone';
  first_run: number;
  first_at: number;
  last_at: number;
  acknowledged: number;
}

export async function quarantinedKeys(db: Db, systemId: number, stream: string, keys: readonly string[]): Promise<QuarantineRow[]> {
  return selectIn<QuarantineRow>(db, 'quarantine', QUARANTINE, 'record_key', keys, { system_id: systemId, stream });
}

const QUARANTINE = [
  'id',
  'system_id',
  'stream',
  'record_key',
  'body',
  'digest',
  'code',
  'field',
  'rule',
  'place',
  'state',
  'first_run',
  'first_at',
  'last_at',
  'acknowledged',
] as const satisfies readonly (keyof QuarantineRow)[];

export async function saveQuarantine(db: Db, row: QuarantineRow): Promise<void> {
  await db('quarantine').where({ system_id: row.system_id, stream: row.stream, record_key: row.record_key }).delete();
  await db('quarantine').insert(row);
}

export async function quarantineInState(db: Db, state: QuarantineRow['state'], limit: number): Promise<QuarantineRow[]> {
  return db<QuarantineRow>('quarantine').select('*').where({ state }).orderBy('id').limit(limit);
}

export async function closeQuarantine(db: Db, systemId: number, stream: string, keys: readonly string[], state: 'cured' | 'gone'): Promise<number> {
  let closed = 0;
  for (let at = 0; at < keys.length; at += 500) {
    closed += await db('quarantine')
      .where({ system_id: systemId, stream, state: 'open' })
      .whereIn('record_key', keys.slice(at, at + 500))
      .update({ state });
  }
  return closed;
}

export interface ReviewRow {
  id: number;
  kind: string;
  subject: string;
  entity: string | null;
  entity_id: number | null;
  record_a: number | null;
  record_b: number | null;
  question: string;
  state: 'open' | 'decided' | 'moot';
  answer: string | null;
  decided_by: string | null;
  decided_at: number | null;
  run_id: number;
  asked_at: number;
  acknowledged: number;
}

/** Asks, unless the same subject is open or was decided. A question that fell away is asked again. Returns whether it is new. */
export async function ask(db: Db, row: ReviewRow): Promise<boolean> {
  const known = await db('reviews').where({ subject: row.subject }).first('id', 'state');
  if (known === undefined) {
    await db('reviews').insert(row);
    return true;
  }
  if (known.state === 'moot') {
    await db('reviews')
      .where({ id: known.id })
      .update({ state: 'open', question: row.question, run_id: row.run_id, asked_at: row.asked_at, entity_id: row.entity_id, acknowledged: 0 });
    return true;
  }
  if (known.state === 'open') await db('reviews').where({ id: known.id }).update({ entity_id: row.entity_id });
  return false;
}

export async function reviewsInState(db: Db, state: ReviewRow['state'], limit: number): Promise<ReviewRow[]> {
  return db<ReviewRow>('reviews').select('*').where({ state }).orderBy('id').limit(limit);
}

export async function reviewById(db: Db, id: number): Promise<ReviewRow | undefined> {
  return db<ReviewRow>('reviews').select('*').where({ id }).first();
}

/** Open reviews of the given kinds that speak of any of the records. */
export async function openReviewsOfRecords(db: Db, recordIds: readonly number[], kinds: readonly string[]): Promise<ReviewRow[]> {
  const columns = [
    'id',
    'kind',
    'subject',
    'entity',
    'entity_id',
    'record_a',
    'record_b',
    'question',
    'state',
    'answer',
    'decided_by',
    'decided_at',
    'run_id',
    'asked_at',
    'acknowledged',
  ] as const satisfies readonly (keyof ReviewRow)[];
  const rows = [
    ...(await selectIn<ReviewRow>(db, 'reviews', columns, 'record_a', recordIds, { state: 'open' })),
    ...(await selectIn<ReviewRow>(db, 'reviews', columns, 'record_b', recordIds, { state: 'open' })),
  ];
  return [...new Map(rows.filter((row) => kinds.includes(row.kind)).map((row) => [row.id, row])).values()];
}

/** Open reviews of one kind about entities. */
export async function openReviewsOfEntities(db: Db, entity: string, ids: readonly number[], kind: string): Promise<{ id: number; subject: string }[]> {
  return selectIn<{ id: number; subject: string }>(db, 'reviews', ['id', 'subject'], 'entity_id', ids, { entity, kind, state: 'open' });
}

/** Puts an open question in other words. */
export async function rewordReview(db: Db, id: number, question: string): Promise<void> {
  await db('reviews').where({ id, state: 'open' }).update({ question });
}

export async function settleReviews(db: Db, ids: readonly number[], state: 'moot' | 'decided'): Promise<void> {
  for (let at = 0; at < ids.length; at += 500)
    await db('reviews')
      .whereIn('id', ids.slice(at, at + 500))
      .update({ state });
}

/**
 * Takes a lease for `ttlMs`, or throws `RUN_LOCKED` with who holds it. A holder that is certainly gone is not waited for. Returns
 * the fencing token.
 */
export async function takeLease(
  db: Db,
  name: string,
  owner: { readonly name: string; isGone(name: string): boolean },
  now: number,
  ttlMs: number,
): Promise<number> {
  const holder = async (): Promise<{ owner: string; token: number; expires_at: number } | undefined> =>
    db('leases').where({ name }).first('owner', 'token', 'expires_at');
  // The first may be two at one time: the row is made free, and then taken like any other. `merge` locks a row that is there already
  // as the update below will: with two that only read it, each would wait for the other.
  if ((await holder()) === undefined) await db('leases').insert({ name, owner: '', token: 0, expires_at: 0 }).onConflict('name').merge(['name']);
  const row = await holder();
  if (row === undefined) throw new InvariantError('INVARIANT_BROKEN', `the lease ${name} is gone while it is taken`);
  const free = owner.isGone(String(row.owner)) ? Number.MAX_SAFE_INTEGER : now;
  const taken = await db('leases')
    .where({ name, token: row.token })
    .where('expires_at', '<=', free)
    .update({ owner: owner.name, token: Number(row.token) + 1, expires_at: now + ttlMs });
  if (taken === 0) {
    throw new StoreError(
      'RUN_LOCKED',
      `another run works on this store: ${row.owner}, until ${new Date(Number(row.expires_at)).toISOString()} unless it goes on`,
    );
  }
  return Number(row.token) + 1;
}

/** Holds on to a lease; to be called in the transaction of every effect. Throws `RUN_LEASE_LOST` when another has taken it. */
export async function keepLease(db: Db, name: string, token: number, now: number, ttlMs: number): Promise<void> {
  const kept = await db('leases')
    .where({ name, token })
    .update({ expires_at: now + ttlMs });
  if (kept === 1) return;
  const row = await db('leases').where({ name }).first('token');
  if (row === undefined || Number(row.token) !== token) throw new StoreError('RUN_LEASE_LOST', 'another run has taken over');
}

/** Gives a lease back. The token goes with it: an effect that still is on its way when a run was stopped must not hold on to it again. */
export async function releaseLease(db: Db, name: string, token: number): Promise<void> {
  await db('leases')
    .where({ name, token })
    .update({ expires_at: 0, token: token + 1 });
}

/** Open reviews and quarantined records. */
export async function countOpen(db: Db): Promise<{ reviews: number; quarantined: number }> {
  const reviews = await db('reviews').where({ state: 'open' }).count({ count: '*' }).first();
  const quarantined = await db('quarantine').where({ state: 'open' }).count({ count: '*' }).first();
  return { reviews: Number(reviews?.['count'] ?? 0), quarantined: Number(quarantined?.['count'] ?? 0) };
}

export async function closeReview(db: Db, id: number, answer: string, by: string, now: number): Promise<void> {
  await db('reviews').where({ id }).update({ state: 'decided', answer, decided_by: by, decided_at: now });
}
