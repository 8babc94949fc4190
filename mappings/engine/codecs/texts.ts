/** Plain lists of texts: of values, of objects with one member, or of parts of one text. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { sameValue } from '../equal.ts';
import { isEmptyWire, memberOf } from '../path.ts';
import { itemParam } from './combine.ts';
import { innerKind, isCanonicalList } from './list-values.ts';

const KEPT: LossNote = { kind: 'form', detail: 'items that are there stay' };
const NOT_TEXTS = new Unreadable('a list of texts is expected');

export const texts = defineCodec({
  name: 'texts',
  domain: 'lists of values of `item` without the separator inside',
  doc: 'A list: of plain values, of objects with a `member`, or with `separator` one text of parts.  Kept sorted and without repetition.',
  params: z.strictObject({
    separator: z.string().min(1).optional().meta({ description: 'The list is one text with this between its parts.' }),
    member: z.string().optional().meta({ description: 'Items are objects; the value stands in this member.' }),
    item: itemParam.optional().meta({ description: 'Codec of each value.' }),
    keep: z.boolean().default(false).meta({ description: 'Items that are there stay; new ones are added.' }),
  }),
  kinds: ['texts', 'phones', 'emails'],
  compile({ separator, member, item, keep }, ctx) {
    const inner = ctx.inner(item, innerKind(ctx.field.kind));
    if (inner instanceof CodecMisuse) return inner;
    if (separator !== undefined && member !== undefined) return new CodecMisuse('separator and member exclude each other');
    const splitter = separator === undefined || separator.trim() === '' ? separator : separator.trim();
    const pieces = (wire: Json): readonly Json[] | undefined => {
      if (separator !== undefined) return typeof wire === 'string' ? wire.split(splitter ?? separator).map((piece) => piece.trim()) : undefined;
      if (!Array.isArray(wire)) return undefined;
      return member === undefined ? wire : wire.map((one) => memberOf(one, member) ?? null);
    };
    const decode = (wire: Json): readonly string[] | null | Unreadable => {
      const values = new Set<string>();
      const parts = pieces(wire);
      if (parts === undefined) return NOT_TEXTS;
      for (const piece of parts) {
        if (piece === null || piece === '') continue;
        const value = inner.decode(piece);
        if (value instanceof Unreadable) return value;
        if (value !== null) values.add(String(value));
      }
      return values.size === 0 ? null : [...values].sort();
    };
    const write = (values: readonly string[]) => {
      const losses: LossNote[] = [];
      const wires: Json[] = [];
      for (const one of values) {
        const { wire, losses: lost } = inner.encode(one, undefined);
        losses.push(...lost);
        if (wire !== undefined) wires.push(member === undefined ? wire : { [member]: wire });
      }
      return { wire: separator === undefined ? wires : wires.join(separator), losses };
    };
    if (keep && separator !== undefined) return new CodecMisuse('separator and keep exclude each other');
    /** The items that are there, as they are, and those of the values that are not. */
    const added = (values: readonly string[], current: Json | undefined): Encoding => {
      const list = Array.isArray(current) ? (current as readonly Json[]) : [];
      const there = decode([...list]);
      const held = new Set(Array.isArray(there) ? there : []);
      const fresh = write(values.filter((value) => !held.has(value)));
      const whole = held.size + values.filter((value) => !held.has(value)).length === values.length;
      return { wire: [...list, ...(fresh.wire as readonly Json[])], losses: whole ? fresh.losses : [...fresh.losses, KEPT] };
    };
    return {
      arity: 'one',
      declared: keep
        ? [...inner.declared, KEPT]
        : separator === undefined
          ? inner.declared
          : [...inner.declared, { kind: 'form', detail: `texts with "${separator}" inside` }],
      decode,
      encode(value, current): Encoding {
        if (!isCanonicalList(value)) return refused('form', 'not a list without repetition');
        if (keep && !isEmptyWire(current ?? null)) return added(value, current);
        const { wire, losses } = write(value);
        const back = isEmptyWire(wire) ? null : decode(wire);
        if (sameValue(back, value)) return { wire, losses };
        // What it reads as is written instead, so that the next writing changes nothing.
        const settled = back === null || back instanceof Unreadable ? wire : write(back).wire;
        return {
          wire: settled,
          losses: losses.length > 0 ? losses : [{ kind: 'form', detail: 'reads back as another list' }],
        };
      },
      clear: (current) => (keep ? { wire: current, losses: NO_LOSS } : { wire: separator === undefined ? [] : '', losses: NO_LOSS }),
      inDomain: (value) => isCanonicalList(value) && value.every((one) => inner.inDomain(one) && (splitter === undefined || !one.includes(splitter))),
    };
  },
  examples: [
    { wire: ['a', 'b'], value: ['a', 'b'] },
    { wire: ['b', ' a', 'b', ''], value: ['a', 'b'], way: 'decode' },
    { params: { separator: '; ' }, wire: 'a; b', value: ['a', 'b'] },
    {
      params: { separator: ', ', item: 'email' },
      field: 'emails',
      wire: 'a@b.ru,c@d.ru',
      value: ['a@b.ru', 'c@d.ru'],
      way: 'decode',
    },
    { params: { member: 'value' }, wire: [{ value: 'a' }], value: ['a'] },
    {
      params: { member: 'value', keep: true },
      current: [{ id: 1, value: 'a' }],
      value: ['b'],
      wire: [{ id: 1, value: 'a' }, { value: 'b' }],
      way: 'encode',
      loss: 'form',
    },
    { wire: 'a', problem: true },
  ],
});
