/** Dates moved by the same number of days, in the form they have; a day that does not exist stays one. */
import { isDay, padded } from '../codecs/date-pattern.ts';

const DAY = 86_400_000;
const DATE = /(?<!\d)(?:(\d{4})([-./])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-./])(\d{1,2})\6(\d{4}))(?!\d)/g;

/** A date in a text: its range and what stands for it. */
export interface MovedDate {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export function movedDates(text: string, days: number): readonly MovedDate[] {
  return [...text.matchAll(DATE)].map((match) => {
    const isFront = match[1] !== undefined;
    const [year = '', month = '', day = ''] = isFront ? [match[1], match[3], match[4]] : [match[8], match[7], match[5]];
    const separator = (isFront ? match[2] : match[6]) ?? '-';
    const parts = movedParts(Number(year), Number(month), Number(day), days);
    const [y, m, d] = [padded(parts[0], 4), like(parts[1], month), like(parts[2], day)];
    return { from: match.index, to: match.index + match[0].length, text: (isFront ? [y, m, d] : [d, m, y]).join(separator) };
  });
}

/** With a zero in front where the other has one, or has two digits. */
const like = (value: number, other: string): string => (other.length > 1 ? padded(value, 2) : String(value));

/** Year, month and day, 0 for what is not known, moved; where there is no such day, only the year moves. */
export function movedParts(year: number, month: number, day: number, days: number): readonly [number, number, number] {
  const years = Math.sign(days) * Math.max(1, Math.round(Math.abs(days) / 365));
  if (year === 0 && month === 0 && day === 0) return [0, 0, 0];
  if (month === 0 || day === 0) return [year === 0 ? 0 : year + years, month === 0 ? 0 : (month % 12) + 1, day];
  if (!isDay(year, month, day)) return [year === 0 ? 0 : year + years, month, day];
  // A year that stands for no known one has 29 February.
  const moved = new Date(Date.UTC(year === 0 ? 2000 : year, month - 1, day) + days * DAY);
  return [year === 0 ? 0 : moved.getUTCFullYear(), moved.getUTCMonth() + 1, moved.getUTCDate()];
}

/** Unix seconds or milliseconds moved. */
export function movedUnix(value: number, days: number): number {
  return value === 0 ? 0 : value + (Math.abs(value) > 100_000_000_000 ? days * DAY : (days * DAY) / 1000);
}
