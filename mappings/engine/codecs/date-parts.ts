/** Days in three wire fields, and the parts of whole and partial canonical dates. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { CodecMisuse, defineCodec, type Given, NO_LOSS, Unreadable } from '../codec.ts';
import { digitsAt, isDay, padded } from './date-pattern.ts';

const NO_DAY = new Unreadable('there is no such day');
const NOT_PARTS = new Unreadable('year, month and day are expected as numbers');
const NOT_PARTIAL = new Unreadable('a day without a month, or a month alone, is no date');

/** 0 for empty, -1 for what is no number of a date. */
function part(wire: Json | undefined): number {
  if (wire === undefined || wire === null || wire === '') return 0;
  if (typeof wire === 'number') return Number.isInteger(wire) && wire >= 0 ? wire : -1;
  if (typeof wire !== 'string') return -1;
  const text = wire.trim();
  return text.length > 4 ? -1 : digitsAt(text, 0, text.length);
}

/** A whole or partial canonical date of its parts, 0 for what is unknown. */
export function dateOfParts(year: number, month: number, day: number): string | null | Unreadable {
  if (year < 0 || month < 0 || day < 0 || (year > 0 && year < 1000) || year > 9999) return NOT_PARTS;
  if (day > 0) {
    if (month === 0) return NOT_PARTIAL;
    if (!isDay(year, month, day)) return NO_DAY;
    return year === 0 ? `--${padded(month, 2)}-${padded(day, 2)}` : `${year}-${padded(month, 2)}-${padded(day, 2)}`;
  }
  if (month > 12) return NO_DAY;
  if (month > 0) return year === 0 ? NOT_PARTIAL : `${year}-${padded(month, 2)}`;
  return year === 0 ? null : String(year);
}

const CANONICAL = /^(?:(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?|--(\d{2})-(\d{2}))$/;

/** Year, month and day of a whole or partial canonical date, 0 for what is unknown; null where it is none. */
export function partsOfDate(value: Given): readonly [number, number, number] | null {
  const match = typeof value === 'string' ? CANONICAL.exec(value) : null;
  if (match === null) return null;
  const parts = [Number(match[1] ?? 0), Number(match[2] ?? match[4] ?? 0), Number(match[3] ?? match[5] ?? 0)] as const;
  return dateOfParts(...parts) === value ? parts : null;
}

export const dateParts = defineCodec({
  name: 'date-parts',
  domain: 'whole and partial dates from the year 1000 on',
  doc: 'A day in three wire fields, in the order year, month, day, each a number, a text of digits, or empty. Partial dates are kept: `--10-24`, `1992`, `1992-10`.',
  params: z.strictObject({ wireAs: z.enum(['text', 'number']).default('text').meta({ description: 'How parts are written.' }) }),
  kinds: ['date'],
  sources: 'many',
  compile({ wireAs }, { sourceCount }) {
    if (sourceCount !== 3) return new CodecMisuse('date-parts reads three wire fields: year, month, day');
    return {
      arity: 'many',
      declared: NO_LOSS,
      decode: (wires) => dateOfParts(part(wires[0]), part(wires[1]), part(wires[2])),
      encode(value) {
        const parts = partsOfDate(value);
        if (parts === null) return { wires: [], losses: [{ kind: 'form', detail: 'not a date from the year 1000 on' }] };
        return { wires: parts.map((one) => (one === 0 ? '' : wireAs === 'text' ? String(one) : one)), losses: NO_LOSS };
      },
      inDomain: (value) => partsOfDate(value) !== null,
    };
  },
  examples: [
    { wire: ['1992', '10', '24'], value: '1992-10-24' },
    { wire: [1992, 10, 24], value: '1992-10-24', way: 'decode' },
    { wire: ['', '10', '24'], value: '--10-24' },
    { wire: ['0', '10', '24'], value: '--10-24', way: 'decode' },
    { wire: ['1992', '', ''], value: '1992' },
    { wire: ['1992', '10', ''], value: '1992-10' },
    { wire: ['1991', '02', '29'], problem: true },
    { wire: ['1992', '', '24'], problem: true },
  ],
});
