/** Yes and no: plain flags, and consents. */
import { z } from 'zod';
import { defineCodec, type Encoding, exactly, NO_LOSS, refused } from '../codec.ts';
import { meaningOf, readFlag, spellFlag, wireAsParam } from './yes-no.ts';

export const flag = defineCodec({
  name: 'flag',
  doc: 'Yes or no in every spelling (1, "1", true, yes, да …). `wireAs` shows how *yes* is written: 1, "1", true or "true".',
  params: z.strictObject({ wireAs: wireAsParam.default('1') }),
  kinds: ['flag', 'json'],
  compile: ({ wireAs }) => ({
    arity: 'one',
    declared: NO_LOSS,
    decode: readFlag,
    encode: (value) => (typeof value === 'boolean' ? exactly(spellFlag(value, wireAs)) : refused('form', 'not yes or no')),
    inDomain: (value) => typeof value === 'boolean',
  }),
  examples: [
    { wire: '1', value: true },
    { wire: false, value: false, way: 'decode' },
    { params: { wireAs: 1 }, wire: 0, value: false },
    { params: { wireAs: true }, wire: true, value: true },
    { wire: 2, problem: true },
    { wire: 'maybe', problem: true },
  ],
});

export const consent = defineCodec({
  name: 'consent',
  doc: 'Consent to be contacted: 1 is `granted`, 0 is `withheld`, or with `zeroIsRefusal: true` an explicit `refused`. Both are written as 0.',
  params: z.strictObject({ wireAs: wireAsParam.default('1'), zeroIsRefusal: z.boolean().default(false) }),
  kinds: ['consent'],
  compile({ wireAs, zeroIsRefusal }) {
    const meaning = meaningOf('consent', zeroIsRefusal);
    return {
      arity: 'one',
      declared: meaning.declared,
      decode(wire) {
        const read = readFlag(wire);
        return typeof read === 'boolean' ? meaning.value(read) : read;
      },
      encode(value): Encoding {
        const written = meaning.flag(value);
        return written === undefined ? refused('form', 'not a consent') : { wire: spellFlag(written.flag, wireAs), losses: written.losses };
      },
      inDomain: meaning.inDomain,
    };
  },
  examples: [
    { wire: '1', value: 'granted' },
    { wire: '0', value: 'withheld' },
    { params: { zeroIsRefusal: true }, wire: '0', value: 'refused' },
    { value: 'refused', wire: '0', way: 'encode', loss: 'precision' },
    { wire: 'x', problem: true },
  ],
});
