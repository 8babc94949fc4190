/** Yes and no: plain flags, and consents. */
import * as z from 'zod';
import { CodecMisuse, defineCodec, type Encoding, exactly, NO_LOSS, refused } from '../codec.ts';
import { meaningOf, spellingOf, spellingParams } from './yes-no.ts';

export const flag = defineCodec({
  name: 'flag',
  domain: 'yes and no',
  doc: 'Yes or no in every spelling (1, "1", true, yes, да, Y, вкл …).',
  params: z.strictObject(spellingParams),
  kinds: ['flag', 'json'],
  compile(params) {
    const spelling = spellingOf(params);
    if (spelling instanceof CodecMisuse) return spelling;
    return {
      arity: 'one',
      declared: NO_LOSS,
      decode: spelling.read,
      encode: (value) => (typeof value === 'boolean' ? exactly(spelling.write(value)) : refused('form', 'not yes or no')),
      inDomain: (value) => typeof value === 'boolean',
    };
  },
  examples: [
    { wire: '1', value: true },
    { wire: false, value: false, way: 'decode' },
    { params: { wireAs: 1 }, wire: 0, value: false },
    { params: { wireAs: true }, wire: true, value: true },
    { wire: 'Нет', value: false, way: 'decode' },
    { params: { yes: 'есть', no: ['-', 'отсутствует'] }, wire: '-', value: false },
    { params: { yes: 'есть', no: ['-', 'отсутствует'] }, wire: 'Есть', value: true, way: 'decode' },
    { wire: 2, problem: true },
    { wire: 'maybe', problem: true },
  ],
});

export const consent = defineCodec({
  name: 'consent',
  domain: '`granted`, and `withheld` (with `zeroIsRefusal`: `refused`)',
  doc: 'Consent to be contacted: 1 is `granted`, 0 is `withheld`, or with `zeroIsRefusal: true` an explicit `refused`. Both are written as 0.',
  params: z.strictObject({ ...spellingParams, zeroIsRefusal: z.boolean().default(false).meta({ description: 'The vendor asks everyone: 0 is a refusal.' }) }),
  kinds: ['consent'],
  compile({ zeroIsRefusal, ...spelt }) {
    const spelling = spellingOf(spelt);
    if (spelling instanceof CodecMisuse) return spelling;
    const meaning = meaningOf('consent', zeroIsRefusal);
    return {
      arity: 'one',
      declared: meaning.declared,
      decode(wire) {
        const read = spelling.read(wire);
        return typeof read === 'boolean' ? meaning.value(read) : read;
      },
      encode(value): Encoding {
        const written = meaning.flag(value);
        return written === undefined ? refused('form', 'not a consent') : { wire: spelling.write(written.flag), losses: written.losses };
      },
      inDomain: meaning.inDomain,
    };
  },
  examples: [
    { wire: '1', value: 'granted' },
    { wire: '0', value: 'withheld' },
    { params: { zeroIsRefusal: true }, wire: '0', value: 'refused' },
    { value: 'refused', wire: '0', way: 'encode', loss: 'precision' },
    { params: { yes: 'да', no: 'нет' }, wire: 'нет', value: 'withheld' },
    { wire: 'x', problem: true },
  ],
});
