/** Lands batches: records, stamps, views, identity keys, ledger entries, quarantine and the checkpoint commit together. */

import { isDuplicate } from '../../canonical/database-error.ts';
import type { Db } from '../../canonical/db.ts';
import { pushesOf, writePushes } from '../../canonical/stores/operations.ts';
import { findUnits, insertRecords, type KeyPair, loadByKeys, type RecordRow, type UnitRow, updateRecords, writeKeys } from '../../canonical/stores/records.ts';
import { type CheckpointRow, closeQuarantine, saveCheckpoint } from '../../canonical/stores/work.ts';
import type { RejectedRecord } from '../../core/contract.ts';
import { type Engine, effect, mappingOf } from '../engine.ts';
import { hashesOf } from '../identity/keys.ts';
import { type BalanceReading, bookReadings, knowProgrammes } from '../ledger/book.ts';
import { emptyCounts, type StreamCounts } from '../report.ts';
import type { SystemSetup } from '../setup.ts';
import { type Landed, type LandInput, landKnown, landNew } from './land-record.ts';
import { withoutLongKeys } from './long-keys.ts';
import { pushesByRecord, pushRow, valuesOfRow } from './rows.ts';
import type { Seen } from './seen.ts';
import { askAboutIgnored, quarantineRejected, quarantineUnreadable } from './set-aside.ts';
import { type ReadBatch, type Unit, type UnitMember, unitsOf } from './units.ts';

/** One pass through a reading of a system. */
export interface LandingPass {
  readonly engine: Engine;
  readonly system: SystemSetup;
  readonly reading: string;
  readonly streams: readonly string[];
  readonly seen: Seen;
  readonly counts: Map<string, StreamCounts>;
  /** As it was before this pass. */
  readonly checkpoint: CheckpointRow | undefined;
  /** Nothing of these streams is stored yet, so nothing has to be looked up. */
  fresh: boolean;
  /** What is landed now is the first reading of a facet. */
  firstFacet?: boolean;
}

/**
 * Lands records. Returns those that the vendor says are deleted. `checkpoint` is asked within the transaction for the position to
 * save with it; null: none.
 */
export async function land(pass: LandingPass, read: ReadBatch, checkpoint: () => CheckpointRow | null = () => null): Promise<number[]> {
  const batch = withoutLongKeys(read);
  try {
    return await landOnce(pass, batch, checkpoint);
  } catch (error) {
    // What another landing brought meanwhile, or what was there although nothing was expected, can be seen now.
    if (!isDuplicate(error)) throw error;
    pass.fresh = false;
    return landOnce(pass, batch, checkpoint);
  }
}

async function landOnce(pass: LandingPass, batch: ReadBatch, checkpoint: () => CheckpointRow | null): Promise<number[]> {
  const { engine, system, counts, seen } = pass;
  const work: LandWork = { pass, batch, counts: new Map(), shown: [], landed: [], deleted: [], roots: new Map() };
  const units = unitsOf(batch);
  const known = pass.fresh ? new Map<string, UnitRow>() : await knownUnits(engine.store.db, system.id, units);
  const examined: Unit[] = [];
  for (const unit of units) {
    const row = known.get(unitKey(unit.root.stream, unit.root.record.key));
    if (row !== undefined && row.digest === unit.digest && row.misses === 0 && (row.state === 'live' || row.state === 'quarantined'))
      countUnchanged(work, unit, row);
    else examined.push(unit);
  }
  if (examined.length > 0) await examine(work, examined);
  await knowProgrammes(
    engine,
    work.landed.filter(({ member }) => mappingOf(system, member.stream).entity === 'account').map(({ landed }) => landed.values),
  );
  await engine.numbers.reserve('quarantine', batch.rejected.length + work.landed.length);
  await engine.numbers.reserve('reviews', work.landed.length);
  await engine.numbers.reserve('entries', work.landed.length);
  const movements = await effect(engine, async (trx) => {
    const booked = await store(trx, work);
    await quarantineRejected(trx, engine, system, batch);
    const position = checkpoint();
    if (position !== null) await saveCheckpoint(trx, position);
    return booked;
  });
  engine.counts.movements += movements.count;
  engine.counts.moved += movements.sum;
  for (const [id, unitSize] of work.shown) seen.add(id, unitSize);
  for (const rejected of batch.rejected) countRejected(work, rejected);
  for (const [stream, delta] of work.counts) addCounts(counts, stream, delta);
  return work.deleted;
}

interface LandWork {
  readonly pass: LandingPass;
  readonly batch: ReadBatch;
  readonly counts: Map<string, StreamCounts>;
  readonly shown: (readonly [id: number, unitSize: number | null])[];
  readonly landed: { readonly member: UnitMember; readonly landed: Landed; readonly previous: RecordRow | undefined }[];
  readonly deleted: number[];
  readonly roots: Map<string, RecordRow>;
}

const unitKey = (stream: string, key: string): string => `${stream}\n${key}`;

async function knownUnits(db: Db, systemId: number, units: readonly Unit[]): Promise<Map<string, UnitRow>> {
  const keys = new Map<string, string[]>();
  for (const { root } of units) {
    const list = keys.get(root.stream);
    if (list === undefined) keys.set(root.stream, [root.record.key]);
    else list.push(root.record.key);
  }
  const known = new Map<string, UnitRow>();
  for (const [stream, list] of keys) {
    for (const row of await findUnits(db, systemId, stream, list)) known.set(unitKey(stream, row.record_key), row);
  }
  return known;
}

function countsOf(counts: Map<string, StreamCounts>, stream: string): StreamCounts {
  let found = counts.get(stream);
  if (found === undefined) {
    found = emptyCounts();
    counts.set(stream, found);
  }
  return found;
}

function addCounts(counts: Map<string, StreamCounts>, stream: string, delta: StreamCounts): void {
  const total = countsOf(counts, stream);
  for (const name of Object.keys(delta) as (keyof StreamCounts)[]) total[name] += delta[name];
}

function countUnchanged(work: LandWork, unit: Unit, row: UnitRow): void {
  work.shown.push([row.id, row.unit_size]);
  for (const { stream } of [unit.root, ...unit.children]) countsOf(work.counts, stream).read += 1;
  countsOf(work.counts, unit.root.stream)[row.state === 'quarantined' ? 'quarantined' : 'unchanged'] += 1;
  for (const child of unit.children) countsOf(work.counts, child.stream).unchanged += 1;
}

function countRejected(work: LandWork, rejected: RejectedRecord): void {
  const counts = countsOf(work.counts, rejected.stream);
  counts.read += 1;
  counts.quarantined += 1;
}

/** Compares the members of changed units with what is stored of each. */
async function examine(work: LandWork, units: readonly Unit[]): Promise<void> {
  const { pass } = work;
  const { engine, system } = pass;
  const stored = pass.fresh ? new Map<string, RecordRow>() : await storedRecords(engine.store.db, system.id, units);
  const pushes =
    stored.size === 0
      ? new Map()
      : pushesByRecord(
          await pushesOf(
            engine.store.db,
            [...stored.values()].map((row) => row.id),
          ),
        );
  const members = units.reduce((sum, unit) => sum + 1 + unit.children.length, 0);
  await engine.numbers.reserve('records', members);
  await engine.numbers.reserve('changes', members);
  for (const unit of units) {
    let size = 0;
    let stale = false;
    const rows: Landed[] = [];
    for (const member of [unit.root, ...unit.children]) {
      const previous = stored.get(unitKey(member.stream, member.record.key));
      const input = inputOf(work, member);
      const landed = previous === undefined ? landNew(input, engine.numbers.takeReserved('records')) : landKnown(input, previous, pushes.get(previous.id));
      stale ||= previous !== undefined && !landed.write && [...(pushes.get(previous.id)?.values() ?? [])].some((push) => push.answeredAt > work.batch.began);
      size += 1;
      rows.push(landed);
      note(work, member, landed, previous);
    }
    const [root] = rows;
    if (root !== undefined && !stale) {
      Object.assign(root.row, { digest: unit.digest, unit_size: size });
      work.roots.set(unitKey(unit.root.stream, unit.root.record.key), root.row);
    }
  }
}

function inputOf(work: LandWork, member: UnitMember): LandInput {
  const { pass, batch } = work;
  return {
    systemId: pass.system.id,
    stream: member.stream,
    record: member.record,
    text: member.text,
    mapping: mappingOf(pass.system, member.stream),
    began: batch.began,
    ended: batch.ended,
    standing: pass.checkpoint?.snapshot_began ?? null,
    clockErrorMs: pass.system.clockErrorMs,
    runId: pass.engine.runId,
    firstFacet: pass.firstFacet === true,
  };
}

function note(work: LandWork, member: UnitMember, landed: Landed, previous: RecordRow | undefined): void {
  const counts = countsOf(work.counts, member.stream);
  counts.read += 1;
  counts[landed.kind] += 1;
  work.shown.push([landed.row.id, null]);
  if (landed.write && landed.kind !== 'unchanged') landed.row.change_seq = work.pass.engine.numbers.takeReserved('changes');
  if (member.record.deleted === true && previous?.state !== 'deleted') work.deleted.push(landed.row.id);
  work.landed.push({ member, landed, previous });
}

/** Rows of all members of the units, by key; a child may be stored under another parent. */
async function storedRecords(db: Db, systemId: number, units: readonly Unit[]): Promise<Map<string, RecordRow>> {
  const keys = new Map<string, string[]>();
  for (const unit of units) {
    for (const { stream, record } of [unit.root, ...unit.children]) {
      const list = keys.get(stream);
      if (list === undefined) keys.set(stream, [record.key]);
      else list.push(record.key);
    }
  }
  const stored = new Map<string, RecordRow>();
  for (const [stream, list] of keys) {
    for (const row of await loadByKeys(db, systemId, stream, list)) stored.set(unitKey(stream, row.record_key), row);
  }
  return stored;
}

/** Writes what was landed, and books balances. */
async function store(trx: Db, work: LandWork): Promise<{ count: number; sum: number }> {
  const { pass } = work;
  const inserts: RecordRow[] = [];
  const updates: RecordRow[] = [];
  const keys: KeyPair[] = [];
  const lost: KeyPair[] = [];
  const readings: BalanceReading[] = [];
  const pushed: Landed[] = [];
  const cured = new Map<string, string[]>();
  for (const { member, landed, previous } of work.landed) {
    const { row } = landed;
    const mapping = mappingOf(pass.system, member.stream);
    if (previous === undefined) inserts.push(row);
    else if (landed.write || work.roots.has(unitKey(row.stream, row.record_key))) updates.push(row);
    if (landed.write && landed.kind !== 'unchanged') {
      const now = hashesOf(mapping.entity, landed.values);
      const before = previous === undefined ? null : hashesOf(mapping.entity, valuesOfRow(previous));
      for (const hash of now) if (before?.has(hash) !== true) keys.push([hash, row.id]);
      for (const hash of before ?? []) if (!now.has(hash)) lost.push([hash, row.id]);
    }
    if (mapping.entity === 'account' && landed.kind !== 'quarantined')
      readings.push({ row, values: landed.values, isNew: previous === undefined, before: previous?.read_at ?? null });
    if (landed.pushes !== null) pushed.push(landed);
    if (landed.kind === 'changed' && previous?.state === 'quarantined') cured.set(member.stream, [...(cured.get(member.stream) ?? []), row.record_key]);
  }
  await insertRecords(trx, inserts);
  await updateRecords(trx, updates);
  await writeKeys(trx, keys, lost);
  if (pushed.length > 0) {
    await writePushes(
      trx,
      pushed.map(({ row }) => row.id),
      pushed.flatMap(({ row, pushes }) => (pushes ?? []).map((push) => pushRow(row.id, push))),
    );
    await askAboutIgnored(trx, pass.engine, pass.system, pushed);
  }
  for (const { member, landed } of work.landed) if (landed.problems.length > 0) await quarantineUnreadable(trx, pass.engine, pass.system, member, landed);
  for (const [stream, list] of cured) await closeQuarantine(trx, pass.system.id, stream, list, 'cured');
  return bookReadings(
    trx,
    { engine: pass.engine, system: pass.system, began: work.batch.began, ended: work.batch.ended, history: (pass.checkpoint?.snapshots ?? 0) === 0 },
    readings,
  );
}
