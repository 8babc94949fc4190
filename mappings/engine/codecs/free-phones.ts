/** Free text with phones and words in it: the first number is the main phone, the others are further phones. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Encoding, exactly, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { isCanonicalList } from './list-values.ts';
import { isCanonicalPhone, type PhoneForm, phoneFormParam, readPhone, writePhone } from './phone.ts';

const GAP = '[ \\u00a0().\\-–]{0,3}';
const NUMBER = new RegExp(
  [`(?<![\\d+])(?:\\+?7|8)(?:${GAP}\\d){10}(?!\\d)`, `\\+[1-9](?:${GAP}\\d){7,14}(?!\\d)`, `(?<![\\d+])[3489]\\d{2}(?:${GAP}\\d){7}(?!\\d)`].join('|'),
  'g',
);

/** A phone in a text: the number and the range of the text it takes. */
export interface FoundPhone {
  readonly phone: string;
  readonly from: number;
  readonly to: number;
}

const NONE: readonly FoundPhone[] = [];
/** Several lines read one text one after the other; the next text takes its place. */
let latest: { readonly text: string; readonly found: readonly FoundPhone[] } = { text: '', found: NONE };

/** Every phone number in the text, in order. */
export function findPhones(text: string): readonly FoundPhone[] {
  if (text.length < 8) return NONE;
  if (text === latest.text) return latest.found;
  const found: FoundPhone[] = [];
  for (const match of text.matchAll(NUMBER)) {
    const phone = readPhone(match[0]);
    if (phone !== null) found.push({ phone, from: match.index, to: match.index + match[0].length });
  }
  latest = { text, found };
  return found;
}

const tidy = (text: string): string =>
  text
    .replace(/[ \t]+/g, ' ')
    .replace(/ *([,;])(?: *[,;])+ */g, '$1 ')
    .replace(/ +([,;])/g, '$1')
    .replace(/^[\s,;]+|[\s,;]+$/g, '');

const textOf = (wire: Json | undefined): string => (typeof wire === 'string' ? wire.trim() : typeof wire === 'number' ? String(wire) : '');

/** The text without the number, everything else kept. */
const without = (text: string, { from, to }: FoundPhone): string => tidy(`${text.slice(0, from)} ${text.slice(to)}`);

function withMain(text: string, phone: string, form: PhoneForm): string {
  const [main] = findPhones(text);
  const written = writePhone(phone, form);
  if (main === undefined) return text === '' ? written : `${written}, ${text}`;
  return main.phone === phone ? text : `${text.slice(0, main.from)}${written}${text.slice(main.to)}`;
}

function withRest(text: string, phones: readonly string[], form: PhoneForm): string {
  const main = findPhones(text)[0]?.phone;
  const wanted = new Set(phones);
  let result = text;
  for (;;) {
    const gone = findPhones(result).find(({ phone }, index) => index > 0 && !wanted.has(phone));
    if (gone === undefined) break;
    result = without(result, gone);
  }
  const held = new Set(findPhones(result).map(({ phone }) => phone));
  const added = phones.filter((phone) => phone !== main && !held.has(phone)).map((phone) => writePhone(phone, form));
  return [result, ...added].filter((part) => part !== '').join(', ');
}

const restOf = (text: string): readonly string[] | null => {
  const [main, ...others] = findPhones(text).map(({ phone }) => phone);
  const rest = [...new Set(others)].filter((phone) => phone !== main).sort();
  return rest.length === 0 ? null : rest;
};

const NOT_TEXT = new Unreadable('a text with phone numbers is expected');

export const freePhones = defineCodec({
  name: 'free-phones',
  domain: 'one number as the main phone',
  doc: 'Free text with several phones and words. On a phone field: the first number; on a list of phones: all others (two lines may share the wire path). Writing changes numbers in place and keeps all other text. A text without a number is an empty phone.',
  params: z.strictObject({
    form: phoneFormParam.default('7').meta({ description: 'How numbers are written, as for `phone`.' }),
    which: z.enum(['main', 'rest']).optional().meta({ description: 'Which numbers; known from the field.' }),
    max: z.int().positive().optional().meta({ description: 'Characters that the vendor keeps; a longer text is not written.' }),
  }),
  kinds: ['phone', 'phones'],
  part: ({ which }, _, kind) => which ?? (kind === 'phones' ? 'rest' : 'main'),
  compile({ form, which, max = 10_000 }, { field }) {
    const rest = field.kind === 'phones';
    if (which !== undefined && rest !== (which === 'rest')) return new CodecMisuse(`${field.name} takes the ${rest ? 'rest' : 'main'}`);
    const fitting = (text: string): Encoding => (text.length > max ? refused('cut', `longer than ${max} characters`) : exactly(text));
    return {
      arity: 'one',
      declared: rest ? [{ kind: 'form', detail: 'further phones without a main phone' }] : NO_LOSS,
      decode(wire) {
        if (typeof wire !== 'string' && typeof wire !== 'number') return NOT_TEXT;
        const text = textOf(wire);
        return rest ? restOf(text) : (findPhones(text)[0]?.phone ?? null);
      },
      encode(value, current) {
        if (!rest && isCanonicalPhone(value)) return fitting(withMain(textOf(current), value, form));
        return rest && isCanonicalList(value) ? fitting(withRest(textOf(current), value, form)) : refused('form', 'not a phone number');
      },
      clear(current) {
        const text = textOf(current);
        if (rest) return current === undefined ? { wire: undefined, losses: NO_LOSS } : exactly(withRest(text, [], form));
        const [main, next] = findPhones(text);
        if (main === undefined) return exactly(text);
        return {
          wire: without(text, main),
          losses: next === undefined ? NO_LOSS : [{ kind: 'form', detail: 'the next phone of the text becomes the main one' }],
        };
      },
      inDomain: (value) => !rest && isCanonicalPhone(value) && findPhones(writePhone(value, form))[0]?.phone === value,
    };
  },
  examples: [
    { field: 'phone', wire: '79131234567', value: '+79131234567' },
    {
      field: 'phone',
      wire: '78632171717 Иванов Иванович, 79182323121 Елена Петровна',
      value: '+78632171717',
      way: 'decode',
    },
    {
      field: 'phones',
      wire: '78632171717 Иванов Иванович, 79182323121 Елена Петровна',
      value: ['+79182323121'],
      way: 'decode',
    },
    {
      field: 'phone',
      current: '78632171717 Иванов, 79182323121 Елена',
      value: '+79990000000',
      wire: '79990000000 Иванов, 79182323121 Елена',
      way: 'encode',
    },
    {
      field: 'phones',
      current: '78632171717 Иванов',
      value: ['+79182323121'],
      wire: '78632171717 Иванов, 79182323121',
      way: 'encode',
    },
    { field: 'phone', wire: 'звонить после обеда', value: null, way: 'decode' },
    { field: 'phone', wire: { a: 1 }, problem: true },
  ],
});
