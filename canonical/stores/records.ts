/** Records with their stamps, views and identity keys. */
import { bulkInsert, bulkUpdate } from '../bulk.ts';
import type { Db } from '../db.ts';
import { cellsOf } from '../rows.ts';
import { NAME, namesByKeys, type RecordName } from './record-names.ts';
import { selectIn } from './select.ts';

export type RecordState = 'live' | 'pending' | 'quarantined' | 'missing' | 'deleted';

/** A row of `records`. JSON columns are texts: whoever needs them parses them. */
export interface RecordRow extends RecordName {
  state: RecordState;
  misses: number;
  body: string | null;
  view: string | null;
  digest: string;
  parts: string | null;
  changed_at: number | null;
  stamp_after: number | null;
  stamp_not_after: number;
  stamp_how: string;
  stamps: string | null;
  facets: string | null;
  read_at: number;
  first_run: number;
  change_seq: number;
}

const COLUMNS = [
  ...NAME,
  'state',
  'misses',
  'body',
  'view',
  'digest',
  'parts',
  'changed_at',
  'stamp_after',
  'stamp_not_after',
  'stamp_how',
  'stamps',
  'facets',
  'read_at',
  'first_run',
  'change_seq',
] as const satisfies readonly (keyof RecordRow)[];
/** What an update may change: everything but identity. */
const MUTABLE = COLUMNS.filter((column) => !['id', 'system_id', 'stream', 'record_key', 'first_run'].includes(column));

const UNIT = ['id', 'record_key', 'digest', 'parts', 'state', 'misses'] as const;

/** What recognises an unchanged unit. */
export type UnitRow = Pick<RecordRow, (typeof UNIT)[number]>;

export async function findUnits(db: Db, systemId: number, stream: string, keys: readonly string[]): Promise<UnitRow[]> {
  return selectIn<UnitRow>(db, 'records', UNIT, 'record_key', keys, { system_id: systemId, stream });
}

export async function loadByKeys(db: Db, systemId: number, stream: string, keys: readonly string[]): Promise<RecordRow[]> {
  return selectIn<RecordRow>(db, 'records', [...COLUMNS], 'record_key', keys, { system_id: systemId, stream });
}

export async function loadRecords(db: Db, ids: readonly number[]): Promise<RecordRow[]> {
  return selectIn<RecordRow>(db, 'records', [...COLUMNS], 'id', ids);
}

export async function countChangedSince(db: Db, seq: number): Promise<number> {
  const row = await db('records').where('change_seq', '>', seq).count({ count: '*' }).first();
  return Number(row?.['count'] ?? 0);
}

export async function insertRecords(db: Db, rows: readonly RecordRow[]): Promise<void> {
  if (rows.length > 0) await bulkInsert(db, 'records', [...COLUMNS], cellsOf(rows, COLUMNS));
}

export async function updateRecords(db: Db, rows: readonly RecordRow[]): Promise<void> {
  if (rows.length > 0) await bulkUpdate(db, 'records', 'id', MUTABLE, cellsOf(rows, ['id', ...MUTABLE]));
}

/** What a mapping makes of a record, and whether it could. */
const VIEWED = ['state', 'misses', 'view', 'changed_at', 'stamp_after', 'stamp_not_after', 'stamp_how', 'stamps', 'change_seq'] as const;

/** Writes what is otherwise under another mapping; bodies stay as they are. */
export async function rewriteViews(db: Db, rows: readonly RecordRow[]): Promise<void> {
  if (rows.length > 0) await bulkUpdate(db, 'records', 'id', VIEWED, cellsOf(rows, ['id', ...VIEWED]));
}

/** Gives records new places in the order of changes. */
export async function renumberRecords(db: Db, places: readonly (readonly [id: number, seq: number])[]): Promise<void> {
  await bulkUpdate(db, 'records', 'id', ['change_seq'], places);
}

/** Numbers of all records of a stream, in their order. */
export async function idsOfStream(db: Db, systemId: number, stream: string): Promise<number[]> {
  const rows: { id: number }[] = await db('records').select('id').where({ system_id: systemId, stream }).orderBy('id');
  return rows.map(({ id }) => Number(id));
}

/** Whether anything was ever landed: at all, or in some streams of a system. */
export async function hasRecords(db: Db, of?: { readonly systemId: number; readonly streams: readonly string[] }): Promise<boolean> {
  const some = db('records').select('id');
  if (of !== undefined) some.where({ system_id: of.systemId }).whereIn('stream', [...of.streams]);
  return (await some.first()) !== undefined;
}

/** Records of one stream, for a facet or a mapping change. */
export async function pageOfStream(db: Db, systemId: number, stream: string, afterId: number, limit: number): Promise<RecordRow[]> {
  return db<RecordRow>('records')
    .select(...COLUMNS)
    .where({ system_id: systemId, stream })
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit);
}

/** Sets the same few columns of some records. */
export async function patchRecords(db: Db, ids: readonly number[], patch: Partial<RecordRow>): Promise<void> {
  for (let at = 0; at < ids.length; at += 500)
    await db('records')
      .whereIn('id', ids.slice(at, at + 500))
      .update(patch);
}

/** Live records of a stream first seen after a time that are alone with their entity: one of them may be what a lost create made. */
export async function unlinkedSince(db: Db, systemId: number, stream: string, since: number): Promise<RecordRow[]> {
  const rows = await db<RecordRow>('records')
    .select(...COLUMNS)
    .where({ system_id: systemId, stream, state: 'live' })
    .where('read_at', '>=', since)
    .orderBy('id')
    .limit(5000);
  const links: { record_id: number; entity: string; entity_id: number }[] = await selectIn(
    db,
    'links',
    ['record_id', 'entity', 'entity_id'],
    'record_id',
    rows.map((row) => row.id),
  );
  const shared = await selectIn<{ record_id: number; entity_id: number; entity: string }>(
    db,
    'links',
    ['record_id', 'entity_id', 'entity'],
    'entity_id',
    links.map((link) => link.entity_id),
  );
  const sizes = new Map<string, number>();
  for (const link of shared) sizes.set(`${link.entity}:${link.entity_id}`, (sizes.get(`${link.entity}:${link.entity_id}`) ?? 0) + 1);
  const alone = new Set(links.filter((link) => sizes.get(`${link.entity}:${link.entity_id}`) === 1).map((link) => link.record_id));
  return rows.filter((row) => alone.has(row.id) && row.first_run > 0);
}

/** The units of records are looked at again at the next reading, whatever their digests. */
export async function rereadUnits(db: Db, systemId: number, rows: readonly Pick<RecordRow, 'id' | 'parent_stream' | 'parent_key'>[]): Promise<void> {
  const ids = rows.map((row) => row.id);
  for (const stream of new Set(rows.map((row) => row.parent_stream))) {
    if (stream === null) continue;
    const keys = rows.filter((row) => row.parent_stream === stream).map((row) => row.parent_key ?? '');
    for (const name of await namesByKeys(db, systemId, stream, keys)) ids.push(name.id);
  }
  await patchRecords(db, ids, { digest: '' });
}
