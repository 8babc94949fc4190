/** Reviews about identity and undecided values: asked once, and moot when the question falls away. */
import type { Db } from '../../canonical/db.ts';
import { openReviewsOfEntities, openReviewsOfRecords, settleReviews } from '../../canonical/stores/work.ts';
import { askPerson } from '../ask.ts';
import type { Engine } from '../engine.ts';
import type { ClientWork } from './client-work.ts';
import type { EntityBatch } from './entities.ts';

export const IDENTITY_REVIEWS = ['match', 'duplicate'] as const;

/** Asks about the doubts of a neighbourhood and closes those of its questions that are none any more. */
export async function askDoubts(trx: Db, engine: Engine, work: ClientWork): Promise<void> {
  const open = await openReviewsOfRecords(trx, [...work.clientOf.keys()], IDENTITY_REVIEWS);
  const subjects = new Set<string>();
  for (const doubt of work.doubts) {
    const [a, b] = doubt.a < doubt.b ? [doubt.a, doubt.b] : [doubt.b, doubt.a];
    const subject = `${doubt.kind}:${a}:${b}`;
    subjects.add(subject);
    await askPerson(trx, engine, {
      kind: doubt.kind,
      subject,
      entity: 'client',
      entityId: work.clientOf.get(a) ?? null,
      recordA: a,
      recordB: b,
      question: { why: doubt.why },
    });
  }
  await settleReviews(
    trx,
    open.filter((review) => !subjects.has(review.subject)).map((review) => review.id),
    'moot',
  );
}

/** Asks which value is right where the policy leaves it to a person; what is decided or has gone away is asked no more. */
export async function askUndecided(trx: Db, engine: Engine, kind: 'client' | 'card', batch: EntityBatch): Promise<void> {
  const ids = batch.writes.map((write) => write.id);
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
