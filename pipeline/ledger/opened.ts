/** Accounts that our own adjustment opened, and whose answer never told us their key. */
import type { Db } from '../../canonical/db.ts';
import { adjustmentsToOpen } from '../../canonical/stores/adjustments.ts';
import { UNDER_WAY } from '../../canonical/stores/operations.ts';
import { type RecordRow, rereadUnits } from '../../canonical/stores/records.ts';
import type { Engine } from '../engine.ts';
import { clientByRecord } from '../identity/owners.ts';
import type { SystemSetup } from '../setup.ts';

/** `under way`: nobody knows yet whether it arrived, so a reading of the account is not booked. */
export type Opened = 'under way' | { readonly operationId: number; readonly delta: number };

/**
 * By `record:programme`, for account records without an account. What we put there ourselves is no movement: booked as one, it
 * would be given to the client a second time. Records that cannot be booked yet are looked at again with their next reading.
 */
export async function openedByUs(trx: Db, engine: Engine, system: SystemSetup, rows: readonly RecordRow[]): Promise<Map<string, Opened>> {
  const opened = new Map<string, Opened>();
  if (rows.length === 0) return opened;
  const operations = await adjustmentsToOpen(trx, system.id);
  if (operations.length === 0) return opened;
  const clients = await clientByRecord(engine, rows);
  const waiting: RecordRow[] = [];
  for (const row of rows) {
    for (const operation of operations) {
      if (operation.entity_id !== clients.get(row.id) || operation.stream !== row.stream) continue;
      const { balance } = JSON.parse(operation.changes) as { balance?: { before: number | null; after: number } };
      const busy = UNDER_WAY.includes(operation.state);
      opened.set(
        `${row.id}:${operation.programme_id}`,
        busy ? 'under way' : { operationId: operation.id, delta: Number(balance?.after ?? 0) - Number(balance?.before ?? 0) },
      );
      if (busy) waiting.push(row);
    }
  }
  await rereadUnits(trx, system.id, waiting);
  return opened;
}
