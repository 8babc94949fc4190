/** Dates without a time: in a pattern, and in three parts. */
import { z } from 'zod';
import type { Json } from '../../../core/contract.ts';
import { utcToWall, wallToUtc } from '../../../core/zone.ts';
import { CodecMisuse, defineCodec, exactly, type Given, type LossNote, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { compilePattern, isDay, type Pattern, padded } from './date-pattern.ts';

const FULL = /^(\d{4})-(\d{2})-(\d{2})$/;
const NO_DAY = new Unreadable('there is no such day');
const PARTIAL: LossNote = { kind: 'precision', detail: 'a date of which only a part is known' };

/** Year, month and day of a full canonical date that exists; else null. */
function fullDate(value: Given): { year: number; month: number; day: number } | null {
  const match = typeof value === 'string' ? FULL.exec(value) : null;
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return year > 0 && isDay(year, month, day) ? { year, month, day } : null;
}

/** Unix seconds of the day's beginning in the zone. */
function unixDay(zone: string): Pattern {
  return {
    text: 'unix',
    read(text) {
      if (!/^-?\d{5,12}$/.test(text)) return null;
      const day = new Date(utcToWall(zone, Number(text) * 1000));
      return {
        year: day.getUTCFullYear(),
        month: day.getUTCMonth() + 1,
        day: day.getUTCDate(),
        hour: 0,
        minute: 0,
        second: 0,
      };
    },
    write: ({ year, month, day }) => String(wallToUtc(zone, Date.UTC(year, month - 1, day)) / 1000),
  };
}

/** One pattern or several: all are read, the first is written. */
export const patternsParam = z.union([z.string(), z.array(z.string()).min(1)]);

function compilePatterns(patterns: string | readonly string[], zone: string): readonly Pattern[] | CodecMisuse {
  const compiled = (typeof patterns === 'string' ? [patterns] : patterns).map((text) => (text === 'unix' ? unixDay(zone) : compilePattern(text)));
  const bad = compiled.find((pattern) => pattern instanceof CodecMisuse);
  return bad instanceof CodecMisuse ? bad : compiled.filter((pattern): pattern is Pattern => !(pattern instanceof CodecMisuse));
}

export const date = defineCodec({
  name: 'date',
  doc: 'A day in a pattern of `yyyy`, `MM`, `dd` and separators; several patterns are read, the first is written; `unix` reads seconds. A date of zeroes is empty. `minYear`: the first year that the vendor takes. Partial dates cannot be written.',
  params: z.strictObject({ pattern: patternsParam.default('yyyy-MM-dd'), minYear: z.int().default(1) }),
  kinds: ['date'],
  compile({ pattern, minYear }, { zone }) {
    const patterns = compilePatterns(pattern, zone);
    if (patterns instanceof CodecMisuse) return patterns;
    const [writer] = patterns;
    if (writer === undefined) return new CodecMisuse('a pattern is needed');
    const notDate = new Unreadable(`a date in the form ${patterns.map((one) => one.text).join(' or ')} is expected`);
    const tooEarly = new Unreadable(`a year from ${minYear} on is expected`);
    const early: LossNote = { kind: 'form', detail: `years before ${minYear}` };
    return {
      arity: 'one',
      declared: minYear > 1 ? [PARTIAL, early] : [PARTIAL],
      decode(wire) {
        if (typeof wire !== 'string' && typeof wire !== 'number') return notDate;
        const text = String(wire).trim();
        if (text === '') return null;
        for (const one of patterns) {
          const parts = one.read(text);
          if (parts === null) continue;
          if (parts.year === 0 && parts.month === 0 && parts.day === 0) return null;
          if (parts.year === 0 || !isDay(parts.year, parts.month, parts.day)) return NO_DAY;
          return parts.year < minYear ? tooEarly : `${padded(parts.year, 4)}-${padded(parts.month, 2)}-${padded(parts.day, 2)}`;
        }
        return notDate;
      },
      encode(value) {
        const parts = fullDate(value);
        if (parts === null) return refused(PARTIAL.kind, PARTIAL.detail);
        if (parts.year < minYear) return refused(early.kind, early.detail);
        return exactly(writer.write({ ...parts, hour: 0, minute: 0, second: 0 }));
      },
      inDomain: (value) => (fullDate(value)?.year ?? -1) >= minYear,
    };
  },
  examples: [
    { wire: '1966-05-20', value: '1966-05-20' },
    { params: { pattern: 'dd.MM.yyyy' }, wire: '10.01.1985', value: '1985-01-10' },
    { params: { pattern: ['dd.MM.yyyy', 'yyyy-MM-dd'] }, wire: '1985-01-10', value: '1985-01-10', way: 'decode' },
    {
      params: { pattern: ['dd.MM.yyyy', 'unix'] },
      zone: 'Europe/Moscow',
      wire: 474152400,
      value: '1985-01-10',
      way: 'decode',
    },
    { wire: '0000-00-00', value: null, way: 'decode' },
    { params: { pattern: 'dd.MM.yyyy' }, wire: '31.02.1985', problem: true },
    { params: { minYear: 1901 }, wire: '1900-12-31', problem: true },
    { value: '--05-20', way: 'encode', loss: 'precision' },
    { params: { minYear: 1901 }, value: '1899-01-01', way: 'encode', loss: 'form' },
  ],
});

const NOT_PARTS = new Unreadable('year, month and day are expected as numbers');
const NOT_PARTIAL = new Unreadable('a day without a month, or a month alone, is no date');

/** 0 for empty, -1 for what is no number of a date. */
function part(wire: Json | undefined): number {
  if (wire === undefined || wire === null || wire === '') return 0;
  if (typeof wire === 'number') return Number.isInteger(wire) && wire >= 0 ? wire : -1;
  if (typeof wire !== 'string') return -1;
  const text = wire.trim();
  return /^\d{0,4}$/.test(text) ? Number(text) : -1;
}

function dateOfParts(year: number, month: number, day: number): string | null | Unreadable {
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
function partsOfDate(value: Given): readonly [number, number, number] | null {
  const match = typeof value === 'string' ? CANONICAL.exec(value) : null;
  if (match === null) return null;
  const parts = [Number(match[1] ?? 0), Number(match[2] ?? match[4] ?? 0), Number(match[3] ?? match[5] ?? 0)] as const;
  return dateOfParts(...parts) === value ? parts : null;
}

export const dateParts = defineCodec({
  name: 'date-parts',
  doc: 'A day in three wire fields, in the order year, month, day, each a number, a text of digits, or empty. Partial dates are kept: `--10-24`, `1992`, `1992-10`. `wireAs` is how parts are written.',
  params: z.strictObject({ wireAs: z.enum(['text', 'number']).default('text') }),
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
