/** Codecs made of others: the first of several wire fields, and a value that is always the same. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, exactly, NO_LOSS, type One, Unreadable } from '../codec.ts';
import { isEmptyWire } from '../path.ts';

/** A codec for items: its name, or `{ as: name, …params }`. */
export const itemParam = z.union([z.string(), z.looseObject({ as: z.string() })]);

export const firstOf = defineCodec({
  name: 'first-of',
  domain: 'the domain of `item`',
  doc: 'The first of several wire fields that is not empty, each read with `item` (a codec by its name, or `{ as, …params }`). The first is written; the others are left as they are. A line with several paths whose codec reads one field is read so without saying it: `{ from: [mobile, phone], as: phone }`.',
  params: z.strictObject({ item: itemParam.optional().meta({ description: 'Codec of each field; when silent, the plain one of the canonical field.' }) }),
  kinds: ['text', 'phone', 'email', 'date', 'instant', 'integer', 'minor', 'flag', 'code', 'consent', 'ref', 'json'],
  sources: 'many',
  takesSelector: true,
  writes: (index) => index === 0,
  part({ item }, selector, _, itemPath) {
    if (selector === null) return null;
    const blank = typeof item === 'object' && item['emptied'] === 'blank';
    return { which: 'main', by: selector.member, values: selector.values, member: blank ? (itemPath?.join('.') ?? 'value') : null };
  },
  compile({ item }, ctx) {
    if (ctx.sourceCount < 2) return new CodecMisuse('first-of reads two wire fields or more');
    const readers: One[] = [];
    for (let index = 0; index < ctx.sourceCount; index++) {
      const reader = ctx.innerAt(item, ctx.field.kind, index);
      if (reader instanceof CodecMisuse) return reader;
      readers.push(reader);
    }
    const [writer] = readers;
    if (writer === undefined) return new CodecMisuse('first-of reads two wire fields or more');
    return {
      arity: 'many',
      declared: writer.declared,
      decode(wires) {
        for (const [index, reader] of readers.entries()) {
          const wire = wires[index];
          if (wire === undefined || isEmptyWire(wire)) continue;
          const value = reader.decode(wire);
          if (value !== null) return value;
        }
        return null;
      },
      encode(value, currents) {
        const { wire, losses } = writer.encode(value, currents[0]);
        return { wires: [wire], losses };
      },
      clear(currents) {
        const { wire, losses } = writer.clear?.(currents[0]) ?? { wire: '', losses: NO_LOSS };
        const others = currents.slice(1).some((one) => one !== undefined && !isEmptyWire(one));
        return { wires: [wire], losses: others ? [...losses, { kind: 'form', detail: 'a further wire field still holds a value' }] : losses };
      },
      inDomain: writer.inDomain,
    };
  },
  examples: [
    { wire: ['a', 'b'], value: 'a', way: 'decode' },
    { wire: ['', 'b'], value: 'b', way: 'decode' },
    { value: 'c', current: ['a', 'b'], wire: ['c'], way: 'encode' },
    {
      params: { item: { as: 'phone', form: 7 } },
      field: 'phone',
      wire: [null, '8 913 123-45-67'],
      value: '+79131234567',
      way: 'decode',
    },
    { params: { item: 'phone' }, field: 'phone', wire: ['нет', '8 913 123-45-67'], problem: true },
  ],
});

export const constant = defineCodec({
  name: 'constant',
  domain: 'none: the same is written whatever the value is',
  doc: "Always writes `value`, whatever ours is; never read. What the vendor's record holds besides our fields (an owner id of the configuration) belongs under `constants`; a value of ours that the vendor has no field for is a line without a path: `programme: { value: main }`.",
  params: z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]).meta({ description: 'What is written.' }) }),
  kinds: ['text', 'phone', 'email', 'date', 'instant', 'integer', 'minor', 'flag', 'code', 'consent', 'ref'],
  pushOnly: true,
  compile({ value }) {
    const encoding: Encoding = {
      wire: value as Json,
      losses: [{ kind: 'form', detail: 'the same value is always written' }],
    };
    return {
      arity: 'one',
      declared: encoding.losses,
      decode: () => NEVER_READ,
      encode: () => encoding,
      clear: () => exactly(value),
      inDomain: () => false,
    };
  },
  examples: [
    { params: { value: 7 }, value: 'anything', wire: 7, way: 'encode', loss: 'form' },
    { params: { value: 'person' }, value: 'x', wire: 'person', way: 'encode', loss: 'form' },
    { params: { value: true }, value: 'x', wire: true, way: 'encode', loss: 'form' },
  ],
});

const NEVER_READ = new Unreadable('a constant is not read');
