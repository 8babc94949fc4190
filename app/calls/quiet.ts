/** Hours in which a system is not called. Pure: a zone's rules and a time give an answer. */
import { utcToWall, zoneOffset } from '../../core/zone.ts';

const DAY_MS = 86_400_000;
/** Monday first, as in the configuration. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof DAYS)[number];

/** From a time of the day to another; where that is not later, to the one of the next day. Minutes since midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
  /** Days on which it begins; every day when silent. */
  readonly days?: readonly Weekday[];
}

/** UTC ms when the quiet hours at `now` end; null where it is not quiet. Hours that follow on each other are one. */
export function quietUntil(hours: readonly QuietHours[], zone: string, now: number): number | null {
  let until: number | null = null;
  // Hours that touch are followed to their end; whoever is quiet all week is told of an end within it.
  for (let steps = 0; steps < 7 * hours.length + 1; steps += 1) {
    const next = longest(hours, zone, until ?? now);
    if (next === null || next <= (until ?? now)) break;
    until = next;
  }
  return until;
}

function longest(hours: readonly QuietHours[], zone: string, now: number): number | null {
  const today = Math.floor(utcToWall(zone, now) / DAY_MS) * DAY_MS;
  let until: number | null = null;
  for (const { from, to, days } of hours) {
    for (const day of [today - DAY_MS, today]) {
      if (days !== undefined && !days.includes(weekdayOf(day))) continue;
      const begin = instants(zone, day + from * 60_000)[0];
      const end = instants(zone, day + (to > from ? 0 : DAY_MS) + to * 60_000)[1];
      if (begin <= now && now < end) until = Math.max(until ?? end, end);
    }
  }
  return until;
}

function weekdayOf(day: number): Weekday {
  return DAYS[(new Date(day).getUTCDay() + 6) % 7] ?? 'mon';
}

/**
 * The first and the last instant at which the clock of the zone shows a time: two in the hour that comes twice, so that quiet hours
 * begin at the first and end at the last. For a time that is skipped, the moment of the jump.
 */
function instants(zone: string, wall: number): readonly [first: number, last: number] {
  const found = [zoneOffset(zone, wall - DAY_MS), zoneOffset(zone, wall + DAY_MS)].map((offset) => wall - offset);
  const real = found.filter((utc) => utcToWall(zone, utc) === wall);
  if (real.length === 0) {
    const jump = jumpOver(zone, wall, Math.min(...found), Math.max(...found));
    return [jump, jump];
  }
  return [Math.min(...real), Math.max(...real)];
}

/** The first instant after `low`, and not after `high`, at which the clock of the zone is past a time that it skipped. */
function jumpOver(zone: string, wall: number, low: number, high: number): number {
  let [before, after] = [low, high];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (utcToWall(zone, middle) >= wall) after = middle;
    else before = middle;
  }
  return after;
}

/** The day of the zone at `now` as YYYY-MM-DD, and the UTC ms when it began and when the next one begins. */
export function dayOf(zone: string, now: number): { readonly name: string; readonly begin: number; readonly end: number } {
  const wall = Math.floor(utcToWall(zone, now) / DAY_MS) * DAY_MS;
  return { name: new Date(wall).toISOString().slice(0, 10), begin: instants(zone, wall)[0], end: instants(zone, wall + DAY_MS)[0] };
}
