/** What an activation of mappings changed, kept so that it can be taken back to the byte. */
import { digest } from '../../core/hash.ts';
import { bulkInsert, bulkUpdate } from '../bulk.ts';
import { columnsToCompare, longCellsBefore, longColumnOf, type RowChange } from '../compare.ts';
import type { Db } from '../db.ts';
import { quote, type Value } from '../dialect.ts';
import { execute, queryArrays } from '../execute.ts';
import type { Row } from '../rows.ts';
import type { TableSpec } from '../schema/table.ts';
import { TABLES } from '../schema/tables.ts';
import { sequenceMarks } from './numbers.ts';

/** Rows of one entry: a page of a table is one row here. */
const AT_ONCE = 500;
/** Keys of one statement. */
const KEYS = 200;

/** One changed row: its key, what happened to it, and the cells that were otherwise, by column. */
type Kept = readonly [key: Row, what: 'inserted' | 'updated' | 'deleted', before: Readonly<Record<string, Value>>];

interface UndoRow {
  activation: number;
  position: number;
  table_name: string;
  changed: string;
  digest: string;
}

/** Notes changes of one table as part of an activation. `before`: the state that they were made in. Answers the next free position. */
export async function keepUndo(db: Db, before: Db, activation: number, position: number, spec: TableSpec, changes: readonly RowChange[]): Promise<number> {
  let next = position;
  for (let at = 0; at < changes.length; at += AT_ONCE) {
    const some = changes.slice(at, at + AT_ONCE);
    const long = await longCellsBefore(before, spec, some);
    const row: UndoRow = {
      activation,
      position: next,
      table_name: spec.name,
      changed: JSON.stringify(some.map((change) => keptOf(spec, change, long.get(change)))),
      digest: digestOf(some.map(({ after }) => after)),
    };
    await db('mapping_undo').insert(row);
    next += 1;
  }
  return next;
}

function keptOf(spec: TableSpec, { key, before, after }: RowChange, long: Value | undefined): Kept {
  if (before === null) return [key, 'inserted', {}];
  const cells: Record<string, Value> = {};
  for (const [at, name] of columnsToCompare(spec).entries()) if (after === null || before[at] !== after[at]) cells[name] = before[at] ?? null;
  const column = longColumnOf(spec);
  if (column !== undefined && long !== undefined) cells[column] = long;
  return [key, after === null ? 'deleted' : 'updated', cells];
}

const digestOf = (rows: readonly (Row | null)[]): string => digest(JSON.stringify(rows));

/** Where our numbering stands, and how much is kept of an activation. As long as it is the same text, no run has changed the base since. */
export async function marksOf(db: Db, activation: number): Promise<string> {
  const kept = await db('mapping_undo').where({ activation }).count({ count: '*' }).first();
  return JSON.stringify({ ...(await sequenceMarks(db)), undo: Number(kept?.['count'] ?? 0) });
}

/** Activations of which it is kept what they changed. */
export async function undoableActivations(db: Db): Promise<number[]> {
  const rows: { activation: number }[] = await db('mapping_undo').distinct('activation');
  return rows.map(({ activation }) => Number(activation));
}

export async function forgetUndo(db: Db, activations: readonly number[]): Promise<void> {
  if (activations.length > 0)
    await db('mapping_undo')
      .whereIn('activation', [...activations])
      .delete();
}

/** Tables in which a row is not any more as the activation left it. */
export async function writtenSince(db: Db, activation: number): Promise<string[]> {
  const written = new Set<string>();
  for await (const { spec, kept, digest: left } of entriesOf(db, activation)) {
    if (written.has(spec.name)) continue;
    const rows = await rowsByKeys(
      db,
      spec,
      kept.map(([key]) => key),
    );
    if (digestOf(kept.map(([key]) => rows.get(JSON.stringify(key)) ?? null)) !== left) written.add(spec.name);
  }
  return [...written].sort();
}

/** Puts every row that an activation changed back as it was, and forgets what was kept of it. */
export async function restore(db: Db, activation: number): Promise<void> {
  for await (const { spec, kept } of entriesOf(db, activation)) {
    await deleteByKeys(
      db,
      spec,
      kept.filter(([, what]) => what === 'inserted').map(([key]) => key),
    );
  }
  for await (const { spec, kept } of entriesOf(db, activation)) {
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
  await forgetUndo(db, [activation]);
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

interface Entry {
  readonly spec: TableSpec;
  readonly kept: readonly Kept[];
  readonly digest: string;
}

async function* entriesOf(db: Db, activation: number): AsyncGenerator<Entry> {
  for (let position = -1; ; ) {
    const row: UndoRow | undefined = await db('mapping_undo').where({ activation }).where('position', '>', position).orderBy('position').first();
    if (row === undefined) return;
    position = Number(row.position);
    const spec = TABLES.find(({ name }) => name === row.table_name);
    if (spec !== undefined) yield { spec, kept: JSON.parse(row.changed) as Kept[], digest: row.digest };
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
