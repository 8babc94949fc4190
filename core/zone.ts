/** Times without a zone: read and written in a system's configured IANA zone. */
import { ConfigError } from './errors.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone: zone,
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch (cause) {
      throw new ConfigError('CONFIG_INVALID', `there is no time zone "${zone}"`, { cause });
    }
    formats.set(zone, format);
  }
  return format;
}

/** Offsets at the beginnings of spans of UTC time; Intl is asked once for each. */
const spanOffsets = new Map<string, Map<number, number>>();
/** Changes within a span at whose ends the offsets differ. */
const spanChanges = new Map<string, Map<number, readonly ZoneChange[]>>();
/** No zone changes and back within four days (the least is a week: America/Noronha in 2000): equal offsets at both ends are the offset between them. */
const SPAN = 4 * 86_400_000;
const MAX_CACHED = 200_000;

/** The wall clock of a zone is put forward or back. */
export interface ZoneChange {
  /** UTC milliseconds from which `after` holds. */
  readonly at: number;
  /** Milliseconds to add to UTC until then, and from then on. */
  readonly before: number;
  readonly after: number;
}

/** Milliseconds to add to UTC to get the wall clock of `zone` at `utc`. */
export function zoneOffset(zone: string, utc: number): number {
  if (zone === 'UTC') return 0;
  const span = Math.floor(utc / SPAN);
  const begin = offsetAt(zone, span);
  if (begin === offsetAt(zone, span + 1)) return begin;
  let offset = begin;
  for (const { at, after } of changesIn(zone, span)) if (at <= utc) offset = after;
  return offset;
}

/** The first change of a zone's wall clock after `from` and not after `until`, both UTC milliseconds; null when there is none. */
export function nextZoneChange(zone: string, from: number, until: number): ZoneChange | null {
  if (zone === 'UTC') return null;
  for (let span = Math.floor(from / SPAN); span * SPAN <= until; span += 1) {
    if (offsetAt(zone, span) === offsetAt(zone, span + 1)) continue;
    const found = changesIn(zone, span).find(({ at }) => at > from);
    if (found !== undefined) return found.at <= until ? found : null;
  }
  return null;
}

function offsetAt(zone: string, span: number): number {
  return cached(spanOffsets, zone, span, () => askIntl(zone, span * SPAN));
}

function changesIn(zone: string, span: number): readonly ZoneChange[] {
  return cached(spanChanges, zone, span, () => bisect(zone, span * SPAN, offsetAt(zone, span), (span + 1) * SPAN, offsetAt(zone, span + 1)));
}

/** Changes in (`from`, `to`] to the second, found by halving; a half with equal ends has none. */
function bisect(zone: string, from: number, before: number, to: number, after: number): ZoneChange[] {
  if (before === after) return [];
  if (to - from <= 1000) return [{ at: to, before, after }];
  const middle = from + Math.floor((to - from) / 2000) * 1000;
  const between = askIntl(zone, middle);
  return [...bisect(zone, from, before, middle, between), ...bisect(zone, middle, between, to, after)];
}

function cached<T>(caches: Map<string, Map<number, T>>, zone: string, index: number, make: () => T): T {
  let cache = caches.get(zone);
  if (cache === undefined) {
    cache = new Map();
    caches.set(zone, cache);
  }
  const known = cache.get(index);
  if (known !== undefined) return known;
  const made = make();
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(index, made);
  return made;
}

function askIntl(zone: string, at: number): number {
  // "1/31/2026 AD, 23:05:09": the parts one by one (`formatToParts`) would cost three times as much.
  const [month = 1, day = 1, year = 0, hour = 0, minute = 0, second = 0] = formatOf(zone).format(at).match(/\d+/g)?.map(Number) ?? [];
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(at / 1000) * 1000;
}

/**
 * UTC of a wall-clock reading given as if it were UTC (`Date.UTC(...)` of its parts). In the hour that comes twice the earlier
 * one is meant; a reading in the hour that is skipped is moved forward by the gap.
 */
export function wallToUtc(zone: string, wall: number): number {
  const before = wall - zoneOffset(zone, wall - 86_400_000);
  if (before + zoneOffset(zone, before) === wall) return before;
  const after = wall - zoneOffset(zone, wall + 86_400_000);
  if (after + zoneOffset(zone, after) === wall) return after;
  return before;
}

/**
 * `wallToUtc` for one zone, for those who read times by the million: where no change of the clock is near, an offset once found serves
 * for four days.
 */
export function wallReader(zone: string): (wall: number) => number {
  if (zone === 'UTC') return (wall) => wall;
  const steady = new Map<number, number>();
  return (wall) => {
    const span = Math.floor(wall / SPAN);
    let offset = steady.get(span);
    if (offset === undefined) {
      const [from, until] = [(span - 1) * SPAN, (span + 2) * SPAN];
      offset = nextZoneChange(zone, from, until) === null ? zoneOffset(zone, from) : Number.NaN;
      if (steady.size >= MAX_CACHED) steady.clear();
      steady.set(span, offset);
    }
    return Number.isNaN(offset) ? wallToUtc(zone, wall) : wall - offset;
  };
}

/** The wall clock of `zone` at `utc`, as if it were UTC: read its parts with `getUTC…`. */
export function utcToWall(zone: string, utc: number): number {
  return utc + zoneOffset(zone, utc);
}

/** Throws `ConfigError` when there is no such zone. */
export function assertZone(zone: string): void {
  formatOf(zone);
}
