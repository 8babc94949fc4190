/** Phone numbers: every Russian spelling by a fast path, the rest of the world by libphonenumber. */
import parsePhoneNumber from 'libphonenumber-js';
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { defineCodec, exactly, type Given, NO_LOSS, refused, Unreadable } from '../codec.ts';

const NOT_PHONE = new Unreadable('one phone number is expected');
const SEPARATORS = /[\s().\-‐‑‒–—−]/g;
const RUSSIAN = /^(?:\+?7|8)(\d{10})$/;
const WITHOUT_PREFIX = /^[3-9]\d{9}$/;
const MISTAKEN_PLUS = /^\+8\d{10}$/;

/** Eleven digits with 7 or 8 in front, with or without `+7`: most phones there are; null for any other text. */
function plainRussian(text: string): string | null {
  const from = text.length - 10;
  if (from < 1 || from > 2) return null;
  const country = text.charCodeAt(from - 1);
  if (from === 2 ? text.charCodeAt(0) !== 43 || country !== 55 : country !== 55 && country !== 56) return null;
  for (let index = from; index < text.length; index++) {
    const digit = text.charCodeAt(index);
    if (digit < 48 || digit > 57) return null;
  }
  return from === 2 ? text : `+7${text.slice(1)}`;
}

/**
 * `+` and digits of one phone number, or null. A number of 11 digits with 7 or 8 in front, or of 10 digits, is Russian;
 * what has another form must be a valid number of its country, written with `+` or in full.
 */
export function readPhone(text: string): string | null {
  const plain = plainRussian(text);
  if (plain !== null) return plain;
  const compact = text.replace(SEPARATORS, '');
  const russian = RUSSIAN.exec(compact);
  if (russian !== null) return `+7${russian[1]}`;
  if (WITHOUT_PREFIX.test(compact)) return `+7${compact}`;
  if (!/^\+?\d{8,16}$/.test(compact)) return null;
  const known = international(compact) ?? (compact.startsWith('+') ? null : international(`+${compact}`));
  if (known !== null) return known;
  return MISTAKEN_PLUS.test(compact) ? `+7${compact.slice(2)}` : null;
}

function international(text: string): string | null {
  const parsed = parsePhoneNumber(text, 'RU');
  if (parsed === undefined || !parsed.isValid() || parsed.ext !== undefined) return null;
  const number: string = parsed.number;
  return /^\+\d{8,15}$/.test(number) ? number : null;
}

const PHONE_FORMS = ['e164', '7', '8', 'plus7', 'national'] as const;
export type PhoneForm = (typeof PHONE_FORMS)[number];

/** A form by its name; 7 and 8 may stand without quotes. */
export const phoneFormParam = z.union([z.enum(PHONE_FORMS), z.literal(7), z.literal(8)]).transform((form) => String(form) as PhoneForm);

/** The number as a vendor wants it. Numbers of other countries keep their `+`. */
export function writePhone(phone: string, form: PhoneForm): string {
  const match = /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(phone);
  if (match === null) return phone;
  const [, area, a, b, c] = match;
  switch (form) {
    case 'e164':
      return phone;
    case '7':
      return phone.slice(1);
    case '8':
      return `8${phone.slice(2)}`;
    case 'plus7':
      return `+7 (${area}) ${a}-${b}-${c}`;
    case 'national':
      return `8 (${area}) ${a}-${b}-${c}`;
  }
}

/** A number that `readPhone` gives back unchanged. */
export function isCanonicalPhone(value: Given): value is string {
  return typeof value === 'string' && /^\+\d{8,15}$/.test(value) && readPhone(value) === value;
}

/** `доб. 101`, `ext. 101`, `#101` behind a number. */
const EXTENSION = /[\s,;]*(?:доб|доп|вн|ext|extension|x|#)[\s.:]*\d{1,6}$/iu;

/** Text or number of the wire as text; null for anything else. */
function phoneText(wire: Json): string | null {
  if (typeof wire === 'string') return wire.trim();
  return typeof wire === 'number' && Number.isSafeInteger(wire) && wire > 0 ? String(wire) : null;
}

export const phone = defineCodec({
  name: 'phone',
  domain: 'numbers with a country, `+` and 8 to 15 digits, that libphonenumber takes for valid (Russian ones: any ten digits); with `russian` those of +7',
  doc: 'One phone number, kept as `+` and digits. `form` is how it is written: `e164` +79131234567, `7` 79131234567, `8` 89131234567, `plus7` +7 (913) 123-45-67, `national` 8 (913) 123-45-67.',
  params: z.strictObject({
    form: phoneFormParam.default('e164').meta({ description: 'How it is written; numbers of other countries always with `+`.' }),
    russian: z.boolean().default(false).meta({ description: 'The vendor takes Russian numbers only.' }),
    wireAs: z.enum(['text', 'number']).default('text').meta({ description: 'A number is written only where the form has digits alone.' }),
    extension: z
      .enum(['problem', 'aside'])
      .default('problem')
      .meta({ description: '`aside`: an extension behind the number (доб. 101, ext. 101, #101) is left aside, and kept while the number stays.' }),
  }),
  kinds: ['phone', 'text'],
  compile({ form, russian, wireAs, extension }) {
    const decode = (wire: Json): string | null | Unreadable => {
      const text = phoneText(wire);
      if (text === '') return null;
      const bare = text !== null && extension === 'aside' ? text.replace(EXTENSION, '') : text;
      return (bare === null ? null : readPhone(bare)) ?? NOT_PHONE;
    };
    const declared = russian ? [{ kind: 'form' as const, detail: 'numbers of other countries' }] : NO_LOSS;
    return {
      arity: 'one',
      declared,
      decode,
      encode(value, current) {
        if (extension === 'aside' && typeof current === 'string' && EXTENSION.test(current) && decode(current) === value) return exactly(current);
        if (!isCanonicalPhone(value)) return refused('form', 'not a phone number');
        if (russian && !value.startsWith('+7')) return refused('form', 'numbers of other countries');
        const written = writePhone(value, form);
        return exactly(wireAs === 'number' && /^\d+$/.test(written) ? Number(written) : written);
      },
      inDomain: (value) => isCanonicalPhone(value) && (!russian || value.startsWith('+7')),
    };
  },
  examples: [
    { wire: '+79131234567', value: '+79131234567' },
    { wire: '8 (913) 123-45-67', value: '+79131234567', way: 'decode' },
    { wire: 79998886655, value: '+79998886655', way: 'decode' },
    { wire: '8124243353', value: '+78124243353', way: 'decode' },
    { wire: '+375 29 491-19-11', value: '+375294911911', way: 'decode' },
    { params: { form: 7 }, wire: '79131234567', value: '+79131234567' },
    { params: { form: '8' }, wire: '89131234567', value: '+79131234567' },
    { params: { form: 'plus7' }, wire: '+7 (913) 123-45-67', value: '+79131234567' },
    { params: { form: 'national' }, wire: '8 (913) 123-45-67', value: '+79131234567' },
    { params: { russian: true }, value: '+375294911911', way: 'encode', loss: 'form' },
    { params: { extension: 'aside' }, wire: '8 (383) 363-12-34 доб. 101', value: '+73833631234', way: 'decode' },
    { params: { extension: 'aside' }, current: '83833631234 #101', value: '+73833631234', wire: '83833631234 #101', way: 'encode' },
    { wire: '8 (383) 363-12-34 доб. 101', problem: true },
    { wire: '79131234567, 79131234568', problem: true },
    { wire: 'нет', problem: true },
  ],
});
