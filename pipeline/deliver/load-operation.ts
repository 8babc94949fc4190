/** The operation that stands for a full load: the store knows of the load whatever is in it. */
import { type OperationRow, operationsInState, patchOperation } from '../../canonical/stores/operations.ts';
import type { PushOperation } from '../../core/contract.ts';
import { type Engine, effect, mappingOf } from '../engine.ts';
import type { LoadRequest } from '../load-request.ts';
import type { SystemSetup } from '../setup.ts';
import { actionOf } from './confirm.ts';
import type { Prepared } from './prepared.ts';

/** The operation that stands for a load. */
export function wholeOf({ setup, numbers, runId }: Engine, system: SystemSetup, { stream }: Pick<LoadRequest, 'stream'>): Prepared {
  const now = setup.clock.now();
  const row: OperationRow = {
    id: numbers.takeReserved('operations'),
    run_id: runId,
    system_id: system.id,
    stream,
    action: 'load',
    entity: mappingOf(system, stream).entity,
    entity_id: 0,
    programme_id: 0,
    record_id: null,
    changes: '{}',
    reason: null,
    state: 'sending',
    why: null,
    needs_person: 0,
    approved_by: null,
    moved_from: null,
    activation: null,
    idempotency_key: setup.uuid(),
    handle: null,
    notices: null,
    attempts: 1,
    not_before: null,
    sent_at: now,
    answered_at: null,
    created_at: now,
    changed_at: now,
  };
  const push: PushOperation = { id: String(row.id), action: actionOf(row), fields: {}, idempotencyKey: row.idempotency_key };
  return { row, push, record: null, sent: {}, parent: null };
}

/** Loads of a stream that did not come about, older than this one, wait for nobody any more. */
export async function settleFormer(engine: Engine, system: SystemSetup, stream: string, before: number): Promise<void> {
  const now = engine.setup.clock.now();
  const former = await operationsInState(engine.store.db, ['rejected'], { system_id: system.id, stream });
  await effect(engine, async (trx) => {
    for (const { id, action } of former)
      if (action === 'load' && id < before) await patchOperation(trx, id, { state: 'withdrawn', needs_person: 0, changed_at: now });
  });
}
