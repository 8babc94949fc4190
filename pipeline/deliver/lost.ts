/** Writes that nobody knows the fate of, put before a person. */
import type { Db } from '../../canonical/db.ts';
import { type OperationRow, patchOperation } from '../../canonical/stores/operations.ts';
import { askPerson } from '../ask.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';

/** Asks whether an operation arrived, and holds it until somebody says so. */
export async function reviewLostWrite(trx: Db, engine: Engine, system: SystemSetup, row: OperationRow, why: string): Promise<void> {
  const now = engine.setup.clock.now();
  await patchOperation(trx, row.id, { state: 'unknown', needs_person: 1, why, changed_at: now });
  await askPerson(trx, engine, {
    kind: 'lost-write',
    subject: `lost-write:${row.id}`,
    entity: row.entity,
    entityId: row.entity_id,
    recordA: row.record_id,
    question: { system: system.name, stream: row.stream, action: row.action, operation: row.id, why },
  });
}
