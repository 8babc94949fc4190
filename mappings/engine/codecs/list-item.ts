/** One item of a list. */
import * as z from 'zod';
import { CodecMisuse, defineCodec, type Encoding, NO_LOSS } from '../codec.ts';
import { sameValue } from '../equal.ts';
import { isObject } from '../path.ts';
import { accessOf, changedItem, itemPart, itemValue, listOf, mainIndex, NOT_LIST, NOT_MAIN_YET, newItem, selectorParams, wireOf } from './list-access.ts';

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
