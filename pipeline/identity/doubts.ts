/** Reviews about identity and undecided values: asked once, and moot when the question falls away. */
import type { Db } from '../../canonical/db.ts';
import { ask, openReviewsOfRecords, settleReviews } from '../../canonical/stores/work.ts';
import type { Engine } from '../engine.ts';
import type { ClientWork } from './client-work.ts';

export const IDENTITY_REVIEWS = ['match', 'duplicate'] as const;

/** Asks about the doubts of a neighbourhood and closes those of its questions that are none any more. */
export async function askDoubts(trx: Db, engine: Engine, work: ClientWork): Promise<void> {
  const now = engine.setup.clock.now();
  const open = await openReviewsOfRecords(trx, [...work.clientOf.keys()], IDENTITY_REVIEWS);
  const subjects = new Set<string>();
  for (const doubt of work.doubts) {
    const [a, b] = doubt.a < doubt.b ? [doubt.a, doubt.b] : [doubt.b, doubt.a];
    const subject = `${doubt.kind}:${a}:${b}`;
    subjects.add(subject);
    const fresh = await ask(trx, {
      id: engine.numbers.takeReserved('reviews'), kind: doubt.kind, subject, entity: 'client', entity_id: work.clientOf.get(a) ?? null, record_a: a, record_b: b,
      question: JSON.stringify({ why: doubt.why }), state: 'open', answer: null, decided_by: null, decided_at: null, run_id: engine.runId, asked_at: now, acknowledged: 0,
    });
    if (fresh) engine.counts.reviews += 1;
  }
  await settleReviews(trx, open.filter((review) => !subjects.has(review.subject)).map((review) => review.id), 'moot');
}
