/** What a reading says that the one before did not: which fields changed, and which were emptied. Pure. */
import type { VendorRecord, WireBody } from '../../core/contract.ts';
import { type EntityKind, type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import { isEmpty, sameValue } from '../../core/values.ts';
import type { MappingLine } from '../../mappings/engine/mapping.ts';
import type { Push } from './read-back.ts';
import type { Edit, News } from './stamps.ts';

/** Fields that are read from a wire path. */
export function readersOf(lines: readonly MappingLine[], path: string): string[] {
  return lines.filter((line) => line.only !== 'push' && line.sources.includes(path)).map((line) => line.field);
}

/** Fields before and after a reading. */
export interface Comparison {
  readonly entity: EntityKind;
  readonly before: FieldValues;
  readonly now: FieldValues;
  /** Fields whose difference is explained by our own pushes: our value must never look like news. */
  readonly ours: ReadonlySet<string>;
}

/**
 * News by wire path, of the paths that a reading changed: of those that fields are read from, only fields whose value differs, so
 * that nothing else in the same path (another contact, another bit) looks newer than it is.
 */
export function editsOf(lines: readonly MappingLine[], changed: ReadonlySet<string>, comparison: Comparison): Map<string, Edit> {
  const edits = new Map<string, Edit>();
  for (const path of changed) {
    const readers = readersOf(lines, path);
    const news = new Map<string, News>();
    for (const field of readers) {
      const kind = newsOf(field, comparison);
      if (kind !== null) news.set(field, kind);
    }
    if (readers.length === 0 || news.size > 0) edits.set(path, { readers, news });
  }
  return edits;
}

function newsOf(field: string, { entity, before, now, ours }: Comparison): News | null {
  const value = now[field];
  if (ours.has(field) || sameValue(before[field], value)) return null;
  // The 0 of a mask in which somebody ticked another box: whoever was not asked has not refused.
  return isEmpty(before[field]) && value === 'withheld' && fieldSpec(entity, field)?.kind === 'consent' ? 'first' : 'changed';
}

/** Whether a reading says of a line's field that it is empty by leaving all its paths out. */
function isLeftOut(line: MappingLine, body: WireBody, covers: VendorRecord['covers']): boolean {
  if (line.only === 'push' || line.sources.length === 0 || covers === 'body') return false;
  return line.sources.every((source) => !Object.hasOwn(body, source) && (covers === undefined || covers.includes(source)));
}

/**
 * Values of a whole record with, as empty, the fields that were known once and are left out of it now. `known`: whether the record
 * has ever said anything of a line.
 */
export function withEmptied(values: FieldValues, lines: readonly MappingLine[], body: WireBody, known: (line: MappingLine) => boolean): FieldValues {
  let result: Record<string, Value> | null = null;
  for (const line of lines) {
    if (values[line.field] !== undefined || !isLeftOut(line, body, undefined) || !known(line)) continue;
    result ??= { ...values };
    result[line.field] = null;
  }
  return result ?? values;
}

/** Values as they answer our pushes: a field of ours that the reading covers and leaves out is empty there. */
export function answersOf(
  pushes: Iterable<Push>,
  values: FieldValues,
  lines: readonly MappingLine[],
  body: WireBody,
  covers: VendorRecord['covers'],
): FieldValues {
  const missing = [...pushes].filter((push) => values[push.field] === undefined).map((push) => push.field);
  const empty = lines.filter((line) => missing.includes(line.field) && isLeftOut(line, body, covers));
  return empty.length === 0 ? values : { ...values, ...Object.fromEntries(empty.map((line) => [line.field, null])) };
}
