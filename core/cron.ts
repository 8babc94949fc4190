/** Cron lines of five fields: minute, hour, day of the month, month, day of the week. */
import { ConfigError } from './errors.ts';

/** A cron line that was understood. Numbers are sorted. */
export interface CronLine {
  readonly text: string;
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  /** Days of the month, 1–31; null where the field is `*`. */
  readonly days: readonly number[] | null;
  /** Months, 1–12. */
  readonly months: readonly number[];
  /** Days of the week, 0 Sunday to 6 Saturday; null where the field is `*`. */
  readonly weekdays: readonly number[] | null;
  /** Every hour is named: the line counts the hours that pass, not the times of a day; it matters where clocks are changed. */
  readonly everyHour: boolean;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const FIELDS = {
  minute: { name: 'minute', least: 0, most: 59 },
  hour: { name: 'hour', least: 0, most: 23 },
  day: { name: 'day of the month', least: 1, most: 31 },
  month: { name: 'month', least: 1, most: 12, names: MONTHS },
  weekday: { name: 'day of the week', least: 0, most: 7, names: WEEKDAYS },
} as const satisfies Record<string, Field>;

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/**
 * Reads a cron line: numbers, `*`, lists `1,2`, ranges `1-5`, steps `0-59/15`, names of months and days in English, and
 * nicknames such as `@daily`. Where both days are given, either will do, as cron has it. Throws `ConfigError` for what is not one
 * and for a date that never comes.
 */
export function parseCron(text: string): CronLine {
  const line = text.trim().toLowerCase();
  const words = (NICKNAMES[line] ?? line).split(/\s+/);
  if (words.length !== 5) {
    const hint = words.length === 6 ? '; seconds are not served' : line.startsWith('@') ? `; the nicknames are ${Object.keys(NICKNAMES).join(', ')}` : '';
    throw wrong(`expected five fields, minute, hour, day of the month, month, day of the week, such as "30 2 * * *"${hint}`);
  }
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = words;
  const months = read(FIELDS.month, month);
  const hours = read(FIELDS.hour, hour);
  const days = day === '*' ? null : read(FIELDS.day, day);
  // With a day of the week as well either will do, and that one always comes.
  if (days !== null && weekday === '*') assertComes(days, months);
  return {
    text: text.trim(),
    minutes: read(FIELDS.minute, minute),
    hours,
    days,
    months,
    weekdays: weekday === '*' ? null : sorted(read(FIELDS.weekday, weekday).map((one) => one % 7)),
    everyHour: hours.length === 24,
  };
}

function assertComes(days: readonly number[], months: readonly number[]): void {
  if (days.some((day) => months.some((month) => day <= (LONGEST_MONTH[month - 1] ?? 0)))) return;
  const [day = 0] = days;
  const names = months.map((month) => new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(Date.UTC(2000, month - 1)));
  throw wrong(`${day} ${names.join(' and ')} never comes`);
}

function read(field: Field, word: string): readonly number[] {
  return sorted(word.split(',').flatMap((part) => readPart(field, part)));
}

function readPart(field: Field, part: string): number[] {
  const match = /^(\*|[a-z]+|\d+)(?:-([a-z]+|\d+))?(?:\/(\d+))?$/.exec(part);
  const [, first = '', last, every] = match ?? [];
  const step = every === undefined ? 1 : Number(every);
  if (match === null || step === 0 || (first === '*' && last !== undefined)) {
    throw wrong(`"${part}" is no ${field.name}; expected a number, *, a list 1,2, a range 1-5 or a step */15`);
  }
  const from = first === '*' ? field.least : numberOf(field, first);
  // `5/15` is `5-59/15`; the last day of the week is Saturday, 7 being Sunday again.
  const end = field.most === 7 ? 6 : field.most;
  const to = last !== undefined ? numberOf(field, last) : first === '*' || every !== undefined ? end : from;
  if (to < from) throw wrong(`the range "${part}" of the ${field.name} ends before it begins; write it as two`);
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function numberOf(field: Field, word: string): number {
  const named = field.names?.indexOf(word) ?? -1;
  const value = named >= 0 ? named + (field.least === 1 ? 1 : 0) : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  if (!(value >= field.least && value <= field.most)) throw wrong(`"${word}" is no ${field.name} from ${field.least} to ${field.most}`);
  return value;
}

const sorted = (values: readonly number[]): readonly number[] => [...new Set(values)].sort((a, b) => a - b);

function wrong(what: string): ConfigError {
  return new ConfigError('CONFIG_INVALID', `this is no cron line: ${what}`);
}
