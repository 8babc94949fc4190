import { utcToWall, zoneOffset } from '../../core/zone.ts';

const CLOCK_CHANGE_MS = 3 * 3_600_000;

/**
 * A lower bound for `…_gte`: `dd.mm.yyyy HH:MM:SS` of the server's zone, padded as in the vendor's sample of a request. Shortly before
 * clocks are set back the bound moves back with them, since later changes then carry earlier times.
 */
export function lowerBound(zone: string, utc: number): string {
  const setBack = Math.max(0, zoneOffset(zone, utc) - zoneOffset(zone, utc + CLOCK_CHANGE_MS));
  const wall = new Date(utcToWall(zone, utc) - setBack);
  const two = (part: number): string => String(part).padStart(2, '0');
  const date = `${two(wall.getUTCDate())}.${two(wall.getUTCMonth() + 1)}.${wall.getUTCFullYear()}`;
  return `${date} ${two(wall.getUTCHours())}:${two(wall.getUTCMinutes())}:${two(wall.getUTCSeconds())}`;
}
