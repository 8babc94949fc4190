/** What a client may have several of, in tables of its own: contacts, addresses, dates, documents, groups. */
import type { FieldValues, Value } from '../../core/model.ts';
import { together } from '../../core/together.ts';
import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import { replaceRows } from '../replace-rows.ts';
import { columnOf, DOCUMENT_FIELDS } from '../schema/tables/entities.ts';
import { ADDRESS_KINDS, ADDRESS_PARTS, addressField, type Cell, type CLIENT_CHILDREN, CONTACT_FIELDS, dateField, SPECIAL_DATES } from './client-fields.ts';

export function cell(value: Value | undefined): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

const KEY_LENGTH = 191;

/** Name of a client's group as it is stored; null: none. */
export function groupOf(values: FieldValues): string | null {
  const group = values['group'];
  return typeof group === 'string' && group !== '' ? group.slice(0, KEY_LENGTH) : null;
}

interface Detailed {
  readonly id: number;
  readonly values: FieldValues;
}

/** Writes what new clients have several of. */
export async function insertClientChildren(db: Db, clients: readonly Detailed[], groups: ReadonlyMap<string, number>): Promise<void> {
  await together(childrenOf(clients, groups).map(({ table, columns, rows }) => bulkInsert(db, table, columns, rows)));
}

/** The same for clients that are there: what stands as it is wanted is left alone. */
export async function replaceClientChildren(db: Db, clients: readonly Detailed[], groups: ReadonlyMap<string, number>): Promise<void> {
  const ids = clients.map(({ id }) => id);
  await together(childrenOf(clients, groups).map(({ table, columns, rows }) => replaceRows(db, table, columns, ids, rows)));
}

interface Children {
  readonly table: (typeof CLIENT_CHILDREN)[number];
  /** Those of the primary key first. */
  readonly columns: readonly string[];
  readonly rows: readonly Cell[][];
}

function childrenOf(clients: readonly Detailed[], groups: ReadonlyMap<string, number>): Children[] {
  const contacts: Cell[][] = [];
  const addresses: Cell[][] = [];
  const dates: Cell[][] = [];
  const documents: Cell[][] = [];
  const grouped: Cell[][] = [];
  for (const { id, values } of clients) {
    addContacts(contacts, id, values);
    addAddresses(addresses, id, values);
    for (const [position, date, name] of DATES) {
      if (values[date] != null || values[name] != null) dates.push([id, position, cell(values[date]), cell(values[name])]);
    }
    if (DOCUMENT_FIELDS.some((field) => values[field.name] != null)) documents.push([id, ...DOCUMENT_FIELDS.map((field) => cell(values[field.name]))]);
    const group = groupOf(values);
    if (group !== null) grouped.push([id, groups.get(group) ?? 0]);
  }
  return [
    { table: 'contacts', columns: ['client_id', 'kind', 'value', 'main', 'note'], rows: contacts },
    { table: 'addresses', columns: ['client_id', 'kind', ...ADDRESS_PARTS], rows: addresses },
    { table: 'special_dates', columns: ['client_id', 'position', 'date', 'name'], rows: dates },
    { table: 'identity_documents', columns: ['client_id', ...DOCUMENT_FIELDS.map((field) => columnOf(field.name))], rows: documents },
    { table: 'client_groups', columns: ['client_id', 'group_id'], rows: grouped },
  ];
}

function addContacts(rows: Cell[][], id: number, values: FieldValues): void {
  const first = rows.length;
  const notes = notesOf(values);
  const add = (kind: string, value: string, main: number): void => {
    const cut = value.slice(0, KEY_LENGTH);
    for (let at = first; at < rows.length; at += 1) if (rows[at]?.[1] === kind && rows[at]?.[2] === cut) return;
    rows.push([id, kind, cut, main, notes.get(value) ?? null]);
  };
  for (const { field, kind, main } of CONTACT_FIELDS) {
    const value = values[field];
    if (typeof value === 'string') add(kind, value, main);
    else if (Array.isArray(value)) for (const item of value) add(kind, String(item), main);
  }
}

/** What is written beside each phone. */
function notesOf({ phoneNotes }: FieldValues): ReadonlyMap<string, string> {
  if (!Array.isArray(phoneNotes)) return NO_NOTES;
  const notes = phoneNotes.map((note) => /^(\S+) (.*)$/su.exec(String(note)));
  return new Map(notes.flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? '']])));
}

const NO_NOTES: ReadonlyMap<string, string> = new Map();

const MAIN_ADDRESS = ADDRESS_PARTS.map(addressField);
const MORE_ADDRESSES = ADDRESS_KINDS.map((kind) => [addressField(kind), kind] as const);

function addAddresses(rows: Cell[][], id: number, values: FieldValues): void {
  if (MAIN_ADDRESS.some((field) => values[field] != null)) rows.push([id, 'main', ...MAIN_ADDRESS.map((field) => cell(values[field]))]);
  for (const [field, kind] of MORE_ADDRESSES) {
    const text = values[field];
    if (typeof text === 'string') rows.push([id, kind, ...ADDRESS_PARTS.map((part) => (part === 'text' ? text : null))]);
  }
}

const DATES = SPECIAL_DATES.map((position) => [position, dateField(position, 'date'), dateField(position, 'name')] as const);
