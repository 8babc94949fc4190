/** Turns an operation into the vendor's form, with the keys that are known by now. */
import type { OperationRow } from '../../canonical/stores/operations.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import type { WireBody } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { type Engine, mappingOf } from '../engine.ts';
import { fold } from '../fold/fold.ts';
import { loadKnown } from '../fold/voices.ts';
import { bodyOfRow } from '../land/rows.ts';
import { type Changes, valuesAfter, valuesToEncode } from '../plan/diff.ts';
import { OWNER_TO_COME } from '../plan/owner-change.ts';
import type { SystemSetup } from '../setup.ts';
import { parentOfCard } from './parent.ts';
import { prepareAdjustment } from './prepare-adjustment.ts';
import { type Prepared, targetOf, type Withheld } from './prepared.ts';

export async function prepare(engine: Engine, system: SystemSetup, row: OperationRow): Promise<Prepared | Withheld> {
  if (row.action === 'load') return { state: 'withdrawn', why: 'a full load is sent once: sverka sync --full-load asks for another' };
  if (row.action === 'adjust') return prepareAdjustment(engine, system, row);
  const record = await targetOf(engine, row);
  if (row.action === 'delete') {
    if (record === null || record.state === 'deleted') return { state: 'withdrawn', why: 'gone already' };
    return {
      row,
      record,
      sent: {},
      parent: null,
      push: { id: String(row.id), action: 'delete', key: record.record_key, fields: {}, idempotencyKey: row.idempotency_key },
    };
  }
  return row.action === 'create' ? prepareCreate(engine, system, row) : prepareUpdate(engine, system, row, record);
}

async function prepareCreate(engine: Engine, system: SystemSetup, row: OperationRow): Promise<Prepared | Withheld> {
  const mapping = mappingOf(system, row.stream);
  const sent = valuesAfter(JSON.parse(row.changes) as Changes);
  const parent = row.entity === 'card' ? await parentOfCard(engine, system, row.entity_id) : null;
  if (row.entity === 'card' && parent === null) return { state: 'ready', why: 'waits: its client is not there yet' };
  const values = parent === null ? sent : { ...sent, owner: parent.key };
  const reference = row.entity === 'client' && system.ownReference === 'use' ? String(row.entity_id) : undefined;
  return {
    row,
    record: null,
    sent,
    parent,
    push: {
      id: String(row.id),
      action: 'create',
      fields: mapping.encode(values, null).wire,
      idempotencyKey: row.idempotency_key,
      ...(parent === null ? {} : { parentKey: parent.key }),
      ...(reference === undefined ? {} : { reference }),
    },
  };
}

async function prepareUpdate(engine: Engine, system: SystemSetup, row: OperationRow, record: RecordRow | null): Promise<Prepared | Withheld> {
  if (record === null || record.state !== 'live') return { state: 'held', why: 'the record to change is not there now' };
  const mapping = mappingOf(system, row.stream);
  const changes = await withOwner(engine, system, row);
  if (changes === null) return { state: 'ready', why: 'waits: its client is not there yet' };
  const canonical = sharesWireFields(mapping, Object.keys(changes)) ? await canonicalOf(engine, row) : {};
  const body = bodyOfRow(record);
  const sent = valuesAfter(changes);
  const fields = mapping.encode({ ...valuesToEncode(mapping, canonical, Object.keys(changes)), ...sent }, body).wire;
  if (Object.keys(fields).length === 0) return { state: 'withdrawn', why: 'nothing of it can be written' };
  const port = system.streams.get(row.stream);
  const replace = port?.capabilities.update === 'replace';
  if (replace && body === null) return { state: 'held', why: 'unread: the record replaces itself whole, and has not been read' };
  const owner = changes['owner']?.after ?? record.parent_key;
  return {
    row,
    record,
    sent,
    parent: null,
    push: {
      id: String(row.id),
      action: 'update',
      key: record.record_key,
      fields,
      idempotencyKey: row.idempotency_key,
      ...(replace && body !== null ? { body: { ...body, ...fields } as WireBody, before: partOf(body, Object.keys(fields)) } : {}),
      ...(typeof owner === 'string' && owner !== '' ? { parentKey: owner } : {}),
    },
  };
}

const partOf = (body: WireBody, names: readonly string[]): WireBody =>
  Object.fromEntries(names.flatMap((name) => (Object.hasOwn(body, name) ? [[name, body[name] ?? null]] : [])));

/** What is to be changed, with the key of an owner who was to come; null where the owner has not come. */
async function withOwner(engine: Engine, system: SystemSetup, row: OperationRow): Promise<Changes | null> {
  const changes = JSON.parse(row.changes) as Changes;
  if (changes['owner']?.after !== OWNER_TO_COME) return changes;
  const parent = await parentOfCard(engine, system, row.entity_id);
  return parent === null ? null : { ...changes, owner: { ...changes['owner'], after: parent.key } };
}

/** Some changed field is written together with one that did not change: then that one's value is needed too. */
function sharesWireFields(mapping: Mapping, changed: readonly string[]): boolean {
  const sources = new Set(mapping.lines.filter((line) => changed.includes(line.field)).flatMap((line) => line.sources));
  return mapping.lines.some((line) => !changed.includes(line.field) && line.sources.some((source) => sources.has(source)));
}

async function canonicalOf(engine: Engine, row: OperationRow): Promise<FieldValues> {
  const kind = row.entity === 'card' || row.entity === 'cardType' ? row.entity : 'client';
  const known = (await loadKnown(engine.store.db, engine.setup, kind, [row.entity_id])).get(row.entity_id);
  return known === undefined ? {} : fold(kind, known.voices, known.overrides, engine.setup.policies).values;
}
