/** A row of a reading (Lotinfo API, reading clients: "each field is an object") as a record with plain values. */
import type { Json, RejectedRecord, VendorRecord, WireBody } from '../../core/contract.ts';
import { checkWire, isEmpty, isObject, text } from '../shared/records.ts';
import type { LotinfoSettings } from './settings.ts';
import { clientWire, LIST_FIELDS, PASSPORT_FIELDS, SCALAR_FIELDS, UNSURE_FIELDS } from './wire.ts';

/** Names that a reading spells otherwise than an insert. */
const READ_NAMES: ReadonlyMap<string, string> = new Map([['objectsList', 'objects']]);
/** States of a client (`delclient`): 1 actual, 2 archive, 3 deleted, 4 active in advertising. */
export type LotinfoState = 1 | 2 | 3 | 4;

/** Archived or deleted. */
const GONE: ReadonlySet<string> = new Set(['2', '3']);

/** A usable record, or the row that broke the wire schema. */
export type ReadRow = { readonly record: VendorRecord } | { readonly rejected: RejectedRecord };

/** Identity of a row within a reading, also of one that is unusable. */
export function rowKey(row: Json): string {
  const id = idOf(row);
  return id === '' ? JSON.stringify(row) : id;
}

/** The id of a row; the empty text where it has none. */
export function idOf(row: Json): string {
  return isObject(row) ? text(plainField('id', row.id)) : '';
}

/**
 * The record of a row. Covered fields that the row leaves out are written as empty (`''`, `[]`, null), so that a vendor which
 * omits empty fields and one that sends `values: []` give the same body. `state`: the one that was asked for, where one was; rows
 * need not show it.
 */
export function readRow(row: Json, settings: LotinfoSettings, state: LotinfoState | null): ReadRow {
  if (!isObject(row)) {
    return { rejected: { stream: 'clients', key: null, body: row, field: '', rule: 'expected object' } };
  }
  const said = bodyOf(row);
  if (state !== null && isEmpty(said.get('delclient'))) said.set('delclient', String(state));
  const covers = coveredFields(settings, said);
  const body = Object.fromEntries(covers.map((name) => [name, said.get(name) ?? emptyOf(name)]));
  const key = text(body.id);
  const checked = checkWire(clientWire, 'clients', key === '' ? null : key, body);
  if ('rejected' in checked) return checked;
  const gone = GONE.has(text(body.delclient));
  return { record: { key, body: checked.ok, covers, ...(gone ? { deleted: true } : {}) } };
}

/** Fields that a row speaks of: those that this reading asks for and shows, and whatever else came. */
function coveredFields(settings: LotinfoSettings, said: ReadonlyMap<string, Json>): string[] {
  const asked = settings.projection?.map(ownName) ?? Object.keys(clientWire.shape);
  const unsure = (name: string): boolean => UNSURE_FIELDS.has(name) && !settings.readsBack.some((field) => field === name);
  return [...new Set(['id', ...asked.filter((name) => !unsure(name)), ...said.keys()])];
}

function ownName(name: string): string {
  return READ_NAMES.get(name) ?? name;
}

function emptyOf(name: string): Json {
  if (LIST_FIELDS.has(name)) return [];
  return name === 'passport' ? null : '';
}

function bodyOf(row: WireBody): Map<string, Json> {
  const body = new Map<string, Json>();
  for (const [name, field] of Object.entries(row)) body.set(ownName(name), plainField(ownName(name), field));
  const loose = PASSPORT_FIELDS.filter((name) => body.has(name));
  if (loose.length === 0 || body.has('passport')) return body;
  body.set('passport', Object.fromEntries(loose.map((name) => [name, body.get(name) ?? ''])));
  for (const name of loose) body.delete(name);
  return body;
}

/** The value inside a field object; a field that came as a plain value is taken as it is. */
function plainField(name: string, field: Json | undefined): Json {
  if (!isObject(field) || !Array.isArray(field.values)) return tidy(name, field);
  const values = field.values.map((entry) => plainValue(name, entry));
  if (LIST_FIELDS.has(name)) return values;
  const single = SCALAR_FIELDS.has(name) || name === 'passport' || text(field.fieldMulti) !== 'multi';
  // Two values where one is expected stay a list: the schema then refuses the record rather than choosing one.
  if (!single || values.length > 1) return values;
  return values[0] ?? emptyOf(name);
}

function tidy(name: string, value: Json | undefined): Json {
  if (value === undefined || value === null || value === '') return emptyOf(name);
  if (Array.isArray(value)) return value.length === 0 ? emptyOf(name) : value.map((entry) => plainValue(name, entry));
  return isObject(value) ? members(value) : text(value);
}

/** `{value}` is a scalar (or a passport); contacts, comments, objects and orders are objects of their own members. */
function plainValue(name: string, entry: Json): Json {
  if (!isObject(entry)) return text(entry);
  const value = entry.value;
  const own = LIST_FIELDS.has(name) ? name !== 'userCategory' : value === undefined || Object.keys(entry).length > 1;
  if (own) return members(entry);
  return isObject(value) ? members(value) : text(value);
}

/** Scalars become texts, null empty; `sky` is what inserts call `spy`. */
function members(entry: WireBody): Json {
  return Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [name === 'sky' ? 'spy' : name, typeof value === 'object' && value !== null ? value : text(value)]),
  );
}
