import * as z from 'zod';
import type { Json } from '../../core/contract.ts';
import { isEmpty, isObject, text } from '../shared/records.ts';
import type { VirtualposSettings } from './settings.ts';

/** A key goes into URLs and indexes: visible, short, without spaces. */
const KEY = /^[^\s\p{Cc}]{1,64}$/u;
const key = z.string().regex(KEY);
const field = z.string().optional();

const CLIENT_FIELDS = [
  'external_id',
  'fname',
  'lname',
  'mname',
  'age',
  'email',
  'phone',
  'gender',
  'custom_information',
  'birth_day',
  'birth_month',
  'birth_year',
  'register_date',
  'accumulated_sales',
  'send_push',
  'send_email',
  'send_sms',
  'group_id',
  'group_name',
  'created_date',
  'created_by',
  'last_update_date',
  'last_update_by',
] as const;

const CARD_FIELDS = ['external_id', 'uid_ean13', 'barcode', 'medium', 'status', 'block_date', 'activate_date', 'type_id', 'type_name'] as const;

function fields<const Name extends string>(names: readonly Name[]): Record<Name, typeof field> {
  return Object.fromEntries(names.map((name) => [name, field])) as Record<Name, typeof field>;
}

/** A customer (VirtualPOS API, Customer, reading) without its cards and bonuses; scalars are text, unknown fields are kept. */
export const clientWire = z.looseObject({ id: key, ...fields(CLIENT_FIELDS) });

/** A loyalty card of a customer; `customer_id` is added by the reader. */
export const cardWire = z
  .looseObject({ id: field, uid: field, customer_id: key, ...fields(CARD_FIELDS) })
  .refine((card) => KEY.test(card.id ?? '') || KEY.test(card.uid ?? ''), {
    path: ['id'],
    error: 'expected an id or a uid',
  });

/** Savings of a customer in one bonus programme; `customer_id` is added by the reader. */
export const bonusWire = z.looseObject({ customer_id: key, bonus_id: key, name: field, amount: z.string().min(1) });

/** A body with its scalars as text, and whether zod need not be asked: only text and the key as it must be. */
export interface Flat {
  readonly body: Record<string, Json>;
  /** False: some field is neither text nor empty, so the schema decides. */
  readonly plain: boolean;
}

/** Copies the fields of a wire object as text, leaving out two; what is text already is not touched. */
export function flatten(row: { readonly [name: string]: Json }, without1: string, without2: string): Flat {
  // The engine copies a rest pattern several times faster than a loop does, and a field `__proto__` stays a field.
  const { [without1]: _1, [without2]: _2, ...body }: Record<string, Json> = row;
  let plain = true;
  for (const name in body) {
    const value = body[name] as Json;
    if (typeof value === 'string') continue;
    const flat = scalar(value);
    if (typeof flat !== 'string') plain = false;
    if (name === '__proto__') {
      Object.defineProperty(body, name, { value: flat, enumerable: true, configurable: true, writable: true });
    } else body[name] = flat;
  }
  return { body, plain };
}

/** Flags are `1` and `0` in the vendor's samples, so JSON booleans become those. What holds something nested stays as it is. */
export function scalar(value: Json): Json {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number' || isEmpty(value)) return text(value);
  return value;
}

/** Whether a text can be a key; the same rule as in the schemas. */
export function isKey(value: Json | undefined): value is string {
  return typeof value === 'string' && KEY.test(value);
}

/**
 * The rows of a list in any of the shapes that a JSON rendition of the vendor's XML may take: an array, `{item: […]}`,
 * `{item: {…}}`, an object whose names are numbers (a list in PHP that has lost its order), or nothing. Null: some other shape.
 */
export function listOf(value: Json | undefined, item: string): readonly Json[] | null {
  if (Array.isArray(value)) return value as readonly Json[];
  if (isEmpty(value) || (typeof value === 'string' && value.trim() === '')) return [];
  if (!isObject(value)) return null;
  const inner = Object.hasOwn(value, item) ? value[item] : undefined;
  if (Array.isArray(inner)) return inner as readonly Json[];
  if (isObject(inner)) return [inner];
  if (inner !== undefined && isEmpty(inner)) return [];
  const numbered = Object.entries(value).every(([name, row]) => /^\d+$/.test(name) && isObject(row));
  return numbered ? Object.values(value) : null;
}

/** An answer's envelope. */
export interface Answer {
  readonly root: { readonly [name: string]: Json };
  readonly ok: boolean;
  /** The vendor's own words, which may hold data of people: shown only through `safeInfo`. */
  readonly info: string;
}

/** Reads `success` as number, text or boolean; null when there is none, which no documented answer lacks. */
export function answerOf(value: Json): Answer | null {
  if (!isObject(value)) return null;
  // JSON made from the XML may keep its root.
  const root = isObject(value['root']) && value['success'] === undefined ? value['root'] : value;
  const success = text(root['success']).trim().toLowerCase();
  if (!['1', '0', 'true', 'false'].includes(success)) return null;
  return { root, ok: success === '1' || success === 'true', info: infoOf(root['info']) };
}

function infoOf(info: Json | undefined): string {
  return isObject(info) || Array.isArray(info)
    ? Object.values(info)
        .map((part) => infoOf(part as Json))
        .join(' ')
    : text(info);
}

/** A number of the envelope; null when it is missing or none. */
export function countOf(value: Json | undefined): number | null {
  const digits = text(value).trim();
  return /^\d{1,12}$/.test(digits) ? Number(digits) : null;
}

/** Whether `info` speaks of one of the configured signs. */
export function speaksOf(info: string, signs: VirtualposSettings['refusedInfo']): boolean {
  const lower = info.toLowerCase();
  return signs.some((sign) => lower.includes(sign.toLowerCase()));
}
