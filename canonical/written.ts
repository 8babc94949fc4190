/** Which rows a transaction may have written to, as far as the statements that it sent tell. */
import { quote, type Value } from './dialect.ts';
import type { TableSpec } from './schema/table.ts';
import { TABLES } from './schema/tables.ts';

/** By table, the primary keys of its rows; null: any of them. A table that is not named was certainly not written to. */
export type WrittenRows = ReadonlyMap<string, ReadonlySet<number> | null>;

/** A statement as Knex tells of it. */
export interface Statement {
  readonly sql: string;
  readonly bindings?: readonly Value[];
  readonly options?: { readonly values?: readonly Value[]; readonly batches?: readonly (readonly Value[])[] };
}

const READS = /^\s*(select|set|savepoint|release|rollback|commit|begin)\b/i;
const TABLE_NAMES = new RegExp(`\\b(?:${TABLES.map(({ name }) => name).join('|')})\\b`, 'g');
/** Statements of `bulk.ts`, which name their rows. All others may have written to any row of each table that they name. */
const UPDATE = /^UPDATE `(\w+)` SET (?:`\w+` = \?(?:, )?)+ WHERE `(\w+)` = \?$/;
const INSERT = /^INSERT (?:IGNORE )?INTO `(\w+)` \(([`\w,]+)\) VALUES \(\?/;

export class Written {
  private rows = new Map<string, Set<number> | null>();
  /** Of statements that name no rows: the same ones come again and again. */
  private readonly seen = new Set<string>();

  note(statement: Statement): void {
    const { sql } = statement;
    if (this.seen.has(sql) || READS.test(sql)) return;
    const named = rowsOf(statement);
    if (named !== null) {
      this.add(named.table, named.keys);
      return;
    }
    this.seen.add(sql);
    for (const table of sql.match(TABLE_NAMES) ?? []) this.rows.set(table, null);
  }

  /** What was written to since this was last asked. */
  take(): WrittenRows {
    const { rows } = this;
    this.rows = new Map();
    this.seen.clear();
    return rows;
  }

  private add(table: string, keys: readonly number[]): void {
    const rows = this.rows.get(table);
    if (rows === null) return;
    if (rows === undefined) this.rows.set(table, new Set(keys));
    else for (const key of keys) rows.add(key);
  }
}

/** What was written to by either of two parts of a transaction. */
export function writtenByBoth(a: WrittenRows, b: WrittenRows): WrittenRows {
  const rows = new Map(a);
  for (const [table, keys] of b) {
    const others = rows.get(table);
    rows.set(table, keys === null || others === null ? null : new Set([...(others ?? []), ...keys]));
  }
  return rows;
}

/** The rows that a statement names by their primary key; null: it does not, or they have no number. */
function rowsOf({ sql, bindings, options }: Statement): { readonly table: string; readonly keys: number[] } | null {
  const [update, insert] = [UPDATE.exec(sql), INSERT.exec(sql)];
  const spec = TABLES.find(({ name }) => name === (update ?? insert)?.[1]);
  const [key, ...more] = spec?.primary ?? [];
  if (spec === undefined || key === undefined || more.length > 0) return null;
  const place = insert === null ? lastOf(sql, update?.[2] === key ? key : null) : placeIn(sql, insert[2] ?? '', key, spec);
  if (place === null) return null;
  const lists = options?.batches ?? [options?.values ?? bindings ?? []];
  const keys = lists.flatMap((list) => list.filter((_, at) => at % (place.width ?? list.length) === (place.at ?? list.length - 1)).map(Number));
  return keys.every(Number.isSafeInteger) ? { table: spec.name, keys } : null;
}

/** Where keys stand among the values of a statement: at a place in each row of a width. Null: at the end of the only row. */
interface Place {
  readonly at: number | null;
  readonly width: number | null;
}

/** `key`: what the rows are found by; null: something else. A row that is given another key is another row. */
function lastOf(sql: string, key: string | null): Place | null {
  const named = `${quote(key ?? '')} = ?`;
  return key === null || sql.indexOf(named) !== sql.lastIndexOf(named) ? null : { at: null, width: null };
}

/** Of rows that are written over, another unique key may name others. */
function placeIn(sql: string, columns: string, key: string, { unique }: TableSpec): Place | null {
  const names = columns.split(',');
  const at = names.indexOf(quote(key));
  return at < 0 || (unique.length > 0 && /\bON (?:DUPLICATE|CONFLICT)\b/.test(sql)) ? null : { at, width: names.length };
}
