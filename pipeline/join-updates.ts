/** Approved updates of one record, parted because one of them came of a mapping: they are sent as one. */
import { type OperationRow, operationsByIds, updateOperations } from '../canonical/stores/operations.ts';
import { type Engine, effect } from './engine.ts';

/** Operations looked at in one transaction. */
const AT_ONCE = 500;

/** To be called when the operations with these numbers are ready. Two writes to one record at one time would each be made without the other. */
export async function joinUpdates(engine: Engine, ids: readonly number[]): Promise<void> {
  const byRecord = new Map<number, OperationRow[]>();
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    for (const row of await operationsByIds(engine.store.db, ids.slice(at, at + AT_ONCE))) {
      if (row.action !== 'update' || row.state !== 'ready' || row.record_id === null) continue;
      byRecord.set(row.record_id, [...(byRecord.get(row.record_id) ?? []), row]);
    }
  }
  const changed_at = engine.setup.clock.now();
  const updates: OperationRow[] = [];
  for (const [first, ...others] of byRecord.values()) {
    if (first === undefined || others.length === 0) continue;
    const all = [first, ...others];
    updates.push({ ...first, changes: joined(all.map(({ changes }) => changes)), reason: joined(all.map(({ reason }) => reason ?? '{}')), changed_at });
    for (const row of others) {
      engine.outcomes.add(row.id);
      updates.push({ ...row, state: 'withdrawn', why: `sent together with operation ${first.id}`, changed_at });
    }
  }
  if (updates.length > 0) await effect(engine, (trx) => updateOperations(trx, updates));
}

const joined = (texts: readonly string[]): string => JSON.stringify(Object.assign({}, ...texts.map((text) => JSON.parse(text) as object)));
