/** Comparing canonical values. */
import type { FieldValues, Value } from './model.ts';

/** JSON text that is the same for equal values whatever the order of their members. */
export function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(stableJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${stableJson(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** Equal values; an empty value and an absent one are the same here. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return stableJson(a) === stableJson(b);
}

/** The same fields with the same values: here an empty value and an absent one are two things. */
export function sameFields(a: FieldValues, b: FieldValues): boolean {
  let names = 0;
  for (const name in a) {
    if (a[name] === undefined) continue;
    names += 1;
    if (!isIdentical(a[name], b[name])) return false;
  }
  for (const name in b) if (b[name] !== undefined) names -= 1;
  return names === 0;
}

const isIdentical = (a: Value | undefined, b: Value | undefined): boolean =>
  a === b || (typeof a === 'object' && typeof b === 'object' && stableJson(a) === stableJson(b));

/** Null, absent, an empty text or an empty list. */
export function isEmpty(value: Value | undefined): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Objects made by `new` are quick to fill and to walk through, which those of `Object.create(null)` are not. */
class Bare {
  [name: string]: Value;
}
Object.setPrototypeOf(Bare.prototype, null);
Reflect.deleteProperty(Bare.prototype, 'constructor');

/** Object that inherits nothing, so that a vendor's `__proto__` is a name like any other. */
export function emptyValues(): Record<string, Value> {
  return new Bare();
}

/** Names of both, each once. */
export function namesOf(...values: FieldValues[]): Set<string> {
  return new Set(values.flatMap((one) => Object.keys(one)));
}
