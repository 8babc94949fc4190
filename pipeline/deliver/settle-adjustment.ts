/** Adjustments whose answer was lost: repeated where the vendor knows our key, otherwise read back twice, and held or inferred. */

import { type AccountRow, accountsOf, updateAccounts } from '../../canonical/stores/ledger.ts';
import { type OperationRow, patchOperation } from '../../canonical/stores/operations.ts';
import { loadRecords } from '../../canonical/stores/records.ts';
import type { PushOperation } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import { troubleOf } from '../../core/push.ts';
import { type Engine, effect, mappingOf } from '../engine.ts';
import { confirmAdjustment } from '../ledger/ledger.ts';
import type { Changes } from '../plan/diff.ts';
import type { SystemSetup } from '../setup.ts';
import { reviewLostWrite } from './lost.ts';
import { lookAgain } from './note-pushes.ts';
import { prepareAdjustment } from './prepare-adjustment.ts';
import { recordOutcome } from './record-outcome.ts';

/** Settles an adjustment whose fate is not known. `maySend`: where the vendor knows our key, the same is sent again under it. */
export async function settleAdjustment(engine: Engine, system: SystemSetup, row: OperationRow, maySend: boolean): Promise<void> {
  const { policies } = engine.setup;
  if (system.streams.get(row.stream)?.capabilities.repeat === 'byKey') {
    if (maySend) await repeatUnderKey(engine, system, row);
    return;
  }
  const account = row.record_id === null ? undefined : (await accountsOf(engine.store.db, [row.record_id])).get(row.record_id);
  const read = account === undefined ? null : await readTwice(engine, system, row, account);
  const verdict = read === null || account === undefined ? 'unclear' : verdictOf(row, account, read);
  if (policies.lostAdjustments === 'infer' && verdict !== 'unclear' && account !== undefined) {
    await finishAdjustment(engine, row, account, verdict === 'applied');
    return;
  }
  const seen = verdict === 'unclear' ? 'reading back does not tell' : `reading back looks like ${verdict}`;
  await engine.numbers.reserve('reviews', 1);
  await effect(engine, (trx) => reviewLostWrite(trx, engine, system, row, `the answer to an adjustment was lost; ${seen}`));
}

/**
 * Sends the same amount again under the same key, which the vendor books once. Until it has answered, readings of the account are
 * not booked; so it is not left to the next delivery, which would send another amount. A repetition that was not done says nothing of
 * what was sent before: it stays in doubt. Throws the trouble that keeps it from being sent.
 */
async function repeatUnderKey(engine: Engine, system: SystemSetup, row: OperationRow): Promise<void> {
  const port = system.streams.get(row.stream);
  const { balance } = JSON.parse(row.changes) as Changes;
  const one = await prepareAdjustment(engine, system, row, { delta: deltaOf(row), target: Number(balance?.after ?? 0) });
  if (port?.push === undefined || !('push' in one)) return;
  const attempts = row.attempts + 1;
  await effect(engine, (trx) => patchOperation(trx, row.id, { attempts }));
  for await (const { outcome } of port.push(only(one.push), engine.setup.signal)) {
    if (outcome.kind === 'unsent') throw outcome.trouble;
    if (outcome.kind === 'retry') continue;
    await recordOutcome(engine, system, { ...one, row: { ...row, attempts } }, outcome);
    const trouble = troubleOf(outcome);
    if (trouble !== null) throw trouble;
  }
}

async function* only(operation: PushOperation): AsyncGenerator<PushOperation> {
  yield operation;
}

/** The balance after the settle time, read twice; null when it cannot be read or moves. */
async function readTwice(engine: Engine, system: SystemSetup, row: OperationRow, account: AccountRow): Promise<number | null> {
  const { clock, policies, signal } = engine.setup;
  const wait = (row.sent_at ?? 0) + policies.settleMs - clock.now();
  if (wait > 0) await clock.sleep(wait, signal);
  const first = await readBalance(engine, system, row, account);
  if (first === null) return null;
  await clock.sleep(policies.settleMs, signal);
  return (await readBalance(engine, system, row, account)) === first ? first : null;
}

async function readBalance(engine: Engine, system: SystemSetup, row: OperationRow, account: AccountRow): Promise<number | null> {
  const port = system.streams.get(row.stream);
  const [record] = await loadRecords(engine.store.db, [account.record_id]);
  if (port?.find === undefined || record === undefined || !port.capabilities.findBy.includes('key')) return null;
  const found = await port.find({ key: record.record_key }, engine.setup.signal);
  const body = (found.records.get(row.stream) ?? []).find((one) => one.key === record.record_key)?.body;
  if (body === undefined) return null;
  const values: FieldValues = mappingOf(system, row.stream).decode(body).values;
  return typeof values['balance'] === 'number' ? values['balance'] : null;
}

function verdictOf(row: OperationRow, account: AccountRow, read: number): 'applied' | 'not applied' | 'unclear' {
  const delta = deltaOf(row);
  if (read === account.agreed) return 'not applied';
  return read === account.agreed + delta ? 'applied' : 'unclear';
}

/** The delta of an adjustment as it was sent. */
export function deltaOf(row: OperationRow): number {
  const { balance } = JSON.parse(row.changes) as Changes;
  return Number(balance?.after ?? 0) - Number(balance?.before ?? 0);
}

/** Books an adjustment as arrived, or lets it be planned anew. */
export async function finishAdjustment(engine: Engine, row: OperationRow, account: AccountRow, arrived: boolean): Promise<void> {
  const now = engine.setup.clock.now();
  engine.outcomes.add(row.id);
  await engine.numbers.reserve('changes', 1);
  const [record] = await loadRecords(engine.store.db, [account.record_id]);
  await effect(engine, async (trx) => {
    if (record !== undefined) await lookAgain(trx, engine, { id: row.system_id }, record);
    if (arrived)
      await updateAccounts(trx, [
        { ...account, ...confirmAdjustment(account, deltaOf(row)), observed: account.agreed + deltaOf(row), observed_began: row.sent_at ?? now },
      ]);
    await patchOperation(
      trx,
      row.id,
      arrived
        ? { state: 'applied', needs_person: 0, why: 'settled: arrived', changed_at: now }
        : { state: 'withdrawn', needs_person: 0, why: 'settled: did not arrive; planned anew', changed_at: now },
    );
  });
}
