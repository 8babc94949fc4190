/** What a reading says of the values that we pushed into its record. Pure. */
import type { RecordRow } from '../../canonical/stores/records.ts';
import { type EntityKind, type FieldValues, fieldSpec } from '../../core/model.ts';
import { answersOf } from './edits.ts';
import type { Push } from './read-back.ts';
import type { GoodReading, LandInput } from './reading.ts';
import { stampsOfRow, valuesOfRow } from './rows.ts';
import { defaultsOf, readBack, renditionsAlong, sourcesOf } from './view.ts';

export interface Judged {
  /** Pushes to keep. */
  readonly pushes: readonly Push[];
  /** Fields that the vendor has ignored. */
  readonly ignored: readonly string[];
}

/** Judges the pushes of a record by a reading of it. `changedAt`: when the vendor says that it changed. */
export function judgePushes(input: LandInput, previous: RecordRow, reading: GoodReading, pushes: ReadonlyMap<string, Push>, changedAt: number | null): Judged {
  const { mapping, record } = input;
  const { entity, lines } = mapping;
  // A time in the future is no evidence that somebody was there after us.
  const moved = changedAt === null || changedAt > input.ended + input.clockErrorMs ? null : changedAt - input.clockErrorMs;
  const { pushes: answered, ignored } = readBack(pushes.values(), answersOf(pushes.values(), reading.values, lines, reading.body, record.covers), moved);
  const judged = [...answered];
  const [model] = pushes.values();
  const fresh = freshValues(entity, previous, pushes, reading.values);
  if (fresh !== null && model !== undefined) judged.push(...defaultsOf(entity, pushes, fresh, model));
  const written = [...pushes.values()].find((push) => push.state === 'sent' && !(moved !== null && moved > push.answeredAt));
  if (input.wroteWhole && fresh === null && written !== undefined) {
    const before = { values: reading.before, stamps: stampsOfRow(previous), pushes, sources: sourcesOf(lines) };
    judged.push(...renditionsAlong(before, reading.values, written));
  }
  return { pushes: judged, ignored };
}

/**
 * Values of a record that our own create made, at their first reading: all of them at the record's, and at a facet's those that
 * concern its system alone. Null for a record that somebody there made.
 */
function freshValues(entity: EntityKind, previous: RecordRow, pushes: ReadonlyMap<string, Push>, values: FieldValues): FieldValues | null {
  if (previous.state === 'pending') return values;
  if ([...pushes.values()].some((push) => push.said !== undefined)) return null;
  const before = valuesOfRow(previous);
  return Object.fromEntries(Object.entries(values).filter(([field]) => before[field] === undefined && fieldSpec(entity, field)?.policy === 'local'));
}
