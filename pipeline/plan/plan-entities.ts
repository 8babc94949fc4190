/** Plans creates and updates of one stream: what each touched entity should hold in one system, and does not. */
import type { Db } from '../../canonical/db.ts';
import { clientOfCards, type FoldedKind } from '../../canonical/stores/entities.ts';
import { tombstonesOf } from '../../canonical/stores/links.ts';
import { type OperationRow, openOperations } from '../../canonical/stores/operations.ts';
import { type PushLogRow, recentPushes } from '../../canonical/stores/pushes.ts';
import { openReviewsOfRecords } from '../../canonical/stores/reviews.ts';
import type { Folded } from '../fold/folded.ts';
import { foldMoved, saysMoved } from '../fold/moved.ts';
import type { Known } from '../fold/voices.ts';
import { CONTESTED, clientsWithCardInDoubt, contestedCards, WHOSE_CARD } from '../identity/contested.ts';
import { IDENTITY_REVIEWS } from '../identity/doubts.ts';
import { createDraft } from './create-draft.ts';
import type { Draft } from './draft.ts';
import { ownersIn } from './owner-change.ts';
import { strangersValues } from './take-back.ts';
import { foldedEntities, type PlanTarget } from './target.ts';
import { type Owner, updateDrafts } from './update-drafts.ts';

const NO_STRANGERS: ReadonlyMap<number, ReadonlySet<string>> = new Map();
const WEEK_MS = 7 * 86_400_000;

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
  const movers = moversOf(target, open);
  const strangers = kind === 'client' && port.capabilities.clear ? await strangersValues(db, entities) : NO_STRANGERS;
  const owners = kind === 'card' ? await ownersIn(engine, system, ids) : null;
  const doubtful = kind === 'card' ? await cardsInDoubt(db, ids) : NOBODY;
  const drafts: Draft[] = [];
  for (const { one, folded } of entities) {
    const here = one.rows.filter((row) => row.system_id === system.id && row.stream === stream);
    const own = here.filter((row) => row.state !== 'deleted');
    const owner: Owner = { key: owners?.get(one.id) ?? null, doubted: doubtful.has(one.id) };
    if (own.length > 0) {
      const mover = movers(one.id);
      const wanted = mover === null ? folded : foldMoved(kind, one, folded, engine.setup.policies, mover, system.name);
      for (const row of own) drafts.push(...updateDrafts(target, kind, one, wanted, row, recent, owner, strangers.get(row.id)));
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

/** Whose values count against those of the target itself: of the migration that is planned, or of that which proposed an update before. */
function moversOf({ engine, valuesOf }: PlanTarget, open: readonly OperationRow[]): (entityId: number) => string | null {
  if (valuesOf !== undefined) return () => valuesOf;
  const found = new Map<number, string>();
  for (const { action, moved_from, reason, entity_id } of open) {
    const from = action !== 'update' || moved_from === null ? undefined : engine.setup.systems.find(({ id }) => id === moved_from);
    if (from !== undefined && saysMoved(reason)) found.set(entity_id, from.name);
  }
  return (entityId) => found.get(entityId) ?? null;
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

function pushesByField(rows: readonly PushLogRow[]): Map<string, PushLogRow[]> {
  const map = new Map<string, PushLogRow[]>();
  for (const row of rows) {
    const at = `${row.record_id}:${row.field}`;
    map.set(at, [...(map.get(at) ?? []), row]);
  }
  return map;
}
