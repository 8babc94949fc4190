/** Rows on their way into a table, whose cells are handed over as they are written: no row of a batch is held as a list of its cells. */
import type { Value } from './dialect.ts';

export type Row = readonly Value[];

/** Takes the cells of a row, in the order of the columns. */
export interface Cells {
  add(value: Value): void;
}

export interface RowSource {
  readonly length: number;
  /** Hands over the cells of the row at a place. */
  cells(at: number, into: Cells): void;
}

/** Rows made of objects that are named like the columns. */
export function cellsOf<Name extends string>(rows: readonly Readonly<Record<Name, Value>>[], columns: readonly Name[]): RowSource {
  return rowsBy(rows, (row, cells) => {
    for (const column of columns) cells.add(row[column]);
  });
}

/** Rows made of any list by a function that hands over the cells of one of its items. */
export function rowsBy<Item>(items: readonly Item[], cells: (item: Item, into: Cells) => void): RowSource {
  return { length: items.length, cells: (at, into) => cells(items[at] as Item, into) };
}

export function sourceOf(rows: readonly Row[] | RowSource): RowSource {
  if ('cells' in rows) return rows;
  return rowsBy(rows, (row, cells) => {
    for (const value of row) cells.add(value);
  });
}

/** The rows as lists, made one by one. */
export function* listsOf(source: RowSource): Generator<Row, undefined> {
  for (let at = 0; at < source.length; at += 1) {
    const row: Value[] = [];
    source.cells(at, { add: (value) => row.push(value) });
    yield row;
  }
}
