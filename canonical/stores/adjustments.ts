/** Operations that adjust a balance. */
import type { Db } from '../db.ts';
import { OPERATION, type OperationRow, UNDER_WAY } from './operations.ts';
import { selectIn } from './select.ts';

/** Accounts (records) with an adjustment that was sent and is not settled. */
export async function adjustmentsUnderWay(db: Db, recordIds: readonly number[]): Promise<Set<number>> {
  const rows = await selectIn<OperationRow>(db, 'operations', ['record_id', 'state'], 'record_id', recordIds, { action: 'adjust' });
  return new Set(rows.filter((row) => UNDER_WAY.includes(row.state)).map((row) => Number(row.record_id)));
}

/** Adjustments in a system that were to open an account, sent or applied, and never got the key of its record: lost answers, so few. */
export async function adjustmentsToOpen(db: Db, systemId: number): Promise<OperationRow[]> {
  return db<OperationRow>('operations')
    .select(...OPERATION)
    .whereNull('record_id')
    .where({ action: 'adjust', system_id: systemId })
    .whereIn('state', ['applied', ...UNDER_WAY])
    .orderBy('id');
}

/** The adjustment of an account that was last said to be applied. */
export async function lastAdjustment(db: Db, recordId: number): Promise<OperationRow | undefined> {
  return db<OperationRow>('operations')
    .select(...OPERATION)
    .where({ record_id: recordId, action: 'adjust', state: 'applied' })
    .orderBy('id', 'desc')
    .first();
}

/** Which keys of a vendor's journal are those of our operations, with their numbers. */
export async function ownSessions(db: Db, systemId: number, keys: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let at = 0; at < keys.length; at += 500) {
    const rows = await db('operations')
      .select('id', 'idempotency_key')
      .where({ system_id: systemId, action: 'adjust' })
      .whereIn('idempotency_key', keys.slice(at, at + 500));
    for (const row of rows) found.set(String(row.idempotency_key), Number(row.id));
  }
  return found;
}
