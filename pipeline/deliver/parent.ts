/** What an operation's record hangs on in its system. */
import { clientOfCards } from '../../canonical/stores/entities.ts';
import type { Engine } from '../engine.ts';
import { clientKeysIn } from '../plan/owner-change.ts';
import type { SystemSetup } from '../setup.ts';

/** The record of a card's owner in a system; null where there is no owner, or none there. */
export async function parentOfCard(engine: Engine, system: SystemSetup, cardId: number): Promise<{ stream: string; key: string } | null> {
  const client = (await clientOfCards(engine.store.db, [cardId])).get(cardId);
  return client === undefined ? null : clientIn(engine, system, client);
}

/** A client's record in a system; null where there is none. */
export async function clientIn(engine: Engine, system: SystemSetup, client: number): Promise<{ stream: string; key: string } | null> {
  const key = (await clientKeysIn(engine, system, [client])).get(client);
  const stream = [...system.mappings].find(([, mapping]) => mapping.entity === 'client')?.[0];
  return key === undefined || stream === undefined ? null : { stream, key };
}
