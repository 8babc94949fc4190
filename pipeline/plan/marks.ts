/**
 * Which differences come of an activation of mappings: they wait until a person approves them, and what else is to be changed in the
 * same record goes on as usual beside them. Pure.
 */
import type { OperationRow } from '../../canonical/stores/operations.ts';
import { sameValue } from '../../core/values.ts';
import type { Engine } from '../engine.ts';
import type { Change, Changes } from './diff.ts';
import { type Draft, isSameChanges, type MarkedDraft, placeOf } from './draft.ts';

/** Drafts as they go into operations: an update may be parted in two. `open`: the operations that are there for the same entities. */
export function markDrafts({ activation }: Pick<Engine, 'activation'>, drafts: readonly Draft[], open: readonly OperationRow[]): MarkedDraft[] {
  const rows = new Map<string, OperationRow[]>();
  for (const row of open) {
    if (row.state === 'unsupported') continue;
    const at = placeOf(row.action, row.entity_id, row.programme_id, row.record_id);
    rows.set(at, [...(rows.get(at) ?? []), row]);
  }
  return drafts.flatMap((draft): MarkedDraft[] => {
    if (draft.state === 'unsupported') return [{ ...draft, activation: null }];
    const own = rows.get(placeOf(draft.action, draft.entityId, draft.programmeId, draft.recordId)) ?? [];
    if (draft.action !== 'update') return [wholeDraft(draft, own[0], activation)];
    const usual = own.find((row) => row.activation === null);
    const waiting = own.find((row) => row.activation !== null);
    return activation === undefined ? inRun(draft, waiting) : inActivation(draft, usual, waiting, activation);
  });
}

function wholeDraft(draft: Draft, row: OperationRow | undefined, activation: number | undefined): MarkedDraft {
  if (activation === undefined) return { ...draft, activation: row?.activation ?? null };
  const same = row !== undefined && isSameChanges(row.changes, draft.changes);
  return { ...draft, activation: same ? row.activation : activation };
}

/** In an ordinary run fields that wait for a person go on waiting; once approved, all of the record goes with them. */
function inRun(draft: Draft, waiting: OperationRow | undefined): MarkedDraft[] {
  if (waiting === undefined) return [{ ...draft, activation: null }];
  if (waiting.approved_by !== null) return [{ ...draft, activation: waiting.activation }];
  const reserved = new Set(Object.keys(JSON.parse(waiting.changes) as Changes));
  return parted(draft, (field) => reserved.has(field), waiting.activation);
}

/** In an activation all that it changes comes of it; what was planned before, and is still the same, does not. */
function inActivation(draft: Draft, usual: OperationRow | undefined, waiting: OperationRow | undefined, activation: number): MarkedDraft[] {
  if (usual !== undefined && usual.changes === JSON.stringify(draft.changes)) return [{ ...draft, activation: null }];
  const before = usual === undefined ? {} : (JSON.parse(usual.changes) as Changes);
  const parts = parted(draft, (field) => !sameChange(before[field], draft.changes[field]), activation);
  return parts.map((part) => {
    const kept = part.activation !== null && waiting !== undefined && isSameChanges(waiting.changes, part.changes);
    return kept ? { ...part, activation: waiting.activation } : part;
  });
}

const sameChange = (a: Change | undefined, b: Change | undefined): boolean =>
  a !== undefined && b !== undefined && sameValue(a.before, b.before) && sameValue(a.after, b.after);

/** The draft in two: what waits for a person, and the rest. A part without a field is left out. */
function parted(draft: Draft, waits: (field: string) => boolean, activation: number | null): MarkedDraft[] {
  const fields = Object.keys(draft.changes);
  const part = (names: readonly string[], of: number | null): MarkedDraft[] => {
    if (names.length === 0) return [];
    const only = <T>(all: Readonly<Record<string, T>>): Record<string, T> => Object.fromEntries(Object.entries(all).filter(([field]) => names.includes(field)));
    return [{ ...draft, changes: only(draft.changes), reason: draft.reason === null ? null : only(draft.reason), activation: of }];
  };
  return [
    ...part(
      fields.filter((field) => !waits(field)),
      null,
    ),
    ...part(fields.filter(waits), activation),
  ];
}
