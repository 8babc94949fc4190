/** Counts for a run's report. */
import type { Db } from '../canonical/db.ts';
import { countByState, operationsInState, operationsOfRun } from '../canonical/stores/operations.ts';
import { countOpen } from '../canonical/stores/work.ts';
import type { Engine } from './engine.ts';
import type { OperationCounts, RunReport } from './report.ts';

/** What waits for a person now. `unsupported` differences are listed, not counted. */
export async function waitingNow(db: Db): Promise<RunReport['waiting']> {
  const states = await countByState(db);
  const open = await countOpen(db);
  return {
    proposed: states['proposed'] ?? 0,
    held: (states['held'] ?? 0) + (states['rejected'] ?? 0),
    reviews: open.reviews,
    quarantined: open.quarantined,
    fresh: 0,
  };
}

/** Operations of this run, and those that are open from before, by system, stream and action. */
export async function reportOperations(engine: Engine): Promise<OperationCounts[]> {
  const { db } = engine.store;
  const rows = new Map((await operationsOfRun(db, engine.runId)).map((row) => [row.id, row]));
  for (const row of await operationsInState(db, ['proposed', 'held', 'rejected', 'unknown', 'accepted', 'retry'])) rows.set(row.id, row);
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
    if (row.why !== null && !['applied', 'unchanged', 'withdrawn'].includes(row.state)) group.reasons[row.why] = (group.reasons[row.why] ?? 0) + 1;
  }
  return [...groups.values()];
}
