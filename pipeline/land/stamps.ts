/**
 * Stamps: the interval in which a wire path last changed in its system, and how we know.
 * A path takes the new time only if its value differs from the previous body; otherwise it keeps its stamp (DESIGN §1).
 */
import type { WireBody } from '../../core/contract.ts';
import { stableJson } from '../../core/values.ts';

export type StampHow = 'vendor' | 'readings' | 'first-seen';

/** Changed after `after` (null: no lower bound) and not after `notAfter`, UTC ms. */
export interface Stamp {
  readonly after: number | null;
  readonly notAfter: number;
  readonly how: StampHow;
}

/** A record's stamps: one for most paths, and those that differ. */
export interface Stamps {
  readonly base: Stamp;
  readonly paths: ReadonlyMap<string, Stamp>;
  /** Canonical fields that were seen to be emptied, a consent to be withdrawn: a path may hold several, and its stamp does not say which of them changed. */
  readonly emptied?: ReadonlySet<string>;
}

export interface ReadingTime {
  /** When the reading began and ended. */
  readonly began: number;
  readonly ended: number;
  /** The vendor's own time of the record's last change. */
  readonly changedAt: number | null;
}

/** Stamps of a record seen for the first time: no lower bound. A vendor's time in the future is no evidence. */
export function firstStamps(reading: ReadingTime): Stamps {
  const notAfter = reading.changedAt === null ? reading.ended : Math.min(reading.changedAt, reading.ended);
  return { base: { after: null, notAfter, how: 'first-seen' }, paths: new Map() };
}

/** Wire paths whose values differ between two bodies; absent and empty are told apart. */
export function changedPaths(before: WireBody, now: WireBody): Set<string> {
  const changed = new Set<string>();
  for (const path of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const old = before[path];
    const fresh = now[path];
    if (old !== fresh && stableJson(old) !== stableJson(fresh)) changed.add(path);
  }
  return changed;
}

/**
 * Stamps after a reading that changed some paths. `previous.readAt` is the last time the old body was seen to stand;
 * `previous.changedAt` the vendor's time then: only a time that moved says when this change was made.
 */
export function nextStamps(
  stamps: Stamps,
  changed: ReadonlySet<string>,
  previous: { readonly readAt: number; readonly changedAt: number | null },
  reading: ReadingTime,
): Stamps {
  if (changed.size === 0) return stamps;
  const moved = reading.changedAt !== null && reading.changedAt !== previous.changedAt && reading.changedAt <= reading.ended;
  const notAfter = moved && reading.changedAt !== null ? reading.changedAt : reading.ended;
  const stamp: Stamp = { after: Math.min(previous.readAt, notAfter), notAfter, how: moved ? 'vendor' : 'readings' };
  const paths = new Map(stamps.paths);
  for (const path of changed) paths.set(path, stamp);
  return { ...stamps, paths };
}

/** The stamp of a field read from several paths: the latest of them. */
export function stampOf(stamps: Stamps, sources: readonly string[]): Stamp {
  let latest: Stamp | null = null;
  for (const source of sources) {
    const stamp = stamps.paths.get(source) ?? stamps.base;
    if (latest === null || stamp.notAfter > latest.notAfter) latest = stamp;
  }
  return latest ?? stamps.base;
}
