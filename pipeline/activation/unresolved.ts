/** What earlier runs left undone, and a change of mappings does along the way. */
import type { Db } from '../../canonical/db.ts';
import { countChangedSince } from '../../canonical/stores/records.ts';
import { cursorOf } from '../../canonical/stores/work.ts';

/** Remarks for whoever reads the counts; none where all was done before. */
export async function unresolved(db: Db): Promise<string[]> {
  const waiting = await countChangedSince(db, (await cursorOf(db, 'resolve')).seq);
  if (waiting === 0) return [];
  const records = waiting === 1 ? '1 record' : `${waiting} records`;
  return [`${records} that an earlier run read and did not finish with are part of these counts; after \`sverka sync\` they would not be`];
}
