/** Reading many rows by their keys, a set at a time. */
import type { Knex } from 'knex';
import { dialectOf, quote, type Value } from './dialect.ts';
import { queryArrays, queryObjects } from './execute.ts';
import { indexName } from './schema/ddl.ts';
import { TABLES } from './schema/tables.ts';

/** Keys of one statement. A list of 1,000 and more MariaDB turns into a join, for which it reads the whole table. */
const KEYS = 960;
/** A statement is prepared for these numbers of keys only; the last key is repeated to fill it. */
const SIZES = [1, 8, 64, 256, KEYS];
/** Statements under way. */
const AT_ONCE = 2;

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
  return collect(statements(db, table, columns, keyColumn, keys, where), (one) => queryObjects<Row>(db, one.sql, one.values));
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
  return collect(statements(db, table, columns, keyColumn, keys, where), (one) => queryArrays(db, one.sql, one.values));
}

interface Statement {
  readonly sql: string;
  readonly values: Value[];
}

function* statements(
  db: Knex,
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
  const head = `SELECT ${columns.map(quote).join(', ')} FROM ${quote(table)}${hint(db, table, [keyColumn, ...Object.keys(where)])} WHERE ${quote(keyColumn)} IN `;
  for (let at = 0; at < unique.length; at += KEYS) {
    const filled = fill(unique.slice(at, at + KEYS));
    yield { sql: `${head}(${filled.map(() => '?').join(',')})${others}`, values: [...filled, ...bound] };
  }
}

/**
 * Names the index to a server of MySQL's kind: with some hundred keys, and figures about a table that has just grown, it may think reading all of
 * the table cheaper, and reads it for every statement.
 */
function hint(db: Knex, table: string, asked: readonly string[]): string {
  if (dialectOf(db).kind === 'sqlite') return '';
  const spec = TABLES.find(({ name }) => name === table);
  const named = [
    ...(spec?.unique ?? []).map((columns) => ({ columns, unique: true })),
    ...(spec?.indexes ?? []).map((columns) => ({ columns, unique: false })),
  ];
  const [keyColumn = ''] = asked;
  const led = named.map(({ columns, unique }) => ({ columns, unique, serves: serving(columns, asked) })).filter(({ serves }) => serves.includes(keyColumn));
  const [best] = led.sort((a, b) => b.serves.length - a.serves.length);
  if (best === undefined || serving(spec?.primary ?? [], asked).includes(keyColumn)) return '';
  return ` FORCE INDEX (${quote(indexName(table, best.columns, best.unique))})`;
}

/** The columns at the beginning of an index that are asked for. */
function serving(index: readonly string[], asked: readonly string[]): readonly string[] {
  const end = index.findIndex((column) => !asked.includes(column));
  return end < 0 ? index : index.slice(0, end);
}

/** While the rows of one statement are read, the database answers the next. */
async function collect<Row>(parts: Iterable<Statement>, run: (one: Statement) => Promise<Row[]>): Promise<Row[]> {
  const all: Row[] = [];
  const asked: Promise<Row[]>[] = [];
  const take = async (): Promise<void> => {
    for (const row of (await asked.shift()) ?? []) all.push(row);
  };
  try {
    for (const one of parts) {
      const rows = run(one);
      // A failure is thrown when its rows are wanted.
      rows.catch(() => undefined);
      asked.push(rows);
      if (asked.length === AT_ONCE) await take();
    }
    while (asked.length > 0) await take();
    return all;
  } finally {
    await Promise.allSettled(asked);
  }
}

function fill(keys: readonly (string | number)[]): (string | number)[] {
  const [last] = keys.slice(-1);
  if (last === undefined) return [];
  const size = SIZES.find((one) => one >= keys.length) ?? KEYS;
  return [...keys, ...Array<string | number>(size - keys.length).fill(last)];
}
