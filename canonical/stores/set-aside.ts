/** Many entries of the quarantine at once. */
import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import { cellsOf } from '../rows.ts';
import type { QuarantineRow } from './quarantine.ts';

/** Writes entries, in the place of those with the same numbers. */
export async function replaceQuarantine(db: Db, rows: readonly QuarantineRow[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  for (let at = 0; at < rows.length; at += 500)
    await db('quarantine')
      .whereIn(
        'id',
        rows.slice(at, at + 500).map(({ id }) => id),
      )
      .delete();
  const columns = Object.keys(first) as (keyof QuarantineRow)[];
  await bulkInsert(db, 'quarantine', columns, cellsOf(rows, columns));
}

/** Open entries of one stream with one code, in the order of their numbers. */
export async function openQuarantineOf(db: Db, systemId: number, stream: string, code: string): Promise<QuarantineRow[]> {
  return db<QuarantineRow>('quarantine').select('*').where({ system_id: systemId, stream, code, state: 'open' }).orderBy('id');
}
