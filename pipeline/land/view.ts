/** Views: what a record says and holds, field by field. Pure functions of record, pushes and mapping. */
import type { VendorRecord, WireBody } from '../../core/contract.ts';
import { type EntityKind, type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import { emptyValues, isEmpty, sameValue } from '../../core/values.ts';
import type { MappingLine } from '../../mappings/engine/mapping.ts';
import { isRendition, judge, judgeUnsent, type Push } from './read-back.ts';
import { type Stamp, type Stamps, stampOf } from './stamps.ts';

/** One field of a view. `said` is undefined where the vendor itself never gave a value. */
export interface Side {
  readonly said: Value | undefined;
  readonly holds: Value | undefined;
  readonly stamp: Stamp;
  /** What the vendor says is empty (a consent: 0), and was not before. */
  readonly emptied: boolean;
}

export interface ViewSource {
  /** Decoded from the record's body. */
  readonly values: FieldValues;
  readonly stamps: Stamps;
  readonly pushes: ReadonlyMap<string, Push>;
  /** Wire paths of each field. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

const NO_SOURCES: readonly string[] = [];

/** The view's field, or undefined where the record neither says nor holds anything of it. */
export function sideOf(source: ViewSource, field: string): Side | undefined {
  const push = source.pushes.get(field);
  const value = source.values[field];
  if (push === undefined) {
    if (value === undefined) return undefined;
    const stamp = stampOf(source.stamps, field, source.sources.get(field) ?? NO_SOURCES);
    return { said: value, holds: value, stamp, emptied: wasEmptied(value, stamp) };
  }
  const holds = push.state === 'sent' ? push.holds : value === undefined ? push.holds : value;
  const stamp = push.stamp ?? source.stamps.base;
  return { said: push.said, holds, stamp, emptied: wasEmptied(push.said, stamp) };
}

/** What is empty (a consent: 0) at its first reading may never have been anything else. */
export function wasEmptied(said: Value | undefined, stamp: Stamp): boolean {
  return (said === 'withheld' || (said !== undefined && isEmpty(said))) && stamp.how !== 'first-seen';
}

/** Fields of which the view says or holds something. */
export function fieldsOf(source: ViewSource): Set<string> {
  return new Set([...Object.keys(source.values), ...source.pushes.keys()]);
}

/** Wire paths by field, from a mapping's lines. */
export function sourcesOf(lines: readonly MappingLine[]): ReadonlyMap<string, readonly string[]> {
  return new Map(lines.map((line) => [line.field, line.sources]));
}

export interface ReadBack {
  /** Pushes that go on, changed or not. */
  readonly pushes: readonly Push[];
  /** Fields whose push is over because somebody edited them there. */
  readonly edited: readonly string[];
  /** Fields that the vendor has now ignored twice. */
  readonly ignored: readonly string[];
}

/** Judges a reading of a record with pushes; a field without a value was not said. The reading began after the answers to all of them. */
export function readBack(pushes: Iterable<Push>, values: FieldValues, vendorTime: number | null): ReadBack {
  const kept: Push[] = [];
  const edited: string[] = [];
  const ignored: string[] = [];
  for (const push of pushes) {
    const read = values[push.field];
    if (read === undefined) {
      kept.push(push);
      continue;
    }
    const verdict = judge(push, read, vendorTime !== null && vendorTime > push.answeredAt);
    if (verdict.kind === 'edit') edited.push(push.field);
    else kept.push(verdict.push);
    if (verdict.kind === 'ignored' && push.state !== 'ignored') ignored.push(push.field);
  }
  return { pushes: kept, edited, ignored };
}

/**
 * Pushes for the fields that our own create did not send, at the record's first reading: what the vendor filled in by itself is
 * held there, but nobody said it.
 */
export function defaultsOf(entity: EntityKind, pushes: ReadonlyMap<string, Push>, values: FieldValues, at: Push): Push[] {
  const defaults: Push[] = [];
  for (const [field, read] of Object.entries(values)) {
    if (pushes.has(field) || judgeUnsent(fieldSpec(entity, field)?.vendorDefault === true, read) === 'edit') continue;
    defaults.push({ ...at, field, sent: read, holds: read, before: null, said: undefined, stamp: null, state: 'held' });
  }
  return defaults;
}

/**
 * Pushes for the fields that went along with ours, as the system was told its whole record: what it then wrote otherwise (cut, trimmed)
 * is its rendition of its own value, which stays what is said. `before`: the view until then; `at`: our push.
 */
export function renditionsAlong(before: ViewSource, values: FieldValues, at: Push): Push[] {
  const along: Push[] = [];
  for (const [field, read] of Object.entries(values)) {
    const side = before.pushes.has(field) ? undefined : sideOf(before, field);
    if (side?.said === undefined || isEmpty(read) || sameValue(side.said, read) || !isRendition(side.said, read)) continue;
    along.push({ ...at, field, sent: side.said, holds: read, before: side.said, said: side.said, stamp: side.stamp, state: 'held' });
  }
  return along;
}

/** A body after a reading that covers only some paths: those replaced (absent is empty), the others kept. A whole record stays as it arrived. */
export function mergeFacet(previous: WireBody | null, body: WireBody, covers: VendorRecord['covers']): WireBody {
  if (covers === undefined || previous === null) return body;
  const covered = new Set(covers === 'body' ? Object.keys(body) : covers);
  const merged = emptyValues() as Record<string, WireBody[string]>;
  for (const [path, value] of Object.entries(previous)) {
    if (!covered.has(path)) merged[path] = value;
    else if (!Object.hasOwn(body, path)) merged[path] = '';
  }
  for (const [path, value] of Object.entries(body)) merged[path] = value;
  return merged;
}
