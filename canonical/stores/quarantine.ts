/** Records set aside, with the reason. */
import type { Db } from '../db.ts';
import { selectIn } from './select.ts';

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

/** Before the key of an entry that has none of the vendor's. */
export const NO_KEY = '?';

/** Closes the entries without a key that were last seen before a time. */
export async function closeUnkeyed(db: Db, systemId: number, streams: readonly string[], before: number): Promise<number> {
  return db('quarantine')
    .where({ system_id: systemId, state: 'open' })
    .whereIn('stream', [...streams])
    .where('record_key', 'like', `${NO_KEY}%`)
    .where('last_at', '<', before)
    .update({ state: 'gone' });
}

export async function countQuarantined(db: Db): Promise<number> {
  const row = await db('quarantine').where({ state: 'open' }).count({ count: '*' }).first();
  return Number(row?.['count'] ?? 0);
}
