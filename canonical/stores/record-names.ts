/** What records are called, without their bodies. */
import type { Db } from '../db.ts';
import { selectIn } from './select.ts';

/** What a record is called. */
export interface RecordName {
  id: number;
  system_id: number;
  stream: string;
  record_key: string;
  parent_stream: string | null;
  parent_key: string | null;
}

export const NAME = ['id', 'system_id', 'stream', 'record_key', 'parent_stream', 'parent_key'] as const;

export async function namesOfRecords(db: Db, ids: readonly number[]): Promise<RecordName[]> {
  return selectIn<RecordName>(db, 'records', NAME, 'id', ids);
}

export async function namesByKeys(db: Db, systemId: number, stream: string, keys: readonly string[]): Promise<RecordName[]> {
  return selectIn<RecordName>(db, 'records', NAME, 'record_key', keys, { system_id: systemId, stream });
}

export async function namesOfChildren(db: Db, systemId: number, parentStream: string, parentKeys: readonly string[]): Promise<RecordName[]> {
  return selectIn<RecordName>(db, 'records', NAME, 'parent_key', parentKeys, { system_id: systemId, parent_stream: parentStream });
}
