/** Patterns such as `yyyy-MM-dd HH:mm:ss`, compiled once into a reader and a writer of their parts. */
import { CodecMisuse } from '../codec.ts';

/** Parts of a date and time; months and days from 1; 0 for a part that the pattern does not name. */
export interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

export interface Pattern {
  readonly text: string;
  /** What it says of the day: `yMd` all of it, else a part of it. */
  readonly says: 'yMd' | 'yM' | 'y' | 'Md';
  /** It names an hour. */
  readonly hasTime: boolean;
  /** First of the hundred years that two digits stand for; null where the year has four. */
  readonly century: number | null;
  /** Null where the text does not have this form. Parts are not checked. */
  read(text: string): Parts | null;
  write(parts: Parts): string;
}

interface Token {
  /** Undefined: a separator. */
  readonly part?: keyof Parts | 'half';
  readonly text: string;
  /** Digits that are written, and the most that are read. */
  readonly width: number;
  readonly most: number;
}

const KNOWN: Readonly<Record<string, Token>> = {
  yyyy: { part: 'year', text: 'yyyy', width: 4, most: 4 },
  yy: { part: 'year', text: 'yy', width: 2, most: 2 },
  MM: { part: 'month', text: 'MM', width: 2, most: 2 },
  M: { part: 'month', text: 'M', width: 1, most: 2 },
  dd: { part: 'day', text: 'dd', width: 2, most: 2 },
  d: { part: 'day', text: 'd', width: 1, most: 2 },
  HH: { part: 'hour', text: 'HH', width: 2, most: 2 },
  H: { part: 'hour', text: 'H', width: 1, most: 2 },
  hh: { part: 'hour', text: 'hh', width: 2, most: 2 },
  h: { part: 'hour', text: 'h', width: 1, most: 2 },
  mm: { part: 'minute', text: 'mm', width: 2, most: 2 },
  ss: { part: 'second', text: 'ss', width: 2, most: 2 },
  SSS: { part: 'ms', text: 'SSS', width: 3, most: 3 },
  a: { part: 'half', text: 'a', width: 2, most: 2 },
};
const TOKENS = /yyyy|yy|MM|M|dd|d|HH|H|hh|h|mm|ss|SSS|a|'[^']+'|[^A-Za-z']/g;
const SHAPES: Readonly<Record<string, Pattern['says']>> = { 'year,month,day': 'yMd', 'year,month': 'yM', year: 'y', 'month,day': 'Md' };

const separator = (text: string): Token => ({ text, width: text.length, most: text.length });

/**
 * `yyyy yy MM M dd d HH H hh h a mm ss SSS`, separators, and letters in quotes (`'T'`). Hours and days are read padded or not, whatever the
 * pattern writes, where a separator stands beside them. `yy` stands for the hundred years from `century` on.
 */
export function compilePattern(text: string, century: number | null = null): Pattern | CodecMisuse {
  const pieces = text.match(TOKENS) ?? [];
  if (pieces.join('') !== text) return new CodecMisuse(`"${text}" is not a pattern of yyyy, MM, dd, HH, mm, ss, separators and letters in quotes`);
  const tokens = pieces.map((piece) => KNOWN[piece] ?? separator(piece.startsWith("'") ? piece.slice(1, -1) : piece));
  const parts = tokens.flatMap(({ part }) => (part === undefined ? [] : [part]));
  const says = SHAPES[(['year', 'month', 'day'] as const).filter((part) => parts.includes(part)).join(',')];
  if (new Set(parts).size !== parts.length) return new CodecMisuse(`"${text}" names a part twice: name each once`);
  if (says === undefined) return new CodecMisuse(`"${text}" must name year, month and day, or year and month, the year alone, or month and day`);
  const halves = pieces.some((piece) => piece === 'h' || piece === 'hh');
  if (halves !== parts.includes('half')) return new CodecMisuse(`"${text}" must name "a" (AM or PM) beside "h", and not beside "H"`);
  const short = pieces.some((piece) => piece === 'yy');
  if (short && century === null) return new CodecMisuse(`"${text}" has years of two digits: say "century", the first year that they stand for`);
  const shown = { text, says, hasTime: parts.includes('hour'), century: short ? century : null };
  const read = reader(tokens, halves, short ? (century ?? 0) : null);
  return { ...shown, read, write: writer(tokens, halves) };
}

function writer(tokens: readonly Token[], halves: boolean): Pattern['write'] {
  return (parts) => {
    let text = '';
    for (const { part, text: own, width } of tokens) {
      if (part === undefined) text += own;
      else if (part === 'half') text += parts.hour < 12 ? 'AM' : 'PM';
      else if (part === 'hour' && halves) text += padded(parts.hour % 12 === 0 ? 12 : parts.hour % 12, width);
      else text += padded(part === 'year' && width === 2 ? parts.year % 100 : parts[part], width);
    }
    return text;
  };
}

/** A number without a separator beside it has its full width; the others may be shorter. */
function reader(tokens: readonly Token[], halves: boolean, century: number | null): Pattern['read'] {
  const digits = (index: number): string => {
    const token = tokens[index];
    if (token?.part === undefined || token.part === 'half') return '';
    const crowded = [tokens[index - 1], tokens[index + 1]].some((other) => other?.part !== undefined && other.part !== 'half');
    return token.part === 'year' || token.part === 'ms' || crowded ? `(\\d{${token.most}})` : `(\\d{1,${token.most}})`;
  };
  const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const regex = new RegExp(
    `^${tokens.map((token, index) => (token.part === undefined ? escaped(token.text) : token.part === 'half' ? '([AaPp])[Mm]' : digits(index))).join('')}$`,
  );
  const named = tokens.flatMap(({ part }) => (part === undefined ? [] : [part]));
  const place = (part: keyof Parts | 'half'): number => named.indexOf(part) + 1;
  const places = { year: place('year'), month: place('month'), day: place('day'), hour: place('hour'), minute: place('minute'), second: place('second') };
  const [ms, half] = [place('ms'), place('half')];
  const at = (match: RegExpExecArray, index: number): number => (index === 0 ? 0 : Number(match[index]));
  const slow = (value: string): Parts | null => {
    const match = regex.exec(value);
    if (match === null) return null;
    const hour = at(match, places.hour);
    if (halves && (hour < 1 || hour > 12)) return null;
    const afternoon = half > 0 && match[half]?.toLowerCase() === 'p';
    return {
      year: fullYear(at(match, places.year), century),
      month: at(match, places.month),
      day: at(match, places.day),
      hour: halves ? (hour % 12) + (afternoon ? 12 : 0) : hour,
      minute: at(match, places.minute),
      second: at(match, places.second),
      ms: at(match, ms),
    };
  };
  if (halves || century !== null || ms > 0) return slow;
  const fixed = fixedReader(tokens);
  return (value) => fixed(value) ?? slow(value);
}

const fullYear = (year: number, century: number | null): number => (century === null ? year : century + ((((year - century) % 100) + 100) % 100));

/** The number in `value` from `from` to `to`; -1 where there is anything but digits. */
export function digitsAt(value: string, from: number, to: number): number {
  let number = 0;
  for (let index = from; index < to; index++) {
    const digit = value.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** Reads texts in which every part has its full width, without a regular expression: times are read by the million. */
function fixedReader(tokens: readonly Token[]): (value: string) => Parts | null {
  const places = new Map<string, number>();
  const separators: (readonly [number, number])[] = [];
  let length = 0;
  for (const { part, text, most } of tokens) {
    if (part === undefined) for (let index = 0; index < text.length; index++) separators.push([length + index, text.charCodeAt(index)]);
    else places.set(part, length);
    length += part === undefined ? text.length : most;
  }
  const place = (field: string): number => places.get(field) ?? -1;
  const [year, month, day] = [place('year'), place('month'), place('day')];
  const [hour, minute, second] = [place('hour'), place('minute'), place('second')];
  const two = (value: string, from: number): number => (from < 0 ? 0 : digitsAt(value, from, from + 2));
  return (value) => {
    if (value.length !== length) return null;
    for (let index = 0; index < separators.length; index++) {
      const one = separators[index];
      if (one !== undefined && value.charCodeAt(one[0]) !== one[1]) return null;
    }
    const parts: Parts = {
      year: year < 0 ? 0 : digitsAt(value, year, year + 4),
      month: two(value, month),
      day: two(value, day),
      hour: two(value, hour),
      minute: two(value, minute),
      second: two(value, second),
      ms: 0,
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
