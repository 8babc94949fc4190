/** Counts for a run's report. */
import type { Db } from '../canonical/db.ts';
import { countOpenOperations, type OperationState, operationsByIds, operationsInState, operationsOfRun } from '../canonical/stores/operations.ts';
import { countQuarantined } from '../canonical/stores/quarantine.ts';
import { countOpenReviews } from '../canonical/stores/reviews.ts';
import type { Engine } from './engine.ts';
import { NOTHING_WAITS, type OperationCounts, type Waiting } from './report.ts';

const OVER: readonly OperationState[] = ['applied', 'unchanged', 'withdrawn'];
/** What came back as not done: the next run plans it. */
const PLANNED_ANEW = 'planned anew';

/** What waits now. `unsupported` differences are listed, not counted; a lost answer that a person is asked about is a review. */
export async function waitingNow(db: Db): Promise<Waiting> {
  const counts = { ...NOTHING_WAITS, reviews: await countOpenReviews(db), quarantined: await countQuarantined(db) };
  for (const { state, needs_person: person, count } of await countOpenOperations(db)) {
    if (state === 'proposed' || state === 'held' || state === 'accepted') counts[state] += count;
    else if (state === 'rejected') counts[person === 1 ? 'refused' : 'later'] += count;
    else if (state === 'ready' || state === 'retry') counts.later += count;
    else if (state === 'unknown' && person === 0) counts.unknown += count;
  }
  return counts;
}

/** Operations planned in this run, those whose outcome came in it, and those that are open from before, by system, stream and action. */
export async function reportOperations(engine: Engine): Promise<OperationCounts[]> {
  const { db } = engine.store;
  const rows = new Map((await operationsOfRun(db, engine.runId)).map((row) => [row.id, row]));
  for (const row of await operationsInState(db, ['proposed', 'held', 'rejected', 'unknown', 'accepted', 'retry', 'ready'])) rows.set(row.id, row);
  for (const row of await operationsByIds(
    db,
    [...engine.outcomes].filter((id) => !rows.has(id)),
  ))
    rows.set(row.id, row);
  const groups = new Map<
    string,
    {
      system: string;
      stream: string;
      action: string;
      states: Record<string, number>;
      fields: Record<string, number>;
      reasons: Record<string, number>;
      unsupported: Record<string, Record<string, number>>;
    }
  >();
  for (const row of rows.values()) {
    const system = engine.setup.systems.find((one) => one.id === row.system_id)?.name ?? `#${row.system_id}`;
    const at = `${system}\n${row.stream}\n${row.action}`;
    const group = groups.get(at) ?? { system, stream: row.stream, action: row.action, states: {}, fields: {}, reasons: {}, unsupported: {} };
    groups.set(at, group);
    group.states[row.state] = (group.states[row.state] ?? 0) + 1;
    const unsupported = row.state === 'unsupported';
    const why = row.why ?? '';
    const fields = unsupported ? (group.unsupported[why] ?? {}) : group.fields;
    if (unsupported) group.unsupported[why] = fields;
    if (row.action === 'update') for (const field of Object.keys(JSON.parse(row.changes) as object)) fields[field] = (fields[field] ?? 0) + 1;
    if (unsupported) continue;
    if (row.why !== null && (!OVER.includes(row.state) || row.why.endsWith(PLANNED_ANEW))) group.reasons[row.why] = (group.reasons[row.why] ?? 0) + 1;
  }
  return [...groups.values()];
}
