/**
 * Stamps: the interval in which a value last changed in its system, and how we know.
 * A value takes the new time only if it differs from the previous one; otherwise it keeps its stamp (DESIGN §1). They are kept
 * by wire path, and where several fields read one path (a list of contacts, a bit mask) by field within the path.
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

/** The stamp of a path, or those of the fields that share it, as far as they differ from the record's. */
export type PathStamp = Stamp | ReadonlyMap<string, Stamp>;

/** A record's stamps: one for most paths, and those that differ. */
export interface Stamps {
  readonly base: Stamp;
  readonly paths: ReadonlyMap<string, PathStamp>;
}

/** Whether the fields of a path have stamps of their own. */
export function isByField(stamp: PathStamp | undefined): stamp is ReadonlyMap<string, Stamp> {
  return stamp instanceof Map;
}

/** What a reading says of a field: it changed there, or it says for the first time what may have stood there before. */
export type News = 'changed' | 'first';

/** News of one wire path. */
export interface Edit {
  /** Fields that read the path. One or none: the path has one stamp. */
  readonly readers: readonly string[];
  readonly news: ReadonlyMap<string, News>;
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
 * Stamps after a reading that brought news of some paths. `previous.readAt` is the last time the old body was seen to stand;
 * `previous.changedAt` the vendor's time then: only a time that moved says when this change was made.
 */
export function nextStamps(
  stamps: Stamps,
  edits: ReadonlyMap<string, Edit>,
  previous: { readonly readAt: number; readonly changedAt: number | null },
  reading: ReadingTime,
): Stamps {
  if (edits.size === 0) return stamps;
  const moved = reading.changedAt !== null && reading.changedAt !== previous.changedAt && reading.changedAt <= reading.ended;
  const notAfter = moved && reading.changedAt !== null ? reading.changedAt : reading.ended;
  const stamp: Stamp = { after: Math.min(previous.readAt, notAfter), notAfter, how: moved ? 'vendor' : 'readings' };
  const stampFor = (news: News | undefined): Stamp => (news === 'first' ? firstStamps(reading).base : stamp);
  const paths = new Map(stamps.paths);
  for (const [path, { readers, news }] of edits) {
    if (readers.length <= 1) {
      paths.set(path, stampFor(news.get(readers[0] ?? '')));
      continue;
    }
    const fields = new Map(byField(paths.get(path), readers));
    for (const [field, kind] of news) fields.set(field, stampFor(kind));
    paths.set(path, fields);
  }
  return { base: stamps.base, paths };
}

/** A path's stamp as those of the given fields. */
function byField(stamp: PathStamp | undefined, fields: readonly string[]): ReadonlyMap<string, Stamp> {
  if (stamp === undefined) return new Map();
  return isByField(stamp) ? stamp : new Map(fields.map((field) => [field, stamp]));
}

/**
 * Stamps under another mapping. Where several fields now read a path that had one stamp, only fields that were read before keep
 * it: of what is read for the first time nobody saw a change.
 */
export function spreadStamps(stamps: Stamps, readersOf: (path: string) => readonly string[], readBefore: (field: string) => boolean): Stamps {
  const paths = new Map<string, PathStamp>();
  for (const [path, stamp] of stamps.paths) {
    const readers = readersOf(path);
    paths.set(path, readers.length <= 1 ? stamp : byField(stamp, readers.filter(readBefore)));
  }
  return { base: stamps.base, paths };
}

/** The stamp of a field: the latest of those of its paths. */
export function stampOf(stamps: Stamps, field: string, sources: readonly string[]): Stamp {
  let latest: Stamp | null = null;
  for (const source of sources) {
    const own = stamps.paths.get(source);
    const stamp = (isByField(own) ? own.get(field) : own) ?? stamps.base;
    if (latest === null || stamp.notAfter > latest.notAfter) latest = stamp;
  }
  return latest ?? stamps.base;
}
