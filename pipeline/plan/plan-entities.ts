/** Plans creates and updates of one stream: what each touched entity should hold in one system, and does not. */

import type { Db } from '../../canonical/db.ts';
import { clientOfCards, type FoldedKind } from '../../canonical/stores/entities.ts';
import { tombstonesOf } from '../../canonical/stores/links.ts';
import { type OperationRow, openOperations } from '../../canonical/stores/operations.ts';
import { type PushLogRow, recentPushes } from '../../canonical/stores/pushes.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import { openReviewsOfRecords } from '../../canonical/stores/reviews.ts';
import type { Stream } from '../../core/contract.ts';
import { digest } from '../../core/hash.ts';
import { type FieldValues, fieldSpec } from '../../core/model.ts';
import { stableJson } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import type { Engine } from '../engine.ts';
import { fold } from '../fold/fold.ts';
import type { Folded } from '../fold/folded.ts';
import { type Known, loadKnown, sourcesFor } from '../fold/voices.ts';
import { CONTESTED, clientsWithCardInDoubt, contestedCards, WHOSE_CARD } from '../identity/contested.ts';
import { IDENTITY_REVIEWS } from '../identity/doubts.ts';
import { bodyOfRow, viewOfRow } from '../land/rows.ts';
import type { StreamPolicy, SystemSetup } from '../setup.ts';
import { type Changes, diffRecord, NO_UPDATE, valuesForCreate } from './diff.ts';
import type { Draft, Question } from './draft.ts';
import { wantsCreate } from './filter.ts';
import { ownerChange, ownersIn } from './owner-change.ts';
import { strangersValues } from './take-back.ts';

export interface PlanTarget {
  readonly engine: Engine;
  readonly system: SystemSetup;
  readonly stream: string;
  readonly port: Stream;
  readonly mapping: Mapping;
  readonly policy: StreamPolicy;
  /** The stream was seen whole, and read without failure in this run: what is not there can be created. */
  readonly whole: boolean;
  /** Entities as folded in this planning: what is planned for several systems is loaded once. */
  readonly cache: FoldCache;
  /** Number of the system that a migration moves out of: what it holds is created whatever the policy says. */
  readonly movedFrom?: number;
}

export type FoldCache = Map<string, { readonly one: Known; readonly folded: Folded }>;

/** Entities held in a cache at most; beyond, it starts anew. */
const MAX_CACHED = 4000;

/** Loads and folds entities, as far as the cache does not have them. */
export async function foldedEntities(target: PlanTarget, kind: FoldedKind, ids: readonly number[]): Promise<{ one: Known; folded: Folded }[]> {
  const { engine, cache } = target;
  if (cache.size + ids.length > MAX_CACHED) cache.clear();
  const known = await loadKnown(
    engine.store.db,
    engine.setup,
    kind,
    ids.filter((id) => !cache.has(`${kind}:${id}`)),
  );
  for (const one of known.values()) cache.set(`${kind}:${one.id}`, { one, folded: fold(kind, one.voices, one.overrides, engine.setup.policies) });
  return ids.flatMap((id) => cache.get(`${kind}:${id}`) ?? []);
}

const NO_STRANGERS: ReadonlyMap<number, ReadonlySet<string>> = new Map();
const WEEK_MS = 7 * 86_400_000;
const MAX_SAME_PUSHES = 3;

/** Drafts for a set of entities of one kind, and the operations that are open for them. */
export async function planEntities(target: PlanTarget, kind: FoldedKind, ids: readonly number[]): Promise<{ drafts: Draft[]; open: OperationRow[] }> {
  const { engine, system, stream, port } = target;
  const { db } = engine.store;
  const entities = await foldedEntities(target, kind, ids);
  const open = await openOperations(db, system.id, stream, ids);
  const buried = new Set((await tombstonesOf(db, kind, ids)).filter((row) => row.system_id === system.id).map((row) => row.entity_id));
  const records = entities.flatMap(({ one }) => one.rows.map((row) => row.id));
  const doubted = new Set((await openReviewsOfRecords(db, records, IDENTITY_REVIEWS)).flatMap((review) => [review.record_a, review.record_b]));
  const recent = pushesByField(await recentPushes(db, records, engine.setup.clock.now() - WEEK_MS));
  const moved = new Set(open.filter((row) => row.action === 'create' && row.moved_from !== null).map((row) => row.entity_id));
  const strangers = kind === 'client' && port.capabilities.clear ? await strangersValues(db, entities) : NO_STRANGERS;
  const owners = kind === 'card' ? await ownersIn(engine, system, ids) : null;
  const doubtful = kind === 'card' ? await cardsInDoubt(db, ids) : NOBODY;
  const drafts: Draft[] = [];
  for (const { one, folded } of entities) {
    const here = one.rows.filter((row) => row.system_id === system.id && row.stream === stream);
    const own = here.filter((row) => row.state !== 'deleted');
    const owner: Owner = { key: owners?.get(one.id) ?? null, doubted: doubtful.has(one.id) };
    if (own.length > 0) {
      for (const row of own) drafts.push(...updateDrafts(target, kind, one, folded, row, recent, owner, strangers.get(row.id)));
      continue;
    }
    // There already in another stream of the same kind: an additional card is no main card.
    if (one.rows.some((row) => row.system_id === system.id && row.stream !== stream && row.state !== 'deleted')) continue;
    // Whoever is deleted everywhere is not made anew from what was known of them.
    const gone = one.rows.every((row) => row.state === 'deleted');
    // A record that was deleted there before it was ever seen has no tombstone, and says the same.
    if (gone || here.length > 0 || buried.has(one.id) || one.voices.length === 0 || (owners !== null && owner.key === null)) continue;
    const draft = createDraft(
      target,
      kind,
      one,
      folded,
      one.rows.some((row) => doubted.has(row.id)),
      target.movedFrom !== undefined || moved.has(one.id),
    );
    if (draft !== null) drafts.push(draft);
  }
  return { drafts: kind === 'card' ? await withoutContested(db, entities, drafts, doubtful) : drafts, open };
}

/** Where a card goes in one system. */
interface Owner {
  readonly key: string | null;
  /** A review asks who has the card. */
  readonly doubted: boolean;
}

const NOBODY: ReadonlySet<number> = new Set();

async function cardsInDoubt(db: Db, cards: readonly number[]): Promise<ReadonlySet<number>> {
  const owners = await clientOfCards(db, cards);
  const doubted = await clientsWithCardInDoubt(db, [...new Set(owners.values())]);
  return new Set([...owners].filter(([, client]) => doubted.has(client)).map(([card]) => card));
}

/** A number that two clients have is not made a third time. */
async function withoutContested(
  db: Db,
  entities: readonly { readonly one: Known; readonly folded: Folded }[],
  drafts: readonly Draft[],
  doubtful: ReadonlySet<number>,
): Promise<Draft[]> {
  const made = new Set(drafts.filter(({ action }) => action === 'create').map(({ entityId }) => entityId));
  if (made.size === 0) return [...drafts];
  const numbers = new Map(entities.filter(({ one }) => made.has(one.id)).map(({ one, folded }) => [one.id, folded.values]));
  const contested = await contestedCards(db, numbers);
  return drafts.map((draft) =>
    draft.action === 'create' && contested.has(draft.entityId)
      ? { ...draft, state: 'held', why: doubtful.has(draft.entityId) ? WHOSE_CARD : CONTESTED, needsPerson: !doubtful.has(draft.entityId) }
      : draft,
  );
}

function createDraft(target: PlanTarget, kind: FoldedKind, one: Known, folded: Folded, doubted: boolean, moved: boolean): Draft | null {
  const { port, mapping, policy, system, whole } = target;
  if (!port.capabilities.create || !(moved || wantsCreate(policy, folded.values))) return null;
  const values = valuesForCreate(mapping, folded.values, port.takes);
  if (Object.keys(values).length === 0) return null;
  const changes: Changes = Object.fromEntries(Object.entries(values).map(([field, after]) => [field, { before: null, after }]));
  const base = {
    action: 'create',
    entity: kind,
    entityId: one.id,
    programmeId: 0,
    recordId: null,
    changes,
    reason: reasonOf(folded, Object.keys(changes)),
  } as const;
  if (doubted) return { ...base, state: 'held', why: 'identity: a review asks whether this is somebody who is there already', needsPerson: false };
  if (!whole && system.creates !== 'blind')
    return { ...base, state: 'held', why: 'unseen: the system was not read whole in this run, so it cannot be seen what is there', needsPerson: false };
  if (folded.undecided.length > 0) return { ...base, state: 'held', why: 'undecided: a review asks which value is right', needsPerson: false };
  return { ...base, state: 'ready', why: null, needsPerson: false };
}

function updateDrafts(
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

/** Where each new value comes from: record and rule. */
function reasonOf(folded: Folded, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const source = folded.provenance[field] ?? folded.provenance['*'];
      return source === undefined ? [] : [[field, { record: source.record, rule: source.rule }]];
    }),
  );
}

/** What a push of a field rests on: the same record saying the same thing is the same cause. */
export function causeOf(values: FieldValues, source: { readonly record: number } | undefined, field: string): string {
  return digest(`${source?.record ?? 0}${stableJson(values[field] ?? null)}`);
}

function loops(recent: ReadonlyMap<string, readonly PushLogRow[]>, recordId: number, field: string, folded: Folded): boolean {
  const cause = causeOf(folded.values, folded.provenance[field] ?? folded.provenance['*'], field);
  return (recent.get(`${recordId}:${field}`) ?? []).filter((row) => row.cause === cause).length >= MAX_SAME_PUSHES;
}

function pushesByField(rows: readonly PushLogRow[]): Map<string, PushLogRow[]> {
  const map = new Map<string, PushLogRow[]>();
  for (const row of rows) {
    const at = `${row.record_id}:${row.field}`;
    map.set(at, [...(map.get(at) ?? []), row]);
  }
  return map;
}
