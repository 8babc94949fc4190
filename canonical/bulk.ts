/** Many rows at once: the fastest way each database has, with the same result and the same errors. */
import type { Knex } from 'knex';
import { dialectOf, quote } from './dialect.ts';
import { execute, executeEach } from './execute.ts';
import { type InsertTarget, insertRows, packetOf } from './insert.ts';
import { listsOf, type Row, type RowSource, sourceOf } from './rows.ts';

export interface BulkInsertOptions {
  /**
   * What happens to a row whose primary or unique key is there: `fail` (when silent) refuses all rows, `ignore` leaves the
   * stored row as it is, `update` writes the columns of `update` into it. Of two rows with one key the later one wins.
   */
  readonly onDuplicate?: 'fail' | 'ignore' | 'update';
  /** Columns written into a stored row; all given columns when silent. */
  readonly update?: readonly string[];
}

/** Up to here single statements are as fast, and leave no temporary table. */
const FEW_UPDATES = 20;

/**
 * Inserts rows, whose values are in the order of `columns`, in one transaction: `db` where it is one, otherwise one of its own.
 * Answers how many rows were written (`ignore`: inserted). Throws `StoreError`, `isDuplicate` for a key that is there; nothing
 * is written then, as long as the transaction is undone.
 */
export async function bulkInsert(
  db: Knex,
  table: string,
  columns: readonly string[],
  rows: readonly Row[] | RowSource,
  options: BulkInsertOptions = {},
): Promise<number> {
  if (rows.length === 0) return 0;
  const target: InsertTarget = {
    table,
    columns,
    onDuplicate: options.onDuplicate ?? 'fail',
    update: options.update ?? columns,
  };
  return within(db, (trx) => insertRows(trx, target, sourceOf(rows)));
}

/**
 * Updates rows by key: each row holds the values of `keyColumns` and then those of `columns`. Answers how many stored rows
 * were found; keys that are not there are passed over. Throws `StoreError`.
 */
export async function bulkUpdate(
  db: Knex,
  table: string,
  keyColumns: string | readonly string[],
  columns: readonly string[],
  rows: readonly Row[] | RowSource,
): Promise<number> {
  const keys = typeof keyColumns === 'string' ? [keyColumns] : keyColumns;
  if (rows.length === 0) return 0;
  return within(db, (trx) => wayOf(trx, rows.length)(trx, table, keys, columns, sourceOf(rows)));
}

function wayOf(trx: Knex, count: number): typeof updateEach {
  const dialect = dialectOf(trx);
  if (dialect.kind === 'sqlite' || (dialect.bulk && count >= FEW_UPDATES)) return updateEach;
  return count < FEW_UPDATES ? updateOneByOne : updateByJoin;
}

/** Fills a temporary table without indexes. Neither making nor dropping one ends the transaction, and none is undone with it. */
async function throughTemporary(
  trx: Knex,
  table: string,
  columns: readonly string[],
  rows: RowSource,
  use: (temporary: string) => Promise<number>,
): Promise<number> {
  const temporary = `bulk_${table}`;
  const names = columns.map(quote).join(', ');
  await trx.raw(`DROP TEMPORARY TABLE IF EXISTS ${quote(temporary)}`);
  await trx.raw(`CREATE TEMPORARY TABLE ${quote(temporary)} ENGINE=InnoDB AS SELECT ${names} FROM ${quote(table)} WHERE FALSE`);
  await insertRows(trx, { table: temporary, columns, onDuplicate: 'fail', update: [] }, rows);
  const result = await use(temporary);
  await trx.raw(`DROP TEMPORARY TABLE ${quote(temporary)}`);
  return result;
}

async function updateByJoin(trx: Knex, table: string, keys: readonly string[], columns: readonly string[], rows: RowSource): Promise<number> {
  return throughTemporary(trx, table, [...keys, ...columns], rows, async (temporary) => {
    const on = keys.map((name) => `given.${quote(name)} = stored.${quote(name)}`).join(' AND ');
    const set = columns.map((name) => `stored.${quote(name)} = given.${quote(name)}`).join(', ');
    // Joined in this order, so that each given row looks up its stored row and the table is not scanned.
    const sql = `UPDATE ${quote(temporary)} AS given STRAIGHT_JOIN ${quote(table)} AS stored ON ${on} SET ${set}`;
    return (await execute(trx, sql)).affected;
  });
}

/** By one statement that is run for each row: SQLite, and MariaDB by its bulk protocol. */
async function updateEach(trx: Knex, table: string, keys: readonly string[], columns: readonly string[], rows: RowSource): Promise<number> {
  let found = 0;
  for (let at = 0; at < rows.length; ) {
    const part = packetOf(rows, at);
    at += part.length;
    found += (await executeEach(trx, updateOf(table, keys, columns), part.map(boundTo(keys)))).affected;
  }
  return found;
}

async function updateOneByOne(trx: Knex, table: string, keys: readonly string[], columns: readonly string[], rows: RowSource): Promise<number> {
  let found = 0;
  for (const row of listsOf(rows)) found += (await execute(trx, updateOf(table, keys, columns), boundTo(keys)(row))).affected;
  return found;
}

const updateOf = (table: string, keys: readonly string[], columns: readonly string[]): string =>
  `UPDATE ${quote(table)} SET ${columns.map((name) => `${quote(name)} = ?`).join(', ')} WHERE ${keys.map((name) => `${quote(name)} = ?`).join(' AND ')}`;

const boundTo =
  (keys: readonly string[]) =>
  (row: Row): Row => [...row.slice(keys.length), ...row.slice(0, keys.length)];

async function within<T>(db: Knex, fn: (trx: Knex) => Promise<T>): Promise<T> {
  return db.isTransaction === true ? fn(db) : db.transaction(fn);
}
