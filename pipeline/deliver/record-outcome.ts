/** Stores what became of an operation, with everything that follows from it, in one transaction. */

import type { Db } from '../../canonical/db.ts';
import { accountsOf, insertAccounts, updateAccounts } from '../../canonical/stores/ledger.ts';
import { addTombstone } from '../../canonical/stores/links.ts';
import { type OperationRow, patchOperation } from '../../canonical/stores/operations.ts';
import { logPushes, pushesOf, writePushes } from '../../canonical/stores/pushes.ts';
import { writeKeys } from '../../canonical/stores/record-keys.ts';
import { insertRecords, loadByKeys, patchRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { Outcome, WireBody } from '../../core/contract.ts';
import { fieldSpec, type Value } from '../../core/model.ts';
import { sameValue } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { isClosedCode } from '../closed.ts';
import { type Engine, effect, mappingOf } from '../engine.ts';
import { sourcesFor } from '../fold/voices.ts';
import { hashesOf } from '../identity/keys.ts';
import type { Push } from '../land/read-back.ts';
import { blankRow, bodyOfRow, pushesByRecord, pushRow, viewOfRow } from '../land/rows.ts';
import { sideOf } from '../land/view.ts';
import { confirmAdjustment } from '../ledger/ledger.ts';
import { causeOf } from '../plan/plan-entities.ts';
import type { SystemSetup } from '../setup.ts';
import { reviewLostWrite } from './lost.ts';
import { entityKindOf, linkOwnCreate } from './own-create.ts';
import type { Prepared } from './prepare.ts';

const MAX_ATTEMPTS = 8;
/** How long after each refusal the next attempt comes at the earliest: with nightly runs, five nights. */
const AFTER_REFUSAL_MS = [600_000, 3_600_000, 6 * 3_600_000, 20 * 3_600_000] as const;

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
    if (outcome.kind === 'overtaken' && one.record !== null) await lookAgain(trx, engine, system, one.record);
    if (outcome.kind === 'unknown') await lost(trx, engine, system, one, now);
  });
}

function stateOf(row: OperationRow, outcome: Outcome, now: number): Partial<OperationRow> {
  const base = { answered_at: now, changed_at: now };
  switch (outcome.kind) {
    case 'applied':
      return {
        ...base,
        state: 'applied',
        why: null,
        needs_person: 0,
        notices: outcome.notices === undefined || outcome.notices.length === 0 ? null : JSON.stringify(outcome.notices),
      };
    case 'unchanged':
      return { ...base, state: 'unchanged', why: null, needs_person: 0 };
    case 'accepted':
      return { ...base, state: 'accepted', handle: outcome.handle, why: 'taken, not yet confirmed' };
    case 'retry':
      // A call that was not allowed was no attempt.
      if (isClosedCode(outcome.code))
        return { ...base, state: 'retry', why: outcome.code, not_before: now + outcome.ms, attempts: Math.max(0, row.attempts - 1) };
      if (row.attempts >= MAX_ATTEMPTS) return { ...base, state: 'held', why: `${outcome.code}: given up after ${row.attempts} attempts`, needs_person: 1 };
      return { ...base, state: 'retry', why: outcome.code, not_before: now + outcome.ms };
    case 'rejected':
      return { ...base, state: 'rejected', why: `${outcome.code}: ${outcome.reason}`, ...againAfterRefusal(row, outcome.code, now) };
    case 'overtaken':
      return { ...base, state: 'stale', why: 'changed there since it was read: not overwritten, planned anew', needs_person: 0 };
    case 'unknown':
      return { ...base, state: 'unknown', why: outcome.code };
  }
}

/**
 * The vendor's own words for a refusal may stand for a trouble that passes: they are not taken for its last ones, but for a bounded
 * number of times. What we know ourselves to be impossible, and what was tried often enough, waits for a person.
 */
function againAfterRefusal(row: OperationRow, code: string, now: number): Pick<OperationRow, 'needs_person' | 'not_before'> {
  const wait = code === 'VENDOR_ERROR' ? AFTER_REFUSAL_MS[row.attempts - 1] : undefined;
  return wait === undefined ? { needs_person: 1, not_before: null } : { needs_person: 0, not_before: now + wait };
}

async function applied(trx: Db, engine: Engine, system: SystemSetup, one: Prepared, key: string | undefined, now: number): Promise<void> {
  const { row, record } = one;
  if (row.action === 'adjust') return adjusted(trx, engine, system, one, key, now);
  if (row.action === 'create') return created(trx, engine, system, one, key, now);
  if (record === null) return;
  if (row.action === 'delete') return removed(trx, engine, system, row, record, now);
  await notePushes(trx, system, one, record, now);
}

/** Notes what we pushed into a record, and what the vendor itself had said before. */
export async function notePushes(trx: Db, system: SystemSetup, one: Pick<Prepared, 'row' | 'sent'>, record: RecordRow, now: number): Promise<void> {
  const { row, sent } = one;
  const mapping = mappingOf(system, row.stream);
  const existing = pushesByRecord(await pushesOf(trx, [record.id])).get(record.id) ?? new Map<string, Push>();
  const view = viewOfRow(record, existing, sourcesFor(system, row.stream));
  const body = bodyOfRow(record);
  const renditions = mapping.renditions(sent, body);
  const next = new Map(existing);
  for (const [field, value] of Object.entries({ ...alongside(mapping, sent, body), ...sent })) {
    // What the system has no form for never left us: noted as pushed, its absence there would look like an edit.
    if (!(field in renditions) && mapping.lines.some((line) => line.field === field && line.only === null) && field in sent) continue;
    const before = existing.get(field);
    const side = sideOf(view, field);
    const again = before !== undefined && before.state === 'again' && sameValue(before.sent, value);
    next.set(field, {
      field,
      sent: value,
      holds: renditions[field] ?? value,
      before: side?.holds ?? null,
      said: before === undefined ? side?.said : before.said,
      stamp: before === undefined ? (side?.stamp ?? null) : before.stamp,
      state: 'sent',
      sends: again ? before.sends + 1 : 1,
      sentAt: row.sent_at ?? now,
      answeredAt: now,
      operationId: row.id,
    });
  }
  await writePushes(
    trx,
    [record.id],
    [...next.values()].map((push) => pushRow(record.id, push)),
  );
  await logPushes(trx, pushLog(row, record.id, sent, now));
  await reread(trx, system, record);
}

/**
 * Fields that share wire fields with what we sent, as the system will show them: a name sent in parts to a vendor that keeps one
 * text may come back as a text, and that text is our own word too.
 */
function alongside(mapping: Mapping, sent: Readonly<Record<string, Value>>, body: WireBody | null): Record<string, Value> {
  const { wire } = mapping.encode(sent, body);
  const held = mapping.decode({ ...body, ...wire }).values;
  const fields: Record<string, Value> = {};
  for (const line of mapping.lines) {
    // What concerns its own system alone (the ids in a list of contacts) is that system's word, not ours.
    if (line.field in sent || fieldSpec(mapping.entity, line.field)?.policy === 'local' || !line.sources.some((source) => source in wire)) continue;
    fields[line.field] = held[line.field] ?? null;
  }
  return fields;
}

function pushLog(row: OperationRow, recordId: number, sent: Readonly<Record<string, Value>>, now: number): Parameters<typeof logPushes>[1] {
  const reason = row.reason === null ? {} : (JSON.parse(row.reason) as Record<string, { record: number } | undefined>);
  return Object.keys(sent).map((field) => ({ operation_id: row.id, record_id: recordId, field, sent_at: now, cause: causeOf(sent, reason[field], field) }));
}

/** The unit of a record is looked at again at the next reading, whatever its digest. */
async function reread(trx: Db, system: SystemSetup, record: Pick<RecordRow, 'id' | 'parent_stream' | 'parent_key'>): Promise<void> {
  const ids = [record.id];
  if (record.parent_stream !== null && record.parent_key !== null) {
    for (const row of await loadByKeys(trx, system.id, record.parent_stream, [record.parent_key])) ids.push(row.id);
  }
  await patchRecords(trx, ids, { digest: '' });
}

/** Only what changed is planned: the record takes a new place in the order of changes. */
async function lookAgain(trx: Db, engine: Engine, system: SystemSetup, record: RecordRow): Promise<void> {
  await reread(trx, system, record);
  await patchRecords(trx, [record.id], { change_seq: engine.numbers.takeReserved('changes') });
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
  if (one.record !== null) {
    const account = (await accountsOf(trx, [one.record.id])).get(one.record.id);
    if (account !== undefined) await updateAccounts(trx, [{ ...account, ...confirmAdjustment(account, delta), observed_began: now }]);
    await patchOperation(trx, row.id, { record_id: one.record.id });
    await reread(trx, system, one.record);
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
  await reread(trx, system, record);
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
  if (!readable) await reviewLostWrite(trx, engine, system, one.row, 'the answer was lost, and the system cannot be read');
}
