/** Between rows of the store and the values the pure parts work with. */

import type { PushRow } from '../../canonical/stores/pushes.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import type { WireBody } from '../../core/contract.ts';
import type { FieldValues, Value } from '../../core/model.ts';
import type { Push } from './read-back.ts';
import { isByField, type PathStamp, type Stamp, type StampHow, type Stamps } from './stamps.ts';
import type { ViewSource } from './view.ts';

type StampTuple = [after: number | null, notAfter: number, how: StampHow];

const tuple = (stamp: Stamp): StampTuple => [stamp.after, stamp.notAfter, stamp.how];
const fromTuple = ([after, notAfter, how]: StampTuple): Stamp => ({ after, notAfter, how });

type PathTuple = StampTuple | { readonly [field: string]: StampTuple };

const pathTuple = (stamp: PathStamp): PathTuple =>
  isByField(stamp) ? Object.fromEntries([...stamp].map(([field, own]) => [field, tuple(own)])) : tuple(stamp);
const fromPathTuple = (stored: PathTuple): PathStamp =>
  isTuple(stored) ? fromTuple(stored) : new Map(Object.entries(stored).map(([field, own]) => [field, fromTuple(own)]));
const isTuple = (stored: PathTuple): stored is StampTuple => Array.isArray(stored);

const EMPTY_PATHS: ReadonlyMap<string, PathStamp> = new Map();
const EMPTY_PUSHES: ReadonlyMap<string, Push> = new Map();

export function stampsOfRow(row: Pick<RecordRow, 'stamp_after' | 'stamp_not_after' | 'stamp_how' | 'stamps'>): Stamps {
  const base: Stamp = { after: row.stamp_after, notAfter: row.stamp_not_after, how: row.stamp_how as StampHow };
  if (row.stamps === null) return { base, paths: EMPTY_PATHS };
  const paths = JSON.parse(row.stamps) as Record<string, PathTuple>;
  return { base, paths: new Map(Object.entries(paths).map(([path, stamp]) => [path, fromPathTuple(stamp)])) };
}

export function stampCells(stamps: Stamps): Pick<RecordRow, 'stamp_after' | 'stamp_not_after' | 'stamp_how' | 'stamps'> {
  return {
    stamp_after: stamps.base.after,
    stamp_not_after: stamps.base.notAfter,
    stamp_how: stamps.base.how,
    stamps: stamps.paths.size === 0 ? null : JSON.stringify(Object.fromEntries([...stamps.paths].map(([path, stamp]) => [path, pathTuple(stamp)]))),
  };
}

export function bodyOfRow(row: Pick<RecordRow, 'body'>): WireBody | null {
  return row.body === null ? null : (JSON.parse(row.body) as WireBody);
}

/** A row's view is parsed once, however many steps look at it. Whoever changes the text makes a new row. */
const parsed = new WeakMap<object, FieldValues>();

export function valuesOfRow(row: Pick<RecordRow, 'view'>): FieldValues {
  let values = parsed.get(row);
  if (values === undefined) {
    values = row.view === null ? {} : (JSON.parse(row.view) as FieldValues);
    parsed.set(row, values);
  }
  return values;
}

export function pushOfRow(row: PushRow): Push {
  return {
    field: row.field,
    sent: JSON.parse(row.sent) as Value,
    holds: JSON.parse(row.holds) as Value,
    before: row.before === null ? null : (JSON.parse(row.before) as Value),
    said: row.said_known === 0 ? undefined : row.said === null ? null : (JSON.parse(row.said) as Value),
    stamp: row.stamp === null ? null : fromTuple(JSON.parse(row.stamp) as StampTuple),
    state: row.state,
    sends: row.sends,
    sentAt: row.sent_at,
    answeredAt: row.answered_at,
    operationId: row.operation_id,
  };
}

export function pushRow(recordId: number, push: Push): PushRow {
  return {
    record_id: recordId,
    field: push.field,
    sent: JSON.stringify(push.sent),
    holds: JSON.stringify(push.holds),
    before: push.before === null ? null : JSON.stringify(push.before),
    said: push.said === undefined || push.said === null ? null : JSON.stringify(push.said),
    said_known: push.said === undefined ? 0 : 1,
    stamp: push.stamp === null ? null : JSON.stringify(tuple(push.stamp)),
    state: push.state,
    sends: push.sends,
    sent_at: push.sentAt,
    answered_at: push.answeredAt,
    operation_id: push.operationId,
  };
}

export function pushesByRecord(rows: readonly PushRow[]): Map<number, Map<string, Push>> {
  const byRecord = new Map<number, Map<string, Push>>();
  for (const row of rows) {
    const pushes = byRecord.get(row.record_id);
    if (pushes === undefined) byRecord.set(row.record_id, new Map([[row.field, pushOfRow(row)]]));
    else pushes.set(row.field, pushOfRow(row));
  }
  return byRecord;
}

/** A row as the view of its record; `values` are those of its `view`, where they are at hand. */
export function viewOfRow(
  row: Parameters<typeof stampsOfRow>[0] & Pick<RecordRow, 'view'>,
  pushes: ReadonlyMap<string, Push> | undefined,
  sources: ReadonlyMap<string, readonly string[]>,
  values: FieldValues = valuesOfRow(row),
): ViewSource {
  return { values, stamps: stampsOfRow(row), pushes: pushes ?? EMPTY_PUSHES, sources };
}

/** A record of which nothing was read yet, first met at `at`; whoever makes it says how it came about. */
export function blankRow(
  known: Pick<RecordRow, 'id' | 'system_id' | 'stream' | 'record_key' | 'first_run' | 'state' | 'view' | 'stamp_after' | 'stamp_how'>,
  parent: { readonly stream: string; readonly key: string } | null,
  at: number,
): RecordRow {
  return {
    ...known,
    parent_stream: parent?.stream ?? null,
    parent_key: parent?.key ?? null,
    misses: 0,
    body: null,
    digest: '',
    parts: '',
    changed_at: null,
    stamp_not_after: at,
    stamps: null,
    facets: null,
    read_at: at,
    change_seq: 0,
  };
}
