/**
 * What a complete snapshot did not show. A key that is absent is *missing*; it is *deleted* only when the vendor says so, when
 * `find` confirms it, or after two more complete snapshots without it (DESIGN §7a).
 */

import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { addTombstone, linksOfRecords } from '../../canonical/stores/links.ts';
import { countMissing, countPresent, type PresentRow, pageOfPresent } from '../../canonical/stores/presence.ts';
import { closeQuarantine } from '../../canonical/stores/quarantine.ts';
import { namesByKeys } from '../../canonical/stores/record-names.ts';
import { patchRecords } from '../../canonical/stores/records.ts';
import type { Probe } from '../../core/contract.ts';
import { effect } from '../engine.ts';
import { trips } from '../plan/guards.ts';
import { emptyCounts } from '../report.ts';
import { land } from './land.ts';
import type { LandingPass } from './pass.ts';

const PAGE = 5000;
/** Look-ups that confirm deletions in one reading; further keys wait for the next snapshots. */
const MAX_FINDS = 200;
const SNAPSHOTS_WITHOUT = 3;

/** Establishes what is missing and what is deleted. Answers a warning when the snapshot lost more than the guard allows. */
export async function settleMissing(pass: LandingPass, snapshotBegan: number): Promise<string | null> {
  const { engine, system, streams, seen } = pass;
  const present = await countPresent(engine.store.db, system.id, streams);
  if (present === seen.count && (await countMissing(engine.store.db, system.id, streams)) === 0) return null;
  const absent = await absentRecords(pass, snapshotBegan);
  if (absent.length === 0) return null;
  const fresh = absent.filter((row) => row.state !== 'missing');
  if (trips(system.guards.delete, fresh.length, present)) {
    return `the snapshot lacks ${fresh.length} of ${present} records known here: more than the guard allows, so nothing was marked as missing`;
  }
  const { deleted, there } = await confirmDeleted(pass, absent);
  const missing = absent.filter((row) => !deleted.has(row.id) && !there.has(row.id));
  await effect(engine, async (trx) => {
    for (const row of missing) await patchRecords(trx, [row.id], { state: 'missing', misses: row.misses + 1 });
  });
  for (const row of missing) countsOf(pass, row.stream).missing += 1;
  await markDeleted(
    pass,
    absent.filter((row) => deleted.has(row.id)),
    'absent from a snapshot, and not found',
  );
  return null;
}

const countsOf = (pass: LandingPass, stream: string): ReturnType<typeof emptyCounts> => {
  let counts = pass.counts.get(stream);
  if (counts === undefined) {
    counts = emptyCounts();
    pass.counts.set(stream, counts);
  }
  return counts;
};

/** Stored records that the snapshot did not show, and that were there before it began. */
async function absentRecords(pass: LandingPass, snapshotBegan: number): Promise<PresentRow[]> {
  const { engine, system, streams, seen } = pass;
  const absent: PresentRow[] = [];
  for (let after = 0; ; ) {
    const rows = await pageOfPresent(engine.store.db, system.id, streams, after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.id;
    const unseen = rows.filter((row) => !seen.has(row.id) && row.read_at < snapshotBegan);
    if (unseen.length > 0) absent.push(...(await withoutWholeUnits(pass, unseen)));
    if (rows.length < PAGE) break;
  }
  return absent;
}

async function withoutWholeUnits(pass: LandingPass, rows: readonly PresentRow[]): Promise<PresentRow[]> {
  const { engine, system, seen } = pass;
  const parents = new Map<string, number>();
  for (const stream of new Set(rows.map((row) => row.parent_stream))) {
    if (stream === null) continue;
    const keys = rows.filter((row) => row.parent_stream === stream).map((row) => row.parent_key ?? '');
    for (const name of await namesByKeys(engine.store.db, system.id, stream, keys)) parents.set(`${stream}\n${name.record_key}`, name.id);
  }
  return rows.filter((row) => {
    const parent = parents.get(`${row.parent_stream}\n${row.parent_key}`);
    return parent === undefined || !seen.hasWhole(parent);
  });
}

/** Records that `find` does not know any more, or that three snapshots in a row did not show; and those that `find` still shows. */
async function confirmDeleted(pass: LandingPass, absent: readonly PresentRow[]): Promise<{ deleted: Set<number>; there: Set<number> }> {
  const { engine, system } = pass;
  const deleted = new Set<number>();
  const present = new Set<number>();
  let finds = 0;
  for (const row of absent) {
    const port = system.streams.get(row.stream);
    if (port?.find !== undefined && port.capabilities.findBy.includes('key') && finds < MAX_FINDS) {
      finds += 1;
      const probe: Probe = { key: row.record_key };
      const found = await port.find(probe, engine.setup.signal);
      const there = (found.records.get(row.stream) ?? []).some((record) => record.key === row.record_key) || found.rejected.length > 0;
      if (there) {
        await land(pass, found);
        present.add(row.id);
      } else {
        deleted.add(row.id);
      }
      continue;
    }
    if (row.misses + 1 >= SNAPSHOTS_WITHOUT) deleted.add(row.id);
  }
  return { deleted, there: present };
}

/** Notes deletions for certain: the record stays, its key gets a tombstone, its entity is resolved again. */
export async function markDeleted(pass: LandingPass, rows: readonly { id: number; stream: string; record_key: string }[], how: string): Promise<void> {
  if (rows.length === 0) return;
  const { engine, system } = pass;
  const now = engine.setup.clock.now();
  await engine.numbers.reserve('changes', rows.length);
  const links = await linksOfRecords(
    engine.store.db,
    rows.map((row) => row.id),
  );
  await effect(engine, async (trx) => {
    for (const row of rows) {
      await patchRecords(trx, [row.id], { state: 'deleted', digest: '', change_seq: engine.numbers.takeReserved('changes') });
      const link = links.get(row.id);
      if (link !== undefined)
        await addTombstone(trx, {
          system_id: system.id,
          stream: row.stream,
          record_key: row.record_key,
          entity: link.entity as FoldedKind,
          entity_id: link.entity_id,
          noted_at: now,
          how,
        });
      await closeQuarantine(trx, system.id, row.stream, [row.record_key], 'gone');
    }
  });
  for (const row of rows) countsOf(pass, row.stream).deleted += 1;
}
