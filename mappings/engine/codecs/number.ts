/** Whole numbers, and amounts of money or points in minor units. */
import { z } from 'zod';
import type { Json } from '../../../core/contract.ts';
import { decimalFromMinor, minorFromDecimal } from '../../../core/money.ts';
import { CodecMisuse, defineCodec, type Encoding, exactly, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';

const NOT_INTEGER = new Unreadable('a whole number is expected');
const wireAsParam = z.enum(['text', 'number']).default('text');

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
  doc: 'A whole number, of a number or a text. `wireAs`: text or number. `min`, `max`: what the vendor takes.',
  params: z.strictObject({ wireAs: wireAsParam, min: z.int().optional(), max: z.int().optional() }),
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

function majorOf(wire: Json): number | null | Unreadable {
  const text = typeof wire === 'number' && Number.isFinite(wire) ? String(wire) : typeof wire === 'string' ? wire.trim() : null;
  if (text === null) return NOT_AMOUNT;
  if (text === '') return null;
  const value = minorFromDecimal(GROUPED.test(text) ? text.replace(/[ \u00a0\u202f]/g, '') : text);
  return value ?? NOT_AMOUNT;
}

const decimalParams = (unit: 'major' | 'minor') =>
  z.strictObject({
    unit: z.enum(['major', 'minor']).default(unit),
    scale: z.int().min(0).max(2).default(2),
    wireAs: wireAsParam,
  });

interface Amount {
  readonly unit: 'major' | 'minor';
  readonly scale: number;
  readonly wireAs: 'text' | 'number';
}

/** The largest amount that `minorFromDecimal` reads. */
const LARGEST = 999_999_999_999_999;

function compileAmount({ unit, scale, wireAs }: Amount) {
  const step = unit === 'minor' ? 1 : 10 ** (2 - scale);
  const coarse: LossNote = { kind: 'precision', detail: `finer than ${scale} places` };
  const spelt = (text: string): Json => (wireAs === 'number' ? Number(text) : text);
  const write = (minor: number): string => {
    if (unit === 'minor') return String(minor);
    const text = decimalFromMinor(minor);
    return scale === 2 ? text : text.slice(0, scale === 0 ? -3 : -1);
  };
  return {
    arity: 'one' as const,
    declared: step > 1 ? [coarse] : NO_LOSS,
    decode(wire: Json) {
      if (unit === 'major') return majorOf(wire);
      const value = wholeNumber(wire);
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
  doc: 'An amount of money or points, kept in minor units (1/100). `unit: major`: the wire has roubles, as a number or a text with a point or a comma; `minor`: whole kopecks. `scale`: places written. `wireAs`: text or number.',
  params: decimalParams('major'),
  kinds: ['minor'],
  compile: compileAmount,
  examples: [
    { wire: '15200.00', value: 1520000 },
    { wire: '15 200,5', value: 1520050, way: 'decode' },
    { wire: 110.5, value: 11050, way: 'decode' },
    { params: { wireAs: 'number' }, wire: -45.45, value: -4545 },
    { params: { scale: 0 }, value: 150, wire: '1', way: 'encode', loss: 'precision' },
    { wire: '1.005', problem: true },
    { wire: '1e21', problem: true },
  ],
});

export const minor = defineCodec({
  name: 'minor',
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
