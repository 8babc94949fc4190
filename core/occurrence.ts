/**
 * When a cron line comes next in a zone, whatever the zone does to its clocks.
 *
 * A line with fixed hours names times of the day, and each comes once a day: of an hour that comes twice the first is meant, and a
 * time that is skipped comes at the moment the clocks are put forward. A line that names every hour counts the time that passes: it comes in
 * both of the doubled hours and leaves the skipped one out. A day that a zone leaves out altogether (Samoa, 30 December 2011) has no times.
 */
import type { CronLine } from './cron.ts';
import { nextZoneChange, type ZoneChange, zoneOffset } from './zone.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
/** No zone puts its clocks back by more than a day: nothing before can be said twice. */
const LOOK_BACK = 2 * DAY;
/** 29 February on a given weekday comes within 40 years; with a day or weekday alone within 8. */
const HORIZON_YEARS = 41;

/** The first occurrence after `after`, UTC milliseconds; null when there is none within 41 years. */
export function nextOccurrence(line: CronLine, zone: string, after: number): number | null {
  const limit = after + HORIZON_YEARS * 366 * DAY;
  let floor = line.everyHour ? Number.NEGATIVE_INFINITY : saidBefore(zone, after);
  let offset = zoneOffset(zone, after);
  let from = after + 1;
  for (let begin = after; ; ) {
    const wall = nextWall(line, Math.max(from + offset, floor), limit + DAY);
    const found = wall === null ? limit + 1 : wall - offset;
    const change = nextZoneChange(zone, begin, Math.min(found, limit));
    if (change === null) return found <= limit ? found : null;
    // From the change on, even at the very moment found, the clock says something else.
    if (!line.everyHour && fallsInGap(line, change)) return change.at;
    floor = line.everyHour ? floor : Math.max(floor, change.at + change.before);
    from = change.at;
    begin = change.at;
    offset = change.after;
  }
}

/** The wall clock's furthest reading before `utc`, where it was put back since and says again what it said. */
function saidBefore(zone: string, utc: number): number {
  let furthest = Number.NEGATIVE_INFINITY;
  for (let from = utc - LOOK_BACK; ; ) {
    const change = nextZoneChange(zone, from, utc);
    if (change === null) return furthest;
    furthest = Math.max(furthest, change.at + change.before);
    from = change.at;
  }
}

/** A time of the line is skipped by this change, on a day that is not skipped as a whole. */
function fallsInGap(line: CronLine, { at, before, after }: ZoneChange): boolean {
  const [first, end] = [at + before, at + after];
  const days = new Set([dayOf(first - 1), dayOf(end)]);
  for (let wall = nextWall(line, first, end); wall !== null && wall < end; wall = nextWall(line, wall + 1, end)) {
    if (days.has(dayOf(wall))) return true;
  }
  return false;
}

const dayOf = (wall: number): number => Math.floor(wall / DAY);

/** The first reading of a wall clock, given as if it were UTC, that the line names, from `from` on; null beyond `limit`. */
function nextWall(line: CronLine, from: number, limit: number): number | null {
  const start = Math.ceil(from / MINUTE) * MINUTE;
  let day = dayOf(start);
  let inDay = start - day * DAY;
  while (day * DAY <= limit) {
    const date = new Date(day * DAY);
    if (!line.months.includes(date.getUTCMonth() + 1)) {
      day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY;
    } else {
      const time = isDay(line, date) ? nextTime(line, inDay / MINUTE) : null;
      if (time !== null) return day * DAY + time * MINUTE;
      day += 1;
    }
    inDay = 0;
  }
  return null;
}

function isDay(line: CronLine, date: Date): boolean {
  const byDay = line.days?.includes(date.getUTCDate());
  const byWeekday = line.weekdays?.includes(date.getUTCDay());
  if (byDay === undefined) return byWeekday ?? true;
  return byDay || byWeekday === true;
}

/** Minutes since midnight, from `from` on. */
function nextTime(line: CronLine, from: number): number | null {
  const hour = Math.floor(from / 60);
  for (const one of line.hours) {
    if (one < hour) continue;
    const minute = one > hour ? line.minutes[0] : line.minutes.find((value) => value >= from % 60);
    if (minute !== undefined) return one * 60 + minute;
  }
  return null;
}
