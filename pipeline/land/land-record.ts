/** One reading of one record against what is stored of it. Pure: rows in, rows out. */

import type { RecordRow } from '../../canonical/stores/records.ts';
import type { FieldValues } from '../../core/model.ts';
import type { FieldProblem } from '../../mappings/engine/mapping.ts';
import { editsOf, withEmptied } from './edits.ts';
import { isEmptiedByUs } from './emptied.ts';
import { judgePushes } from './judge-pushes.ts';
import type { Push } from './read-back.ts';
import type { GoodReading, LandInput } from './reading.ts';
import { bodyOfRow, stampCells, stampsOfRow, valuesOfRow } from './rows.ts';
import { changedPaths, type Edit, firstStamps, nextStamps, type ReadingTime, type Stamps } from './stamps.ts';
import { mergeFacet } from './view.ts';

export interface Landed {
  readonly row: RecordRow;
  readonly kind: 'added' | 'changed' | 'unchanged' | 'quarantined';
  readonly values: FieldValues;
  readonly problems: readonly FieldProblem[];
  /** Set aside because it stands empty after our own write: nobody said so, and nobody else may hear of it. */
  readonly emptied?: true;
  /** Pushes to keep; null: as they are. */
  readonly pushes: readonly Push[] | null;
  readonly ignored: readonly string[];
  /** The row has to be written. */
  readonly write: boolean;
}

/** A record seen for the first time. */
export function landNew(input: LandInput, id: number): Landed {
  const { mapping, record } = input;
  const decoded = mapping.decode(record.body);
  const good = decoded.problems.length === 0;
  const { changedAt } = decoded;
  const row: RecordRow = {
    id,
    system_id: input.systemId,
    stream: input.stream,
    record_key: record.key,
    parent_stream: record.parent?.stream ?? null,
    parent_key: record.parent?.key ?? null,
    state: good ? 'live' : 'quarantined',
    misses: 0,
    body: good ? input.text : null,
    view: JSON.stringify(decoded.values),
    digest: '',
    parts: null,
    changed_at: changedAt,
    ...stampCells(firstStamps({ began: input.began, ended: input.ended, changedAt })),
    facets: null,
    read_at: input.ended,
    first_run: input.runId,
    change_seq: 0,
  };
  return { row, kind: good ? 'added' : 'quarantined', values: decoded.values, problems: decoded.problems, pushes: null, ignored: [], write: true };
}

/** A reading of a record that is stored. `pushes` are our values in it. */
export function landKnown(input: LandInput, previous: RecordRow, pushes: ReadonlyMap<string, Push> | undefined): Landed {
  const stale = pushes !== undefined && [...pushes.values()].some((push) => push.answeredAt > input.began);
  if (stale) return unchanged(previous);
  const before = bodyOfRow(previous);
  const body = mergeFacet(before, input.record.body, input.record.covers);
  const changed = before === null ? new Set(Object.keys(body)) : changedPaths(before, body);
  const moved = previous.parent_key !== (input.record.parent?.key ?? null);
  const back = previous.state !== 'live' || previous.misses > 0;
  const unread = pushes !== undefined && [...pushes.values()].some((push) => push.state === 'sent' || push.state === 'again');
  if (changed.size === 0 && !moved && !back && !unread) return unchanged(previous);
  const decoded = input.mapping.decode(body);
  if (decoded.problems.length > 0) {
    const row: RecordRow = { ...previous, state: 'quarantined', misses: 0, ...(before === null ? { view: JSON.stringify(decoded.values) } : {}) };
    return { row, kind: 'quarantined', values: decoded.values, problems: decoded.problems, pushes: null, ignored: [], write: true };
  }
  const { lines } = input.mapping;
  const old = valuesOfRow(previous);
  const values =
    before === null || input.record.covers !== undefined
      ? decoded.values
      : withEmptied(decoded.values, lines, body, ({ field, sources }) => Object.hasOwn(old, field) || sources.some((source) => Object.hasOwn(before, source)));
  if (isEmptiedByUs(input.mapping.entity, pushes?.values(), old, values)) {
    const row: RecordRow = { ...previous, state: 'quarantined', misses: 0 };
    return { row, kind: 'quarantined', values: old, problems: [], emptied: true, pushes: null, ignored: [], write: true };
  }
  // What was set aside may have been read with another mapping the last time, whose differences would look like somebody's edits.
  const compared = previous.state === 'quarantined' && before !== null ? input.mapping.decode(before).values : old;
  return landGood(input, previous, { body, changed, before: compared, values, changedAt: decoded.changedAt, first: before === null }, pushes);
}

function landGood(input: LandInput, previous: RecordRow, reading: GoodReading, pushes: ReadonlyMap<string, Push> | undefined): Landed {
  const { changedAt } = reading;
  const time: ReadingTime = { began: input.began, ended: input.ended, changedAt };
  const judged = pushes === undefined || pushes.size === 0 ? null : judgePushes(input, previous, reading, pushes, changedAt);
  const ours = new Set((judged?.pushes ?? []).map((push) => push.field));
  const { entity, lines } = input.mapping;
  const edits = editsOf(lines, reading.changed, { entity, before: reading.before, now: reading.values, ours });
  const stamps = stampsAfter(input, previous, reading.first, edits, time);
  const same = reading.changed.size === 0 && previous.state === 'live' && previous.parent_key === (input.record.parent?.key ?? null);
  const row: RecordRow = {
    ...previous,
    parent_stream: input.record.parent?.stream ?? null,
    parent_key: input.record.parent?.key ?? null,
    state: 'live',
    misses: 0,
    body: input.record.covers === undefined ? input.text : JSON.stringify(reading.body),
    view: JSON.stringify(reading.values),
    changed_at: changedAt,
    ...stampCells(stamps),
    read_at: input.ended,
  };
  return {
    row,
    kind: same && judged === null ? 'unchanged' : 'changed',
    values: reading.values,
    problems: [],
    pushes: judged?.pushes ?? null,
    ignored: judged?.ignored ?? [],
    write: true,
  };
}

function stampsAfter(input: LandInput, previous: RecordRow, first: boolean, edits: ReadonlyMap<string, Edit>, time: ReadingTime): Stamps {
  if (first && previous.state !== 'pending') return firstStamps(time);
  const readAt = Math.max(previous.read_at, input.standing ?? 0);
  if (first) return { base: { after: previous.read_at, notAfter: input.ended, how: 'readings' }, paths: new Map() };
  const stamps = nextStamps(stampsOfRow(previous), edits, { readAt: Math.min(readAt, input.ended), changedAt: previous.changed_at }, time);
  if (!input.firstFacet) return stamps;
  // Paths that no call had covered so far are seen for the first time: that is no change.
  const before = bodyOfRow(previous) ?? {};
  const paths = new Map(stamps.paths);
  for (const path of edits.keys()) if (!Object.hasOwn(before, path)) paths.set(path, firstStamps(time).base);
  return { base: stamps.base, paths };
}

function unchanged(previous: RecordRow): Landed {
  return {
    row: previous,
    kind: previous.state === 'quarantined' ? 'quarantined' : 'unchanged',
    values: valuesOfRow(previous),
    problems: [],
    pushes: null,
    ignored: [],
    write: false,
  };
}
