/** Identity keys of records, hashed for look-up. */
import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import { selectIn } from './select.ts';

/** A hash and the record that has it. */
export type KeyPair = readonly [hash: number, recordId: number];

/** Adds identity keys, and takes away those that records do not have any more. Sorted, so that the index is written in its order. */
export async function writeKeys(db: Db, added: readonly KeyPair[], removed: readonly KeyPair[]): Promise<void> {
  for (let at = 0; at < removed.length; at += 200) {
    await db('record_keys')
      .whereIn(
        ['hash', 'record_id'],
        removed.slice(at, at + 200).map((pair) => [...pair]),
      )
      .delete();
  }
  if (added.length > 0)
    await bulkInsert(
      db,
      'record_keys',
      ['hash', 'record_id'],
      [...added].sort((a, b) => a[0] - b[0]),
      { onDuplicate: 'ignore' },
    );
}

/** All pairs (hash, record) in which one of the hashes occurs. */
export async function recordsWithHashes(db: Db, hashes: readonly number[]): Promise<{ hash: number; record_id: number }[]> {
  return selectIn(db, 'record_keys', ['hash', 'record_id'], 'hash', hashes);
}

/** Hashes that more than one record has: one scan, for a first load. */
export async function sharedHashes(db: Db): Promise<Set<number>> {
  const rows: { hash: number }[] = await db('record_keys').select('hash').groupBy('hash').havingRaw('count(*) > 1');
  return new Set(rows.map((row) => Number(row.hash)));
}
