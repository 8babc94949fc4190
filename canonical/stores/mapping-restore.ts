/** Puts rows that an activation of mappings changed back as they were, and tells which of them were changed again since. */
import { bulkInsert, bulkUpdate } from '../bulk.ts';
import { columnsToCompare } from '../compare.ts';
import type { Db } from '../db.ts';
import { quote, type Value } from '../dialect.ts';
import { execute, queryArrays } from '../execute.ts';
import type { Row } from '../rows.ts';
import type { TableSpec } from '../schema/table.ts';
import { entriesOf, type Kept, leftOf } from './mapping-undo.ts';

/** Keys of one statement. */
const KEYS = 200;

/** A row that an activation changed, with what it is now. */
export interface KeptRow {
  readonly table: string;
  readonly key: Row;
  /** Cells that were otherwise before, by column. */
  readonly before: Readonly<Record<string, Value>>;
  /** The row; null: it is gone. */
  readonly now: Readonly<Record<string, Value>> | null;
  /** It is not any more as the activation left it; where it was only looked at again, it still is. */
  readonly changed: boolean;
}

/** Every row that an activation changed, some of one table at a time. */
export async function* keptRows(db: Db, activation: number): AsyncGenerator<readonly KeptRow[]> {
  for await (const { spec, kept } of entriesOf(db, activation)) yield withRows(spec, kept, await rowsNow(db, spec, kept));
}

const rowsNow = (db: Db, spec: TableSpec, kept: readonly Kept[]): Promise<Map<string, Row>> =>
  rowsByKeys(
    db,
    spec,
    kept.map(([key]) => key),
  );

function withRows(spec: TableSpec, kept: readonly Kept[], rows: ReadonlyMap<string, Row>): KeptRow[] {
  const columns = columnsToCompare(spec);
  return kept.map(([key, , before, left]): KeptRow => {
    const row = rows.get(JSON.stringify(key)) ?? null;
    const now = row === null ? null : Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null]));
    return { table: spec.name, key, before, now, changed: leftOf(spec, row) !== left };
  });
}

/** Puts the rows of an activation back as they were, but for those that `stays` says stay as they are. Answers how many it put back. */
export async function putBack(db: Db, activation: number, stays: (row: KeptRow) => Promise<boolean>): Promise<number> {
  let count = 0;
  for await (const { spec, kept } of toPutBack(db, activation, stays)) {
    count += kept.length;
    const inserted = kept.filter(([, what]) => what === 'inserted');
    await deleteByKeys(
      db,
      spec,
      inserted.map(([key]) => key),
    );
  }
  for await (const { spec, kept } of toPutBack(db, activation, stays)) {
    await updateRows(
      db,
      spec,
      kept.filter(([, what]) => what === 'updated'),
    );
    const columns = spec.columns.map(({ name }) => name);
    const gone = kept.filter(([, what]) => what === 'deleted');
    await bulkInsert(
      db,
      spec.name,
      columns,
      gone.map(([, , cells]) => columns.map((name) => cells[name] ?? null)),
    );
  }
  return count;
}

/** `stays` is asked twice of a row that was inserted: the second time it is gone, and nothing has to be done. */
async function* toPutBack(
  db: Db,
  activation: number,
  stays: (row: KeptRow) => Promise<boolean>,
): AsyncGenerator<{ readonly spec: TableSpec; readonly kept: readonly Kept[] }> {
  for await (const { spec, kept } of entriesOf(db, activation)) {
    const rows = withRows(spec, kept, await rowsNow(db, spec, kept));
    const chosen: Kept[] = [];
    for (const [at, one] of kept.entries()) {
      const row = rows[at];
      if (row !== undefined && !(await stays(row))) chosen.push(one);
    }
    yield { spec, kept: chosen };
  }
}

/** Rows in which the same columns were otherwise go together. */
async function updateRows(db: Db, spec: TableSpec, kept: readonly Kept[]): Promise<void> {
  const groups = new Map<string, Kept[]>();
  for (const one of kept) {
    const columns = Object.keys(one[2]).join(',');
    const group = groups.get(columns);
    if (group === undefined) groups.set(columns, [one]);
    else group.push(one);
  }
  for (const [first, ...others] of groups.values()) {
    if (first === undefined) continue;
    const columns = Object.keys(first[2]);
    await bulkUpdate(
      db,
      spec.name,
      spec.primary,
      columns,
      [first, ...others].map(([key, , cells]) => [...key, ...columns.map((name) => cells[name] ?? null)]),
    );
  }
}

async function rowsByKeys(db: Db, spec: TableSpec, keys: readonly Row[]): Promise<Map<string, Row>> {
  const columns = columnsToCompare(spec);
  const places = spec.primary.map((name) => columns.indexOf(name));
  const rows = new Map<string, Row>();
  for (let at = 0; at < keys.length; at += KEYS) {
    const { condition, values } = among(spec, keys.slice(at, at + KEYS));
    const sql = `SELECT ${columns.map(quote).join(', ')} FROM ${quote(spec.name)} WHERE ${condition}`;
    for (const row of await queryArrays(db, sql, values)) rows.set(JSON.stringify(places.map((place) => row[place] ?? null)), row);
  }
  return rows;
}

async function deleteByKeys(db: Db, spec: TableSpec, keys: readonly Row[]): Promise<void> {
  for (let at = 0; at < keys.length; at += KEYS) {
    const { condition, values } = among(spec, keys.slice(at, at + KEYS));
    await execute(db, `DELETE FROM ${quote(spec.name)} WHERE ${condition}`, values);
  }
}

function among(spec: TableSpec, keys: readonly Row[]): { readonly condition: string; readonly values: Value[] } {
  const names = spec.primary.map(quote);
  const one = `(${names.map((name) => `${name} = ?`).join(' AND ')})`;
  const values = keys.flatMap((key) => [...key]);
  if (names.length === 1) return { condition: `${names[0]} IN (${keys.map(() => '?').join(',')})`, values };
  return { condition: keys.map(() => one).join(' OR '), values };
}
