/** Quarantine, and what has to be asked about a reading. */

import type { Db } from '../../canonical/db.ts';
import { insertRecords, loadByKeys, patchRecords } from '../../canonical/stores/records.ts';
import { type QuarantineRow, quarantinedKeys, saveQuarantine } from '../../canonical/stores/work.ts';
import { digest } from '../../core/hash.ts';
import type { FieldProblem } from '../../mappings/engine/mapping.ts';
import { askPerson } from '../ask.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';
import type { Landed } from './land-record.ts';
import { blankRow } from './rows.ts';
import type { ReadBatch, UnitMember } from './units.ts';

interface Reason {
  readonly stream: string;
  readonly key: string;
  readonly body: string;
  readonly code: string;
  readonly field: string;
  readonly rule: string;
  readonly place: string | null;
}

const KEY_LENGTH = 191;

async function setAside(trx: Db, engine: Engine, system: SystemSetup, reason: Reason): Promise<void> {
  const now = engine.setup.clock.now();
  const fresh = digest(reason.body);
  const [known] = await quarantinedKeys(trx, system.id, reason.stream, [reason.key]);
  const row: QuarantineRow = {
    id: known?.id ?? engine.numbers.takeReserved('quarantine'),
    system_id: system.id,
    stream: reason.stream,
    record_key: reason.key,
    body: reason.body,
    digest: fresh,
    code: reason.code,
    field: reason.field,
    rule: reason.rule,
    place: reason.place,
    state: 'open',
    first_run: known?.state === 'open' ? known.first_run : engine.runId,
    first_at: known?.state === 'open' ? known.first_at : now,
    last_at: now,
    acknowledged: known?.state === 'open' && known.digest === fresh ? known.acknowledged : 0,
  };
  await saveQuarantine(trx, row);
}

/** So many faults of one record are told. */
const MOST_TOLD = 5;

/** The rules that a record breaks, without values; all but the first with field and line, since those of the first stand beside it. */
export function rulesOf([first, ...others]: readonly FieldProblem[]): string {
  const also = others.slice(0, MOST_TOLD - 1).map(({ path, field, line, rule }) => `also ${path} → ${field} (line ${line}): ${rule}`);
  const untold = others.length - also.length;
  return [first?.rule ?? '', ...also, ...(untold > 0 ? [`and ${untold} more`] : [])].join('; ');
}

/** A record whose values its mapping cannot read. */
export async function quarantineUnreadable(trx: Db, engine: Engine, system: SystemSetup, member: UnitMember, landed: Landed): Promise<void> {
  const [problem] = landed.problems;
  if (problem === undefined) return;
  await setAside(trx, engine, system, {
    stream: member.stream,
    key: member.record.key,
    body: member.text,
    code: 'RECORD_VALUE',
    field: `${problem.path} → ${problem.field}`,
    rule: rulesOf(landed.problems),
    place: `${problem.file}:${problem.line}:${problem.column}`,
  });
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
    const key = known && rejected.key !== null ? rejected.key : `?${digest(body)}`;
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
