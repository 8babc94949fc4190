/** Lists: one item of a list, and all its other items. */
import { z } from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { sameValue } from '../equal.ts';
import { isObject } from '../path.ts';
import { type Access, accessOf, changedItem, itemPart, itemValue, listOf, mainIndex, newItem, selected, selectorParams, wireOf } from './list-access.ts';
import { innerKind, isCanonicalList } from './list-values.ts';

const NOT_LIST = new Unreadable('a list is expected');
const NOT_MAIN_YET: LossNote = { kind: 'form', detail: 'without a main item the first of the list becomes it' };

export const listItem = defineCodec({
  name: 'list-item',
  domain: 'the domain of `item`',
  doc: 'The main item of a list of objects: `from: contacts[type=mobile]`, The value stands in the member behind the selector (`contacts[type=mobile].number`), else in `value`. `[first]` chooses among all items, `[type=mobile|cell]` by several values, `[type=mobile,main=general]` the one marked by `general`. A line with a selector whose codec reads one value is read so without saying it: `{ from: "contacts[type=mobile].value", as: phone }`. Writing changes that item in place and keeps its other members and all other items, or appends one; emptying takes it out.',
  params: z.strictObject({
    ...selectorParams,
    emptied: z
      .enum(['remove', 'blank'])
      .default('remove')
      .meta({ description: '`remove`: an emptied value takes its item out; `blank`: it empties the member alone, so that several lines may share one item.' }),
  }),
  kinds: ['text', 'phone', 'email', 'date', 'instant', 'code', 'ref', 'integer', 'minor', 'flag', 'consent', 'json'],
  takesSelector: true,
  part: (params, selector, _, itemPath) => itemPart('main', { member: itemPath?.join('.') ?? params.member ?? 'value' }, selector, params.emptied === 'blank'),
  compile(params, ctx) {
    const access = accessOf(params, ctx.selector, ctx.itemPath, ctx.inner(params.item, ctx.field.kind));
    if (access instanceof CodecMisuse) return access;
    if (ctx.selector?.pick === 'all' || ctx.selector?.pick === 'others')
      return new CodecMisuse(`${ctx.field.name} holds one value: [first] or [main] of the items`);
    if (params.emptied === 'blank' && access.member.length === 0) return new CodecMisuse('a plain value cannot be blanked, only removed');
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
        const { wire, losses } = access.inner.encode(value, wireOf(item, access));
        if (wire === undefined) return { wire, losses };
        if (item === undefined) return { wire: [...list, newItem(wire, access, list, true)], losses };
        if (sameValue(itemValue(item, access), value)) return { wire: [...list], losses };
        return { wire: list.with(index, changedItem(item, wire, access)), losses };
      },
      clear(current): Encoding {
        const list = listOf(current);
        const index = mainIndex(list, access);
        if (index < 0) return { wire: current === undefined ? undefined : [...list], losses: NO_LOSS };
        const item = list[index];
        if (params.emptied === 'blank' && isObject(item)) return { wire: list.with(index, changedItem(item, '', access)), losses: NO_LOSS };
        const rest = list.toSpliced(index, 1);
        return { wire: rest, losses: mainIndex(rest, access) < 0 ? NO_LOSS : [NOT_MAIN_YET] };
      },
      inDomain: access.inner.inDomain,
    };
  },
  examples: [
    { path: 'contacts[type=mobile]', wire: [{ type: 'mobile', value: 'a' }], value: 'a' },
    { path: 'mails[main=primary].address', params: { mainAs: true }, wire: [{ address: 'a@b.ru', primary: true }], value: 'a@b.ru' },
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
    { path: 'phones[first]', field: 'phone', wire: ['89131234567', '89131234568'], value: '+79131234567', way: 'decode' },
    { path: 'phones[first]', current: ['a', 'b'], value: 'c', wire: ['c', 'b'], way: 'encode' },
    {
      path: 'contacts[type=mobile|cell,main=general].number',
      wire: [
        { type: 'mobile', number: 'a' },
        { type: 'cell', number: 'b', general: true },
      ],
      value: 'b',
      way: 'decode',
    },
    {
      path: 'addresses[kind=home].city.name',
      params: { emptied: 'blank' },
      current: [{ kind: 'home', city: { id: 7, name: 'Омск' }, street: 'Мира' }],
      value: 'Томск',
      wire: [{ kind: 'home', city: { id: 7, name: 'Томск' }, street: 'Мира' }],
      way: 'encode',
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
  domain: 'with `[all]`: lists of values of `item`, no more than `max`',
  doc: 'All items of a selector but the main one (which a `list-item` line reads), as a list, or with `[all]` every item. Writing keeps items that stay, takes out those that are gone, appends new ones.',
  params: z.strictObject({
    ...selectorParams,
    all: z.boolean().default(false).meta({ description: 'As `[all]`: there is no main item, every item belongs to the list.' }),
    max: z.int().positive().default(1000).meta({ description: 'So many items of the selector fit.' }),
  }),
  kinds: ['texts', 'phones', 'emails'],
  takesSelector: true,
  part: (params, selector) => itemPart(params.all || selector?.pick === 'all' ? 'all' : 'rest', params, selector, false),
  compile(params, ctx) {
    const access = accessOf(params, ctx.selector, ctx.itemPath, ctx.inner(params.item, innerKind(ctx.field.kind)));
    if (access instanceof CodecMisuse) return access;
    if (ctx.selector?.pick === 'first' || ctx.selector?.pick === 'main') return new CodecMisuse(`${ctx.field.name} is a list: [all] or [others] of the items`);
    const { max } = params;
    const all = params.all || ctx.selector?.pick === 'all';
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
    { path: 'phones[others]', field: 'phones', params: { item: 'phone' }, wire: ['89131234567', '89131234568'], value: ['+79131234568'], way: 'decode' },
    { path: 'phones[all]', field: 'phones', wire: ['+79131234567', '+79131234568'], value: ['+79131234567', '+79131234568'] },
    { path: 'contacts[type=other]', field: 'otherContacts', wire: { type: 'other' }, problem: true },
  ],
});
