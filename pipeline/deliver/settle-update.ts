/** Updates whose answer was lost, settled by what was read of their record since. */
import { type OperationRow, patchOperation } from '../../canonical/stores/operations.ts';
import { type PushRow, pushesOf, writePushes } from '../../canonical/stores/pushes.ts';
import { loadRecords, patchRecords, type RecordRow } from '../../canonical/stores/records.ts';
import { sameValue } from '../../core/values.ts';
import { type Engine, effect } from '../engine.ts';
import { sourcesFor } from '../fold/voices.ts';
import { pushesByRecord, viewOfRow } from '../land/rows.ts';
import { sideOf } from '../land/view.ts';
import type { Changes } from '../plan/diff.ts';
import type { SystemSetup } from '../setup.ts';

/**
 * The pushes noted when the answer was lost were judged by the reading: held is arrived; anything else is planned anew. Of a migration only
 * `migrate` plans, so what a person has approved of it goes again, but not over what somebody entered there meanwhile. Answers whether it
 * is to be sent again.
 */
export async function settleUpdate(engine: Engine, system: SystemSetup, row: OperationRow): Promise<boolean> {
  const settle = (state: OperationRow['state'], why: string): Promise<void> => {
    engine.outcomes.add(row.id);
    return effect(engine, (trx) => patchOperation(trx, row.id, { state, why: `settled: ${why}`, changed_at: engine.setup.clock.now() }));
  };
  const [record] = row.record_id === null ? [] : await loadRecords(engine.store.db, [row.record_id]);
  if (record?.state === 'deleted') {
    await settle('withdrawn', 'its record is gone');
    return false;
  }
  const all = record === undefined ? [] : await pushesOf(engine.store.db, [record.id]);
  const pushes = all.filter((push) => push.operation_id === row.id);
  if (pushes.some((push) => push.state === 'sent')) return false;
  const held = new Set(pushes.filter((push) => push.state === 'held').map(({ field }) => field));
  const isApproved = row.moved_from !== null && row.approved_by !== null;
  if ((pushes.length > 0 && held.size === pushes.length) || (isApproved && Object.keys(JSON.parse(row.changes) as Changes).every((field) => held.has(field)))) {
    await settle('applied', 'found when read back');
    return false;
  }
  const left = isApproved && record !== undefined ? leftOf(record, system, row, all, held) : {};
  if (Object.keys(left).length === 0) {
    if (isApproved) await settle('stale', 'not found when read back, and changed there meanwhile; `sverka migrate` proposes it anew');
    else await settle('withdrawn', 'not found when read back; planned anew');
    return false;
  }
  await sendAgain(engine, row, left, held);
  return true;
}

/** What did not arrive, where the system still holds what it was to replace. */
function leftOf(record: RecordRow, system: SystemSetup, row: OperationRow, pushes: readonly PushRow[], held: ReadonlySet<string>): Changes {
  const view = viewOfRow(record, pushesByRecord(pushes).get(record.id), sourcesFor(system, row.stream));
  const again = new Set(pushes.filter((push) => push.operation_id === row.id && push.state === 'again').map(({ field }) => field));
  const stands = ([field, { before }]: [string, Changes[string]]): boolean => again.has(field) || sameValue(sideOf(view, field)?.holds ?? null, before);
  return Object.fromEntries(Object.entries(JSON.parse(row.changes) as Changes).filter((one) => !held.has(one[0]) && stands(one)));
}

/** What never arrived was no push: noted as one it would stand as the system's own word (`notePushes`). */
async function sendAgain(engine: Engine, row: OperationRow, left: Changes, held: ReadonlySet<string>): Promise<void> {
  const now = engine.setup.clock.now();
  engine.outcomes.add(row.id);
  await engine.numbers.reserve('changes', 1);
  await effect(engine, async (trx) => {
    if (row.record_id !== null) {
      const kept = (await pushesOf(trx, [row.record_id])).filter((push) => push.operation_id !== row.id || held.has(push.field));
      await writePushes(trx, [row.record_id], kept);
      await patchRecords(trx, [row.record_id], { change_seq: engine.numbers.takeReserved('changes') });
    }
    await patchOperation(trx, row.id, { state: 'ready', changes: JSON.stringify(left), why: 'settled: not found when read back; sent again', changed_at: now });
  });
}
