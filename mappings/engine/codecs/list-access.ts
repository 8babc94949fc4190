/** Items of a list of objects, or of plain values: which are meant, and how one is read and made. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, type LossNote, type One, Unreadable } from '../codec.ts';
import type { ItemPart } from '../part.ts';
import { isObject, memberAt, memberOf, type Selector, withMember } from '../path.ts';
import { itemParam } from './combine.ts';
import { wireAsParam } from './yes-no.ts';

export const NOT_LIST = new Unreadable('a list is expected');
export const NOT_MAIN_YET: LossNote = { kind: 'form', detail: 'without a main item the first of the list becomes it' };

export interface Access {
  readonly selector: Selector;
  /** Where the value stands in an item; none: the item is the value. */
  readonly member: readonly string[];
  /** The member that marks the main item. */
  readonly main: string | null;
  /** How the main item is marked, and any other one. */
  readonly marks: readonly [main: Json, other: Json];
  /** Selector values among which only one item is the main one. */
  readonly among: readonly string[];
  readonly inner: One;
}

export const selectorParams = {
  member: z.string().min(1).optional().meta({ description: 'Where the value stands in an item, if the path does not say it.' }),
  main: z.string().min(1).optional().meta({ description: 'The member that marks the main item; without one the first counts.' }),
  mainAs: wireAsParam.default(1).meta({ description: 'How that mark is written.' }),
  mainAmong: z.array(z.string()).optional().meta({ description: 'Selector values among which only one item is the main one.' }),
  item: itemParam.optional().meta({ description: 'Codec of the value in an item.' }),
};

export type SelectorParams = z.infer<z.ZodObject<typeof selectorParams>>;

export function accessOf(
  params: SelectorParams,
  selector: Selector | null,
  itemPath: readonly string[] | null,
  inner: One | CodecMisuse,
): Access | CodecMisuse {
  if (inner instanceof CodecMisuse) return inner;
  if (selector === null) return new CodecMisuse('a selector is needed: list[member=value], list[first] or list[all]');
  const given = params.member?.split('.') ?? null;
  if (itemPath !== null && given !== null && itemPath.join('.') !== given.join('.')) return new CodecMisuse('the member of the item is named twice');
  const main = params.main ?? selector.mark;
  if (selector.mark !== null && params.main !== undefined && params.main !== selector.mark) return new CodecMisuse('the mark of the main item is named twice');
  const member = given ?? itemPath ?? (selector.member === null ? [] : ['value']);
  if (member.length === 0 && main !== null) return new CodecMisuse('plain values have no member that marks the main one');
  return { selector, member, main: selector.pick === 'first' ? null : main, marks: marksOf(params.mainAs), among: params.mainAmong ?? selector.values, inner };
}

/** What a line of these parameters owns of the list. */
export function itemPart(which: ItemPart['which'], params: Pick<SelectorParams, 'member'>, selector: Selector | null, ownMember: boolean): ItemPart {
  return { which, by: selector?.member ?? null, values: selector?.values ?? [], member: ownMember ? (params.member ?? null) : null };
}

export const textOf = (wire: Json | undefined): string => (wire === undefined || wire === null || typeof wire === 'object' ? '' : String(wire));
const isMain = (item: Json, access: Access): boolean => access.main !== null && ['1', 'true'].includes(textOf(memberOf(item, access.main)));

export function selected(item: Json, { selector: { member, values } }: Access): boolean {
  return member === null || values.includes(textOf(memberOf(item, member)));
}

/** Place of the main item of the selector (else its first), or -1. */
export function mainIndex(list: readonly Json[], access: Access): number {
  const flagged = access.main === null ? -1 : list.findIndex((item) => selected(item, access) && isMain(item, access));
  return flagged >= 0 ? flagged : list.findIndex((item) => selected(item, access));
}

export const wireOf = (item: Json | undefined, access: Access): Json | undefined => memberAt(item, access.member);

/** The value of an item; null where it is empty. */
export function itemValue(item: Json | undefined, access: Access) {
  const wire = wireOf(item, access);
  return wire === undefined || wire === null || wire === '' ? null : access.inner.decode(wire);
}

export const listOf = (current: Json | undefined): readonly Json[] => (Array.isArray(current) ? current : []);

/** A new item of the selector; it is marked as main only where it may be and no other is. */
export function newItem(value: Json, access: Access, list: readonly Json[], mayBeMain: boolean): Json {
  const { member: by, values } = access.selector;
  if (access.member.length === 0) return value;
  const item = withMember(by === null ? {} : { [by]: values[0] ?? '' }, access.member, value);
  if (access.main === null) return item;
  const taken = list.some((other) => isMain(other, access) && (by === null || access.among.includes(textOf(memberOf(other, by)))));
  return withMember(item, [access.main], access.marks[mayBeMain && !taken ? 0 : 1]);
}

function marksOf(main: SelectorParams['mainAs']): Access['marks'] {
  if (typeof main === 'number') return [main, 0];
  return typeof main === 'boolean' ? [main, false] : [main, main === '1' ? '0' : 'false'];
}

/** The item with another value; its other members stay. */
export function changedItem(item: Json, value: Json, access: Access): Json {
  return isObject(item) ? withMember(item, access.member, value) : value;
}
