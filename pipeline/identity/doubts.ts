/** Reviews about identity and undecided values: asked once, and moot when the question falls away. Identity is not decided by an edit. */
import type { Db } from '../../canonical/db.ts';
import { loadRecords } from '../../canonical/stores/records.ts';
import { openReviewsOfEntities, openReviewsOfRecords, type ReviewRow, rewordReview, settleReviews } from '../../canonical/stores/reviews.ts';
import { askPerson } from '../ask.ts';
import type { Engine } from '../engine.ts';
import { type ClientWork, toldApart } from './client-work.ts';
import { type EntityBatch, idsOfBatch } from './entities.ts';
import { type Evidence, judgePair } from './evidence.ts';
import { keysOfNeighbour } from './neighbourhood.ts';

export const IDENTITY_REVIEWS = ['match', 'duplicate'] as const;

/** What an identity review rests on: why it was asked, and what the two share. */
interface Asked {
  readonly why: string;
  readonly shared: readonly Evidence[];
  /** What is true by now, where that is something else. */
  readonly now?: string;
}

/** Asks about the doubts of a neighbourhood. A question that is open stays until it is answered, or nobody can answer it any more. */
export async function askDoubts(trx: Db, engine: Engine, work: ClientWork): Promise<void> {
  const open = new Map((await openReviewsOfRecords(trx, [...work.clientOf.keys()], IDENTITY_REVIEWS)).map((review) => [review.subject, review]));
  for (const { kind, why, shared, ...doubt } of work.doubts) {
    const [a, b] = doubt.a < doubt.b ? [doubt.a, doubt.b] : [doubt.b, doubt.a];
    const subject = `${kind}:${a}:${b}`;
    const known = open.get(subject);
    open.delete(subject);
    if (known !== undefined) await restate(trx, known, why, [...shared].sort());
    const question: Asked = { why, shared: [...shared].sort() };
    await askPerson(trx, engine, {
      kind,
      subject,
      entity: 'client',
      entityId: work.clientOf.get(a) ?? null,
      recordA: a,
      recordB: b,
      question: { ...question },
    });
  }
  const gone = await answerless(trx, work, [...open.values()]);
  await settleReviews(trx, [...gone], 'moot');
  for (const review of open.values()) if (!gone.has(review.id)) await restate(trx, review, whyNow(work, review), null);
}

/**
 * Open reviews that have fallen away: the two are one client, a person told their clients apart, or one of the records is gone.
 * That the two look different since one of them was edited answers nothing.
 */
async function answerless(trx: Db, work: ClientWork, open: readonly ReviewRow[]): Promise<ReadonlySet<number>> {
  const ends = ({ record_a, record_b }: ReviewRow): number[] => [record_a, record_b].flatMap((id) => id ?? []);
  const elsewhere = open.flatMap(ends).filter((id) => !work.hood.clients.has(id));
  const rows = new Map((await loadRecords(trx, elsewhere)).map((row) => [row.id, row]));
  const lives = (id: number): boolean => (work.hood.clients.get(id)?.row ?? rows.get(id))?.state !== 'deleted';
  const there = (id: number): boolean => work.hood.clients.has(id) || rows.has(id);
  const apart = toldApart(work);
  return new Set(
    open
      .filter((review) => {
        const records = ends(review);
        const [a, b] = records.map((id) => work.clientOf.get(id));
        return !records.every((id) => there(id) && lives(id)) || (a !== undefined && (a === b || apart.has(`${a}:${b}`)));
      })
      .map(({ id }) => id),
  );
}

function whyNow({ hood }: ClientWork, { record_a, record_b }: ReviewRow): string {
  const [a, b] = [hood.clients.get(record_a ?? 0), hood.clients.get(record_b ?? 0)];
  if (a === undefined || b === undefined) return 'nothing shared';
  const held = new Set(keysOfNeighbour(a).map(({ kind, value }) => `${kind}:${value}`));
  const shared = keysOfNeighbour(b).filter(({ kind, value }) => held.has(`${kind}:${value}`));
  return judgePair(a.values, b.values, new Set(shared.map(({ kind }) => kind))).why;
}

/** Writes into an open question what it rests on by now; `shared` null: what was shared when it was asked last. */
async function restate(trx: Db, review: ReviewRow, now: string, shared: readonly Evidence[] | null): Promise<void> {
  const asked = JSON.parse(review.question) as Asked;
  const stated: Asked = { why: asked.why, shared: shared ?? asked.shared, ...(now === asked.why ? {} : { now }) };
  const question = JSON.stringify(stated);
  if (question !== review.question) await rewordReview(trx, review.id, question);
}

/** Asks which value is right where the policy leaves it to a person; what is decided or has gone away is asked no more. */
export async function askUndecided(trx: Db, engine: Engine, kind: 'client' | 'card', batch: EntityBatch): Promise<void> {
  const ids = idsOfBatch(batch);
  const subjects = new Set<string>();
  for (const [id, units] of batch.undecided) {
    for (const unit of units) {
      const subject = `value:${kind}:${id}:${unit}`;
      subjects.add(subject);
      await askPerson(trx, engine, {
        kind: 'value',
        subject,
        entity: kind,
        entityId: id,
        question: { [kind]: id, field: unit, why: 'systems were first seen with different values' },
      });
    }
  }
  if (engine.setup.policies.firstSync !== 'review') return;
  const open = await openReviewsOfEntities(trx, kind, ids, 'value');
  await settleReviews(
    trx,
    open.filter((review) => !subjects.has(review.subject)).map((review) => review.id),
    'moot',
  );
}
