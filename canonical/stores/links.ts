/** Links of records to entities, what people decided about identity, and tombstones. */

import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import { cellsOf } from '../rows.ts';
import type { FoldedKind } from './entities.ts';
import { selectIn } from './select.ts';

export interface LinkRow {
  record_id: number;
  entity: FoldedKind;
  entity_id: number;
  rule: string;
  evidence: string | null;
  run_id: number;
}

const COLUMNS = ['record_id', 'entity', 'entity_id', 'rule', 'evidence', 'run_id'] as const;

export async function linksOfRecords(db: Db, recordIds: readonly number[]): Promise<Map<number, LinkRow>> {
  const rows = await selectIn<LinkRow>(db, 'links', [...COLUMNS], 'record_id', recordIds);
  return new Map(rows.map((row) => [row.record_id, row]));
}

export async function linksOfEntities(db: Db, entity: FoldedKind, ids: readonly number[]): Promise<LinkRow[]> {
  return selectIn<LinkRow>(db, 'links', [...COLUMNS], 'entity_id', ids, { entity });
}

/** Writes links; `known` are records that may have one already. */
export async function writeLinks(db: Db, rows: readonly LinkRow[], known: readonly number[]): Promise<void> {
  await deleteLinks(db, known);
  if (rows.length > 0) await bulkInsert(db, 'links', [...COLUMNS], cellsOf(rows, COLUMNS));
}

async function deleteLinks(db: Db, recordIds: readonly number[]): Promise<void> {
  for (let at = 0; at < recordIds.length; at += 500)
    await db('links')
      .whereIn('record_id', recordIds.slice(at, at + 500))
      .delete();
}

export interface DecisionRow {
  record_a: number;
  record_b: number;
  verdict: 'same' | 'different';
  decided_by: string;
  decided_at: number;
  note: string | null;
}

/** What people said of any of the records. */
export async function decisionsOf(db: Db, recordIds: readonly number[]): Promise<DecisionRow[]> {
  const columns = ['record_a', 'record_b', 'verdict', 'decided_by', 'decided_at', 'note'] as const satisfies readonly (keyof DecisionRow)[];
  const rows = [
    ...(await selectIn<DecisionRow>(db, 'identity_decisions', columns, 'record_a', recordIds)),
    ...(await selectIn<DecisionRow>(db, 'identity_decisions', columns, 'record_b', recordIds)),
  ];
  return [...new Map(rows.map((row) => [`${row.record_a}:${row.record_b}`, row])).values()];
}

/** Records what a person said of two records; saying it again replaces what was said before. */
export async function decideIdentity(db: Db, a: number, b: number, verdict: 'same' | 'different', by: string, at: number, note: string | null): Promise<void> {
  const [record_a, record_b] = a < b ? [a, b] : [b, a];
  await forgetIdentity(db, a, b);
  await db('identity_decisions').insert({ record_a, record_b, verdict, decided_by: by, decided_at: at, note });
}

/** Takes back what a person said of two records. */
export async function forgetIdentity(db: Db, a: number, b: number): Promise<void> {
  await db('identity_decisions')
    .where({ record_a: Math.min(a, b), record_b: Math.max(a, b) })
    .delete();
}

export interface TombstoneRow {
  system_id: number;
  stream: string;
  record_key: string;
  entity: FoldedKind;
  entity_id: number;
  noted_at: number;
  how: string;
}

export async function addTombstone(db: Db, row: TombstoneRow): Promise<void> {
  await db('tombstones').where({ system_id: row.system_id, stream: row.stream, record_key: row.record_key }).delete();
  await db('tombstones').insert(row);
}

export async function tombstonesOf(db: Db, entity: FoldedKind, ids: readonly number[]): Promise<TombstoneRow[]> {
  return selectIn<TombstoneRow>(db, 'tombstones', ['system_id', 'stream', 'record_key', 'entity', 'entity_id', 'noted_at', 'how'], 'entity_id', ids, {
    entity,
  });
}

/** What hangs on a client that has been merged into another goes over to it: what people said of both stays with whom they said it of. */
export async function moveBelongings(db: Db, from: number, to: number, runId: number): Promise<void> {
  const entity = 'client';
  await db('tombstones').where({ entity, entity_id: from }).update({ entity_id: to });
  const own = (await overridesOf(db, entity, [to])).map(({ field }) => field);
  await db('overrides').where({ entity, entity_id: from }).whereNotIn('field', own).update({ entity_id: to });
  await db('overrides').where({ entity, entity_id: from }).delete();
  await db('former_clients').where({ client_id: from }).update({ client_id: to });
  await db('former_clients').insert({ id: from, client_id: to, run_id: runId });
}

/** Of some numbers of clients, those that were merged away, with the client each stands for now. */
export async function formerClients(db: Db, ids: readonly number[]): Promise<Map<number, number>> {
  const rows = await selectIn<{ id: number; client_id: number }>(db, 'former_clients', ['id', 'client_id'], 'id', ids);
  return new Map(rows.map((row) => [row.id, row.client_id]));
}

/** Numbers of clients that were merged into these. */
export async function mergedInto(db: Db, ids: readonly number[]): Promise<number[]> {
  const rows = await selectIn<{ id: number }>(db, 'former_clients', ['id'], 'client_id', ids);
  return rows.map(({ id }) => id);
}

export async function overridesOf(
  db: Db,
  entity: FoldedKind | 'account',
  ids: readonly number[],
): Promise<{ entity_id: number; field: string; value: string }[]> {
  return selectIn(db, 'overrides', ['entity_id', 'field', 'value'], 'entity_id', ids, { entity });
}

export interface OverrideRow {
  entity: string;
  entity_id: number;
  field: string;
  value: string;
  decided_by: string;
  decided_at: number;
}

/** Lays a value down; an earlier one for the same field is replaced. */
export async function saveOverride(db: Db, row: OverrideRow): Promise<void> {
  await db('overrides').where({ entity: row.entity, entity_id: row.entity_id, field: row.field }).delete();
  await db('overrides').insert(row);
}

/** Entities of a kind of which a system holds a live record, in the order of their numbers, from beyond `after` on. */
export async function entitiesHeldBy(
  db: Db,
  entity: FoldedKind,
  systemId: number,
  streams: readonly string[],
  after: number,
  limit: number,
): Promise<number[]> {
  const rows: { entity_id: number }[] = await db('links')
    .join('records', 'records.id', 'links.record_id')
    .distinct('links.entity_id')
    .where({ 'links.entity': entity, 'records.system_id': systemId, 'records.state': 'live' })
    .whereIn('records.stream', [...streams])
    .where('links.entity_id', '>', after)
    .orderBy('links.entity_id')
    .limit(limit);
  return rows.map((row) => Number(row.entity_id));
}
