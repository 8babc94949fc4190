/** What an activation of mappings changed, kept row by row so that it can be taken back to the byte. */
import { digest } from '../../core/hash.ts';
import { columnsToCompare, longCellsBefore, longColumnOf, type RowChange } from '../compare.ts';
import type { Db } from '../db.ts';
import type { Value } from '../dialect.ts';
import type { Row } from '../rows.ts';
import type { TableSpec } from '../schema/table.ts';
import { TABLES } from '../schema/tables.ts';
import { sequenceMarks } from './numbers.ts';
import type { NamedCursor } from './progress.ts';

/** Rows of one entry: a page of a table is one row here. */
const AT_ONCE = 500;
/** What looking at a row again moves, although nothing of it is new. */
const SEEN: Readonly<Record<string, readonly string[]>> = {
  records: ['misses', 'digest', 'parts', 'facets', 'read_at'],
  quarantine: ['last_at', 'acknowledged'],
  reviews: ['acknowledged'],
  bonus_accounts: ['observed_began'],
};

/** One changed row: its key, what happened to it, the cells that were otherwise, by column, and a digest of it as the activation left it. */
export type Kept = readonly [key: Row, what: 'inserted' | 'updated' | 'deleted', before: Readonly<Record<string, Value>>, left: string];

interface UndoRow {
  activation: number;
  position: number;
  table_name: string;
  changed: string;
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
    };
    await db('mapping_undo').insert(row);
    next += 1;
  }
  return next;
}

function keptOf(spec: TableSpec, { key, before, after }: RowChange, long: Value | undefined): Kept {
  const left = leftOf(spec, after);
  if (before === null) return [key, 'inserted', {}, left];
  const cells: Record<string, Value> = {};
  for (const [at, name] of columnsToCompare(spec).entries()) if (after === null || before[at] !== after[at]) cells[name] = before[at] ?? null;
  const column = longColumnOf(spec);
  if (column !== undefined && long !== undefined) cells[column] = long;
  return [key, after === null ? 'deleted' : 'updated', cells, left];
}

/** Digest of a row, whose cells are those of `columnsToCompare`; empty: there is none. */
export function leftOf(spec: TableSpec, row: Row | null): string {
  if (row === null) return '';
  const seen = SEEN[spec.name];
  if (seen === undefined) return digest(JSON.stringify(row));
  const columns = columnsToCompare(spec);
  return digest(JSON.stringify(row.filter((_, at) => !seen.includes(columns[at] ?? ''))));
}

/** Where we stood at the end of an activation. What has a number or a time from there on came later. */
export interface Marks {
  /** Next number, by what is numbered. */
  readonly next: Readonly<Record<string, number>>;
  /** UTC ms. */
  readonly at: number;
  /** Entries of `mapping_undo`. */
  readonly undo: number;
  /** How far the steps had come before it. */
  readonly cursors: readonly NamedCursor[];
}

/** `cursors`: as they were before the activation. */
export async function marksOf(db: Db, activation: number, at: number, cursors: readonly NamedCursor[]): Promise<Marks> {
  return { next: await sequenceMarks(db), at, undo: await undoEntries(db, activation), cursors };
}

/** How many entries are kept of an activation. */
export async function undoEntries(db: Db, activation: number): Promise<number> {
  const kept = await db('mapping_undo').where({ activation }).count({ count: '*' }).first();
  return Number(kept?.['count'] ?? 0);
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

export interface Entry {
  readonly spec: TableSpec;
  readonly kept: readonly Kept[];
}

/** All that is kept of an activation, in its order. */
export async function* entriesOf(db: Db, activation: number): AsyncGenerator<Entry> {
  for (let position = -1; ; ) {
    const row: UndoRow | undefined = await db('mapping_undo').where({ activation }).where('position', '>', position).orderBy('position').first();
    if (row === undefined) return;
    position = Number(row.position);
    const spec = TABLES.find(({ name }) => name === row.table_name);
    if (spec !== undefined) yield { spec, kept: JSON.parse(row.changed) as Kept[] };
  }
}
