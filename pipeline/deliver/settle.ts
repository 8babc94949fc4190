/**
 * Settles operations whose fate is not known. Nothing is sent again before it was read back; what cannot be settled is held for a
 * person (DESIGN §1, §8).
 */
import type { Db } from '../../canonical/db.ts';
import { linksOfEntities } from '../../canonical/stores/links.ts';
import { type OperationRow, operationsInState, patchOperation } from '../../canonical/stores/operations.ts';
import { checkpointOf } from '../../canonical/stores/progress.ts';
import { writePushes } from '../../canonical/stores/pushes.ts';
import { namesOfRecords } from '../../canonical/stores/record-names.ts';
import { loadRecords, patchRecords, type RecordRow, unlinkedSince } from '../../canonical/stores/records.ts';
import { ConnectionError, SverkaError } from '../../core/errors.ts';
import type { Value } from '../../core/model.ts';
import { sameValue } from '../../core/values.ts';
import { type Engine, effect, isStopped, mappingOf } from '../engine.ts';
import type { Push } from '../land/read-back.ts';
import { pushRow, valuesOfRow } from '../land/rows.ts';
import { type Changes, valuesAfter } from '../plan/diff.ts';
import type { SystemSetup } from '../setup.ts';
import { reviewLostWrite } from './lost.ts';
import { linkOwnCreate } from './own-create.ts';
import { settleAdjustment } from './settle-adjustment.ts';
import { settleUpdate } from './settle-update.ts';

/** Whether a reading of the stream was landed that began long enough after a write. */
async function readSince(engine: Engine, system: SystemSetup, stream: string, at: number): Promise<boolean> {
  const reading = system.system.readings.find((one) => one.streams.includes(stream));
  if (reading === undefined || reading.mode === 'none') return false;
  const checkpoint = await checkpointOf(engine.store.db, system.id, reading.name);
  return (checkpoint?.snapshot_began ?? 0) >= at;
}

export interface Settled {
  /** Operations that are ready to be sent again. */
  readonly toSend: number;
  /** What could not be settled now, and is left to the next run. */
  readonly problems: readonly { readonly system: string; readonly error: SverkaError }[];
}

/** Settles unknown operations of the systems that were just read and resolved. `maySend`: the run may write to vendors. */
export async function settleUnknown(engine: Engine, systems: ReadonlySet<string>, maySend: boolean): Promise<Settled> {
  let toSend = 0;
  const problems: { system: string; error: SverkaError }[] = [];
  for (const row of await operationsInState(engine.store.db, ['unknown'])) {
    const system = engine.setup.systems.find((one) => one.id === row.system_id);
    if (system === undefined || !systems.has(system.name) || row.needs_person === 1) continue;
    if (row.action === 'update') toSend += (await settleUpdate(engine, system, row)) ? 1 : 0;
    else if (row.action === 'create') toSend += (await settleCreate(engine, system, row)) ? 1 : 0;
    else if (row.action === 'adjust' && !isOut(problems, system.name)) {
      try {
        await settleAdjustment(engine, system, row, maySend);
      } catch (error) {
        if (isStopped(engine) || !(error instanceof SverkaError) || ['StoreError', 'InvariantError'].includes(error.name)) throw error;
        problems.push({ system: system.name, error });
      }
    } else if (row.action === 'delete') await settleDelete(engine, row);
  }
  return { toSend, problems };
}

/** Whether a system takes no call in this run, as one that was tried says. */
export const isOut = (problems: Settled['problems'], name: string): boolean =>
  problems.some(({ system, error }) => system === name && error instanceof ConnectionError);

const patch = (engine: Engine, row: OperationRow, change: Partial<OperationRow>): Promise<void> => {
  engine.outcomes.add(row.id);
  return effect(engine, (trx) => patchOperation(trx, row.id, { ...change, changed_at: engine.setup.clock.now() }));
};

async function settleDelete(engine: Engine, row: OperationRow): Promise<void> {
  const [record] = row.record_id === null ? [] : await loadRecords(engine.store.db, [row.record_id]);
  if (record?.state === 'deleted') await patch(engine, row, { state: 'applied', why: 'settled: gone when read back' });
  else if (record?.state === 'live') await patch(engine, row, { state: 'withdrawn', why: 'settled: still there when read back; planned anew' });
}

/** A record in the system that is linked to the entity by now, or that says exactly what we sent, is ours. Answers whether it is to be sent again. */
async function settleCreate(engine: Engine, system: SystemSetup, row: OperationRow): Promise<boolean> {
  const since = (row.sent_at ?? 0) + engine.setup.policies.settleMs;
  if (!(await readSince(engine, system, row.stream, since))) {
    const readable = system.system.readings.some((reading) => reading.mode !== 'none' && reading.streams.includes(row.stream));
    if (!readable) await effect(engine, (trx) => reviewLostWrite(trx, engine, system, row, 'the answer was lost, and the system cannot be read'));
    return false;
  }
  const found = await recordOf(engine, system, row);
  if (found === null) {
    await patch(engine, row, { state: 'ready', why: 'settled: not there when read back; sent again' });
    return true;
  }
  await adopt(engine, system, row, found);
  return false;
}

async function recordOf(engine: Engine, system: SystemSetup, row: OperationRow): Promise<RecordRow | null> {
  const { db } = engine.store;
  const kind = row.entity === 'card' || row.entity === 'cardType' ? row.entity : 'client';
  const links = await linksOfEntities(db, kind, [row.entity_id]);
  const names = (
    await namesOfRecords(
      db,
      links.map((link) => link.record_id),
    )
  ).filter((name) => name.system_id === system.id && name.stream === row.stream);
  const [linked] = await loadRecords(
    db,
    names.map((name) => name.id),
  );
  if (linked !== undefined) return linked;
  const renditions = mappingOf(system, row.stream).renditions(valuesAfter(JSON.parse(row.changes) as Changes), null);
  const candidates = await unlinkedSince(db, system.id, row.stream, row.sent_at ?? 0);
  const same = candidates.filter((candidate) => {
    const values = valuesOfRow(candidate);
    return Object.keys(renditions).length > 0 && Object.entries(renditions).every(([field, value]) => sameValue(values[field], value));
  });
  return same.length === 1 ? (same[0] ?? null) : null;
}

/** The record was made by our create: what it says of what we sent is our own word. */
async function adopt(engine: Engine, system: SystemSetup, row: OperationRow, record: RecordRow): Promise<void> {
  const now = engine.setup.clock.now();
  const values = valuesOfRow(record);
  const changes = JSON.parse(row.changes) as Changes;
  const renditions = mappingOf(system, row.stream).renditions(valuesAfter(changes), null);
  const pushes = Object.entries(changes).flatMap(([field, change]) => {
    const read: Value | undefined = values[field];
    const sent = renditions[field] ?? change.after;
    if (read === undefined || !sameValue(read, sent)) return [];
    const push: Push = {
      field,
      sent: change.after,
      holds: read,
      before: null,
      said: undefined,
      stamp: null,
      state: 'held',
      sends: 1,
      sentAt: row.sent_at ?? now,
      answeredAt: row.answered_at ?? now,
      operationId: row.id,
    };
    return [pushRow(record.id, push)];
  });
  engine.outcomes.add(row.id);
  await engine.numbers.reserve('changes', 1);
  await effect(engine, async (trx) => {
    await writePushes(trx, [record.id], pushes);
    await patchOperation(trx, row.id, { state: 'applied', record_id: record.id, why: 'settled: found when read back', changed_at: now });
    await markOwn(trx, engine, row, record);
  });
}

async function markOwn(trx: Db, engine: Engine, row: OperationRow, record: RecordRow): Promise<void> {
  await linkOwnCreate(trx, engine, row, record.id);
  await patchRecords(trx, [record.id], { change_seq: engine.numbers.takeReserved('changes') });
}
