/** Several wire fields that hold one value between them: parts of a text, and the items of a list. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type EncodingOfMany, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { sameValue } from '../equal.ts';
import { isEmptyWire } from '../path.ts';
import { itemParam } from './combine.ts';
import { innerKind, isCanonicalList } from './list-values.ts';
import { scalarText } from './text.ts';

const NOT_TEXTS = new Unreadable('texts or numbers are expected');
const given = (wire: Json | undefined): wire is Json => wire !== undefined && !isEmptyWire(wire);

export const joined = defineCodec({
  name: 'join',
  domain: 'values whose text has no empty part',
  doc: 'One value in several wire fields that follow each other: a date and a time of the day, city and street. The fields that are not empty are read as one text with `separator` between them, by the codec `item`. Written, the text is taken apart at the separator; what is left goes to the last field. Fields that read as the value already are left as they are.',
  params: z.strictObject({
    separator: z.string().min(1).default(' ').meta({ description: 'What stands between the parts.' }),
    item: itemParam.optional().meta({ description: 'Codec of the whole text; when silent, the plain one of the canonical field.' }),
  }),
  kinds: ['text', 'phone', 'email', 'date', 'instant', 'ref'],
  sources: 'many',
  compile({ separator, item }, ctx) {
    const inner = ctx.inner(item, ctx.field.kind);
    if (inner instanceof CodecMisuse) return inner;
    const count = ctx.sourceCount;
    if (count < 2) return new CodecMisuse('join reads two wire fields or more');
    const decode = (wires: readonly (Json | undefined)[]) => {
      const parts: string[] = [];
      for (const wire of wires) {
        const text = given(wire) ? scalarText(wire) : null;
        if (text === undefined) return NOT_TEXTS;
        if (text !== null) parts.push(text);
      }
      return parts.length === 0 ? null : inner.decode(parts.join(separator));
    };
    const apart = (text: string): readonly string[] => {
      const pieces = text.split(separator);
      const last = pieces.slice(count - 1).join(separator);
      return [...Array.from({ length: count - 1 }, (_, index) => pieces[index] ?? ''), last];
    };
    return {
      arity: 'many',
      declared: [...inner.declared, { kind: 'form', detail: `texts with an empty part between two "${separator}"` }],
      decode,
      encode(value, currents): EncodingOfMany {
        if (currents.some(given) && sameValue(decode(currents), value)) return { wires: currents.map(() => undefined), losses: NO_LOSS };
        const { wire, losses } = inner.encode(value, undefined);
        if (typeof wire !== 'string' && typeof wire !== 'number') return { wires: [], losses };
        const wires = apart(String(wire));
        const back = decode(wires);
        if (sameValue(back, value) || losses.length > 0) return { wires, losses };
        if (back === null || back instanceof Unreadable) return { wires: [], losses: [{ kind: 'form', detail: 'cannot be taken apart' }] };
        // What it reads as is written instead, so that the next writing changes nothing.
        const settled = inner.encode(back, undefined).wire;
        return { wires: settled === undefined ? [] : apart(String(settled)), losses: [{ kind: 'form', detail: 'reads back as another text' }] };
      },
      inDomain(value) {
        const { wire } = inner.encode(value, undefined);
        return inner.inDomain(value) && wire !== undefined && sameValue(decode(apart(String(wire))), value);
      },
    };
  },
  examples: [
    { params: { separator: ', ' }, wire: ['Томск', 'Ленина, 1'], value: 'Томск, Ленина, 1' },
    { params: { separator: ', ' }, wire: ['Томск', ''], value: 'Томск' },
    { params: { separator: ', ' }, wire: ['', 'Ленина, 1'], value: 'Ленина, 1', way: 'decode' },
    {
      field: 'registeredAt',
      params: { item: { as: 'datetime', pattern: 'dd.MM.yyyy HH:mm' } },
      wire: ['24.10.2020', '13:54'],
      value: Date.UTC(2020, 9, 24, 13, 54),
    },
    { wire: ['Томск', ['x']], problem: true },
    { params: { separator: '-' }, value: '-a', current: ['', ''], wire: ['a', ''], way: 'encode', loss: 'form' },
  ],
});

export const collect = defineCodec({
  name: 'collect',
  domain: 'lists of values of `item`, no more than there are fields',
  doc: 'One list in several wire fields (`phone2`, `phone3`): each that is not empty is read with `item`, and all together are the list. Written, values that stand in a field stay there, the others take the free fields in order; more values than fields are told as a loss.',
  params: z.strictObject({ item: itemParam.optional().meta({ description: 'Codec of each field; when silent, the plain one of the list.' }) }),
  kinds: ['texts', 'phones', 'emails'],
  sources: 'many',
  compile({ item }, ctx) {
    const inner = ctx.inner(item, innerKind(ctx.field.kind));
    if (inner instanceof CodecMisuse) return inner;
    const count = ctx.sourceCount;
    if (count < 2) return new CodecMisuse('collect reads two wire fields or more');
    const tooMany: LossNote = { kind: 'cut', detail: `more than ${count} values` };
    return {
      arity: 'many',
      declared: [...inner.declared, tooMany],
      decode(wires) {
        const values = new Set<string>();
        for (const wire of wires) {
          const value = given(wire) ? inner.decode(wire) : null;
          if (value instanceof Unreadable) return value;
          if (value !== null) values.add(String(value));
        }
        return values.size === 0 ? null : [...values].sort();
      },
      encode(value, currents): EncodingOfMany {
        if (!isCanonicalList(value)) return { wires: [], losses: refused('form', 'not a list without repetition').losses };
        const wanted = new Set<string>(value);
        const wires: (Json | undefined)[] = Array.from({ length: count }, () => '');
        const free: number[] = [];
        for (let index = 0; index < count; index++) {
          const wire = currents[index];
          const held = given(wire) ? inner.decode(wire) : null;
          if (typeof held === 'string' && wanted.delete(held)) wires[index] = wire;
          else free.push(index);
        }
        const losses: LossNote[] = [];
        const fresh: { readonly wire: Json; readonly reads: string }[] = [];
        const there = new Set<string>(value.filter((one) => !wanted.has(one)));
        for (const one of wanted) {
          const { wire, losses: lost } = inner.encode(one, undefined);
          losses.push(...lost);
          const reads = wire === undefined ? '' : String(inner.decode(wire));
          // Two values of which one form is written are one there.
          if (wire === undefined || there.has(reads)) continue;
          there.add(reads);
          fresh.push({ wire, reads });
        }
        // In the order in which they are read, so that the next writing changes nothing.
        fresh.sort((a, b) => (a.reads < b.reads ? -1 : 1));
        for (const [index, place] of free.entries()) if (fresh[index] !== undefined) wires[place] = fresh[index].wire;
        return { wires, losses: fresh.length > free.length ? [...losses, tooMany] : losses };
      },
      inDomain: (value) => isCanonicalList(value) && value.length <= count && value.every(inner.inDomain),
    };
  },
  examples: [
    { field: 'phones', params: { item: 'phone' }, wire: ['89131234567', ''], value: ['+79131234567'], way: 'decode' },
    { field: 'phones', wire: ['+79131234567', '+79131234568'], value: ['+79131234567', '+79131234568'] },
    {
      field: 'phones',
      current: ['', '8 913 123-45-68', '+79990000000'],
      value: ['+79131234567', '+79131234568'],
      wire: ['+79131234567', '8 913 123-45-68', ''],
      way: 'encode',
    },
    { field: 'otherContacts', value: ['a', 'b', 'c'], current: ['', ''], wire: ['a', 'b'], way: 'encode', loss: 'cut' },
    { field: 'phones', wire: ['нет', ''], problem: true },
  ],
});
