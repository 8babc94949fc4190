/** Writes that nobody knows the fate of, put before a person. */
import type { Db } from '../../canonical/db.ts';
import { type OperationRow, patchOperation } from '../../canonical/stores/operations.ts';
import { ask } from '../../canonical/stores/work.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';

/** Asks whether an operation arrived, and holds it until somebody says so. */
export async function reviewLostWrite(trx: Db, engine: Engine, system: SystemSetup, row: OperationRow, why: string): Promise<void> {
  const now = engine.setup.clock.now();
  await patchOperation(trx, row.id, { state: 'unknown', needs_person: 1, why, changed_at: now });
  const fresh = await ask(trx, {
    id: engine.numbers.takeReserved('reviews'),
    kind: 'lost-write',
    subject: `lost-write:${row.id}`,
    entity: row.entity,
    entity_id: row.entity_id,
    record_a: row.record_id,
    record_b: null,
    question: JSON.stringify({ system: system.name, stream: row.stream, action: row.action, operation: row.id, why }),
    state: 'open',
    answer: null,
    decided_by: null,
    decided_at: null,
    run_id: engine.runId,
    asked_at: now,
    acknowledged: 0,
  });
  if (fresh) engine.counts.reviews += 1;
}
