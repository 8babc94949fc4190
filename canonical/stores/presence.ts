/** Which records a complete snapshot must have shown, and which it did not show. */
import type { Db } from '../db.ts';
import type { RecordRow } from './records.ts';

/** Records of a stream that a complete snapshot must have shown. */
export async function countPresent(db: Db, systemId: number, streams: readonly string[]): Promise<number> {
  const row = await db('records')
    .where({ system_id: systemId })
    .whereIn('stream', [...streams])
    .whereIn('state', ['live', 'pending', 'quarantined'])
    .count({ count: '*' })
    .first();
  return Number(row?.['count'] ?? 0);
}

/** Records that the last complete snapshot did not show, and that are not known to be deleted. */
export async function countMissing(db: Db, systemId: number, streams: readonly string[]): Promise<number> {
  const row = await db('records')
    .where({ system_id: systemId, state: 'missing' })
    .whereIn('stream', [...streams])
    .count({ count: '*' })
    .first();
  return Number(row?.['count'] ?? 0);
}

const PRESENT = ['id', 'stream', 'record_key', 'parent_stream', 'parent_key', 'state', 'misses', 'read_at'] as const;

export type PresentRow = Pick<RecordRow, (typeof PRESENT)[number]>;

/** The same records, page by page in the order of their numbers. */
export async function pageOfPresent(db: Db, systemId: number, streams: readonly string[], afterId: number, limit: number): Promise<PresentRow[]> {
  return db('records')
    .select(...PRESENT)
    .where({ system_id: systemId })
    .whereIn('stream', [...streams])
    .whereIn('state', ['live', 'pending', 'quarantined', 'missing'])
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit);
}
