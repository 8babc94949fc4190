/**
 * What may be forgotten after a time, in batches. Never: records, links, entities, what people said (overrides, same and different,
 * decided reviews), tombstones, the ledger, what waits, what was pushed and is held somewhere.
 */
import type { Db } from '../db.ts';
import type { OperationState } from './operations.ts';
import { selectIn } from './select.ts';

/** Kinds of things that may be forgotten, by the names of `retention`. */
export type Forgettable = 'runs' | 'operations' | 'quarantine' | 'reviews' | 'pushLog' | 'callDays';

/** A batch looked at: how many of it may go, and where the next one begins; null: that was the last. */
export interface PruneBatch {
  readonly forgotten: number;
  readonly next: number | null;
}

/** Rows looked at in one transaction. */
const BATCH = 1000;
/** Their difference is over. */
const OVER: readonly OperationState[] = ['applied', 'unchanged', 'stale', 'withdrawn'];

/** Forgets what is older than `before` (UTC ms) among the next rows from `after` on; with `dry` only counts it. */
export async function pruneBatch(db: Db, what: Forgettable, before: number, after: number, dry: boolean): Promise<PruneBatch> {
  switch (what) {
    case 'runs':
      return byId(db, 'runs', after, dry, (query) => query.where('started_at', '<', before).whereNot({ state: 'running' }), keepLastRuns);
    case 'operations':
      return byId(db, 'operations', after, dry, (query) => query.where('changed_at', '<', before).whereIn('state', [...OVER]), keepNeededOperations);
    case 'quarantine':
      return byId(db, 'quarantine', after, dry, (query) => query.where('last_at', '<', before).whereIn('state', ['cured', 'gone']));
    case 'reviews':
      return byId(db, 'reviews', after, dry, (query) => query.where('asked_at', '<', before).where({ state: 'moot' }));
    case 'pushLog':
      return all(dry, () => db('push_log').where('sent_at', '<', before));
    case 'callDays':
      return all(dry, () => db('call_days').where('day', '<', new Date(before).toISOString().slice(0, 10)));
  }
}

type Query = ReturnType<Db>;

async function byId(
  db: Db,
  table: string,
  after: number,
  dry: boolean,
  old: (query: Query) => Query,
  keep: (db: Db, ids: readonly number[]) => Promise<ReadonlySet<number>> = async () => new Set(),
): Promise<PruneBatch> {
  const rows: { id: number }[] = await old(db(table).select('id').where('id', '>', after))
    .orderBy('id')
    .limit(BATCH);
  const ids = rows.map((row) => Number(row.id));
  const kept = await keep(db, ids);
  const gone = ids.filter((id) => !kept.has(id));
  for (let at = 0; at < gone.length && !dry; at += 500)
    await db(table)
      .whereIn('id', gone.slice(at, at + 500))
      .delete();
  return { forgotten: gone.length, next: ids.length < BATCH ? null : (ids.at(-1) ?? null) };
}

async function all(dry: boolean, old: () => Query): Promise<PruneBatch> {
  if (!dry) return { forgotten: Number(await old().delete()), next: null };
  return { forgotten: Number((await old().count({ count: '*' }).first())?.['count'] ?? 0), next: null };
}

/** The last run of each job says when it was last done. */
async function keepLastRuns(db: Db): Promise<ReadonlySet<number>> {
  const rows: { last: number }[] = await db('runs').max({ last: 'id' }).groupBy('job', 'name', 'state');
  return new Set(rows.map((row) => Number(row.last)));
}

/**
 * Creates that were sent say which references are ours; adjustments that were applied say what an account's balance was made of; and an
 * operation whose value still is held somewhere says where that came from.
 */
async function keepNeededOperations(db: Db, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const rows = await selectIn<{ id: number; action: string; state: string; attempts: number; record_id: number | null }>(
    db,
    'operations',
    ['id', 'action', 'state', 'attempts', 'record_id'],
    'id',
    ids,
  );
  const records = rows.flatMap((row) => (row.record_id === null ? [] : [row.record_id]));
  const held = new Set<number>();
  for (const table of ['pushes', 'parked_pushes'])
    for (const row of await selectIn<{ operation_id: number }>(db, table, ['operation_id'], 'record_id', records)) held.add(Number(row.operation_id));
  return new Set(
    rows
      .filter((row) => (row.action === 'create' && row.attempts > 0) || (row.action === 'adjust' && row.state === 'applied') || held.has(Number(row.id)))
      .map((row) => Number(row.id)),
  );
}
