/** Forms of a moment: patterns in a zone, ISO 8601 and Unix time. */
import { assertZone, utcToWall, wallToUtc } from '../../../core/zone.ts';
import { CodecMisuse } from '../codec.ts';
import { compilePattern, isDay, type Parts } from './date-pattern.ts';

export interface MomentForm {
  readonly text: string;
  /** What it keeps of a moment, in milliseconds: 1, 1000, a minute, a day. */
  readonly step: number;
  /** UTC ms; null for a time of zeroes (empty); undefined where the text has another form; false where there is no such moment. */
  read(text: string): number | null | undefined | false;
  write(utc: number): string | number;
}

/** The zone of a line: its own, or the system's; a misuse where there is no such zone. */
export function zoneOf(given: string | undefined, system: string): string | CodecMisuse {
  if (given === undefined) return system;
  try {
    assertZone(given);
    return given;
  } catch {
    return new CodecMisuse(`there is no time zone "${given}"; an IANA name such as Europe/Moscow is meant`);
  }
}

/** The wall clock as if it were UTC; null for zeroes; false where there is no such time. */
export function wallOf({ year, month, day, hour, minute, second, ms }: Parts): number | null | false {
  if (year === 0 && month === 0 && day === 0) return null;
  if (year < 100 || !isDay(year, month, day) || hour > 23 || minute > 59 || second > 59) return false;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

export function partsOfWall(wall: number): Parts {
  const date = new Date(wall);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    ms: date.getUTCMilliseconds(),
  };
}

function unixForm(unit: 1 | 1000): MomentForm {
  return {
    text: unit === 1000 ? 'Unix seconds' : 'Unix milliseconds',
    step: unit,
    read(text) {
      if (!/^-?\d{1,15}$/.test(text)) return undefined;
      const value = Number(text);
      return value === 0 ? null : value * unit;
    },
    write: (utc) => Math.floor(utc / unit),
  };
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:(Z)|([+-])(\d{2}):?(\d{2})?)?$/;

function isoForm(zone: string): MomentForm {
  return {
    text: 'ISO 8601',
    step: 1,
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
        ms: Number((match[7] ?? '').slice(0, 3).padEnd(3, '0')),
      });
      if (typeof wall !== 'number' || match[8] !== undefined) return wall;
      if (match[9] === undefined) return wallToUtc(zone, wall);
      const offset = (Number(match[10]) * 60 + Number(match[11] ?? 0)) * 60_000;
      return wall - (match[9] === '-' ? -offset : offset);
    },
    write: (utc) => new Date(utc).toISOString(),
  };
}

/** `unix`, `unix-ms`, `iso` in a zone; null for any other word. */
export function namedForm(pattern: string, zone: string): MomentForm | null {
  if (pattern === 'unix') return unixForm(1000);
  if (pattern === 'unix-ms') return unixForm(1);
  return pattern === 'iso' ? isoForm(zone) : null;
}

/** A form by its name or pattern. */
export function momentForm(pattern: string, zone: string, century: number | null): MomentForm | CodecMisuse {
  const named = namedForm(pattern, zone);
  if (named !== null) return named;
  const compiled = compilePattern(pattern, century);
  if (compiled instanceof CodecMisuse) return compiled;
  if (compiled.says !== 'yMd') return new CodecMisuse(`"${pattern}" must name year, month and day: a moment has all three`);
  return {
    text: pattern,
    step: pattern.includes('SSS') ? 1 : pattern.includes('ss') ? 1000 : pattern.includes('mm') ? 60_000 : 86_400_000,
    read(text) {
      const parts = compiled.read(text);
      if (parts === null) return undefined;
      const wall = wallOf(parts);
      return typeof wall === 'number' ? wallToUtc(zone, wall) : wall;
    },
    write: (utc) => compiled.write(partsOfWall(utcToWall(zone, utc))),
  };
}
