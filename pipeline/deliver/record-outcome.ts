/** Stores what became of an operation, with everything that follows from it, in one transaction. */
import type { Db } from '../../canonical/db.ts';
import { accountsOf, insertAccounts, updateAccounts } from '../../canonical/stores/ledger.ts';
import { addTombstone } from '../../canonical/stores/links.ts';
import { type OperationRow, patchOperation } from '../../canonical/stores/operations.ts';
import { writeKeys } from '../../canonical/stores/record-keys.ts';
import { insertRecords, loadByKeys, patchRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { Outcome } from '../../core/contract.ts';
import { type Engine, effect, mappingOf } from '../engine.ts';
import { hashesOf } from '../identity/keys.ts';
import { blankRow } from '../land/rows.ts';
import { confirmAdjustment } from '../ledger/ledger.ts';
import type { SystemSetup } from '../setup.ts';
import { reviewLostWrite } from './lost.ts';
import { lookAgain, notePushes, reread } from './note-pushes.ts';
import { stateOf } from './outcome-state.ts';
import { entityKindOf, linkOwnCreate } from './own-create.ts';
import type { Prepared } from './prepared.ts';

const LOST_LOAD = 'nobody knows what became of a full load: it may still be carried out later';

/** Stores an outcome. Whatever it was, the next reading of the record is looked at even if its body is the old one. */
export async function recordOutcome(engine: Engine, system: SystemSetup, one: Prepared, outcome: Outcome): Promise<void> {
  const now = engine.setup.clock.now();
  engine.outcomes.add(one.row.id);
  await engine.numbers.reserve('records', 2);
  await engine.numbers.reserve('changes', 2);
  await engine.numbers.reserve('reviews', 2);
  await effect(engine, async (trx) => {
    await patchOperation(trx, one.row.id, stateOf(one.row, outcome, now));
    if (outcome.kind === 'applied' || outcome.kind === 'unchanged')
      await applied(trx, engine, system, one, outcome.kind === 'applied' ? outcome.key : undefined, now);
    const undone = outcome.kind === 'overtaken' || (outcome.kind === 'rejected' && isSettled(one.row));
    if (undone && one.record !== null) await lookAgain(trx, engine, system, one.record);
    if (outcome.kind === 'unknown') await lost(trx, engine, system, one, now);
  });
}

/** An adjustment that was in doubt. While nobody knew, nothing was booked or planned there: whatever moved meanwhile is looked at now. */
const isSettled = ({ action, state }: OperationRow): boolean => action === 'adjust' && state !== 'sending';

async function applied(trx: Db, engine: Engine, system: SystemSetup, one: Prepared, key: string | undefined, now: number): Promise<void> {
  const { row, record } = one;
  if (row.action === 'adjust') return adjusted(trx, engine, system, one, key, now);
  if (row.action === 'create') return created(trx, engine, system, one, key, now);
  if (record === null) return;
  if (row.action === 'delete') return removed(trx, engine, system, row, record, now);
  await notePushes(trx, system, one, record, now);
}

/** A record that our own create made: known by its key, not read yet; nobody there has said anything. */
async function created(trx: Db, engine: Engine, system: SystemSetup, one: Prepared, key: string | undefined, now: number): Promise<void> {
  const { row, sent, parent } = one;
  if (key === undefined) {
    await patchOperation(trx, row.id, { state: 'unknown', why: 'the vendor gave no key for the new record' });
    return;
  }
  const kind = entityKindOf(row);
  const [known] = await loadByKeys(trx, system.id, row.stream, [key]);
  const record = known ?? pendingRecord(engine, system, row.stream, key, parent, now);
  if (known === undefined) await insertRecords(trx, [record]);
  else await patchRecords(trx, [record.id], { change_seq: engine.numbers.takeReserved('changes') });
  await linkOwnCreate(trx, engine, row, record.id);
  await patchOperation(trx, row.id, { record_id: record.id });
  if (known === undefined)
    await writeKeys(
      trx,
      [...hashesOf(kind, sent)].map((hash) => [hash, record.id] as const),
      [],
    );
  // Whose it is was our word too.
  const owned = parent !== null && mappingOf(system, row.stream).lines.some((line) => line.field === 'owner');
  await notePushes(trx, system, owned ? { row, sent: { ...sent, owner: parent.key } } : one, record, now);
}

/** What the vendor has made for us, until it is read. */
function pendingRecord(engine: Engine, system: SystemSetup, stream: string, key: string, parent: Prepared['parent'], now: number): RecordRow {
  const id = engine.numbers.takeReserved('records');
  const known = { id, system_id: system.id, stream, record_key: key, first_run: engine.runId };
  return blankRow({ ...known, state: 'pending', view: '{}', stamp_after: now, stamp_how: 'readings' }, parent, now);
}

async function adjusted(trx: Db, engine: Engine, system: SystemSetup, one: Prepared, key: string | undefined, now: number): Promise<void> {
  const { row, push, parent } = one;
  const delta = push.adjust?.delta ?? 0;
  const again = (record: RecordRow): Promise<void> => (isSettled(row) ? lookAgain(trx, engine, system, record) : reread(trx, system, record));
  if (one.record !== null) {
    const account = (await accountsOf(trx, [one.record.id])).get(one.record.id);
    if (account !== undefined) await updateAccounts(trx, [{ ...account, ...confirmAdjustment(account, delta), observed_began: now }]);
    await patchOperation(trx, row.id, { record_id: one.record.id });
    await again(one.record);
    return;
  }
  if (key === undefined) {
    await patchOperation(trx, row.id, { state: 'unknown', why: 'the vendor gave no key for the new account' });
    return;
  }
  const [known] = await loadByKeys(trx, system.id, row.stream, [key]);
  const record = known ?? pendingRecord(engine, system, row.stream, key, parent, now);
  if (known === undefined) await insertRecords(trx, [record]);
  const account = known === undefined ? undefined : (await accountsOf(trx, [record.id])).get(record.id);
  // The vendor booked it to an account that was read before, but hung on nobody we knew.
  if (account !== undefined) await updateAccounts(trx, [{ ...account, ...confirmAdjustment(account, delta), observed_began: now }]);
  else
    await insertAccounts(trx, [
      { record_id: record.id, programme_id: row.programme_id, origin: 'own', opening: 0, agreed: delta, observed: 0, observed_began: now, owed: 0 },
    ]);
  await patchOperation(trx, row.id, { record_id: record.id });
  await again(record);
}

async function removed(trx: Db, engine: Engine, system: SystemSetup, row: OperationRow, record: RecordRow, now: number): Promise<void> {
  await patchRecords(trx, [record.id], { state: 'deleted', digest: '', change_seq: engine.numbers.takeReserved('changes') });
  const kind = entityKindOf(row);
  await addTombstone(trx, {
    system_id: system.id,
    stream: row.stream,
    record_key: record.record_key,
    entity: kind,
    entity_id: row.entity_id,
    noted_at: now,
    how: 'deleted by us',
  });
}

/**
 * Nobody knows. For an update the push is noted as sent: the next reading tells whether it arrived. Other writes are settled
 * apart; where a system cannot be read, a person has to look.
 */
async function lost(trx: Db, engine: Engine, system: SystemSetup, one: Prepared, now: number): Promise<void> {
  if (one.row.action === 'update' && one.record !== null) await notePushes(trx, system, one, one.record, now);
  if (one.record !== null) await reread(trx, system, one.record);
  const readable = system.system.readings.some((reading) => reading.mode !== 'none' && reading.streams.includes(one.row.stream));
  // What was there before and after may be the same: only a person can tell of a load.
  if (!readable || one.row.action === 'load')
    await reviewLostWrite(trx, engine, system, one.row, one.row.action === 'load' ? LOST_LOAD : 'the answer was lost, and the system cannot be read');
}
