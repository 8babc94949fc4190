/** What we pushed into a record, noted beside what the vendor itself said. */
import type { Db } from '../../canonical/db.ts';
import type { OperationRow } from '../../canonical/stores/operations.ts';
import { logPushes, pushesOf, writePushes } from '../../canonical/stores/pushes.ts';
import { loadByKeys, patchRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { WireBody } from '../../core/contract.ts';
import { fieldSpec, type Value } from '../../core/model.ts';
import { sameValue } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { type Engine, mappingOf } from '../engine.ts';
import { saysMoved } from '../fold/moved.ts';
import { sourcesFor } from '../fold/voices.ts';
import type { Push } from '../land/read-back.ts';
import { bodyOfRow, pushesByRecord, pushRow, viewOfRow } from '../land/rows.ts';
import { sideOf } from '../land/view.ts';
import { causeOf } from '../plan/reason.ts';
import type { SystemSetup } from '../setup.ts';
import type { Prepared } from './prepared.ts';

/** Notes what we pushed into a record, and what the vendor itself had said before. */
export async function notePushes(trx: Db, system: SystemSetup, one: Pick<Prepared, 'row' | 'sent'>, record: RecordRow, now: number): Promise<void> {
  const { row, sent } = one;
  const mapping = mappingOf(system, row.stream);
  const existing = pushesByRecord(await pushesOf(trx, [record.id])).get(record.id) ?? new Map<string, Push>();
  const view = viewOfRow(record, existing, sourcesFor(system, row.stream));
  const body = bodyOfRow(record);
  const renditions = mapping.renditions(sent, body);
  const next = new Map(existing);
  // What a person moved there is that system's own word from then on, or its next reading would bring back what it said before.
  const isMoved = (field: string): boolean => saysMoved(row.reason, field in sent ? field : undefined);
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
      ...(isMoved(field)
        ? { said: value, stamp: { after: row.sent_at ?? now, notAfter: now, how: 'readings' } }
        : { said: before === undefined ? side?.said : before.said, stamp: before === undefined ? (side?.stamp ?? null) : before.stamp }),
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
export async function reread(trx: Db, system: Pick<SystemSetup, 'id'>, record: Pick<RecordRow, 'id' | 'parent_stream' | 'parent_key'>): Promise<void> {
  const ids = [record.id];
  if (record.parent_stream !== null && record.parent_key !== null) {
    for (const row of await loadByKeys(trx, system.id, record.parent_stream, [record.parent_key])) ids.push(row.id);
  }
  await patchRecords(trx, ids, { digest: '' });
}

/** Only what changed is planned: the record is read again, and takes a new place in the order of changes. */
export async function lookAgain(trx: Db, { numbers }: Engine, system: Pick<SystemSetup, 'id'>, record: RecordRow): Promise<void> {
  await reread(trx, system, record);
  await patchRecords(trx, [record.id], { change_seq: numbers.takeReserved('changes') });
}
