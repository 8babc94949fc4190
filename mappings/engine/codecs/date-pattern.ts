/** Patterns such as `yyyy-MM-dd HH:mm:ss`, compiled once into a reader and a writer of their parts. */
import { CodecMisuse } from '../codec.ts';

/** Parts of a date and time; months and days from 1. */
export interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export interface Pattern {
  readonly text: string;
  /** Null where the text does not have this form. Parts are not checked. */
  read(text: string): Parts | null;
  write(parts: Parts): string;
}

const TOKENS = /yyyy|MM|M|dd|d|HH|H|mm|ss|[^A-Za-z]/g;
const DIGITS: Readonly<Record<string, string>> = {
  yyyy: '(\\d{4})',
  MM: '(\\d{1,2})',
  M: '(\\d{1,2})',
  dd: '(\\d{1,2})',
  d: '(\\d{1,2})',
  HH: '(\\d{1,2})',
  H: '(\\d{1,2})',
  mm: '(\\d{1,2})',
  ss: '(\\d{1,2})',
};
const FIELD: Readonly<Record<string, keyof Parts>> = {
  y: 'year',
  M: 'month',
  d: 'day',
  H: 'hour',
  m: 'minute',
  s: 'second',
};

/** `yyyy MM M dd d HH H mm ss` and separators. Hours and days are read padded or not, whatever the pattern writes. */
export function compilePattern(text: string): Pattern | CodecMisuse {
  const tokens = text.match(TOKENS) ?? [];
  if (tokens.join('') !== text) return new CodecMisuse(`"${text}" is not a pattern of yyyy, MM, dd, HH, mm, ss and separators`);
  const fields = tokens.filter((token) => token in DIGITS).map((token) => FIELD[token[0] ?? ''] ?? 'year');
  const missing = (['year', 'month', 'day'] as const).find((field) => !fields.includes(field));
  if (missing !== undefined || new Set(fields).size !== fields.length) return new CodecMisuse(`"${text}" must name year, month and day once each`);
  const regex = new RegExp(`^${tokens.map((token) => DIGITS[token] ?? token.replace(/[.*+?^${}()|[\]\\]/, '\\$&')).join('')}$`);
  const [year, month, day, hour, minute, second] = (['year', 'month', 'day', 'hour', 'minute', 'second'] as const).map((field) => fields.indexOf(field) + 1);
  const fixed = fixedReader(tokens);
  const at = (match: RegExpExecArray, index: number | undefined) => (index === undefined || index === 0 ? 0 : Number(match[index]));
  return {
    text,
    read(value) {
      const quick = fixed(value);
      if (quick !== null) return quick;
      const match = regex.exec(value);
      if (match === null) return null;
      return {
        year: at(match, year),
        month: at(match, month),
        day: at(match, day),
        hour: at(match, hour),
        minute: at(match, minute),
        second: at(match, second),
      };
    },
    write: (parts) => tokens.map((token) => (token in DIGITS ? String(parts[FIELD[token[0] ?? ''] ?? 'year']).padStart(token.length, '0') : token)).join(''),
  };
}

/** The number in `value` from `from` to `to`; -1 where there is anything but digits. */
function digitsAt(value: string, from: number, to: number): number {
  let number = 0;
  for (let index = from; index < to; index++) {
    const digit = value.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Reads texts in which every part has its full width, without a regular expression: times are read by the million. */
function fixedReader(tokens: readonly string[]): (value: string) => Parts | null {
  const places = new Map<string, number>();
  const separators: (readonly [number, number])[] = [];
  let length = 0;
  for (const token of tokens) {
    if (token in DIGITS) places.set(FIELD[token[0] ?? ''] ?? 'year', length);
    else separators.push([length, token.charCodeAt(0)]);
    length += token in DIGITS && token.length === 1 ? 2 : token.length;
  }
  const place = (field: string): number => places.get(field) ?? -1;
  const [year, month, day] = [place('year'), place('month'), place('day')];
  const [hour, minute, second] = [place('hour'), place('minute'), place('second')];
  const two = (value: string, from: number): number => (from < 0 ? 0 : digitsAt(value, from, from + 2));
  return (value) => {
    if (value.length !== length) return null;
    for (const [index, code] of separators) if (value.charCodeAt(index) !== code) return null;
    const parts: Parts = {
      year: digitsAt(value, year, year + 4),
      month: two(value, month),
      day: two(value, day),
      hour: two(value, hour),
      minute: two(value, minute),
      second: two(value, second),
    };
    const readable = parts.year >= 0 && parts.month >= 0 && parts.day >= 0 && parts.hour >= 0;
    return readable && parts.minute >= 0 && parts.second >= 0 ? parts : null;
  };
}

const LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether there is such a day; year 0 stands for an unknown year, in which 29 February exists. */
export function isDay(year: number, month: number, day: number): boolean {
  const length = LENGTHS[month - 1];
  if (length === undefined || day < 1 || day > length) return false;
  return month !== 2 || day < 29 || year === 0 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

export const padded = (value: number, length: number): string => String(value).padStart(length, '0');
