/** Answers about a client as records under lower-case names. */
import type { Json, RejectedRecord, VendorRecord } from '../../core/contract.ts';
import { checkWire, coveredBy, isEmpty, isObject, text } from '../shared/records.ts';
import { BALANCE_FIELD, clientWire, EMPLOYEE_FIELD, LIST_FIELDS, PHONE_FIELDS } from './wire.ts';

/** A usable record, or the row that broke the wire schema. */
export type ReadRow = { readonly record: VendorRecord } | { readonly rejected: RejectedRecord };

/** A password is nobody's business: it is dropped before anything is made of a row. */
const SECRET = 'psw';

/**
 * A row of a list, or the answer by code: absent fields are empty, and further ones that came are covered too. With the employees,
 * it also says who is responsible.
 */
export function listRecord(row: Json, employees: ReadonlyMap<string, string> | null): ReadRow {
  const checked = check(row);
  if ('rejected' in checked) return checked;
  const { key, body } = checked;
  if (employees !== null) body.set(EMPLOYEE_FIELD, employees.get(text(body.get('disp'))) ?? '');
  const covers = [...new Set([...LIST_FIELDS, ...body.keys()])];
  return { record: recordOf(key, body, covers) };
}

/** The debt of a client as a record that covers nothing else. */
export function balanceRecord(key: string, amount: string): VendorRecord {
  return { key, body: { [BALANCE_FIELD]: amount }, covers: [BALANCE_FIELD] };
}

/**
 * The answer by phone, cut to what only it knows: its `telefon` may be that of the delivery address, so fields of the list are
 * left to the list.
 */
export function phoneRecord(row: Json): ReadRow {
  const checked = check(row);
  if ('rejected' in checked) return checked;
  const further = [...checked.body.keys()].filter((name) => !LIST_FIELDS.includes(name));
  return { record: recordOf(checked.key, checked.body, [...new Set([...PHONE_FIELDS, ...further])]) };
}

/** Both answers about one client as one record. */
export function joined(list: VendorRecord, phone: VendorRecord): VendorRecord {
  const covers = [...new Set([...coveredBy(list), ...coveredBy(phone)])];
  return { key: list.key, body: { ...phone.body, ...list.body }, covers };
}

/** The code of a row, however it is spelt; the empty text where there is none. */
export function idOf(row: Json): string {
  return text(lowered(row).get('id'));
}

/** Identity of a row within a list, also of one that is unusable. */
export function rowKey(row: Json): string {
  const id = idOf(row);
  return id === '' ? JSON.stringify(row) : id;
}

type Checked = { readonly key: string; readonly body: Map<string, Json> } | { readonly rejected: RejectedRecord };

function check(row: Json): Checked {
  const body = lowered(row);
  const key = text(body.get('id'));
  const checked = checkWire(clientWire, 'clients', key === '' ? null : key, Object.fromEntries(body));
  return 'rejected' in checked ? checked : { key, body };
}

/** Ids and other numbers become texts: creations give numbers, readings strings. */
export function lowered(row: Json): Map<string, Json> {
  const entries = isObject(row) ? Object.entries(row) : [];
  const body = new Map(entries.map(([name, value]) => [name.toLowerCase(), typeof value === 'number' ? text(value) : value]));
  body.delete(SECRET);
  return body;
}

/** Empty values are not sent; those of other spellings are dropped likewise, so that an empty field has one form. */
function recordOf(key: string, said: ReadonlyMap<string, Json>, covers: readonly string[]): VendorRecord {
  const body = Object.fromEntries(covers.filter((name) => !isEmpty(said.get(name))).map((name) => [name, said.get(name) ?? '']));
  return { key, body, covers };
}
