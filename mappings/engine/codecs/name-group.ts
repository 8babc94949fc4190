/** The group `name`: what the codecs that fill it share. */
import { type GroupValues, Unreadable } from '../codec.ts';

/** Its members, as the codecs fill them. */
export const NAME_PARTS = ['last', 'first', 'middle', 'display'] as const;

const ORDERS = {
  'last-first-middle': ['last', 'first', 'middle'],
  'first-middle-last': ['first', 'middle', 'last'],
  'first-last': ['first', 'last', 'middle'],
} as const;
export type NameOrder = keyof typeof ORDERS;

export const EMPTY_NAME = { last: null, first: null, middle: null, display: null };
export const NOT_A_NAME = new Unreadable('a name as text is expected');

/** The name of a person, in its parts. */
export const nameOf = (last: string | null, first: string | null, middle: string | null): GroupValues => ({ last, first, middle, display: null });

/** A text that is surely no name of a person. */
export const noName = (display: string): GroupValues => ({ ...EMPTY_NAME, display });

const partsOf = (values: GroupValues, order: NameOrder): readonly string[] =>
  ORDERS[order].map((member) => values[member]).filter((part): part is string => typeof part === 'string' && part !== '');

/** The name as one text, empty where there is none. */
export function nameText(values: GroupValues, order: NameOrder): string {
  const parts = partsOf(values, order);
  return parts.length > 0 ? parts.join(' ') : typeof values.display === 'string' ? values.display : '';
}

export function sameName(a: GroupValues, b: GroupValues): boolean {
  return NAME_PARTS.every((target) => (a[target] ?? null) === (b[target] ?? null));
}
