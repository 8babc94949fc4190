/** Tables as data: declared once, rendered as DDL for both databases (`ddl.ts`) and as documentation (`document.ts`). */
import { InvariantError } from '../../core/errors.ts';

/**
 * What a column holds, and what it becomes (MySQL, SQLite):
 * - `id`: an integer allocated by the application (BIGINT, INTEGER)
 * - `int`: an integer of 32 bits (INT, INTEGER)
 * - `bigint`: an exact integer up to 2^53 (BIGINT, INTEGER)
 * - `instant`: UTC milliseconds (BIGINT, INTEGER)
 * - `minor`: money or points in 1/100 (BIGINT, INTEGER)
 * - `flag`: 0 or 1 (TINYINT, INTEGER)
 * - `short`: a name or code of at most `length` characters (VARCHAR, TEXT with a check)
 * - `key`: a key given by a vendor, at most 191 characters (VARCHAR, TEXT with a check)
 * - `text`: a text of any length (LONGTEXT, TEXT)
 * - `json`: a JSON document as text (LONGTEXT, TEXT)
 */
export type ColumnType = 'id' | 'int' | 'bigint' | 'instant' | 'minor' | 'flag' | 'short' | 'key' | 'text' | 'json';

export interface ColumnSpec {
  readonly type: ColumnType;
  readonly doc: string;
  readonly nullable: boolean;
  readonly default?: string | number;
  /** Characters, for `short` and `key`. */
  readonly length?: number;
}

export interface NamedColumn extends ColumnSpec {
  readonly name: string;
}

export interface TableSpec {
  readonly name: string;
  readonly doc: string;
  readonly columns: readonly NamedColumn[];
  readonly primary: readonly string[];
  readonly indexes: readonly (readonly string[])[];
  readonly unique: readonly (readonly string[])[];
}

export interface ColumnOptions {
  readonly nullable?: boolean;
  readonly default?: string | number;
}

/** Longest key of a vendor that the store takes, in characters. */
export const KEY_LENGTH = 191;

function column(type: ColumnType, doc: string, options: ColumnOptions = {}, length?: number): ColumnSpec {
  return {
    type,
    doc,
    nullable: options.nullable ?? false,
    ...(options.default === undefined ? {} : { default: options.default }),
    ...(length === undefined ? {} : { length }),
  };
}

/** An id allocated by the application. */
export const id = (doc: string, options?: ColumnOptions): ColumnSpec => column('id', doc, options);
/** An integer of 32 bits. */
export const int = (doc: string, options?: ColumnOptions): ColumnSpec => column('int', doc, options);
/** An exact integer up to 2^53. */
export const big = (doc: string, options?: ColumnOptions): ColumnSpec => column('bigint', doc, options);
/** UTC milliseconds. */
export const instant = (doc: string, options?: ColumnOptions): ColumnSpec => column('instant', doc, options);
/** Money or points in minor units. */
export const minor = (doc: string, options?: ColumnOptions): ColumnSpec => column('minor', doc, options);
/** 0 or 1. */
export const flag = (doc: string, options?: ColumnOptions): ColumnSpec => column('flag', doc, options);
/** A name or code of at most `length` characters. */
export const short = (doc: string, length: number, options?: ColumnOptions): ColumnSpec => column('short', doc, options, length);
/** A key given by a vendor. */
export const key = (doc: string, options?: ColumnOptions): ColumnSpec => column('key', doc, options, KEY_LENGTH);
/** A text of any length. */
export const text = (doc: string, options?: ColumnOptions): ColumnSpec => column('text', doc, options);
/** A JSON document as text. */
export const json = (doc: string, options?: ColumnOptions): ColumnSpec => column('json', doc, options);

export interface TableOptions {
  readonly primary: readonly string[];
  readonly indexes?: readonly (readonly string[])[];
  readonly unique?: readonly (readonly string[])[];
}

const NAME = /^[a-z][a-z0-9_]{0,47}$/;
/** InnoDB's limit of an index entry, at four bytes a character. */
const INDEX_BYTES = 3072;

/** Declares a table. Throws `InvariantError` where a database would refuse it: names, keys of unknown columns, indexes too wide. */
export function table(name: string, doc: string, columns: Readonly<Record<string, ColumnSpec>>, options: TableOptions): TableSpec {
  const named = Object.entries(columns).map(([columnName, spec]) => ({ name: columnName, ...spec }));
  const spec: TableSpec = {
    name,
    doc,
    columns: named,
    primary: options.primary,
    indexes: options.indexes ?? [],
    unique: options.unique ?? [],
  };
  for (const one of [name, ...Object.keys(columns)]) {
    if (!NAME.test(one)) throw new InvariantError('INVARIANT_BROKEN', `${one} is no name for a table or column`);
  }
  if (spec.primary.length === 0) throw new InvariantError('INVARIANT_BROKEN', `table ${name} has no primary key`);
  for (const list of [spec.primary, ...spec.indexes, ...spec.unique]) checkIndex(spec, list);
  return spec;
}

function checkIndex(spec: TableSpec, list: readonly string[]): void {
  let bytes = 0;
  for (const name of list) {
    const found = spec.columns.find((one) => one.name === name);
    if (found === undefined) throw new InvariantError('INVARIANT_BROKEN', `table ${spec.name} has no column ${name}`);
    if (found.type === 'text' || found.type === 'json') {
      throw new InvariantError('INVARIANT_BROKEN', `column ${name} of ${spec.name} is too long for an index`);
    }
    bytes += found.length === undefined ? 8 : found.length * 4 + 2;
  }
  if (bytes > INDEX_BYTES) {
    throw new InvariantError('INVARIANT_BROKEN', `index (${list.join(', ')}) of ${spec.name} is too wide`);
  }
}
