/** Codecs made of others: the first of several wire fields, and a value that is always the same. */
import { z } from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, exactly, NO_LOSS, Unreadable } from '../codec.ts';
import { isEmptyWire } from '../path.ts';

/** A codec for items: its name, or `{ as: name, …params }`. */
export const itemParam = z.union([z.string(), z.record(z.string(), z.unknown())]);

export const firstOf = defineCodec({
  name: 'first-of',
  doc: 'The first of several wire fields that is not empty, read with `item` (a codec by its name, or `{ as, …params }`). The first is written; the others are left as they are.',
  params: z.strictObject({ item: itemParam.optional() }),
  kinds: ['text', 'phone', 'email', 'date', 'instant', 'integer', 'minor', 'flag', 'code', 'consent', 'ref', 'json'],
  sources: 'many',
  compile({ item }, ctx) {
    const inner = ctx.inner(item, ctx.field.kind);
    if (inner instanceof CodecMisuse) return inner;
    if (ctx.sourceCount < 2) return new CodecMisuse('first-of reads two wire fields or more');
    return {
      arity: 'many',
      declared: inner.declared,
      decode(wires) {
        for (const wire of wires) {
          if (wire === undefined || isEmptyWire(wire)) continue;
          const value = inner.decode(wire);
          if (value !== null) return value;
        }
        return null;
      },
      encode(value, currents) {
        const { wire, losses } = inner.encode(value, currents[0]);
        return { wires: [wire], losses };
      },
      clear(currents) {
        const others = currents.slice(1).some((wire) => wire !== undefined && !isEmptyWire(wire));
        return {
          wires: [''],
          losses: others ? [{ kind: 'form', detail: 'a further wire field still holds a value' }] : NO_LOSS,
        };
      },
      inDomain: inner.inDomain,
    };
  },
  examples: [
    { wire: ['a', 'b'], value: 'a', way: 'decode' },
    { wire: ['', 'b'], value: 'b', way: 'decode' },
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
  doc: "Always writes `value`, whatever ours is; never read. What the vendor's record holds besides our fields (an owner id of the configuration) belongs under `constants`.",
  params: z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) }),
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
