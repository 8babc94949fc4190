/** Yes or no by whether a list of words holds one of them. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { scalarText } from './text.ts';
import { meaningOf } from './yes-no.ts';

const NOT_LIST = new Unreadable('a list of words is expected');
const GONE: LossNote = { kind: 'precision', detail: 'a word cannot be empty in a list, only left out, which is no' };

export const has = defineCodec({
  name: 'has',
  domain: '`granted`, and `withheld` (with `zeroIsRefusal`: `refused`); yes and no',
  doc: 'Whether a list holds a word: `channels: [sms, email]` is one consent in each line, `{ from: channels, as: has, word: sms }`. A list that is there without the word, or without any, is no; null is empty. Several lines share one wire path, and words of no line are kept.',
  params: z.strictObject({
    word: z.string().min(1).meta({ description: 'The word as the vendor writes it.' }),
    separator: z.string().min(1).optional().meta({ description: 'The words are one text with this between them.' }),
    zeroIsRefusal: z.boolean().default(false).meta({ description: 'On a consent: a missing word is a refusal, not only withheld.' }),
  }),
  kinds: ['consent', 'flag', 'json'],
  part: ({ word }) => `word ${word}`,
  compile({ word, separator, zeroIsRefusal }, { field }) {
    if (word.trim() !== word || (separator !== undefined && word.includes(separator))) return new CodecMisuse(`"${word}" cannot be one word of the list`);
    const meaning = meaningOf(field.kind === 'consent' ? 'consent' : 'flag', zeroIsRefusal);
    const splitter = separator === undefined || separator.trim() === '' ? separator : separator.trim();
    const wordsOf = (wire: Json | undefined): readonly Json[] | null => {
      if (splitter === undefined) return Array.isArray(wire) ? wire : null;
      return typeof wire === 'string'
        ? wire
            .split(splitter)
            .map((one) => one.trim())
            .filter((one) => one !== '')
        : null;
    };
    const isWord = (one: Json): boolean => typeof one !== 'object' && scalarText(one as string) === word;
    const write = (on: boolean, current: Json | undefined): Json => {
      const there = wordsOf(current) ?? [];
      const kept = on && there.some(isWord) ? there : [...there.filter((one) => !isWord(one)), ...(on ? [word] : [])];
      return separator === undefined ? [...kept] : kept.join(separator);
    };
    return {
      arity: 'one',
      readsEmpty: true,
      declared: meaning.declared,
      decode(wire) {
        const words = wordsOf(wire);
        return words === null ? NOT_LIST : meaning.value(words.some(isWord));
      },
      encode(value, current): Encoding {
        const written = meaning.flag(value);
        if (written === undefined) return refused('form', 'not a consent or flag');
        return { wire: write(written.flag, current), losses: written.losses };
      },
      clear(current): Encoding {
        return wordsOf(current) === null ? { wire: undefined, losses: NO_LOSS } : { wire: write(false, current), losses: [GONE] };
      },
      inDomain: meaning.inDomain,
    };
  },
  examples: [
    { params: { word: 'sms' }, wire: ['email', 'sms'], value: 'granted', way: 'decode' },
    { params: { word: 'sms' }, wire: ['email'], value: 'withheld', way: 'decode' },
    { params: { word: 'sms' }, wire: ['sms'], value: 'granted' },
    { params: { word: 'sms', separator: '; ' }, current: 'email;push', value: 'granted', wire: 'email; push; sms', way: 'encode' },
    { params: { word: 'sms' }, wire: [], value: 'withheld' },
    { params: { word: 'sms' }, current: ['sms', 'push'], value: 'refused', wire: ['push'], way: 'encode', loss: 'precision' },
    { params: { word: 'sms' }, wire: { sms: 1 }, problem: true },
  ],
});
