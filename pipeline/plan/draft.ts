/** Operations as planned, and how a plan meets the operations that are there already. */
import type { Db } from '../../canonical/db.ts';
import { insertOperations, type OperationRow, type OperationState, UNDER_WAY, updateOperations } from '../../canonical/stores/operations.ts';
import { stableJson } from '../../core/values.ts';
import { askPerson } from '../ask.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';
import type { Changes } from './diff.ts';

/** A difference to be removed. */
export interface Draft {
  readonly action: 'create' | 'update' | 'delete' | 'adjust';
  readonly entity: string;
  readonly entityId: number;
  readonly programmeId: number;
  readonly recordId: number | null;
  readonly changes: Changes;
  readonly reason: Readonly<Record<string, unknown>> | null;
  /** `ready` is to be delivered, unless the policy or a guard makes it a proposal. */
  readonly state: 'ready' | 'held' | 'unsupported';
  readonly why: string | null;
  /** It waits for a person, not for another run. */
  readonly needsPerson: boolean;
  /** What a person has to be asked before it can go on. */
  readonly review?: Question;
}

/** A draft with the activation of mappings that it comes of; null: none. */
export type MarkedDraft = Draft & { readonly activation: number | null };

export interface Question {
  readonly kind: 'opening' | 'push-loop';
  readonly subject: string;
  readonly recordId: number | null;
  /** Ids, fields and names of systems; no values. */
  readonly question: Readonly<Record<string, unknown>>;
}

/** What an operation is about: two of one place change the same. */
export const placeOf = (action: string, entityId: number, programmeId: number, recordId: number | null): string =>
  `${action}:${entityId}:${programmeId}:${recordId ?? ''}`;

/** What a system cannot take of a record is listed beside what is to be changed in it, and so is what a mapping's activation changes there. */
const slot = (one: { action: string; entityId: number; programmeId: number; recordId: number | null; state: string; activation: number | null }): string => {
  const beside = one.state === 'unsupported' ? ':unsupported' : one.action === 'update' && one.activation !== null ? ':activation' : '';
  return `${placeOf(one.action, one.entityId, one.programmeId, one.recordId)}${beside}`;
};
const slotOf = (row: OperationRow): string =>
  slot({
    action: row.action,
    entityId: row.entity_id,
    programmeId: row.programme_id,
    recordId: row.record_id,
    state: row.state,
    activation: row.activation,
  });

/** How drafts become rows: what is new, what changed, what fell away. */
export interface Merge {
  readonly inserts: OperationRow[];
  readonly updates: OperationRow[];
}

/**
 * Lays drafts over the open operations of the same entities. What is under way stays; a proposal whose difference changed is
 * re-based; one whose difference is gone is withdrawn.
 */
export function mergeDrafts(
  engine: Engine,
  system: SystemSetup,
  stream: string,
  mode: 'plan' | 'auto',
  drafts: readonly MarkedDraft[],
  open: readonly OperationRow[],
  movedFrom: number | null = null,
): Merge {
  const now = engine.setup.clock.now();
  const bySlot = new Map(open.map((row) => [slotOf(row), row]));
  const busy = new Set(open.filter((row) => UNDER_WAY.includes(row.state)).map((row) => `${row.entity_id}:${row.programme_id}`));
  const merge: Merge = { inserts: [], updates: [] };
  const met = new Set<string>();
  for (const draft of drafts) {
    const at = slot(draft);
    met.add(at);
    if (busy.has(`${draft.entityId}:${draft.programmeId}`)) continue;
    const row = bySlot.get(at);
    const moved = draft.action === 'delete' ? null : (movedFrom ?? row?.moved_from ?? null);
    // An activation leaves alone what it does not change.
    if (engine.activation !== undefined && row !== undefined && draft.state !== 'unsupported' && isSame(row, draft)) continue;
    // What a migration or an activation proposed is sent when a person says so, whatever automatic runs may do.
    const asks = mode === 'plan' || ((moved !== null || draft.activation !== null) && (row?.approved_by ?? null) === null);
    const state: OperationState = draft.state === 'ready' && asks ? 'proposed' : draft.state;
    const waiting = state === 'proposed' && draft.why === null && draft.activation !== null ? { ...draft, why: whyOf(engine, draft.activation, row) } : draft;
    if (row === undefined) merge.inserts.push(newRow(engine, system, stream, waiting, state, moved, now));
    else rebase(merge, row, waiting, state, moved, now);
  }
  for (const row of open) {
    if (met.has(slotOf(row)) || UNDER_WAY.includes(row.state)) continue;
    merge.updates.push({ ...row, state: 'withdrawn', why: 'the difference is gone', needs_person: 0, changed_at: now });
  }
  return merge;
}

/** Why an operation of an activation waits. */
function whyOf({ activationWhy }: Engine, activation: number, row: OperationRow | undefined): string {
  if (row?.activation === activation && row.why?.startsWith(MAPPING) === true) return row.why;
  return `${MAPPING}${activationWhy ?? `comes of activation ${activation}`}, and waits until a person approves it`;
}
const MAPPING = 'mapping: ';

/** Whether stored changes are these, in whatever order their fields stand. */
export function isSameChanges(stored: string, changes: Changes): boolean {
  return stored === JSON.stringify(changes) || stableJson(JSON.parse(stored)) === stableJson(changes);
}

const isSame = (row: OperationRow, draft: Draft): boolean => isSameChanges(row.changes, draft.changes);

function rebase(merge: Merge, row: OperationRow, draft: MarkedDraft, state: OperationState, moved: number | null, now: number): void {
  const changes = JSON.stringify(draft.changes);
  const same = isSame(row, draft);
  if (same && row.state === 'rejected') return;
  if (same && row.state === 'retry' && state === 'ready') return;
  if (same && (row.state === 'ready' || row.state === 'retry') && state === 'proposed' && row.approved_by !== null) return;
  if (same && row.state === state && row.why === draft.why && row.moved_from === moved && row.activation === draft.activation) return;
  const why = draft.why ?? (same ? null : 're-based: the difference changed');
  merge.updates.push({
    ...row,
    changes,
    reason: draft.reason === null ? null : JSON.stringify(draft.reason),
    state,
    why,
    needs_person: draft.needsPerson ? 1 : 0,
    moved_from: moved,
    activation: draft.activation,
    // What was refused is no longer what is wanted: nothing has to be waited for.
    not_before: row.state === 'rejected' ? null : row.not_before,
    changed_at: now,
  });
}

function newRow(
  engine: Engine,
  system: SystemSetup,
  stream: string,
  draft: MarkedDraft,
  state: OperationState,
  moved: number | null,
  now: number,
): OperationRow {
  return {
    id: 0,
    run_id: engine.runId,
    system_id: system.id,
    stream,
    action: draft.action,
    entity: draft.entity,
    entity_id: draft.entityId,
    programme_id: draft.programmeId,
    record_id: draft.recordId,
    changes: JSON.stringify(draft.changes),
    reason: draft.reason === null ? null : JSON.stringify(draft.reason),
    state,
    why: draft.why,
    needs_person: draft.needsPerson ? 1 : 0,
    approved_by: null,
    moved_from: moved,
    activation: draft.activation,
    idempotency_key: engine.setup.uuid(),
    handle: null,
    notices: null,
    attempts: 0,
    not_before: null,
    sent_at: null,
    answered_at: null,
    created_at: now,
    changed_at: now,
  };
}

/** Asks what drafts have to ask; a question that is open or decided is not asked again. */
export async function askDrafts(trx: Db, engine: Engine, drafts: readonly Draft[]): Promise<void> {
  for (const { review, entity, entityId } of drafts) {
    if (review === undefined) continue;
    await askPerson(trx, engine, { kind: review.kind, subject: review.subject, entity, entityId, recordA: review.recordId, question: review.question });
  }
}

export async function writeMerge(trx: Db, engine: Engine, merge: Merge): Promise<void> {
  for (const { id, state } of merge.updates) if (state === 'withdrawn') engine.outcomes.add(id);
  for (const row of merge.inserts) row.id = engine.numbers.takeReserved('operations');
  await insertOperations(trx, merge.inserts);
  await updateOperations(trx, merge.updates);
}
