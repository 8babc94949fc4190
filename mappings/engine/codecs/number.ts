/** Whole numbers, and amounts of money or points in minor units. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { decimalFromMinor, minorFromDecimal } from '../../../core/money.ts';
import { CodecMisuse, defineCodec, type Encoding, exactly, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';

const NOT_INTEGER = new Unreadable('a whole number is expected');
const wireAsParam = z.enum(['text', 'number']).default('text').meta({ description: 'How it is written.' });

/** A safe integer of a number or a text; undefined for an empty text. */
function wholeNumber(wire: Json): number | undefined | Unreadable {
  if (typeof wire === 'number') return Number.isSafeInteger(wire) ? wire + 0 : NOT_INTEGER;
  if (typeof wire !== 'string') return NOT_INTEGER;
  const text = wire.trim();
  if (text === '') return undefined;
  if (!/^[+-]?\d{1,16}$/.test(text)) return NOT_INTEGER;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value + 0 : NOT_INTEGER;
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0);

export const integer = defineCodec({
  name: 'integer',
  domain: 'whole numbers from `min` to `max` that JavaScript holds exactly',
  doc: 'A whole number, of a number or a text. A number outside `min` and `max` is a problem.',
  params: z.strictObject({
    wireAs: wireAsParam,
    min: z.int().optional().meta({ description: 'Least number that the vendor takes.' }),
    max: z.int().optional().meta({ description: 'Largest number that the vendor takes.' }),
  }),
  kinds: ['integer'],
  compile({ wireAs, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }) {
    if (min > max) return new CodecMisuse('"min" is greater than "max": exchange them');
    const outside = new Unreadable(`a whole number from ${min} to ${max} is expected`);
    const isBounded = min > Number.MIN_SAFE_INTEGER || max < Number.MAX_SAFE_INTEGER;
    return {
      arity: 'one',
      declared: isBounded ? [{ kind: 'form', detail: `numbers outside ${min} to ${max}` }] : NO_LOSS,
      decode(wire) {
        const value = wholeNumber(wire);
        if (value === undefined) return null;
        return typeof value === 'number' && (value < min || value > max) ? outside : value;
      },
      encode(value) {
        if (!isWhole(value) || value < min || value > max) return refused('form', `not a whole number from ${min} to ${max}`);
        return exactly(wireAs === 'number' ? value : String(value));
      },
      inDomain: (value) => isWhole(value) && value >= min && value <= max,
    };
  },
  examples: [
    { wire: '2', value: 2 },
    { params: { wireAs: 'number' }, wire: 2, value: 2 },
    { wire: '2.5', problem: true },
    { params: { min: 0 }, wire: '-1', problem: true },
    { params: { max: 9 }, value: 10, way: 'encode', loss: 'form' },
  ],
});

const NOT_AMOUNT = new Unreadable('an amount with at most two places is expected');
const GROUPED = /^[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d*)?$/;

/** Minor units of digits with at most one point and two places behind it, as nearly all amounts are; -1 for any other text. */
function plainMajor(text: string): number {
  const { length } = text;
  if (length === 0 || length > 13) return -1;
  let value = 0;
  let places = -1;
  for (let index = 0; index < length; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit === -2 && places < 0 && index > 0) places = 0;
    else if (digit < 0 || digit > 9 || places === 2) return -1;
    else {
      value = value * 10 + digit;
      if (places >= 0) places++;
    }
  }
  return places <= 0 ? value * 100 : places === 1 ? value * 10 : value;
}

function majorOf(wire: Json): number | null | Unreadable {
  if (typeof wire === 'string') {
    const plain = plainMajor(wire);
    if (plain >= 0) return plain;
  }
  const text = typeof wire === 'number' && Number.isFinite(wire) ? String(wire) : typeof wire === 'string' ? wire.trim() : null;
  if (text === null) return NOT_AMOUNT;
  if (text === '') return null;
  const value = minorFromDecimal(GROUPED.test(text) ? text.replace(/[ \u00a0\u202f]/g, '') : text);
  return value ?? NOT_AMOUNT;
}

const decimalParams = (unit: 'major' | 'minor') =>
  z.strictObject({
    unit: z.enum(['major', 'minor']).default(unit).meta({ description: '`major`: the wire has roubles; `minor`: whole kopecks.' }),
    scale: z.int().min(0).max(2).default(2).meta({ description: 'Places behind the point that are written.' }),
    point: z.enum(['.', ',']).default('.').meta({ description: 'The decimal point that is written; both are read.' }),
    suffix: z.string().min(1).optional().meta({ description: 'Text behind the amount, such as ` руб.`: read with or without it, written with it.' }),
    wireAs: wireAsParam,
  });

interface Amount {
  readonly unit: 'major' | 'minor';
  readonly scale: number;
  readonly point: '.' | ',';
  readonly suffix?: string | undefined;
  readonly wireAs: 'text' | 'number';
}

/** The largest amount that `minorFromDecimal` reads. */
const LARGEST = 999_999_999_999_999;

function compileAmount({ unit, scale, point, suffix, wireAs }: Amount) {
  if (wireAs === 'number' && (suffix !== undefined || point === ',')) return new CodecMisuse('a number has neither a suffix nor a comma: wireAs text');
  const step = unit === 'minor' ? 1 : 10 ** (2 - scale);
  const coarse: LossNote = { kind: 'precision', detail: `finer than ${scale} places` };
  const spelt = (text: string): Json => (wireAs === 'number' ? Number(text) : `${point === ',' ? text.replace('.', ',') : text}${suffix ?? ''}`);
  const tail = suffix?.trim() ?? '';
  /** Without the suffix and the blanks before it. */
  const bare = (wire: Json): Json => (typeof wire === 'string' && tail !== '' && wire.trim().endsWith(tail) ? wire.trim().slice(0, -tail.length).trim() : wire);
  const write = (minor: number): string => {
    if (unit === 'minor') return String(minor);
    const text = decimalFromMinor(minor);
    return scale === 2 ? text : text.slice(0, scale === 0 ? -3 : -1);
  };
  return {
    arity: 'one' as const,
    declared: step > 1 ? [coarse] : NO_LOSS,
    decode(wire: Json) {
      if (unit === 'major') return majorOf(bare(wire));
      const value = wholeNumber(bare(wire));
      return value === undefined ? null : value;
    },
    encode(value: unknown): Encoding {
      if (!isWhole(value) || Math.abs(value) > LARGEST) return refused('form', 'not an amount in minor units');
      const kept = value - (value % step) + 0;
      return { wire: spelt(write(kept)), losses: kept === value ? NO_LOSS : [coarse] };
    },
    inDomain: (value: unknown) => isWhole(value) && Math.abs(value) <= LARGEST && value % step === 0,
  };
}

export const decimal = defineCodec({
  name: 'decimal',
  domain: 'amounts below ten million million with no more than `scale` places',
  doc: 'An amount of money or points, kept in minor units (1/100): a number, or a text with a point or a comma. More than two places are a problem, unless they are zeros.',
  params: decimalParams('major'),
  kinds: ['minor'],
  compile: compileAmount,
  examples: [
    { wire: '15200.00', value: 1520000 },
    { wire: '15 200,5', value: 1520050, way: 'decode' },
    { wire: 110.5, value: 11050, way: 'decode' },
    { params: { wireAs: 'number' }, wire: -45.45, value: -4545 },
    { params: { point: ',', suffix: ' руб.' }, wire: '110,50 руб.', value: 11050 },
    { params: { scale: 0 }, value: 150, wire: '1', way: 'encode', loss: 'precision' },
    { wire: '1.005', problem: true },
    { wire: '1e21', problem: true },
  ],
});

export const minor = defineCodec({
  name: 'minor',
  domain: 'amounts below ten million million',
  doc: 'As `decimal`, with whole kopecks on the wire unless `unit` says otherwise.',
  params: decimalParams('minor'),
  kinds: ['minor'],
  compile: compileAmount,
  examples: [
    { params: { wireAs: 'number' }, wire: 483918, value: 483918 },
    { wire: '-4545', value: -4545 },
    { wire: '48.39', problem: true },
  ],
});
