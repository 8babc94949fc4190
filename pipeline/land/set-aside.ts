/** Quarantine, and what has to be asked about a reading. */
import type { Db } from '../../canonical/db.ts';
import { NO_KEY, quarantinedKeys, saveQuarantine } from '../../canonical/stores/quarantine.ts';
import { insertRecords, loadByKeys, patchRecords } from '../../canonical/stores/records.ts';
import { digest } from '../../core/hash.ts';
import { askPerson } from '../ask.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';
import type { Landed } from './land-record.ts';
import { entryOf, type Reason, unreadable } from './quarantine-entry.ts';
import { blankRow } from './rows.ts';
import type { ReadBatch, UnitMember } from './units.ts';

const KEY_LENGTH = 191;

async function setAside(trx: Db, engine: Engine, system: SystemSetup, reason: Reason): Promise<void> {
  const [known] = await quarantinedKeys(trx, system.id, reason.stream, [reason.key]);
  const entry = entryOf(engine, system, reason, known);
  const isSeen = known?.state === 'open' && known.digest === entry.digest;
  await saveQuarantine(trx, isSeen ? { ...entry, acknowledged: known.acknowledged } : entry);
}

/** A record whose values its mapping cannot read. */
export async function quarantineUnreadable(trx: Db, engine: Engine, system: SystemSetup, member: UnitMember, landed: Landed): Promise<void> {
  const why = unreadable(landed.problems);
  if (why !== null) await setAside(trx, engine, system, { stream: member.stream, key: member.record.key, body: member.text, ...why });
}

/** A record that the system emptied when we wrote to it: it stays as it was until the system says something of it again. */
export async function quarantineEmptied(trx: Db, engine: Engine, system: SystemSetup, { stream, record, text }: UnitMember): Promise<void> {
  const rule = 'name and contacts were gone at the first reading after our own write to it: a system that clears what a change does not name';
  await setAside(trx, engine, system, { stream, key: record.key, body: text, code: 'RECORD_EMPTIED', field: 'name, contacts', rule, place: null });
}

/** Records that broke the wire schema. They are there, so nothing may be created in their place. */
export async function quarantineRejected(trx: Db, engine: Engine, system: SystemSetup, batch: ReadBatch): Promise<void> {
  for (const rejected of batch.rejected) {
    const body = JSON.stringify(rejected.body ?? null);
    const known = rejected.key !== null && rejected.key !== '' && rejected.key.length <= KEY_LENGTH;
    const key = known && rejected.key !== null ? rejected.key : `${NO_KEY}${digest(body)}`;
    await setAside(trx, engine, system, { stream: rejected.stream, key, body, code: 'RECORD_WIRE', field: rejected.field, rule: rejected.rule, place: null });
    if (known) await markRejected(trx, engine, system, rejected.stream, key);
  }
}

async function markRejected(trx: Db, engine: Engine, system: SystemSetup, stream: string, key: string): Promise<void> {
  const [row] = await loadByKeys(trx, system.id, stream, [key]);
  if (row !== undefined) {
    await patchRecords(trx, [row.id], { state: 'quarantined', misses: 0, digest: '' });
    return;
  }
  await engine.numbers.reserve('records', 1);
  const now = engine.setup.clock.now();
  const id = engine.numbers.takeReserved('records');
  const known = { id, system_id: system.id, stream, record_key: key, first_run: engine.runId };
  await insertRecords(trx, [blankRow({ ...known, state: 'quarantined', view: null, stamp_after: null, stamp_how: 'first-seen' }, null, now)]);
}

/** Fields that a vendor has ignored twice are asked about once. */
export async function askAboutIgnored(trx: Db, engine: Engine, system: SystemSetup, landed: readonly Landed[]): Promise<void> {
  for (const { row, ignored } of landed) {
    for (const field of ignored) {
      await askPerson(trx, engine, {
        kind: 'ignored-field',
        subject: `ignored-field:${system.name}:${row.id}:${field}`,
        recordA: row.id,
        question: { system: system.name, stream: row.stream, key: row.record_key, field, why: 'the vendor accepted the value twice and keeps the old one' },
      });
    }
  }
}
