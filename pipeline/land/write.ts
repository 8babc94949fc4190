/** Writes what was landed, within the transaction of its batch. */
import type { Db } from '../../canonical/db.ts';
import { writePushes } from '../../canonical/stores/pushes.ts';
import { closeQuarantine } from '../../canonical/stores/quarantine.ts';
import { insertRecords, type RecordRow, updateRecords } from '../../canonical/stores/records.ts';
import { together } from '../../core/together.ts';
import { mappingOf } from '../engine.ts';
import { hashesOf } from '../identity/keys.ts';
import { type BalanceReading, bookReadings } from '../ledger/book.ts';
import { KeyChanges } from './key-changes.ts';
import type { Landed } from './land-record.ts';
import { pushRow, valuesOfRow } from './rows.ts';
import { askAboutIgnored, quarantineEmptied, quarantineUnreadable } from './set-aside.ts';
import { type LandWork, unitKey } from './work.ts';

/** Records, identity keys, pushes, quarantine and balances. Answers the movements that were booked. `programmes`: numbers by name. */
export async function writeLanded(trx: Db, work: LandWork, programmes: ReadonlyMap<string, number>): Promise<{ count: number; sum: number }> {
  const { pass } = work;
  const inserts: RecordRow[] = [];
  const updates: RecordRow[] = [];
  const readings: BalanceReading[] = [];
  const pushed: Landed[] = [];
  const cured = new Map<string, string[]>();
  for (const { member, landed, previous, hashes } of work.landed) {
    const { row } = landed;
    const mapping = mappingOf(pass.system, member.stream);
    if (previous === undefined) inserts.push(row);
    else if (landed.write || work.roots.has(unitKey(row.stream, row.record_key))) updates.push(row);
    if (mapping.entity === 'account' && landed.kind !== 'quarantined')
      readings.push({ row, values: landed.values, isNew: previous === undefined, isNews: hashes !== null, before: previous?.read_at ?? null });
    if (landed.pushes !== null) pushed.push(landed);
    if (landed.kind === 'changed' && previous?.state === 'quarantined') cured.set(member.stream, [...(cured.get(member.stream) ?? []), row.record_key]);
  }
  await together([insertRecords(trx, inserts), updateRecords(trx, updates), writeIdentityKeys(trx, work)]);
  if (pushed.length > 0) {
    await writePushes(
      trx,
      pushed.map(({ row }) => row.id),
      pushed.flatMap(({ row, pushes }) => (pushes ?? []).map((push) => pushRow(row.id, push))),
    );
    await askAboutIgnored(trx, pass.engine, pass.system, pushed);
  }
  for (const { member, landed } of work.landed) {
    if (landed.problems.length > 0) await quarantineUnreadable(trx, pass.engine, pass.system, member, landed);
    if (landed.emptied) await quarantineEmptied(trx, pass.engine, pass.system, member);
  }
  for (const [stream, list] of cured) await closeQuarantine(trx, pass.system.id, stream, list, 'cured');
  const { engine, system, checkpoint } = pass;
  const { began, ended } = work.batch;
  return bookReadings(trx, { engine, system, programmes, began, ended, history: (checkpoint?.snapshots ?? 0) === 0 }, readings);
}

async function writeIdentityKeys(trx: Db, { pass, landed: members }: LandWork): Promise<void> {
  const keys = new KeyChanges();
  for (const { member, landed, previous, hashes } of members) {
    if (hashes === null) continue;
    const before = previous === undefined ? null : hashesOf(mappingOf(pass.system, member.stream).entity, valuesOfRow(previous));
    keys.note(landed.row.id, before, hashes);
  }
  await keys.write(trx);
}
