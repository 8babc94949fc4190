/** Balances that cannot be explained by a reading alone. */
import type { Db } from '../../canonical/db.ts';
import { lastAdjustment } from '../../canonical/stores/adjustments.ts';
import type { AccountRow } from '../../canonical/stores/ledger.ts';
import { patchOperation } from '../../canonical/stores/operations.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import { askPerson } from '../ask.ts';
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
  await askPerson(trx, engine, {
    kind: 'lost-write',
    subject: `lost-write:${operation.id}`,
    entity: 'account',
    entityId: operation.entity_id,
    recordA: row.id,
    question: {
      system: system.name,
      stream: row.stream,
      key: row.record_key,
      operation: operation.id,
      why: 'the vendor said applied, but the balance did not move',
    },
  });
}
