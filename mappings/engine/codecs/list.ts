/** Lists: one item of a list of objects, all its other items, and plain lists of texts. */
import { z } from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, type LossNote, NO_LOSS, type One, refused, Unreadable } from '../codec.ts';
import { isObject, memberOf, type Selector } from '../path.ts';
import { itemParam } from './combine.ts';
import { innerKind, isCanonicalList } from './list-values.ts';

const NOT_LIST = new Unreadable('a list is expected');
const NOT_MAIN_YET: LossNote = { kind: 'form', detail: 'without a main item the first of the list becomes it' };

type Item = { readonly [name: string]: Json };

interface Access {
  readonly selector: Selector;
  readonly member: string;
  readonly main: string | null;
  readonly among: readonly string[];
  readonly inner: One;
}

const textOf = (wire: Json | undefined): string => (wire === undefined || wire === null || typeof wire === 'object' ? '' : String(wire));
const isMain = (item: Json, access: Access): boolean => access.main !== null && ['1', 'true'].includes(textOf(memberOf(item, access.main)));
const selected = (item: Json, { selector }: Access): boolean => textOf(memberOf(item, selector.member)) === selector.value;

/** Place of the main item of the selector (else its first), or -1. */
function mainIndex(list: readonly Json[], access: Access): number {
  const flagged = list.findIndex((item) => selected(item, access) && isMain(item, access));
  return flagged >= 0 ? flagged : list.findIndex((item) => selected(item, access));
}

/** The value of an item; null where it is empty. */
function itemValue(item: Json | undefined, access: Access) {
  const wire = memberOf(item, access.member);
  return wire === undefined || wire === null || wire === '' ? null : access.inner.decode(wire);
}

const listOf = (current: Json | undefined): readonly Json[] => (Array.isArray(current) ? current : []);

/** A new item of the selector; it is marked as main only where it may be and no other is. */
function newItem(value: Json, access: Access, list: readonly Json[], mayBeMain: boolean): Item {
  const item: Record<string, Json> = { [access.selector.member]: access.selector.value, [access.member]: value };
  if (access.main !== null) {
    const taken = list.some((other) => isMain(other, access) && access.among.includes(textOf(memberOf(other, access.selector.member))));
    item[access.main] = mayBeMain && !taken ? 1 : 0;
  }
  return item;
}

const selectorParams = {
  member: z.string().optional(),
  main: z.string().optional(),
  mainAmong: z.array(z.string()).optional(),
  item: itemParam.optional(),
};

type SelectorParams = z.infer<z.ZodObject<typeof selectorParams>>;

function accessOf(params: SelectorParams, selector: Selector | null, itemMember: string | null, inner: One | CodecMisuse): Access | CodecMisuse {
  if (inner instanceof CodecMisuse) return inner;
  if (selector === null) return new CodecMisuse('a selector is needed: list[member=value]');
  if (itemMember !== null && params.member !== undefined && itemMember !== params.member) return new CodecMisuse('the member of the item is named twice');
  const member = params.member ?? itemMember ?? 'value';
  return {
    selector,
    member,
    main: params.main ?? (selector.main ? 'main' : null),
    among: params.mainAmong ?? [selector.value],
    inner,
  };
}

const partOf = (what: string, selector: Selector | null): string => `${what} of ${selector?.member}=${selector?.value}`;

export const listItem = defineCodec({
  name: 'list-item',
  doc: 'The main item of a list of objects: `from: contacts[type=mobile]`, `member: value` (where the value stands), `main: general` (the member that marks the main item; without one the first counts), `mainAmong: [mobile, city]` (selector values among which only one is main), `item`: codec of the value. Writing changes that item in place and keeps its other members and all other items, or appends one; emptying takes it out.',
  params: z.strictObject(selectorParams),
  kinds: ['text', 'phone', 'email', 'date', 'code', 'ref', 'integer'],
  takesSelector: true,
  part: (_, selector) => partOf('main item', selector),
  compile(params, ctx) {
    const access = accessOf(params, ctx.selector, ctx.itemMember, ctx.inner(params.item, ctx.field.kind));
    if (access instanceof CodecMisuse) return access;
    return {
      arity: 'one',
      declared: access.inner.declared,
      decode(wire) {
        if (!Array.isArray(wire)) return NOT_LIST;
        const index = mainIndex(wire, access);
        return index < 0 ? null : itemValue(wire[index], access);
      },
      encode(value, current): Encoding {
        const list = listOf(current);
        const index = mainIndex(list, access);
        const item = list[index];
        const { wire, losses } = access.inner.encode(value, memberOf(item, access.member));
        if (wire === undefined) return { wire, losses };
        if (!isObject(item)) return { wire: [...list, newItem(wire, access, list, true)], losses };
        if (itemValue(item, access) === value) return { wire: [...list], losses };
        return { wire: list.with(index, { ...item, [access.member]: wire }), losses };
      },
      clear(current): Encoding {
        const list = listOf(current);
        const index = mainIndex(list, access);
        if (index < 0) return { wire: current === undefined ? undefined : [...list], losses: NO_LOSS };
        const rest = list.toSpliced(index, 1);
        return { wire: rest, losses: mainIndex(rest, access) < 0 ? NO_LOSS : [NOT_MAIN_YET] };
      },
      inDomain: access.inner.inDomain,
    };
  },
  examples: [
    { path: 'contacts[type=mobile]', wire: [{ type: 'mobile', value: 'a' }], value: 'a' },
    {
      path: 'contacts[type=mobile]',
      params: { main: 'general' },
      wire: [
        { type: 'mobile', value: 'a' },
        { type: 'mobile', value: 'b', general: 1 },
      ],
      value: 'b',
      way: 'decode',
    },
    { path: 'contacts[type=mobile]', wire: [{ type: 'city', value: 'a' }], value: null, way: 'decode' },
    {
      path: 'contacts[type=mobile]',
      current: [
        { type: 'city', value: 'a' },
        { type: 'mobile', value: 'b', comment: 'x' },
      ],
      value: 'c',
      wire: [
        { type: 'city', value: 'a' },
        { type: 'mobile', value: 'c', comment: 'x' },
      ],
      way: 'encode',
    },
    {
      path: 'contacts[type=mobile]',
      params: { item: { as: 'phone', form: 7 } },
      field: 'phone',
      wire: [{ type: 'mobile', value: '79998886655' }],
      value: '+79998886655',
    },
    { path: 'contacts[type=mobile]', wire: 'none', problem: true },
  ],
});

/** Wire of a list member that stands for the value, as far as the item itself can be read. */
function decodeRest(wire: readonly Json[], access: Access, skip: number): readonly string[] | null | Unreadable {
  const values = new Set<string>();
  for (const [index, item] of wire.entries()) {
    if (index === skip || !selected(item, access)) continue;
    const value = itemValue(item, access);
    if (value instanceof Unreadable) return value;
    if (value !== null) values.add(String(value));
  }
  return values.size === 0 ? null : [...values].sort();
}

function writeRest(values: readonly string[], current: Json | undefined, access: Access, hasMain: boolean, max: number): Encoding {
  const list = listOf(current);
  const main = hasMain ? mainIndex(list, access) : -1;
  const wanted = new Set(values);
  const losses: LossNote[] = hasMain && main < 0 ? [NOT_MAIN_YET] : [];
  const kept = list.filter((item, index) => {
    if (index === main || !selected(item, access)) return true;
    const value = itemValue(item, access);
    return typeof value === 'string' && wanted.delete(value);
  });
  let room = max - kept.filter((item) => selected(item, access)).length;
  for (const value of [...wanted].sort()) {
    const { wire, losses: lost } = access.inner.encode(value, undefined);
    losses.push(...lost);
    if (wire === undefined) continue;
    if (room-- <= 0) {
      losses.push({ kind: 'cut', detail: `more than ${max} items` });
      break;
    }
    kept.push(newItem(wire, access, kept, !hasMain));
  }
  return { wire: kept, losses };
}

export const listRest = defineCodec({
  name: 'list-rest',
  doc: 'All items of a selector but the main one (which a `list-item` line reads), as a list: parameters as for `list-item`. `all: true`: there is no main item, every item belongs to the list. `max`: so many items of the selector fit. Writing keeps items that stay, takes out those that are gone, appends new ones.',
  params: z.strictObject({ ...selectorParams, all: z.boolean().default(false), max: z.int().positive().default(1000) }),
  kinds: ['texts', 'phones', 'emails'],
  takesSelector: true,
  part: (_, selector) => partOf('other items', selector),
  compile(params, ctx) {
    const access = accessOf(params, ctx.selector, ctx.itemMember, ctx.inner(params.item, innerKind(ctx.field.kind)));
    if (access instanceof CodecMisuse) return access;
    const { all, max } = params;
    return {
      arity: 'one',
      declared: max < 1000 ? [...access.inner.declared, { kind: 'cut', detail: `more than ${max} items` }] : access.inner.declared,
      decode: (wire) => (Array.isArray(wire) ? decodeRest(wire, access, all ? -1 : mainIndex(wire, access)) : NOT_LIST),
      encode: (value, current) => (isCanonicalList(value) ? writeRest(value, current, access, !all, max) : refused('form', 'not a list without repetition')),
      clear: (current) => (current === undefined ? { wire: undefined, losses: NO_LOSS } : { ...writeRest([], current, access, !all, max), losses: NO_LOSS }),
      inDomain: (value) => all && isCanonicalList(value) && value.length <= max && value.every((one) => access.inner.inDomain(one)),
    };
  },
  examples: [
    {
      path: 'contacts[type=email]',
      field: 'emails',
      params: { all: true, item: 'email' },
      wire: [
        { type: 'email', value: 'a@b.ru' },
        { type: 'email', value: 'c@d.ru' },
      ],
      value: ['a@b.ru', 'c@d.ru'],
    },
    {
      path: 'contacts[type=mobile]',
      field: 'phones',
      params: { main: 'general', item: 'phone' },
      wire: [
        { type: 'mobile', value: '89131234567' },
        { type: 'mobile', value: '79131234568', general: 1 },
      ],
      value: ['+79131234567'],
      way: 'decode',
    },
    {
      path: 'contacts[type=other]',
      field: 'otherContacts',
      wire: [{ type: 'other', value: 'a' }],
      value: null,
      way: 'decode',
    },
    {
      path: 'contacts[type=other]',
      field: 'otherContacts',
      value: ['b'],
      wire: [{ type: 'other', value: 'b' }],
      way: 'encode',
      loss: 'form',
    },
    { path: 'contacts[type=other]', field: 'otherContacts', wire: { type: 'other' }, problem: true },
  ],
});
