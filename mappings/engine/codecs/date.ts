/** Dates without a time: in a pattern, and in three parts. */
import * as z from 'zod';
import type { Json } from '../../../core/contract.ts';
import { utcToWall, wallToUtc } from '../../../core/zone.ts';
import { CodecMisuse, defineCodec, type Encoding, exactly, type Given, type LossNote, refused, Unreadable } from '../codec.ts';
import { dateOfParts, partsOfDate } from './date-parts.ts';
import { compilePattern, isDay, type Pattern, padded } from './date-pattern.ts';
import { namedForm, partsOfWall, zoneOf } from './moment-forms.ts';

const NO_DAY = new Unreadable('there is no such day');
const PARTIAL: LossNote = { kind: 'precision', detail: 'a date of which only a part is known' };

/** A date as the beginning of a day in the zone: Unix time or ISO 8601. */
function dayOf(name: string, zone: string): Pattern | null {
  const form = namedForm(name, zone);
  if (form === null) return null;
  return {
    text: name,
    says: 'yMd',
    hasTime: false,
    century: null,
    read(text) {
      // Short numbers are years or slips, never the first days of 1970.
      if (name !== 'iso' && !/^-?\d{5,}$/.test(text)) return null;
      const moment = form.read(text);
      if (moment === undefined) return null;
      if (moment === null || moment === false) return moment === null ? NO_PARTS : { ...NO_PARTS, month: 13 };
      return partsOfWall(utcToWall(zone, moment));
    },
    write: ({ year, month, day }) => String(form.write(wallToUtc(zone, Date.UTC(year, month - 1, day)))),
  };
}

const NO_PARTS = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, ms: 0 };

/** One pattern or several: all are read, the first is written. */
export const patternsParam = z.union([z.string(), z.array(z.string()).min(1)]);

/** What patterns are made of, for the docs. */
export const PATTERNS =
  "`yyyy` (`yy` with `century`), `MM` or `M`, `dd` or `d`, `HH` or `H`, `hh` or `h` with `a` (AM, PM), `mm`, `ss`, `SSS`, separators, letters in quotes (`'T'`); or `iso`, `unix` (seconds), `unix-ms`. Several as a list.";

function compilePatterns(patterns: string | readonly string[], zone: string, century: number | null): readonly Pattern[] | CodecMisuse {
  const compiled = (typeof patterns === 'string' ? [patterns] : patterns).map((text) => dayOf(text, zone) ?? compilePattern(text, century));
  const bad = compiled.find((pattern) => pattern instanceof CodecMisuse);
  return bad instanceof CodecMisuse ? bad : compiled.filter((pattern): pattern is Pattern => !(pattern instanceof CodecMisuse));
}

/** What a canonical date says. */
function saysOf([year, month, day]: readonly [number, number, number]): Pattern['says'] {
  if (year === 0) return 'Md';
  return day > 0 ? 'yMd' : month > 0 ? 'yM' : 'y';
}

/** Patterns that can hold a date at all, best first: those that say as much, then those that say a part of it. */
const HOLDERS: Readonly<Record<Pattern['says'], readonly Pattern['says'][]>> = {
  yMd: ['yMd', 'yM', 'y', 'Md'],
  yM: ['yM', 'y'],
  y: ['y'],
  Md: ['Md'],
};

const COARSE: LossNote = { kind: 'precision', detail: 'only a part of the date has a place' };

export const date = defineCodec({
  name: 'date',
  domain: 'days from the year 1000 on, not before `minYear`; partial dates where a pattern, `zeros` or `noYear` has a place for them',
  doc: 'A day in a pattern, or several: all are read, the first that fits is written. A date of zeroes is empty. Patterns that name a part only (`yyyy`, `dd.MM`) read and write partial dates; without one, without `zeros` and without `noYear` partial dates cannot be written.',
  params: z.strictObject({
    pattern: patternsParam.default('yyyy-MM-dd').meta({ description: PATTERNS }),
    minYear: z.int().default(1).meta({ description: 'The first year that the vendor takes.' }),
    zeros: z.boolean().default(false).meta({ description: 'Unknown parts are zeros: `1992-00-00`, `0000-10-24`.' }),
    noYear: z.int().min(1).max(9999).optional().meta({ description: 'The year that stands for an unknown one: with 1904, `1904-10-24` is `--10-24`.' }),
    zone: z.string().optional().meta({ description: "IANA zone in which `unix` and `iso` are a day; the system's when silent." }),
    century: z.int().min(1000).max(9900).optional().meta({ description: 'First of the hundred years that `yy` stands for.' }),
  }),
  kinds: ['date'],
  compile({ pattern, minYear, zeros, noYear = null, zone: own, century = null }, { zone: system }) {
    const zone = zoneOf(own, system);
    const patterns = zone instanceof CodecMisuse ? zone : compilePatterns(pattern, zone, century);
    if (patterns instanceof CodecMisuse) return patterns;
    if (patterns.length === 0) return new CodecMisuse('a pattern is needed');
    const notDate = new Unreadable(`a date in the form ${patterns.map((one) => one.text).join(' or ')} is expected`);
    const tooEarly = new Unreadable(`a year from ${minYear} on is expected`);
    const early: LossNote = { kind: 'form', detail: `years before ${minYear}` };
    const canonical = (one: Pattern, year: number, month: number, day: number): string | null | Unreadable => {
      if (year === 0 && month === 0 && day === 0) return null;
      if (one.says !== 'yMd' || zeros || year === noYear) {
        const known = year === noYear && month > 0 && day > 0 ? 0 : year;
        return known > 0 && known < minYear ? tooEarly : dateOfParts(known, month, day);
      }
      if (year === 0 || !isDay(year, month, day)) return NO_DAY;
      return year < minYear ? tooEarly : `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
    };
    const decode = (wire: Json): string | null | Unreadable => {
      if (typeof wire !== 'string' && typeof wire !== 'number') return notDate;
      const text = String(wire).trim();
      if (text === '') return null;
      for (const one of patterns) {
        const parts = one.read(text);
        if (parts !== null) return canonical(one, parts.year, parts.month, parts.day);
      }
      return notDate;
    };
    const write = (value: Given): Encoding => {
      const parts = partsOfDate(value);
      if (parts === null) return refused('form', 'not a date');
      if (parts[0] > 0 && parts[0] < minYear) return refused(early.kind, early.detail);
      const says = saysOf(parts);
      const exact = patterns.find((one) => one.says === says);
      const whole = patterns.find((one) => one.says === 'yMd');
      const written = (one: Pattern, year: number): string => one.write({ ...NO_PARTS, year, month: parts[1], day: parts[2] });
      if (exact !== undefined) return exactly(written(exact, parts[0]));
      if (whole !== undefined && says === 'Md' && noYear !== null) return exactly(written(whole, noYear));
      if (whole !== undefined && zeros) return exactly(written(whole, parts[0]));
      const part = HOLDERS[says].flatMap((held) => patterns.find((one) => one.says === held) ?? [])[0];
      return part === undefined ? refused(PARTIAL.kind, PARTIAL.detail) : { wire: written(part, parts[0]), losses: [COARSE] };
    };
    const encode = (value: Given): Encoding => {
      const written = write(value);
      if (written.wire === undefined || written.losses.length > 0 || decode(written.wire) === value) return written;
      return refused('form', `cannot be written as ${patterns.map((one) => one.text).join(' or ')}`);
    };
    const whole = patterns.some((one) => one.says === 'yMd');
    const partly = patterns.some((one) => one.says !== 'yMd') || zeros;
    return {
      arity: 'one',
      declared: [...(whole ? [] : [COARSE]), ...(partly ? [] : [PARTIAL]), ...(minYear > 1 ? [early] : [])],
      decode,
      encode,
      inDomain(value) {
        const { wire, losses } = encode(value);
        return wire !== undefined && losses.length === 0;
      },
    };
  },
  examples: [
    { wire: '1966-05-20', value: '1966-05-20' },
    { params: { pattern: 'dd.MM.yyyy' }, wire: '10.01.1985', value: '1985-01-10' },
    { params: { pattern: 'MM/dd/yyyy' }, wire: '01/10/1985', value: '1985-01-10' },
    { params: { pattern: ['dd.MM.yyyy', 'yyyy-MM-dd'] }, wire: '1985-01-10', value: '1985-01-10', way: 'decode' },
    {
      params: { pattern: ['dd.MM.yyyy', 'unix'] },
      zone: 'Europe/Moscow',
      wire: 474152400,
      value: '1985-01-10',
      way: 'decode',
    },
    { params: { pattern: 'iso', zone: 'Europe/Moscow' }, wire: '1985-01-09T21:00:00.000Z', value: '1985-01-10' },
    { params: { pattern: ['dd.MM.yyyy', 'dd.MM'] }, wire: '24.10', value: '--10-24' },
    { params: { pattern: 'yyyy' }, wire: '1992', value: '1992' },
    { params: { pattern: 'yyyyMMdd' }, wire: '19921024', value: '1992-10-24' },
    { params: { pattern: 'dd.MM.yy', century: 1930 }, wire: '24.10.29', value: '2029-10-24' },
    { params: { zeros: true }, wire: '1992-00-00', value: '1992' },
    { params: { noYear: 1904 }, wire: '1904-10-24', value: '--10-24' },
    { wire: '0000-00-00', value: null, way: 'decode' },
    { params: { pattern: 'dd.MM.yyyy' }, wire: '31.02.1985', problem: true },
    { params: { minYear: 1901 }, wire: '1900-12-31', problem: true },
    { value: '--05-20', way: 'encode', loss: 'precision' },
    { params: { pattern: 'yyyy' }, value: '1992-10-24', wire: '1992', way: 'encode', loss: 'precision' },
    { params: { minYear: 1901 }, value: '1899-01-01', way: 'encode', loss: 'form' },
  ],
});
