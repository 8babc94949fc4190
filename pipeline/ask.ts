/** Asking a person: one question for a subject, counted when it is new. */
import type { Db } from '../canonical/db.ts';
import { ask } from '../canonical/stores/reviews.ts';
import type { Engine } from './engine.ts';

export interface PersonQuestion {
  readonly kind: string;
  /** What it is about; asked once as long as it is open or decided. */
  readonly subject: string;
  readonly entity?: string | null;
  readonly entityId?: number | null;
  readonly recordA?: number | null;
  readonly recordB?: number | null;
  /** Evidence and choices by ids, fields and names of systems; no values of people. */
  readonly question: Readonly<Record<string, unknown>>;
}

/** Longest subject that the store takes. */
const SUBJECT_LENGTH = 191;

/** Asks, in the transaction of what makes it necessary. A number of `reviews` must have been reserved. */
export async function askPerson(trx: Db, engine: Engine, asked: PersonQuestion): Promise<void> {
  const fresh = await ask(trx, {
    id: engine.numbers.takeReserved('reviews'),
    kind: asked.kind,
    subject: asked.subject.slice(0, SUBJECT_LENGTH),
    entity: asked.entity ?? null,
    entity_id: asked.entityId ?? null,
    record_a: asked.recordA ?? null,
    record_b: asked.recordB ?? null,
    question: JSON.stringify(asked.question),
    state: 'open',
    answer: null,
    decided_by: null,
    decided_at: null,
    run_id: engine.runId,
    asked_at: engine.setup.clock.now(),
    acknowledged: 0,
  });
  if (!fresh) return;
  engine.counts.reviews += 1;
  const { kind, entity, entityId, recordA, recordB } = asked;
  engine.setup.log.info('a person is asked', { kind, entity, entityId, recordA, recordB });
}
