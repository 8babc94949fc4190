/** Balances that cannot be explained by a reading alone. */
import type { Db } from '../../canonical/db.ts';
import type { AccountRow } from '../../canonical/stores/ledger.ts';
import { lastAdjustment, patchOperation } from '../../canonical/stores/operations.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import { ask } from '../../canonical/stores/work.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';

/**
 * The vendor said that an adjustment was applied, and shows exactly the balance from before. Booking that as a movement would
 * take the points from the client everywhere: the operation counts as lost until a person has looked.
 */
export async function askAboutUnmoved(trx: Db, engine: Engine, system: SystemSetup, row: RecordRow, account: AccountRow): Promise<void> {
  const operation = await lastAdjustment(trx, account.record_id);
  if (operation === undefined) return;
  const now = engine.setup.clock.now();
  await patchOperation(trx, operation.id, { state: 'unknown', needs_person: 1, why: 'the balance did not move', changed_at: now });
  const fresh = await ask(trx, {
    id: engine.numbers.takeReserved('reviews'),
    kind: 'lost-write',
    subject: `lost-write:${operation.id}`,
    entity: 'account',
    entity_id: operation.entity_id,
    record_a: row.id,
    record_b: null,
    question: JSON.stringify({
      system: system.name,
      stream: row.stream,
      key: row.record_key,
      operation: operation.id,
      why: 'the vendor said applied, but the balance did not move',
    }),
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
