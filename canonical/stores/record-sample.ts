/** Some records of a stream, spread evenly over all of them. */
import type { Db } from '../db.ts';
import { selectIn } from './select.ts';

export interface SampledRecord {
  readonly record_key: string;
  /** JSON. */
  readonly body: string | null;
}

/** So many of them at the most, spread evenly. */
export function evenly(ids: readonly number[], most: number): number[] {
  const step = Math.max(1, ids.length / most);
  return Array.from({ length: Math.min(most, ids.length) }, (_, at) => ids[Math.floor(at * step)] ?? 0);
}

/** `most` records at the most, by their ids: the same ones as long as none is added. */
export async function sampleOfStream(db: Db, systemId: number, stream: string, most: number): Promise<SampledRecord[]> {
  const rows: { id: number }[] = await db('records').select('id').where({ system_id: systemId, stream }).whereNotNull('body').orderBy('id');
  const ids = evenly(
    rows.map(({ id }) => Number(id)),
    most,
  );
  return selectIn<SampledRecord & { id: number }>(db, 'records', ['id', 'record_key', 'body'], 'id', ids);
}
