import type { ArtixOptions } from './options.ts';

/** A JSON object whose keys come from outside. */
export type JsonObject = Record<string, unknown>;

/** A value the server stores. */
export type ArtixValue = string | number | object;

/** A stored object: only documented fields, only those that have ever been given. */
export type ArtixObject = Record<string, ArtixValue>;

/** One record that the server does not take; the rest of the load goes on. */
export class RecordRefused extends Error {}

/** How a field is checked and stored. */
export type FieldRule =
  | { kind: 'text'; max: number }
  | { kind: 'int' }
  | { kind: 'decimal' }
  | { kind: 'flag' }
  | { kind: 'date'; after1900: boolean }
  | { kind: 'mask'; bits: Record<string, number> }
  | { kind: 'any' };

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const asText = (name: string, value: unknown, max: number): string => {
  if (typeof value === 'object') throw new RecordRefused(`${name}: not a text`);
  const text = String(value);
  if ([...text].length > max) throw new RecordRefused(`${name}: longer than ${max}`);
  return text;
};

const asInt = (name: string, value: unknown): number => {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new RecordRefused(`${name}: not an integer`);
  return number;
};

const asDecimal = (name: string, value: unknown): number => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw new RecordRefused(`${name}: not a number`);
  return number;
};

const asFlag = (name: string, value: unknown): number => {
  if (value === true || value === 1 || value === '1' || value === 'true') return 1;
  if (value === false || value === 0 || value === '0' || value === 'false') return 0;
  throw new RecordRefused(`${name}: not a flag`);
};

const asDate = (name: string, value: unknown, after1900: boolean): string => {
  const text = String(value);
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const real = parts !== null && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;
  if (!real) throw new RecordRefused(`${name}: not a date`);
  if (after1900 && Number(parts[1]) <= 1900) throw new RecordRefused(`${name}: the year must be greater than 1900`);
  return text;
};

const asMask = (name: string, value: unknown, bits: Record<string, number>, keys: ArtixOptions['optionKeys']): number => {
  if (!isObject(value)) return asInt(name, value);
  let mask = 0;
  for (const [member, bit] of Object.entries(bits)) {
    const spellings = keys === 'lower' ? [member.toLowerCase()] : keys === 'camel' ? [member] : [member, member.toLowerCase()];
    const given = spellings.map((spelling) => value[spelling]).find((part) => part !== undefined && part !== null);
    if (given !== undefined && asFlag(`${name}.${member}`, given) === 1) mask += bit;
  }
  return mask;
};

/**
 * Checks one value and gives it its stored form. `undefined` means the field is cleared:
 * texts and dates are cleared by `""`, everything by `null`.
 */
export function stored(name: string, value: unknown, rule: FieldRule, optionKeys: ArtixOptions['optionKeys']): ArtixValue | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  switch (rule.kind) {
    case 'text':
      return asText(name, value, rule.max);
    case 'int':
      return asInt(name, value);
    case 'decimal':
      return asDecimal(name, value);
    case 'flag':
      return asFlag(name, value);
    case 'date':
      return asDate(name, value, rule.after1900);
    case 'mask':
      return asMask(name, value, rule.bits, optionKeys);
    case 'any':
      return typeof value === 'object' ? value : String(value);
  }
}
