import { localText, zoneOffsetMinutes } from '../shared/local-time.ts';

/** `dd.mm.yyyy H:MM:SS`, the hour without a leading zero (Vodyanoy REST, clients). */
export function writeDate(at: number, zone: string): string {
  const [date = '', time = ''] = localText(at, zone).split(' ');
  return `${date.split('-').reverse().join('.')} ${time.replace(/^0/, '')}`;
}

const DATE = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?: (\d{1,2}):(\d{2}):(\d{2}))?$/;

/**
 * Reads a filter's date, with or without the double quotes of the vendor's samples, as an interval of one second or,
 * without a time, of one day; undefined when it is none. Milliseconds since 1970, the end excluded.
 */
export function readDate(text: string, zone: string): { from: number; to: number } | undefined {
  const [, day, month, year, hour, minute, second] = DATE.exec(text.trim().replace(/^"(.*)"$/, '$1')) ?? [];
  if (year === undefined) return undefined;
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0));
  if (new Date(local).getUTCDate() !== Number(day)) return undefined;
  const guess = local - zoneOffsetMinutes(local, zone) * 60_000;
  const from = local - zoneOffsetMinutes(guess, zone) * 60_000;
  return { from, to: from + (hour === undefined ? 24 * 3_600_000 : 1000) };
}
