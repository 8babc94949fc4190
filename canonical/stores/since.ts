/** What was written to the base since some moment, by its numbers and times. */
import type { Db } from '../db.ts';
import { type FoldedKind, tableOf } from './entities.ts';
import type { Marks } from './mapping-undo.ts';

export interface Since {
  /** Records that were read with something new, made, or written to. */
  readonly records: ReadonlySet<number>;
  /** Entities that were folded anew, or of which something is to be done or asked, as `kind number`. */
  readonly entities: ReadonlySet<string>;
}

/** Name of an entity among those of all kinds. What is done about accounts is done about their client. */
export const entityName = (kind: string, id: number): string => `${kind === 'account' ? 'client' : kind} ${id}`;

const KINDS: readonly FoldedKind[] = ['client', 'card', 'cardType'];

export async function writtenSince(db: Db, { next, at }: Pick<Marks, 'next' | 'at'>): Promise<Since> {
  const from = (name: string): number => next[name] ?? 0;
  const records = new Set<number>();
  const entities = new Set<string>();
  const changed: { id: number }[] = await db('records').select('id').where('change_seq', '>=', from('changes')).orWhere('id', '>=', from('records'));
  for (const { id } of changed) records.add(Number(id));
  const pushed: { record_id: number }[] = await db('pushes').distinct('record_id').where('answered_at', '>', at);
  for (const row of pushed) records.add(Number(row.record_id));
  const booked: { account_id: number }[] = await db('bonus_entries').distinct('account_id').where('id', '>=', from('entries'));
  for (const row of booked) records.add(Number(row.account_id));
  for (const kind of KINDS) {
    const rows: { id: number }[] = await db(tableOf(kind))
      .select('id')
      .where('touched_seq', '>=', from('changes'))
      .orWhere('id', '>=', from(`${kind}s`));
    for (const { id } of rows) entities.add(entityName(kind, Number(id)));
  }
  const operations: { entity: string; entity_id: number }[] = await db('operations')
    .distinct('entity', 'entity_id')
    .where('id', '>=', from('operations'))
    .orWhere('changed_at', '>', at);
  for (const { entity, entity_id: id } of operations) entities.add(entityName(entity, Number(id)));
  const reviews: { entity: string | null; entity_id: number | null; record_a: number | null; record_b: number | null }[] = await db('reviews')
    .select('entity', 'entity_id', 'record_a', 'record_b')
    .where('id', '>=', from('reviews'))
    .orWhere('asked_at', '>', at)
    .orWhere('decided_at', '>', at);
  for (const { entity, entity_id: id, record_a: a, record_b: b } of reviews) {
    if (entity !== null && id !== null) entities.add(entityName(entity, Number(id)));
    for (const record of [a, b]) if (record !== null) records.add(Number(record));
  }
  return { records, entities };
}
