/**
 * Who is to be created in a system, and was not before: held until now, or left out by a policy. Their cards and points were left out of the
 * plan meanwhile, and nothing touches them when that ends: they are planned with them, and not a run after them.
 */
import type { Db } from '../../canonical/db.ts';
import { cardsOfClients, clientOfCards } from '../../canonical/stores/entities.ts';
import type { OperationRow } from '../../canonical/stores/operations.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import type { Merge } from './draft.ts';

export class Coming {
  private readonly clients = new Map<number, Set<number>>();
  private readonly cards = new Map<number, Set<number>>();

  /** Notes which creations are new or held no more; `open`: the operations as they were before. */
  note(open: readonly OperationRow[], { inserts, updates }: Merge): void {
    const held = new Set(open.filter(({ state }) => state === 'held').map(({ id }) => id));
    for (const { action, state, entity, system_id: system, entity_id: entityId } of [...inserts, ...updates.filter(({ id }) => held.has(id))]) {
      const of = entity === 'client' ? this.clients : entity === 'card' ? this.cards : undefined;
      if (of === undefined || action !== 'create' || state === 'held' || state === 'withdrawn') continue;
      of.set(system, (of.get(system) ?? new Set()).add(entityId));
    }
  }

  /** Entities whose plan in a system rests on these: cards, or for accounts the clients. */
  async following(db: Db, system: number, entity: Mapping['entity']): Promise<readonly number[]> {
    const clients = [...(this.clients.get(system) ?? [])];
    if (entity === 'card') return (await cardsOfClients(db, clients)).map(({ id }) => id);
    if (entity !== 'account') return [];
    return [...clients, ...(await clientOfCards(db, [...(this.cards.get(system) ?? [])])).values()];
  }
}
