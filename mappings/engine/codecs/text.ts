/** Texts: plain text, e-mail addresses and keys. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { defineCodec, type Encoding, exactly, type Given, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';

const NOT_TEXT = new Unreadable('a text or a number is expected');

/** Trimmed text of a wire scalar: null when nothing is left, undefined when it is no scalar. */
export function scalarText(wire: Json): string | null | undefined {
  if (typeof wire === 'string') {
    const text = wire.trim();
    return text === '' ? null : text;
  }
  // A larger whole number lost its last digits when it was read: it is no longer what the vendor sent.
  if (typeof wire === 'number') return Number.isFinite(wire) && Math.abs(wire) <= Number.MAX_SAFE_INTEGER ? String(wire) : undefined;
  return undefined;
}

/** The first `max` characters (never half a character), without a blank at the end. */
function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = [...text];
  return characters.length <= max ? text : characters.slice(0, max).join('').trimEnd();
}

export const text = defineCodec({
  name: 'text',
  domain: 'texts of one character or more without blanks at the ends, up to `max` characters; on a code field, its codes',
  doc: 'Text without blanks at both ends. Numbers are read as text. What is longer than `max` is cut off and told as a loss.',
  params: z.strictObject({ max: z.int().positive().optional().meta({ description: 'Characters that the vendor keeps.' }) }),
  kinds: ['text', 'code'],
  compile({ max }, { field }) {
    const codes = field.kind === 'code' ? field.codes : undefined;
    const notCode = new Unreadable(`one of ${codes?.join(', ') ?? ''} is expected`);
    const declared: LossNote[] = max === undefined ? [] : [{ kind: 'cut', detail: `longer than ${max} characters` }];
    return {
      arity: 'one',
      declared,
      decode(wire) {
        const value = scalarText(wire);
        if (value === undefined) return NOT_TEXT;
        return codes === undefined || value === null || codes.includes(value) ? value : notCode;
      },
      encode(value): Encoding {
        if (typeof value !== 'string') return refused('form', 'not a text');
        const trimmed = value.trim();
        const kept = max === undefined ? trimmed : cut(trimmed, max);
        if (kept !== trimmed) return { wire: kept, losses: declared };
        return kept === value ? exactly(value) : { wire: kept, losses: [{ kind: 'form', detail: 'blanks at the ends' }] };
      },
      inDomain: (value) =>
        typeof value === 'string' &&
        value !== '' &&
        value.trim() === value &&
        (max === undefined || cut(value, max) === value) &&
        (codes === undefined || codes.includes(value)),
    };
  },
  examples: [
    { wire: 'Иванов', value: 'Иванов' },
    { wire: '  Иванов\t', value: 'Иванов', way: 'decode' },
    { wire: 630099, value: '630099', way: 'decode' },
    { wire: '   ', value: null, way: 'decode' },
    { wire: ['Иванов'], problem: true },
    { wire: 12_345_678_901_234_567_000, problem: true },
    { params: { max: 5 }, value: 'Новосибирск', wire: 'Новос', way: 'encode', loss: 'cut' },
  ],
});

const ADDRESS = /^[^\s@<>,;:"()[\]\\]+@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+$/u;
const NOT_EMAIL = new Unreadable('an e-mail address is expected');

function isEmail(value: Given): boolean {
  return typeof value === 'string' && value.length <= 254 && ADDRESS.test(value) && value === value.toLowerCase() && value === value.trim();
}

export const email = defineCodec({
  name: 'email',
  domain: 'addresses in lower case, up to `max` characters',
  doc: 'One e-mail address, kept in lower case. `max`: a longer address is not written, since a cut one would be wrong.',
  params: z.strictObject({ max: z.int().positive().optional().meta({ description: 'Characters that the vendor keeps.' }) }),
  kinds: ['email', 'text'],
  compile({ max = 254 }) {
    return {
      arity: 'one',
      declared: max < 254 ? [{ kind: 'form', detail: `longer than ${max} characters` }] : NO_LOSS,
      decode(wire) {
        if (typeof wire !== 'string') return NOT_EMAIL;
        const lower = wire.trim().toLowerCase();
        const value = lower.startsWith('mailto:') ? lower.slice(7) : lower;
        if (value === '') return null;
        return value.length <= 254 && ADDRESS.test(value) && value === value.toLowerCase() ? value : NOT_EMAIL;
      },
      encode(value) {
        if (typeof value !== 'string' || !isEmail(value)) return refused('form', 'not an e-mail address');
        return value.length > max ? refused('form', `longer than ${max} characters`) : exactly(value);
      },
      inDomain: (value) => isEmail(value) && String(value).length <= max && !String(value).startsWith('mailto:'),
    };
  },
  examples: [
    { wire: 'ivanov@test.tt', value: 'ivanov@test.tt' },
    { wire: ' Ivanov@Mail.RU ', value: 'ivanov@mail.ru', way: 'decode' },
    { wire: 'ivanov(at)mail.ru', problem: true },
    { params: { max: 10 }, value: 'ivanov@mail.ru', way: 'encode', loss: 'form' },
  ],
});

export const ref = defineCodec({
  name: 'ref',
  domain: 'keys without blanks at the ends; with `wireAs: number` whole numbers without leading zeros',
  doc: 'The key of another record in the same system, always as text: `4` and `"4"` are one key, `004` is another.',
  params: z.strictObject({ wireAs: z.enum(['text', 'number']).default('text').meta({ description: 'How a key is written.' }) }),
  kinds: ['ref', 'text'],
  compile({ wireAs }) {
    return {
      arity: 'one',
      declared: wireAs === 'text' ? NO_LOSS : [{ kind: 'form', detail: 'keys that are no number' }],
      decode: (wire) => scalarText(wire) ?? (typeof wire === 'string' ? null : NOT_TEXT),
      encode(value) {
        if (typeof value !== 'string' || value === '' || value.trim() !== value) return refused('form', 'not a key');
        if (wireAs === 'text') return exactly(value);
        const number = Number(value);
        return String(number) === value && Number.isSafeInteger(number) ? exactly(number) : refused('form', 'keys that are no number');
      },
      inDomain: (value) =>
        typeof value === 'string' &&
        value !== '' &&
        value.trim() === value &&
        (wireAs === 'text' || (Number.isSafeInteger(Number(value)) && String(Number(value)) === value)),
    };
  },
  examples: [
    { wire: '10000000000001', value: '10000000000001' },
    { wire: 12, value: '12', way: 'decode' },
    { wire: '004', value: '004' },
    { params: { wireAs: 'number' }, wire: 12, value: '12' },
    { wire: { id: 1 }, problem: true },
  ],
});

export const raw = defineCodec({
  name: 'raw',
  domain: 'any JSON that is not empty',
  doc: 'Any JSON as it stands, for attributes without a canonical home.',
  params: z.strictObject({}),
  kinds: ['json'],
  compile: () => ({
    arity: 'one',
    declared: NO_LOSS,
    decode: (wire) => wire as Given,
    encode: (value) => exactly(value as Json),
    inDomain: (value) => value !== '' && (typeof value !== 'object' || Object.keys(value).length > 0) && (typeof value !== 'number' || Number.isFinite(value)),
  }),
  examples: [
    { field: 'attributes.artix.ext', wire: { a: [1, 'b', null] }, value: { a: [1, 'b', null] } },
    { field: 'attributes.artix.ext', wire: 'x', value: 'x' },
    { field: 'attributes.artix.ext', wire: 0, value: 0 },
  ],
});
