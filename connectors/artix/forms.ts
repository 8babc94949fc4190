/** Conversions between the forms in which Artix takes one and the same value. */
import type { Json, WireBody } from '../../core/contract.ts';
import { isObject, text } from '../shared/records.ts';
import { type ArtixStream, ID_FIELDS } from './wire.ts';

/** Bits of the two masks by member. The order of the members in the document is not that of the bits. */
const MASKS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  options: { sendchecktoemail: 1, emailconfirmed: 2 },
  communications: { call: 1, telegram: 2, email: 4, sms: 8 },
};

/** Fields that the document calls numeric; their values are sent as numbers. */
const INTEGERS = ['sex', 'childrencount', 'subscriptionadj', 'cardmode', 'inputmask', 'cardstatus'];

const isPhone = (name: string): boolean => name === 'phonenumber' || name === 'phonenumbr';

const isTrue = (value: Json | undefined): boolean => /^(1|true)$/i.test(text(value));

/** A whole number written as text becomes a number; anything else stays. */
export function integerForm(value: Json): Json {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

/** A mask in the integer form. An object's unknown members have no bit and are lost; a missing one is 0. */
export function maskAsInteger(field: string, value: Json): Json {
  if (!isObject(value)) return integerForm(value);
  const bits = MASKS[field] ?? {};
  let mask = 0;
  for (const [member, flag] of Object.entries(value)) if (isTrue(flag)) mask |= bits[member.toLowerCase()] ?? 0;
  return mask;
}

/** A mask in the object form, members in lower case with 0 or 1, as in the document's example. */
function maskAsObject(field: string, value: Json): Json {
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([member, flag]) => [member.toLowerCase(), isTrue(flag) ? 1 : 0]));
  }
  const mask = integerForm(value);
  if (typeof mask !== 'number') return value;
  return Object.fromEntries(Object.entries(MASKS[field] ?? {}).map(([member, bit]) => [member, (mask & bit) === 0 ? 0 : 1]));
}

/** How one route writes an object. */
export interface Form {
  readonly masks: 'object' | 'integer';
  readonly blocked: 'boolean' | 'integer';
  /** The name under which the phone is sent. */
  readonly phoneKey: 'phonenumber' | 'phonenumbr';
  /** `null` sent as `""`, for a loader that drops `null`. */
  readonly nullAsEmpty: boolean;
}

/** CSrest: masks and flags as integers, the phone under the name of the cash server's table. */
export const REST_FORM: Form = { masks: 'integer', blocked: 'integer', phoneKey: 'phonenumber', nullAsEmpty: false };

/** An object's fields as a route takes them. Ids become strings; fields that are not known here are not touched. */
export function render(stream: ArtixStream, fields: WireBody, form: Form): Record<string, Json> {
  const entries: [string, Json][] = [];
  for (const [name, value] of Object.entries(fields)) {
    const key = isPhone(name) ? form.phoneKey : name;
    // Of two spellings of the phone in one body the one of this route wins.
    if (key !== name && Object.hasOwn(fields, key)) continue;
    entries.push([key, form.nullAsEmpty && value === null ? '' : renderValue(stream, name, value, form)]);
  }
  return Object.fromEntries(entries);
}

/** A whole object to replace the vendor's with: what is not among our fields goes back exactly as it came. */
export function overlay(stream: ArtixStream, body: WireBody, fields: WireBody, form: Form): Record<string, Json> {
  const ours = render(stream, fields, form);
  const phone = Object.hasOwn(ours, form.phoneKey);
  const kept = Object.entries(body).filter(([name]) => !Object.hasOwn(fields, name) && !(phone && isPhone(name)));
  return { ...Object.fromEntries(kept), ...ours };
}

/** One value as a route takes it. */
export function renderValue(stream: ArtixStream, name: string, value: Json, form: Form): Json {
  if (ID_FIELDS[stream].includes(name)) return value === null ? null : text(value);
  if (Object.hasOwn(MASKS, name)) return form.masks === 'object' ? maskAsObject(name, value) : maskAsInteger(name, value);
  if (name === 'isactive') return Number(isTrue(value));
  if (name === 'blocked') return form.blocked === 'boolean' ? isTrue(value) : Number(isTrue(value));
  return INTEGERS.includes(name) ? integerForm(value) : value;
}

/** A record's body with its ids as strings: the vendor's examples write them as numbers. */
export function withTextIds(stream: ArtixStream, body: { readonly [name: string]: Json }): WireBody {
  const result: Record<string, Json> = Object.assign(Object.create(null), body);
  for (const name of ID_FIELDS[stream]) {
    const value = result[name];
    if (typeof value === 'number') result[name] = text(value);
  }
  return { ...result };
}
