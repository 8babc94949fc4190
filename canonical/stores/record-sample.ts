/** Some records of a stream, spread evenly over all of them. */
import type { Db } from '../db.ts';
import { selectIn } from './select.ts';

export interface SampledRecord {
  readonly record_key: string;
  /** JSON. */
  readonly body: string | null;
}

/** `most` records at the most, by their ids: the same ones as long as none is added. */
export async function sampleOfStream(db: Db, systemId: number, stream: string, most: number): Promise<SampledRecord[]> {
  const rows: { id: number }[] = await db('records').select('id').where({ system_id: systemId, stream }).whereNotNull('body').orderBy('id');
  const step = Math.max(1, rows.length / most);
  const ids = Array.from({ length: Math.min(most, rows.length) }, (_, index) => Number(rows[Math.floor(index * step)]?.id));
  return selectIn<SampledRecord & { id: number }>(db, 'records', ['id', 'record_key', 'body'], 'id', ids);
}
