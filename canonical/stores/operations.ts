/** Operations: what is to be changed in systems, and what became of it. */
import { bulkInsert, bulkUpdate } from '../bulk.ts';
import type { Db } from '../db.ts';
import { cellsOf } from '../rows.ts';
import { selectIn } from './select.ts';

export type OperationState =
  | 'proposed'
  | 'ready'
  | 'sending'
  | 'accepted'
  | 'unknown'
  | 'retry'
  | 'held'
  | 'unsupported'
  | 'applied'
  | 'unchanged'
  | 'rejected'
  | 'stale'
  | 'withdrawn';

/** States in which an operation stands for a difference that is still there. */
export const OPEN_STATES: readonly OperationState[] = ['proposed', 'ready', 'sending', 'accepted', 'unknown', 'retry', 'held', 'unsupported', 'rejected'];
/** Sent, and not known to be done: nothing else may be sent for the same thing. */
export const UNDER_WAY: readonly OperationState[] = ['sending', 'accepted', 'unknown'];

export interface OperationRow {
  id: number;
  run_id: number;
  system_id: number;
  stream: string;
  action: 'create' | 'update' | 'delete' | 'adjust' | 'load';
  entity: string;
  entity_id: number;
  programme_id: number;
  record_id: number | null;
  changes: string;
  reason: string | null;
  state: OperationState;
  why: string | null;
  needs_person: number;
  approved_by: string | null;
  /** System out of which a migration moves it: planned whatever the configuration creates, and sent only when a person approves. */
  moved_from: number | null;
  /** Activation of a mapping that it comes of: sent only when a person approves. */
  activation: number | null;
  idempotency_key: string;
  handle: string | null;
  notices: string | null;
  attempts: number;
  not_before: number | null;
  sent_at: number | null;
  answered_at: number | null;
  created_at: number;
  changed_at: number;
}

export const OPERATION = [
  'id',
  'run_id',
  'system_id',
  'stream',
  'action',
  'entity',
  'entity_id',
  'programme_id',
  'record_id',
  'changes',
  'reason',
  'state',
  'why',
  'needs_person',
  'approved_by',
  'moved_from',
  'activation',
  'idempotency_key',
  'handle',
  'notices',
  'attempts',
  'not_before',
  'sent_at',
  'answered_at',
  'created_at',
  'changed_at',
] as const satisfies readonly (keyof OperationRow)[];

export async function insertOperations(db: Db, rows: readonly OperationRow[]): Promise<void> {
  if (rows.length > 0) await bulkInsert(db, 'operations', [...OPERATION], cellsOf(rows, OPERATION));
}

export async function updateOperations(db: Db, rows: readonly OperationRow[]): Promise<void> {
  if (rows.length > 0) await bulkUpdate(db, 'operations', 'id', OPERATION.slice(1), cellsOf(rows, OPERATION));
}

export async function patchOperation(db: Db, id: number, patch: Partial<OperationRow>): Promise<void> {
  await db('operations').where({ id }).update(patch);
}

/** Open operations about entities, in one system. */
export async function openOperations(db: Db, systemId: number, stream: string, entityIds: readonly number[]): Promise<OperationRow[]> {
  const rows = await selectIn<OperationRow>(db, 'operations', [...OPERATION], 'entity_id', entityIds, { system_id: systemId, stream });
  return rows.filter((row) => OPEN_STATES.includes(row.state));
}

export async function operationsInState(
  db: Db,
  states: readonly OperationState[],
  where: { system_id?: number; stream?: string; run_id?: number } = {},
): Promise<OperationRow[]> {
  return db<OperationRow>('operations')
    .select(...OPERATION)
    .where(where)
    .whereIn('state', [...states])
    .orderBy('id');
}

export async function operationById(db: Db, id: number): Promise<OperationRow | undefined> {
  return db<OperationRow>('operations')
    .select(...OPERATION)
    .where({ id })
    .first();
}

export async function operationsOfEntity(db: Db, entity: string, id: number): Promise<OperationRow[]> {
  return db<OperationRow>('operations')
    .select(...OPERATION)
    .where({ entity, entity_id: id })
    .orderBy('id', 'desc')
    .limit(50);
}

/** Operations of an activation of mappings that do one thing. */
export async function operationsOfActivation(db: Db, activation: number, action: OperationRow['action']): Promise<OperationRow[]> {
  return db<OperationRow>('operations')
    .select(...OPERATION)
    .where({ activation, action });
}

/** How many operations of an activation of mappings have reached their vendors. */
export async function deliveredOf(db: Db, activation: number): Promise<number> {
  const row = await db('operations')
    .where({ activation })
    .whereIn('state', ['applied', 'unchanged', ...UNDER_WAY])
    .count({ count: '*' })
    .first();
  return Number(row?.['count'] ?? 0);
}

/** How many operations of an activation of mappings are sent when it is approved. */
export async function proposedOf(db: Db, activation: number): Promise<number> {
  const row = await db('operations').where({ activation, state: 'proposed' }).count({ count: '*' }).first();
  return Number(row?.['count'] ?? 0);
}

/** Creates that were ever sent for entities: what references we issued to which system. */
export async function createsOf(db: Db, entity: string, entityIds: readonly number[]): Promise<OperationRow[]> {
  const rows = await selectIn<OperationRow>(db, 'operations', OPERATION, 'entity_id', entityIds, { entity, action: 'create' });
  return rows.filter((row) => row.attempts > 0);
}

/** Why operations were planned, by their numbers: for each field the record that the value came from. */
export async function reasonsOf(db: Db, ids: readonly number[]): Promise<Map<number, Readonly<Record<string, { readonly record?: number } | undefined>>>> {
  const rows = await selectIn<{ id: number; reason: string | null }>(db, 'operations', ['id', 'reason'], 'id', ids);
  return new Map(rows.flatMap((row) => (row.reason === null ? [] : [[row.id, JSON.parse(row.reason) as Record<string, { record?: number } | undefined>]])));
}

export async function operationsOfRun(db: Db, runId: number): Promise<OperationRow[]> {
  return db<OperationRow>('operations')
    .select(...OPERATION)
    .where({ run_id: runId })
    .orderBy('id');
}

/** How many open operations there are in each state, with those that wait for a person apart. */
export async function countOpenOperations(db: Db): Promise<{ state: OperationState; needs_person: number; count: number }[]> {
  const rows: { state: OperationState; needs_person: number; count: number }[] = await db('operations')
    .select('state', 'needs_person')
    .whereIn('state', [...OPEN_STATES])
    .count({ count: '*' })
    .groupBy('state', 'needs_person');
  return rows.map((row) => ({ state: row.state, needs_person: Number(row.needs_person), count: Number(row.count) }));
}

/** Operations that came to wait for a person in a run: planned in it, or refused for the last time since it began. */
export async function countNewlyWaiting(db: Db, runId: number, began: number): Promise<number> {
  const planned = await db('operations').where({ run_id: runId }).whereIn('state', ['proposed', 'held', 'unknown']).count({ count: '*' }).first();
  const refused = await db('operations').where({ state: 'rejected', needs_person: 1 }).where('answered_at', '>=', began).count({ count: '*' }).first();
  return Number(planned?.['count'] ?? 0) + Number(refused?.['count'] ?? 0);
}

export async function operationsByIds(db: Db, ids: readonly number[]): Promise<OperationRow[]> {
  return selectIn<OperationRow>(db, 'operations', [...OPERATION], 'id', ids);
}
