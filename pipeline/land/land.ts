/**
 * Lands batches: records, stamps, views, identity keys, ledger entries, quarantine and the checkpoint commit together, and with
 * them the clients that need no resolving because they can be nobody else.
 */

import { isDuplicate } from '../../canonical/database-error.ts';
import type { Db } from '../../canonical/db.ts';
import { type CheckpointRow, saveCheckpoint } from '../../canonical/stores/progress.ts';
import { findUnits, type UnitRow } from '../../canonical/stores/records.ts';
import type { PullRequest, RejectedRecord } from '../../core/contract.ts';
import { InvariantError } from '../../core/errors.ts';
import { together } from '../../core/together.ts';
import { effect, mappingOf } from '../engine.ts';
import { countNewcomers, resolveNewcomers, writeNewcomers } from '../identity/newcomers.ts';
import { knowProgrammes } from '../ledger/book.ts';
import type { StreamCounts } from '../report.ts';
import { examine } from './examine.ts';
import type { LandingPass } from './pass.ts';
import { quarantineRejected } from './set-aside.ts';
import { type ReadBatch, readParts, type Unit, unitsOf } from './units.ts';
import { withoutUnstorable } from './unstorable.ts';
import { countsOf, type LandWork, unitKey } from './work.ts';
import { writeLanded } from './write.ts';

/**
 * Lands records. Returns those that the vendor says are deleted. `checkpoint` is asked within the transaction for the position to
 * save with it; null: none.
 */
export async function land(pass: LandingPass, read: ReadBatch, checkpoint: () => CheckpointRow | null = () => null): Promise<number[]> {
  const batch = withoutUnstorable(read);
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
  const work: LandWork = { pass, batch, counts: new Map(), shown: [], landed: [], deleted: [], roots: new Map(), newcomers: [] };
  const units = unitsOf(batch);
  const known = pass.fresh ? new Map<string, UnitRow>() : await knownUnits(engine.store.db, system.id, units);
  const examined: Unit[] = [];
  for (const unit of units) {
    const row = known.get(unitKey(unit.root.stream, unit.root.record.key));
    if (row !== undefined && standsAs(row, unit.digest)) countUnchanged(work, unit.root.stream, row);
    else examined.push(unit);
  }
  for (const { stream, key } of batch.unchanged ?? []) {
    const row = pass.recognised.get(unitKey(stream, key));
    if (row === undefined) throw new InvariantError('INVARIANT_BROKEN', `${system.name}: a unit was handed on as unchanged that was not recognised`);
    countUnchanged(work, stream, row);
  }
  if (examined.length > 0) await examine(work, examined);
  const programmes = await knowProgrammes(
    engine,
    work.landed.filter(({ member }) => mappingOf(system, member.stream).entity === 'account').map(({ landed }) => landed.values),
  );
  const newcomers = await resolveNewcomers(engine, system, work.newcomers);
  await engine.numbers.reserve('quarantine', batch.rejected.length + work.landed.length);
  await engine.numbers.reserve('reviews', work.landed.length);
  await engine.numbers.reserve('entries', work.landed.length);
  const movements = await effect(engine, async (trx) => {
    // Sent one behind the other without waiting: the database works on while the next rows are made.
    const [booked] = await together([writeLanded(trx, work, programmes), writeNewcomers(trx, newcomers)]);
    // Looks for what is set aside already, which may be another reading of the same record in this batch.
    await quarantineRejected(trx, engine, system, batch);
    const position = checkpoint();
    if (position !== null) await saveCheckpoint(trx, position);
    return booked;
  });
  engine.counts.movements += movements.count;
  engine.counts.moved += movements.sum;
  countNewcomers(engine, newcomers);
  for (const { stream, key } of batch.unchanged ?? []) pass.recognised.delete(unitKey(stream, key));
  for (const [id, unitSize] of work.shown) seen.add(id, unitSize);
  for (const rejected of batch.rejected) countRejected(work, rejected);
  for (const [stream, delta] of work.counts) addCounts(counts, stream, delta);
  return work.deleted;
}

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

/** What is stored of a unit is what a reading with this digest says. */
function standsAs(row: UnitRow, digest: string): boolean {
  return row.digest === digest && row.misses === 0 && (row.state === 'live' || row.state === 'quarantined');
}

/** Answers a connector which units of a pass are stored just as it read them, and keeps what is known of those. */
export function recogniseIn(pass: LandingPass): NonNullable<PullRequest['recognise']> {
  const { engine, system } = pass;
  return async (stream, units) => {
    const rows = await findUnits(
      engine.store.db,
      system.id,
      stream,
      units.map(({ key }) => key),
    );
    const known = new Map(rows.map((row) => [row.record_key, row]));
    return units.map(({ key, digest }) => {
      const row = known.get(key);
      if (row === undefined || !standsAs(row, digest)) return false;
      pass.recognised.set(unitKey(stream, key), row);
      return true;
    });
  };
}

function addCounts(counts: Map<string, StreamCounts>, stream: string, delta: StreamCounts): void {
  const total = countsOf(counts, stream);
  for (const name of Object.keys(delta) as (keyof StreamCounts)[]) total[name] += delta[name];
}

function countUnchanged(work: LandWork, stream: string, row: UnitRow): void {
  const { size, counts } = readParts(row.parts ?? '');
  work.shown.push([row.id, size]);
  const root = countsOf(work.counts, stream);
  root.read += 1;
  root[row.state === 'quarantined' ? 'quarantined' : 'unchanged'] += 1;
  for (const [child, count] of counts) {
    const others = countsOf(work.counts, child);
    others.read += count;
    others.unchanged += count;
  }
}

function countRejected(work: LandWork, rejected: RejectedRecord): void {
  const counts = countsOf(work.counts, rejected.stream);
  counts.read += 1;
  counts.quarantined += 1;
}
