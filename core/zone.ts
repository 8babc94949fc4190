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

/** Offsets at the beginnings of spans of UTC time, and of quarter hours where the zone changed within a span; Intl is asked once for each. */
const spanOffsets = new Map<string, Map<number, number>>();
const quarterOffsets = new Map<string, Map<number, number>>();
/** No zone changes twice within eight days and back: equal offsets at both ends are the offset between them. */
const SPAN = 8 * 86_400_000;
const QUARTER = 900_000;
const MAX_CACHED = 200_000;

/** Milliseconds to add to UTC to get the wall clock of `zone` at `utc`. */
export function zoneOffset(zone: string, utc: number): number {
  if (zone === 'UTC') return 0;
  const span = Math.floor(utc / SPAN);
  const begin = cached(spanOffsets, zone, span, SPAN);
  if (begin === cached(spanOffsets, zone, span + 1, SPAN)) return begin;
  return cached(quarterOffsets, zone, Math.floor(utc / QUARTER), QUARTER);
}

function cached(caches: Map<string, Map<number, number>>, zone: string, index: number, length: number): number {
  let cache = caches.get(zone);
  if (cache === undefined) {
    cache = new Map();
    caches.set(zone, cache);
  }
  const known = cache.get(index);
  if (known !== undefined) return known;
  const offset = askIntl(zone, index * length);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(index, offset);
  return offset;
}

function askIntl(zone: string, at: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) {
    if (type !== 'literal' && type !== 'era') part[type] = Number(value);
  }
  const wall = Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day'] ?? 1, part['hour'] ?? 0, part['minute'] ?? 0, part['second'] ?? 0);
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

/** The wall clock of `zone` at `utc`, as if it were UTC: read its parts with `getUTC…`. */
export function utcToWall(zone: string, utc: number): number {
  return utc + zoneOffset(zone, utc);
}

/** Throws `ConfigError` when there is no such zone. */
export function assertZone(zone: string): void {
  formatOf(zone);
}
