/** Typed rows by a set of keys. */
import type { Db } from '../db.ts';
import type { Value } from '../dialect.ts';
import { selectObjectsIn } from '../select-in.ts';

/** Rows of `Row`'s shape, which the caller vouches for by naming its columns. */
export async function selectIn<Row>(
  db: Db,
  table: string,
  columns: readonly (string & keyof Row)[],
  keyColumn: string,
  keys: Iterable<string | number>,
  where: Readonly<Record<string, Value>> = {},
): Promise<Row[]> {
  return (await selectObjectsIn(db, table, columns, keyColumn, keys, where)) as unknown as Row[];
}
