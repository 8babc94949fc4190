/** Reading many rows by their keys, a set at a time. */
import type { Knex } from 'knex';
import { quote, type Value } from './dialect.ts';
import { queryArrays, queryObjects } from './execute.ts';

/** Keys of one statement. */
const KEYS = 1024;
/** A statement is prepared for these numbers of keys only; the last key is repeated to fill it. */
const SIZES = [1, 8, 64, 256, KEYS];

/**
 * Rows whose `keyColumn` is one of `keys` and whose other columns equal `where` (null: is null), as objects of `columns`.
 * Their order is undefined. Keys that are not there are passed over. Throws `StoreError`.
 */
export async function selectObjectsIn<Row>(
  db: Knex,
  table: string,
  columns: readonly string[],
  keyColumn: string,
  keys: Iterable<string | number>,
  where: Readonly<Record<string, Value>> = {},
): Promise<Row[]> {
  return collect(statements(table, columns, keyColumn, keys, where), (one) => queryObjects<Row>(db, one.sql, one.values));
}

/** As `selectObjectsIn`, with each row as an array in the order of `columns`: less work where there are many. */
export async function selectIn(
  db: Knex,
  table: string,
  columns: readonly string[],
  keyColumn: string,
  keys: Iterable<string | number>,
  where: Readonly<Record<string, Value>> = {},
): Promise<Value[][]> {
  return collect(statements(table, columns, keyColumn, keys, where), (one) => queryArrays(db, one.sql, one.values));
}

interface Statement {
  readonly sql: string;
  readonly values: Value[];
}

function* statements(
  table: string,
  columns: readonly string[],
  keyColumn: string,
  keys: Iterable<string | number>,
  where: Readonly<Record<string, Value>>,
): Generator<Statement> {
  const unique = [...new Set(keys)];
  const conditions = Object.entries(where);
  const others = conditions.map(([name, value]) => ` AND ${quote(name)} ${value === null ? 'IS NULL' : '= ?'}`).join('');
  const bound = conditions.flatMap(([, value]) => (value === null ? [] : [value]));
  const head = `SELECT ${columns.map(quote).join(', ')} FROM ${quote(table)} WHERE ${quote(keyColumn)} IN `;
  for (let at = 0; at < unique.length; at += KEYS) {
    const filled = fill(unique.slice(at, at + KEYS));
    yield { sql: `${head}(${filled.map(() => '?').join(',')})${others}`, values: [...filled, ...bound] };
  }
}

async function collect<Row>(parts: Iterable<Statement>, run: (one: Statement) => Promise<Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  for (const one of parts) {
    for (const row of await run(one)) all.push(row);
  }
  return all;
}

function fill(keys: readonly (string | number)[]): (string | number)[] {
  const [last] = keys.slice(-1);
  if (last === undefined) return [];
  const size = SIZES.find((one) => one >= keys.length) ?? KEYS;
  return [...keys, ...Array<string | number>(size - keys.length).fill(last)];
}
