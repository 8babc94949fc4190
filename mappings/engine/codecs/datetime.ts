/** Moments: in a pattern, ISO 8601, or Unix time; without a zone they are read in the system's. */
import { z } from 'zod';
import { utcToWall, wallToUtc } from '../../../core/zone.ts';
import { CodecMisuse, defineCodec, exactly, NO_LOSS, refused, Unreadable } from '../codec.ts';
import { patternsParam } from './date.ts';
import { compilePattern, isDay, type Parts } from './date-pattern.ts';

interface Form {
  readonly text: string;
  /** UTC ms; null for a time of zeroes (empty); undefined where the text has another form; false where there is no such moment. */
  read(text: string): number | null | undefined | false;
  write(utc: number): string | number;
}

/** Years 1 to 9999. */
const FIRST = -62_135_596_800_000;
const LAST = 253_402_300_799_999;

function wallOf({ year, month, day, hour, minute, second }: Parts): number | null | false {
  if (year === 0 && month === 0 && day === 0) return null;
  if (year === 0 || !isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return false;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return year > 99 ? wall : false;
}

function partsOf(wall: number): Parts {
  const date = new Date(wall);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

function unixForm(unit: 1 | 1000): Form {
  return {
    text: unit === 1000 ? 'Unix seconds' : 'Unix milliseconds',
    read(text) {
      if (!/^-?\d{1,15}$/.test(text)) return undefined;
      const value = Number(text);
      return value === 0 ? null : value * unit;
    },
    write: (utc) => Math.floor(utc / unit),
  };
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2}))?$/;

function isoForm(zone: string): Form {
  return {
    text: 'ISO 8601',
    read(text) {
      const match = ISO.exec(text);
      if (match === null) return undefined;
      const wall = wallOf({
        year: Number(match[1]),
        month: Number(match[2]),
        day: Number(match[3]),
        hour: Number(match[4]),
        minute: Number(match[5]),
        second: Number(match[6] ?? 0),
      });
      if (typeof wall !== 'number') return wall;
      const ms = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
      if (match[8] !== undefined) return wall + ms;
      if (match[9] === undefined) return wallToUtc(zone, wall) + ms;
      const offset = (Number(match[10]) * 60 + Number(match[11])) * 60_000;
      return wall + ms - (match[9] === '-' ? -offset : offset);
    },
    write: (utc) => new Date(utc).toISOString(),
  };
}

function formOf(pattern: string, zone: string): Form | CodecMisuse {
  if (pattern === 'unix') return unixForm(1000);
  if (pattern === 'unix-ms') return unixForm(1);
  if (pattern === 'iso') return isoForm(zone);
  const compiled = compilePattern(pattern);
  if (compiled instanceof CodecMisuse) return compiled;
  return {
    text: pattern,
    read(text) {
      const parts = compiled.read(text);
      if (parts === null) return undefined;
      const wall = wallOf(parts);
      return typeof wall === 'number' ? wallToUtc(zone, wall) : wall;
    },
    write: (utc) => compiled.write(partsOf(utcToWall(zone, utc))),
  };
}

const NO_MOMENT = new Unreadable('there is no such moment');

export const datetime = defineCodec({
  name: 'datetime',
  doc: "A moment. `pattern`: `yyyy`, `MM`, `dd`, `HH` (or `H`: written without a leading zero), `mm`, `ss` and separators, or `unix` (seconds), `unix-ms`, `iso`; several are read, the first is written. Times without a zone are in the system's zone. A time of zeroes is empty.",
  params: z.strictObject({ pattern: patternsParam.default('yyyy-MM-dd HH:mm:ss') }),
  kinds: ['instant'],
  compile({ pattern }, { zone }) {
    const forms: Form[] = [];
    for (const one of typeof pattern === 'string' ? [pattern] : pattern) {
      const form = formOf(one, zone);
      if (form instanceof CodecMisuse) return form;
      forms.push(form);
    }
    const [writer] = forms;
    if (writer === undefined) return new CodecMisuse('a pattern is needed');
    const notTime = new Unreadable(`a time in the form ${forms.map((form) => form.text).join(' or ')} is expected`);
    const decode = (wire: unknown): number | null | Unreadable => {
      const text = typeof wire === 'number' ? String(wire) : typeof wire === 'string' ? wire.trim() : undefined;
      if (text === undefined) return notTime;
      if (text === '') return null;
      for (const form of forms) {
        const value = form.read(text);
        if (value === undefined) continue;
        return value === false || (value !== null && (value < FIRST || value > LAST)) ? NO_MOMENT : value;
      }
      return notTime;
    };
    return {
      arity: 'one',
      declared:
        writer.text === 'ISO 8601' || writer.text === 'Unix milliseconds' ? NO_LOSS : [{ kind: 'precision', detail: `times finer than ${writer.text}` }],
      decode,
      encode(value) {
        if (typeof value !== 'number' || !Number.isInteger(value) || value < FIRST || value > LAST) return refused('form', 'not a moment');
        const wire = writer.write(value);
        const back = decode(wire);
        if (back === value) return exactly(wire);
        if (typeof back !== 'number') return refused('form', `cannot be written as ${writer.text}`);
        return { wire, losses: [{ kind: 'precision', detail: `reads back as another moment from ${writer.text}` }] };
      },
      inDomain: (value) => typeof value === 'number' && Number.isInteger(value) && value >= FIRST && value <= LAST && decode(writer.write(value)) === value,
    };
  },
  examples: [
    { zone: 'Asia/Novosibirsk', wire: '2016-07-18 13:54:37', value: Date.UTC(2016, 6, 18, 7, 54, 37) },
    {
      params: { pattern: 'dd.MM.yyyy H:mm:ss' },
      zone: 'Europe/Moscow',
      wire: '24.03.2019 9:39:30',
      value: Date.UTC(2019, 2, 24, 6, 39, 30),
    },
    { params: { pattern: 'unix' }, wire: 1577836800, value: Date.UTC(2020, 0, 1) },
    {
      params: { pattern: 'iso' },
      wire: '2019-04-23T22:22:44.134+0700',
      value: Date.UTC(2019, 3, 23, 15, 22, 44, 134),
      way: 'decode',
    },
    { wire: '0000-00-00 00:00:00', value: null, way: 'decode' },
    { wire: '2016-02-30 13:54:37', problem: true },
    { wire: 'yesterday', problem: true },
    { value: Date.UTC(2020, 0, 1, 0, 0, 0, 5), wire: '2020-01-01 00:00:00', way: 'encode', loss: 'precision' },
  ],
});
