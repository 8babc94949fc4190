/** What is held while nobody knows whose a card is. */
import type { Db } from '../../canonical/db.ts';
import { linksOfEntities, linksOfRecords } from '../../canonical/stores/links.ts';
import { recordsWithHashes } from '../../canonical/stores/record-keys.ts';
import { loadRecords } from '../../canonical/stores/records.ts';
import { openReviewsOfRecords } from '../../canonical/stores/reviews.ts';
import type { FieldValues } from '../../core/model.ts';
import { IDENTITY_REVIEWS } from './doubts.ts';
import { keyHash, keysOf } from './keys.ts';

/** Why adjustments and changes of an owner are held. */
export const WHOSE_CARD = 'identity: a review asks whether two who have one card are one person';
/** Why a card is not created. */
export const CONTESTED = 'contested: another client has a card with this number; somebody has to put it right in one of the systems';

/** Those clients of whom an open review asks whether they are one with somebody who has the same card. */
export async function clientsWithCardInDoubt(db: Db, clients: readonly number[]): Promise<ReadonlySet<number>> {
  const clientOf = new Map((await linksOfEntities(db, 'client', clients)).map((link) => [link.record_id, link.entity_id]));
  const doubted = new Set<number>();
  for (const { question, record_a, record_b } of await openReviewsOfRecords(db, [...clientOf.keys()], IDENTITY_REVIEWS)) {
    const { shared = [] } = JSON.parse(question) as { shared?: readonly string[] };
    if (!shared.includes('card')) continue;
    for (const id of [record_a, record_b]) {
      const client = clientOf.get(id ?? 0);
      if (client !== undefined) doubted.add(client);
    }
  }
  return doubted;
}

/** Those cards whose number a record of another card has, wherever that is. */
export async function contestedCards(db: Db, cards: ReadonlyMap<number, FieldValues>): Promise<ReadonlySet<number>> {
  const byHash = new Map<number, number[]>();
  for (const [id, values] of cards) for (const key of keysOf('card', values)) byHash.set(keyHash(key), [...(byHash.get(keyHash(key)) ?? []), id]);
  const holders = await recordsWithHashes(db, [...byHash.keys()]);
  const links = await linksOfRecords(
    db,
    holders.map((one) => one.record_id),
  );
  const others = holders.flatMap(({ hash, record_id }) => {
    const link = links.get(record_id);
    return (byHash.get(hash) ?? []).filter((id) => link?.entity === 'card' && link.entity_id !== id).map((id) => ({ id, record_id }));
  });
  const living = new Set(
    (await loadRecords(db, [...new Set(others.map((one) => one.record_id))])).filter((row) => row.state !== 'deleted').map((row) => row.id),
  );
  return new Set(others.filter((one) => living.has(one.record_id)).map((one) => one.id));
}
