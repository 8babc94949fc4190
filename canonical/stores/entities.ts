/** Clients, cards and card types as folded, and the links of records to them. */

import type { EntityKind, FieldValues, Value } from '../../core/model.ts';
import { ATTRIBUTES } from '../../core/model.ts';
import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import { type RowSource, rowsBy } from '../rows.ts';
import { CARD_COLUMN_FIELDS, CARD_TYPE_COLUMN_FIELDS, CLIENT_COLUMN_FIELDS, columnOf, DOCUMENT_FIELDS } from '../schema/tables/entities.ts';
import { selectIn } from './select.ts';

/** A folded entity on its way to the store. */
export interface EntityWrite {
  readonly id: number;
  readonly values: FieldValues;
  readonly provenance: string;
  readonly digest: string;
  readonly createdRun: number;
  readonly changedRun: number;
  /** Owner, for cards. */
  readonly clientId?: number | null;
}

export interface EntityHead {
  id: number;
  digest: string;
  created_run: number;
}

type Cell = string | number | null;

const TABLES = { client: 'clients', card: 'cards', cardType: 'card_types' } as const;
export type FoldedKind = keyof typeof TABLES;
const FIELDS_OF = { client: CLIENT_COLUMN_FIELDS, card: CARD_COLUMN_FIELDS, cardType: CARD_TYPE_COLUMN_FIELDS } as const;
const KEPT = ['digest', 'provenance', 'attributes', 'touched_seq', 'created_run', 'changed_run'];
const CLIENT_CHILDREN = ['contacts', 'addresses', 'special_dates', 'identity_documents', 'client_groups'] as const;

export const tableOf = (kind: FoldedKind): string => TABLES[kind];
export const isFolded = (kind: EntityKind): kind is FoldedKind => kind !== 'account';

/** Digest and first run of entities that exist. */
export async function headsOf(db: Db, kind: FoldedKind, ids: readonly number[]): Promise<Map<number, EntityHead>> {
  const rows = await selectIn<EntityHead>(db, TABLES[kind], ['id', 'digest', 'created_run'], 'id', ids);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Writes folded entities as touched at `seq`; `replaced` are those that exist and are written anew, whole. `groups`: numbers of the clients' groups by `groupOf`. */
export async function writeEntities(
  db: Db,
  kind: FoldedKind,
  writes: readonly EntityWrite[],
  replaced: readonly number[],
  seq: number,
  groups: ReadonlyMap<string, number>,
): Promise<void> {
  await deleteEntities(db, kind, replaced);
  if (writes.length === 0) return;
  const columns = ['id', ...(kind === 'card' ? ['client_id'] : []), ...FIELDS_OF[kind].map((field) => columnOf(field.name)), ...KEPT];
  await bulkInsert(db, TABLES[kind], columns, entityRows(kind, writes, seq));
  if (kind === 'client') await writeClientChildren(db, writes, groups);
}

function entityRows(kind: FoldedKind, writes: readonly EntityWrite[], seq: number): RowSource {
  const names = FIELDS_OF[kind].map((field) => field.name);
  return rowsBy(writes, ({ id, clientId, values, digest, provenance, createdRun, changedRun }, cells) => {
    cells.add(id);
    if (kind === 'card') cells.add(clientId ?? null);
    for (const name of names) cells.add(cell(values[name]));
    cells.add(digest);
    cells.add(provenance);
    cells.add(attributesOf(values));
    cells.add(seq);
    cells.add(createdRun);
    cells.add(changedRun);
  });
}

export async function deleteEntities(db: Db, kind: FoldedKind, ids: readonly number[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) {
    const some = ids.slice(at, at + 500);
    await db(TABLES[kind]).whereIn('id', some).delete();
    if (kind === 'client') for (const child of CLIENT_CHILDREN) await db(child).whereIn('client_id', some).delete();
  }
}

/** Marks entities as touched without a change of their values: their systems may differ from them now. */
export async function touchEntities(db: Db, kind: FoldedKind, ids: readonly number[], seq: number): Promise<void> {
  for (let at = 0; at < ids.length; at += 500)
    await db(TABLES[kind])
      .whereIn('id', ids.slice(at, at + 500))
      .update({ touched_seq: seq });
}

/** Numbers of all entities of a kind, in their order. */
export async function idsOfKind(db: Db, kind: FoldedKind): Promise<number[]> {
  const rows: { id: number }[] = await db(TABLES[kind]).select('id').orderBy('id');
  return rows.map(({ id }) => Number(id));
}

/** The highest position at which an entity of the kind was touched. */
export async function lastTouched(db: Db, kind: FoldedKind): Promise<number> {
  const row = await db(TABLES[kind]).max({ seq: 'touched_seq' }).first();
  return Number(row?.['seq'] ?? 0);
}

export async function touchedSince(db: Db, kind: FoldedKind, seq: number, limit: number, upTo: number): Promise<{ id: number; touched_seq: number }[]> {
  return db(TABLES[kind])
    .select('id', 'touched_seq')
    .where('touched_seq', '>', seq)
    .where('touched_seq', '<=', upTo)
    .orderBy('touched_seq')
    .orderBy('id')
    .limit(limit);
}

function cell(value: Value | undefined): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

function attributesOf(values: FieldValues): string | null {
  let attributes: Record<string, Value> | null = null;
  for (const name in values) {
    const value = values[name];
    if (!name.startsWith(ATTRIBUTES) || value === undefined || value === null) continue;
    attributes ??= {};
    attributes[name.slice(ATTRIBUTES.length)] = value;
  }
  return attributes === null ? null : JSON.stringify(attributes);
}

const KEY_LENGTH = 191;

/** Name of a client's group as it is stored; null: none. */
export function groupOf(values: FieldValues): string | null {
  const group = values['group'];
  return typeof group === 'string' && group !== '' ? group.slice(0, KEY_LENGTH) : null;
}

async function writeClientChildren(db: Db, writes: readonly EntityWrite[], groups: ReadonlyMap<string, number>): Promise<void> {
  const contacts: Cell[][] = [];
  const addresses: Cell[][] = [];
  const dates: Cell[][] = [];
  const documents: Cell[][] = [];
  const grouped: Cell[][] = [];
  for (const { id, values } of writes) {
    addContacts(contacts, id, values);
    addAddresses(addresses, id, values);
    for (const [position, date, name] of SPECIAL_DATES) {
      if (values[date] != null || values[name] != null) dates.push([id, position, cell(values[date]), cell(values[name])]);
    }
    if (DOCUMENT_FIELDS.some((field) => values[field.name] != null)) documents.push([id, ...DOCUMENT_FIELDS.map((field) => cell(values[field.name]))]);
    const group = groupOf(values);
    if (group !== null) grouped.push([id, groups.get(group) ?? 0]);
  }
  await bulkInsert(db, 'contacts', ['client_id', 'kind', 'value', 'main', 'note'], contacts);
  await bulkInsert(db, 'addresses', ['client_id', 'kind', ...ADDRESS_PARTS], addresses);
  await bulkInsert(db, 'special_dates', ['client_id', 'position', 'date', 'name'], dates);
  await bulkInsert(db, 'identity_documents', ['client_id', ...DOCUMENT_FIELDS.map((field) => columnOf(field.name))], documents);
  await bulkInsert(db, 'client_groups', ['client_id', 'group_id'], grouped);
}

const MAIN_CONTACTS = [
  ['phone', 'phone'],
  ['landline', 'landline'],
  ['email', 'email'],
] as const;
const MORE_CONTACTS = [
  ['phones', 'phone'],
  ['emails', 'email'],
  ['otherContacts', 'other'],
] as const;

function addContacts(rows: Cell[][], id: number, values: FieldValues): void {
  const first = rows.length;
  const notes = notesOf(values);
  const add = (kind: string, value: string, main: number): void => {
    const cut = value.slice(0, KEY_LENGTH);
    for (let at = first; at < rows.length; at += 1) if (rows[at]?.[1] === kind && rows[at]?.[2] === cut) return;
    rows.push([id, kind, cut, main, notes.get(value) ?? null]);
  };
  for (const [field, kind] of MAIN_CONTACTS) {
    const value = values[field];
    if (typeof value === 'string') add(kind, value, 1);
  }
  for (const [field, kind] of MORE_CONTACTS) {
    const list = values[field];
    if (Array.isArray(list)) for (const value of list) add(kind, String(value), 0);
  }
}

/** What is written beside each phone. */
function notesOf({ phoneNotes }: FieldValues): ReadonlyMap<string, string> {
  if (!Array.isArray(phoneNotes)) return NO_NOTES;
  const notes = phoneNotes.map((note) => /^(\S+) (.*)$/su.exec(String(note)));
  return new Map(notes.flatMap((match) => (match === null ? [] : [[match[1] ?? '', match[2] ?? '']])));
}

const NO_NOTES: ReadonlyMap<string, string> = new Map();

const ADDRESS_PARTS = ['text', 'postcode', 'street', 'house', 'building', 'flat', 'region', 'city'];
const MAIN_ADDRESS = ADDRESS_PARTS.map((part) => `address.${part}`);
const MORE_ADDRESSES = [
  ['address.registered', 'registered'],
  ['address.residence', 'residence'],
  ['address.legal', 'legal'],
] as const;

function addAddresses(rows: Cell[][], id: number, values: FieldValues): void {
  if (MAIN_ADDRESS.some((field) => values[field] != null)) rows.push([id, 'main', ...MAIN_ADDRESS.map((field) => cell(values[field]))]);
  for (const [field, kind] of MORE_ADDRESSES) {
    const text = values[field];
    if (typeof text === 'string') rows.push([id, kind, ...ADDRESS_PARTS.map((part) => (part === 'text' ? text : null))]);
  }
}

const SPECIAL_DATES = [1, 2, 3].map((position) => [position, `specialDates.${position}.date`, `specialDates.${position}.name`] as const);

/** Owner of each card that has one. */
export async function clientOfCards(db: Db, cardIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await selectIn<{ id: number; client_id: number | null }>(db, 'cards', ['id', 'client_id'], 'id', cardIds);
  return new Map(rows.flatMap((row) => (row.client_id === null ? [] : [[row.id, row.client_id] as const])));
}

/** Cards of clients, with their numbers. */
export async function cardsOfClients(db: Db, clientIds: readonly number[]): Promise<{ id: number; client_id: number; number: string | null }[]> {
  return selectIn(db, 'cards', ['id', 'client_id', 'number'], 'client_id', clientIds);
}
