/** Canonical lists: sorted, without repetition, never empty. */
import type { Given } from '../codec.ts';

/** A sorted list without repetition. */
export function isCanonicalList(value: Given): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((one, index) => typeof one === 'string' && (index === 0 || String(value[index - 1]) < one));
}

/** The kind of the items of a list. */
export function innerKind(kind: string): 'phone' | 'email' | 'text' {
  return kind === 'phones' ? 'phone' : kind === 'emails' ? 'email' : 'text';
}
