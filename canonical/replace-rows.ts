/** The rows that hang on some owners, replaced by others: what is there as it is wanted is not written. */
import { bulkInsert } from './bulk.ts';
import type { Db } from './db.ts';
import type { Row } from './rows.ts';
import { TABLES } from './schema/tables.ts';
import { selectIn } from './select-in.ts';

/** Rows that one statement removes by their whole keys. */
const AT_ONCE = 200;

/**
 * Leaves `rows` as the only ones of `owners`, numbers in the first column of the primary key. `columns` are all columns of the table, those of its
 * primary key first and in its order. Must run in a transaction. Throws `StoreError`.
 */
export async function replaceRows(db: Db, table: string, columns: readonly string[], owners: readonly number[], rows: readonly Row[]): Promise<void> {
  const keys = TABLES.find(({ name }) => name === table)?.primary ?? [];
  const [owner = ''] = keys;
  const keyOf = (row: Row): string => JSON.stringify(row.slice(0, keys.length));
  const stored = new Map((await selectIn(db, table, columns, owner, owners)).map((row) => [keyOf(row), row]));
  const other: Row[] = [];
  for (const row of rows) {
    const key = keyOf(row);
    const before = stored.get(key);
    stored.delete(key);
    if (before === undefined || !row.every((cell, at) => cell === before[at])) other.push(row);
  }
  const gone = [...stored.values()].map((row) => row.slice(0, keys.length));
  for (let at = 0; at < gone.length; at += AT_ONCE)
    await db(table)
      .whereIn([...keys], gone.slice(at, at + AT_ONCE))
      .delete();
  await bulkInsert(db, table, columns, other, { onDuplicate: 'update', update: columns.slice(keys.length) });
}
