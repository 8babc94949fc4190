/** The other items of a list, or all of them. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { type Access, accessOf, itemPart, itemValue, listOf, mainIndex, NOT_LIST, NOT_MAIN_YET, newItem, selected, selectorParams } from './list-access.ts';
import { innerKind, isCanonicalList } from './list-values.ts';

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
