/** Two states of one table, row by row: what a transaction has changed, as another connection still sees it. */
import type { Knex } from 'knex';
import { quote, type Value } from './dialect.ts';
import { queryArrays } from './execute.ts';
import type { Row } from './rows.ts';
import type { TableSpec } from './schema/table.ts';
import { selectIn } from './select-in.ts';

/** A row that is not the same in both states. Cells are in the order of `columnsToCompare`. */
export interface RowChange {
  readonly key: Row;
  /** Null: it was not there. */
  readonly before: Row | null;
  /** Null: it is gone. */
  readonly after: Row | null;
}

const PAGE = 2000;

/**
 * Columns whose cells are long and cannot change by themselves: they are only fetched for rows in which one of `with` differs. A
 * record's body is never written without the time of its reading, its digest or its state.
 */
const LONG: Readonly<Record<string, { readonly column: string; readonly with: readonly string[] }>> = {
  records: { column: 'body', with: ['state', 'read_at', 'digest'] },
};

/** Columns by which two states of a table are compared. */
export function columnsToCompare(spec: TableSpec): readonly string[] {
  return spec.columns.map(({ name }) => name).filter((name) => name !== LONG[spec.name]?.column);
}

/**
 * Rows that differ, in the order of the primary key, some at a time. `among`: none but rows with these keys can; null: any row. Both connections
 * must stand still meanwhile.
 */
export async function* changedRows(before: Knex, now: Knex, spec: TableSpec, among: ReadonlySet<number> | null): AsyncGenerator<readonly RowChange[]> {
  const columns = columnsToCompare(spec);
  const places = spec.primary.map((name) => columns.indexOf(name));
  const keyOf = (row: Row): Row => places.map((at) => row[at] ?? null);
  const keys = among === null ? null : [...among].sort((a, b) => a - b);
  const pagesOf = (db: Knex): Pages => new Pages(keys === null ? scanned(db, spec, columns, keyOf) : picked(db, spec, columns, keys));
  const [old, fresh] = [pagesOf(before), pagesOf(now)];
  let changes: RowChange[] = [];
  for (;;) {
    const [a, b] = [old.ready() ? old.peek() : await old.fetch(), fresh.ready() ? fresh.peek() : await fresh.fetch()];
    if (a === null && b === null) break;
    const order = a === null ? 1 : b === null ? -1 : compareKeys(a, b, places);
    if (order <= 0) old.take();
    if (order >= 0) fresh.take();
    if (order === 0 && a !== null && b !== null && isSame(a, b)) continue;
    const row = order <= 0 ? a : b;
    if (row === null) break;
    changes.push({ key: keyOf(row), before: order <= 0 ? a : null, after: order >= 0 ? b : null });
    if (changes.length < PAGE) continue;
    yield changes;
    changes = [];
  }
  if (changes.length > 0) yield changes;
}

/** The long column of changed rows, as it was before: only of those in which it may have changed. */
export async function longCellsBefore(before: Knex, spec: TableSpec, changes: readonly RowChange[]): Promise<ReadonlyMap<RowChange, Value>> {
  const long = LONG[spec.name];
  const [id] = spec.primary;
  if (long === undefined || id === undefined) return new Map();
  const columns = columnsToCompare(spec);
  const places = long.with.map((name) => columns.indexOf(name));
  const wanted = changes.filter(({ before: a, after: b }) => a !== null && (b === null || places.some((at) => a[at] !== b[at])));
  const cells = new Map<RowChange, Value>();
  for (let at = 0; at < wanted.length; at += 200) {
    const some = wanted.slice(at, at + 200);
    const keys = some.map(({ key }) => key[0] ?? null);
    const sql = `SELECT ${quote(id)}, ${quote(long.column)} FROM ${quote(spec.name)} WHERE ${quote(id)} IN (${keys.map(() => '?').join(',')})`;
    const found = new Map((await queryArrays(before, sql, keys)).map(([key, cell]) => [key, cell ?? null]));
    for (const one of some) cells.set(one, found.get(one.key[0] ?? null) ?? null);
  }
  return cells;
}

/** Name of the long column of a table, if it has one. */
export const longColumnOf = (spec: TableSpec): string | undefined => LONG[spec.name]?.column;

/** Answers the next rows of a table in the order of its primary key; none at its end. */
type Source = () => Promise<readonly Row[]>;

class Pages {
  private rows: readonly Row[] = [];
  private at = 0;
  private ended = false;
  /** The rows after these, asked for while these are looked at. */
  private next: Promise<readonly Row[]> | null = null;
  private readonly read: Source;

  constructor(read: Source) {
    this.read = read;
  }

  /** Whether the next row, or the end, is known without asking the database. */
  ready(): boolean {
    return this.ended || this.at < this.rows.length;
  }

  /** The next row; null at the end. */
  peek(): Row | null {
    return this.rows[this.at] ?? null;
  }

  take(): void {
    this.at += 1;
  }

  async fetch(): Promise<Row | null> {
    this.rows = await (this.next ?? this.read());
    this.at = 0;
    this.ended = this.rows.length === 0;
    if (!this.ended) {
      this.next = this.read();
      // Its failure is thrown when its rows are wanted.
      this.next.catch(() => undefined);
    }
    return this.peek();
  }
}

/** All rows of a table. */
function scanned(db: Knex, spec: TableSpec, columns: readonly string[], keyOf: (row: Row) => Row): Source {
  const keys = spec.primary.map(quote);
  const head = `SELECT ${columns.map(quote).join(', ')} FROM ${quote(spec.name)}`;
  let last: Row | null = null;
  return async () => {
    const { condition, values } = last === null ? { condition: 'TRUE', values: [] } : beyond(keys, last);
    const rows = await queryArrays(db, `${head} WHERE ${condition} ORDER BY ${keys.join(', ')} LIMIT ${PAGE}`, values);
    const end = rows.at(-1);
    if (end !== undefined) last = keyOf(end);
    return rows;
  };
}

/** Rows with some keys, which are in order. */
function picked(db: Knex, spec: TableSpec, columns: readonly string[], keys: readonly number[]): Source {
  const [key = ''] = spec.primary;
  const at = columns.indexOf(key);
  let next = 0;
  return async () => {
    let rows: Row[] = [];
    while (rows.length === 0 && next < keys.length) {
      rows = await selectIn(db, spec.name, columns, key, keys.slice(next, next + PAGE));
      next += PAGE;
    }
    return rows.sort((a, b) => Number(a[at]) - Number(b[at]));
  };
}

/** The keys after a key. The first column is named once more by itself: databases begin their scan there. */
function beyond(names: readonly string[], key: Row): { readonly condition: string; readonly values: Value[] } {
  const [name = '', ...others] = names;
  const [value = null, ...more] = key;
  if (others.length === 0) return { condition: `${name} > ?`, values: [value] };
  const rest = beyond(others, more);
  return { condition: `${name} >= ? AND (${name} > ? OR (${rest.condition}))`, values: [value, value, ...rest.values] };
}

function isSame(a: Row, b: Row): boolean {
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false;
  return true;
}

function compareKeys(a: Row, b: Row, places: readonly number[]): number {
  for (const at of places) {
    const order = compareCells(a[at] ?? null, b[at] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

const SURROGATE = /[\ud800-\udfff]/;

/** As both databases order: texts by code points. */
function compareCells(a: Value, b: Value): number {
  if (a === b) return 0;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [String(a), String(b)];
  if (SURROGATE.test(left) || SURROGATE.test(right)) return Buffer.compare(Buffer.from(left), Buffer.from(right));
  return left < right ? -1 : 1;
}
