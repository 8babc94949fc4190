/** The view of a stored record under another mapping: values, stamps, times. Pure. */
import type { RecordRow } from '../../canonical/stores/records.ts';
import type { WireBody } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import { sameFields, sameValue } from '../../core/values.ts';
import type { Decoded, Mapping } from '../../mappings/engine/mapping.ts';
import { readersOf, withEmptied } from '../land/edits.ts';
import { stampCells, stampsOfRow, valuesOfRow } from '../land/rows.ts';
import { isByField, type PathStamp, type Stamp, type Stamps, spreadStamps } from '../land/stamps.ts';

type ViewCells = Pick<RecordRow, 'view' | 'changed_at' | 'stamp_after' | 'stamp_not_after' | 'stamp_how' | 'stamps'>;

export interface ViewUnder {
  readonly cells: ViewCells;
  /** Those of the view as it was, and as it is. */
  readonly before: FieldValues;
  readonly after: FieldValues;
}

/** What of the row is otherwise under the mapping than under `from`; null: nothing. What was seen to be emptied stays so, and stamps go on with the values they were of. */
export function viewUnder(from: Mapping | null, mapping: Mapping, row: RecordRow, body: WireBody, decoded: Decoded): ViewUnder | null {
  const stamps = stampsOfRow(row);
  const values =
    stamps.paths.size === 0
      ? decoded.values
      : withEmptied(decoded.values, mapping.lines, body, ({ sources }) => sources.some((source) => stamps.paths.has(source)));
  const view = JSON.stringify(values);
  const { changedAt } = decoded;
  const before = row.view === view ? values : valuesOfRow(row);
  const sameView = row.view === view || sameFields(before, values);
  const spread = stamps.paths.size === 0 ? stamps : stampsUnder(from, mapping, stamps, before, values);
  const sameStamps = isSameStamps(stamps, spread);
  if (sameView && sameStamps && changedAt === row.changed_at) return null;
  const { stamp_after, stamp_not_after, stamp_how } = row;
  const cells = sameStamps ? { stamp_after, stamp_not_after, stamp_how, stamps: row.stamps } : stampCells(spread);
  return { cells: { view: sameView ? row.view : view, changed_at: changedAt, ...cells }, before, after: sameView ? before : values };
}

/** Stamps as the mapping's fields have them; a field that a value went over to from another one of the same path has that one's. */
function stampsUnder(from: Mapping | null, mapping: Mapping, stamps: Stamps, before: FieldValues, values: FieldValues): Stamps {
  const { lines } = mapping;
  const readers = (path: string): readonly string[] => readersOf(lines, path);
  const spread = spreadStamps(stamps, readers, (field) => Object.hasOwn(before, field));
  const paths = new Map<string, PathStamp>();
  for (const [path, stamp] of spread.paths) {
    const whole = stamps.paths.get(path);
    const were = from === null ? [] : readersOf(from.lines, path);
    // One stamp for all that reads the path stays one, as long as nothing reads it that did not before.
    if (whole !== undefined && !isByField(whole) && readers(path).every((field) => were.includes(field))) paths.set(path, whole);
    else paths.set(path, isByField(stamp) ? carried(stamp, readers(path), before, values) : stamp);
  }
  return { base: spread.base, paths };
}

function carried(stamp: ReadonlyMap<string, Stamp>, readers: readonly string[], before: FieldValues, values: FieldValues): ReadonlyMap<string, Stamp> {
  let result: Map<string, Stamp> | null = null;
  for (const field of readers) {
    const value = values[field];
    if (value === undefined || value === null || sameValue(before[field], value)) continue;
    const from = [...stamp].find(([other]) => other !== field && sameValue(before[other], value));
    if (from === undefined) continue;
    result ??= new Map(stamp);
    result.set(field, from[1]);
  }
  return result ?? stamp;
}

function isSameStamps(a: Stamps, b: Stamps): boolean {
  if (a === b) return true;
  if (a.paths.size !== b.paths.size) return false;
  for (const [path, stamp] of a.paths) {
    const other = b.paths.get(path);
    if (stamp === other) continue;
    if (!isByField(stamp) || !isByField(other) || stamp.size !== other.size) return false;
    for (const [field, own] of stamp) if (own !== other.get(field)) return false;
  }
  return true;
}
