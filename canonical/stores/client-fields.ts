/**
 * Which field of ours each row beside a client's own holds: one table for writing the rows and for reading them back, so that what is
 * said of a change of rows names the fields that were written.
 */
import { type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import type { Db } from '../db.ts';
import { columnOf, DOCUMENT_FIELDS } from '../schema/tables/entities.ts';
import { selectIn } from './select.ts';

export type Cell = string | number | null;

/** Fields that are contacts, in the order in which they are written: of one number that is named twice the first stands. */
export const CONTACT_FIELDS = [
  { field: 'phone', kind: 'phone', main: 1 },
  { field: 'landline', kind: 'landline', main: 1 },
  { field: 'email', kind: 'email', main: 1 },
  { field: 'phones', kind: 'phone', main: 0 },
  { field: 'emails', kind: 'email', main: 0 },
  { field: 'otherContacts', kind: 'other', main: 0 },
] as const;

/** Columns of the main address. */
export const ADDRESS_PARTS = ['text', 'postcode', 'street', 'house', 'building', 'flat', 'region', 'city'] as const;
/** Addresses of one text, by their kind. */
export const ADDRESS_KINDS = ['registered', 'residence', 'legal'] as const;
export const SPECIAL_DATES = [1, 2, 3] as const;

export const addressField = (part: string): string => `address.${part}`;
export const dateField = (position: number, part: 'date' | 'name'): string => `specialDates.${position}.${part}`;
/** A phone's words, as they are one item of `phoneNotes`. */
export const noteOf = (phone: string, words: string): string => `${phone} ${words}`;

type FieldCell = readonly [field: string, cell: Cell];
type Get = (column: string) => Cell;

const READERS: Readonly<Record<string, (get: Get) => readonly FieldCell[]>> = {
  contacts(get) {
    const [kind, value, main, note] = [get('kind'), get('value'), get('main'), get('note')];
    const field = CONTACT_FIELDS.find((one) => one.kind === kind && one.main === Number(main))?.field;
    const own: FieldCell[] = field === undefined ? [] : [[field, value]];
    return note === null ? own : [...own, ['phoneNotes', noteOf(String(value), String(note))]];
  },
  addresses: (get) =>
    get('kind') === 'main' ? ADDRESS_PARTS.map((part) => [addressField(part), get(part)]) : [[addressField(String(get('kind'))), get('text')]],
  special_dates(get) {
    const position = Number(get('position'));
    return [
      [dateField(position, 'date'), get('date')],
      [dateField(position, 'name'), get('name')],
    ];
  },
  identity_documents: (get) => DOCUMENT_FIELDS.map(({ name }) => [name, get(columnOf(name))]),
  client_groups: (get) => [['group', get('group_id')]],
};

/** The tables in which there are such rows. */
export const CLIENT_CHILDREN = ['contacts', 'addresses', 'special_dates', 'identity_documents', 'client_groups'] as const;

export interface ChangedCell {
  readonly field: string;
  readonly before: Cell;
  readonly after: Cell;
}

/** Fields of a client that are otherwise when one row of such a table is; none for other tables. Null: there is no such row. */
export function changedFields(table: string, columns: readonly string[], before: readonly Cell[] | null, after: readonly Cell[] | null): ChangedCell[] {
  const read = READERS[table];
  if (read === undefined) return [];
  const cellsOf = (row: readonly Cell[] | null): Map<string, Cell> => new Map(row === null ? [] : read((column) => row[columns.indexOf(column)] ?? null));
  const [was, is] = [cellsOf(before), cellsOf(after)];
  const changes: ChangedCell[] = [];
  for (const field of new Set([...was.keys(), ...is.keys()])) {
    const [old, now] = [was.get(field) ?? null, is.get(field) ?? null];
    if (old !== now) changes.push({ field, before: old, after: now });
  }
  return changes;
}

/** The fields of clients that stand in such rows; empty ones are left out. To be asked for a few clients. */
export async function childValues(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, FieldValues>> {
  const all = new Map<number, Record<string, Value>>(ids.map((id) => [id, {}]));
  const groups = await groupNames(db, ids);
  for (const table of CLIENT_CHILDREN) {
    const read = READERS[table];
    const rows: Record<string, unknown>[] = await db(table)
      .whereIn('client_id', [...ids])
      .select('*');
    for (const row of rows) {
      const values = all.get(Number(row['client_id'])) ?? {};
      for (const [field, cell] of read?.((column) => cellIn(row[column])) ?? [])
        if (cell !== null) put(values, field, field === 'group' ? (groups.get(Number(cell)) ?? null) : cell);
    }
  }
  return all;
}

/** A cell as either database answers it. */
export const cellIn = (cell: unknown): Cell => (cell === null || typeof cell === 'string' ? cell : Number(cell));

function put(values: Record<string, Value>, field: string, value: string | number | null): void {
  const before = values[field];
  const isList = ['phones', 'emails', 'texts'].includes(fieldSpec('client', field)?.kind ?? '');
  if (!isList || value === null) values[field] = value;
  else values[field] = [...(Array.isArray(before) ? before.map(String) : []), String(value)].sort();
}

async function groupNames(db: Db, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await selectIn<{ group_id: number }>(db, 'client_groups', ['group_id'], 'client_id', ids);
  const groups = await selectIn<{ id: number; name: string }>(db, 'groups', ['id', 'name'], 'id', [...new Set(rows.map((row) => Number(row.group_id)))]);
  return new Map(groups.map(({ id, name }) => [Number(id), name]));
}
