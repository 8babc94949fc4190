/** Decisions that wait for a person. */
import type { Db } from '../db.ts';
import { selectIn } from './select.ts';

export interface ReviewRow {
  id: number;
  kind: string;
  subject: string;
  entity: string | null;
  entity_id: number | null;
  record_a: number | null;
  record_b: number | null;
  question: string;
  state: 'open' | 'decided' | 'moot';
  answer: string | null;
  decided_by: string | null;
  decided_at: number | null;
  run_id: number;
  asked_at: number;
  acknowledged: number;
}

/** Asks, unless the same subject is open or was decided. A question that fell away is asked again. Returns whether it is new. */
export async function ask(db: Db, row: ReviewRow): Promise<boolean> {
  const known = await db('reviews').where({ subject: row.subject }).first('id', 'state');
  if (known === undefined) {
    await db('reviews').insert(row);
    return true;
  }
  if (known.state === 'moot') {
    await db('reviews')
      .where({ id: known.id })
      .update({ state: 'open', question: row.question, run_id: row.run_id, asked_at: row.asked_at, entity_id: row.entity_id, acknowledged: 0 });
    return true;
  }
  if (known.state === 'open') await db('reviews').where({ id: known.id }).update({ entity_id: row.entity_id });
  return false;
}

export async function reviewsInState(db: Db, state: ReviewRow['state'], limit: number): Promise<ReviewRow[]> {
  return db<ReviewRow>('reviews').select('*').where({ state }).orderBy('id').limit(limit);
}

export async function reviewById(db: Db, id: number): Promise<ReviewRow | undefined> {
  return db<ReviewRow>('reviews').select('*').where({ id }).first();
}

/** Open reviews of the given kinds that speak of any of the records. */
export async function openReviewsOfRecords(db: Db, recordIds: readonly number[], kinds: readonly string[]): Promise<ReviewRow[]> {
  const columns = [
    'id',
    'kind',
    'subject',
    'entity',
    'entity_id',
    'record_a',
    'record_b',
    'question',
    'state',
    'answer',
    'decided_by',
    'decided_at',
    'run_id',
    'asked_at',
    'acknowledged',
  ] as const satisfies readonly (keyof ReviewRow)[];
  const rows = [
    ...(await selectIn<ReviewRow>(db, 'reviews', columns, 'record_a', recordIds, { state: 'open' })),
    ...(await selectIn<ReviewRow>(db, 'reviews', columns, 'record_b', recordIds, { state: 'open' })),
  ];
  return [...new Map(rows.filter((row) => kinds.includes(row.kind)).map((row) => [row.id, row])).values()];
}

/** Open reviews of one kind about entities. */
export async function openReviewsOfEntities(db: Db, entity: string, ids: readonly number[], kind: string): Promise<{ id: number; subject: string }[]> {
  return selectIn<{ id: number; subject: string }>(db, 'reviews', ['id', 'subject'], 'entity_id', ids, { entity, kind, state: 'open' });
}

/** Puts an open question in other words. */
export async function rewordReview(db: Db, id: number, question: string): Promise<void> {
  await db('reviews').where({ id, state: 'open' }).update({ question });
}

export async function settleReviews(db: Db, ids: readonly number[], state: 'moot' | 'decided'): Promise<void> {
  for (let at = 0; at < ids.length; at += 500)
    await db('reviews')
      .whereIn('id', ids.slice(at, at + 500))
      .update({ state });
}

export async function countOpenReviews(db: Db): Promise<number> {
  const row = await db('reviews').where({ state: 'open' }).count({ count: '*' }).first();
  return Number(row?.['count'] ?? 0);
}

export async function closeReview(db: Db, id: number, answer: string, by: string, now: number): Promise<void> {
  await db('reviews').where({ id }).update({ state: 'decided', answer, decided_by: by, decided_at: now });
}
