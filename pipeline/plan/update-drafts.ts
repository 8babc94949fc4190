/** What is to be changed in a record of an entity, and what cannot be. */
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import type { PushLogRow } from '../../canonical/stores/pushes.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import { fieldSpec } from '../../core/model.ts';
import type { Folded } from '../fold/folded.ts';
import { type Known, sourcesFor } from '../fold/voices.ts';
import { WHOSE_CARD } from '../identity/contested.ts';
import { bodyOfRow, viewOfRow } from '../land/rows.ts';
import type { SystemSetup } from '../setup.ts';
import { type Changes, diffRecord, NO_UPDATE } from './diff.ts';
import type { Draft, Question } from './draft.ts';
import { ownerChange } from './owner-change.ts';
import { causeOf, reasonOf } from './reason.ts';
import type { PlanTarget } from './target.ts';

const MAX_SAME_PUSHES = 3;

/** Where a card goes in one system. */
export interface Owner {
  readonly key: string | null;
  /** A review asks who has the card. */
  readonly doubted: boolean;
}

/** `recent`: what was pushed in the last week, by record and field; `strangers`: fields to be emptied. */
export function updateDrafts(
  target: PlanTarget,
  kind: FoldedKind,
  one: Known,
  folded: Folded,
  row: RecordRow,
  recent: ReadonlyMap<string, readonly PushLogRow[]>,
  owner: Owner,
  strangers: ReadonlySet<string> | undefined,
): Draft[] {
  const { system, stream, port, mapping, policy } = target;
  if (row.state !== 'live' && row.state !== 'pending') return [];
  const body = bodyOfRow(row);
  const view = viewOfRow(row, one.pushes.get(row.id), sourcesFor(system, stream));
  const wanted = strangers === undefined ? folded.values : { ...folded.values, ...Object.fromEntries([...strangers].map((field) => [field, null])) };
  const diff = diffRecord(mapping, wanted, view, body, {
    update: policy.update,
    clear: port.capabilities.clear,
    takes: port.takes,
    updates: port.capabilities.updates,
  });
  const undecided = new Set(folded.undecided);
  const decided = (all: Changes): Changes =>
    Object.fromEntries(Object.entries(all).filter(([field]) => !undecided.has(fieldSpec(kind, field)?.group ?? field)));
  const handover = kind === 'card' ? ownerChange(mapping, policy, view, owner.key) : {};
  const changes: Changes = { ...decided(diff.changes), ...(owner.doubted ? {} : handover) };
  const cannot = row.state === 'pending' ? {} : decided(diff.cannot);
  const base = { action: 'update', entity: kind, entityId: one.id, programmeId: 0, recordId: row.id } as const;
  const never = port.capabilities.update === 'none';
  const unsupported = unsupportedDraft(base, folded, never ? { ...changes, ...cannot } : cannot, never ? [NO_UPDATE] : diff.whyNot);
  if (!never && owner.doubted && Object.keys(changes).length === 0 && Object.keys(handover).length > 0)
    return [...unsupported, { ...base, changes: handover, reason: null, state: 'held', why: WHOSE_CARD, needsPerson: false }];
  if (never || Object.keys(changes).length === 0) return unsupported;
  const reason = reasonOf(folded, Object.keys(changes));
  const looping = Object.keys(changes).filter((field) => loops(recent, row.id, field, folded));
  if (looping.length > 0) {
    return [
      ...unsupported,
      {
        ...base,
        changes,
        reason,
        state: 'held',
        why: `loop: ${looping.join(', ')} was pushed ${MAX_SAME_PUSHES} times in seven days and comes back`,
        needsPerson: true,
        review: loopQuestion(system, row, looping),
      },
    ];
  }
  if (row.state === 'pending') return [{ ...base, changes, reason, state: 'held', why: 'unread: made by us and not read back yet', needsPerson: false }];
  return [...unsupported, { ...base, changes, reason, state: 'ready', why: null, needsPerson: false }];
}

/** What a record holds otherwise and cannot be told: listed, beside what can be changed in it. */
function unsupportedDraft(
  base: Pick<Draft, 'action' | 'entity' | 'entityId' | 'programmeId' | 'recordId'>,
  folded: Folded,
  changes: Changes,
  why: readonly string[],
): Draft[] {
  const fields = Object.keys(changes);
  if (fields.length === 0) return [];
  return [{ ...base, changes, reason: reasonOf(folded, fields), state: 'unsupported', why: why.join('; '), needsPerson: false }];
}

function loopQuestion(system: SystemSetup, row: RecordRow, fields: readonly string[]): Question {
  return {
    kind: 'push-loop',
    subject: `push-loop:${system.name}:${row.id}:${fields.join('+')}`.slice(0, 191),
    recordId: row.id,
    question: {
      system: system.name,
      stream: row.stream,
      key: row.record_key,
      fields,
      why: 'the same value was pushed three times in seven days, and something there changes it back',
    },
  };
}

function loops(recent: ReadonlyMap<string, readonly PushLogRow[]>, recordId: number, field: string, folded: Folded): boolean {
  const cause = causeOf(folded.values, folded.provenance[field] ?? folded.provenance['*'], field);
  return (recent.get(`${recordId}:${field}`) ?? []).filter((row) => row.cause === cause).length >= MAX_SAME_PUSHES;
}
