/** Cards go where their owners are: whose card it is in one system, by that system's own key. */
import { clientOfCards } from '../../canonical/stores/entities.ts';
import { linksOfEntities } from '../../canonical/stores/links.ts';
import { openOperations } from '../../canonical/stores/operations.ts';
import { loadRecords } from '../../canonical/stores/records.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import type { Engine } from '../engine.ts';
import { entityOf } from '../fold/voices.ts';
import { sideOf, type ViewSource } from '../land/view.ts';
import type { StreamPolicy, SystemSetup } from '../setup.ts';
import { type Changes, mayUpdate } from './diff.ts';

/** Key of an owner that is about to be created in the system: whoever sends the change puts in the key that the vendor gave. */
export const OWNER_TO_COME = '';

/**
 * Key of each card's owner in a system; `OWNER_TO_COME` where the client is about to be created there; null where the owner is
 * not and will not be there.
 */
export async function ownersIn(engine: Engine, system: SystemSetup, cardIds: readonly number[]): Promise<Map<number, string | null>> {
  const { db } = engine.store;
  const clientOf = await clientOfCards(db, cardIds);
  const clients = [...new Set([...clientOf.values()])];
  const keys = await clientKeysIn(engine, system, clients);
  const coming = await clientsToCome(engine, system, clients);
  return new Map([...clientOf].map(([card, client]) => [card, keys.get(client) ?? (coming.has(client) ? OWNER_TO_COME : null)]));
}

/** Key of each client in a system: of its live record with the smallest number. */
export async function clientKeysIn(engine: Engine, system: SystemSetup, clients: readonly number[]): Promise<Map<number, string>> {
  const links = await linksOfEntities(engine.store.db, 'client', clients);
  const rows = new Map(
    (
      await loadRecords(
        engine.store.db,
        links.map((link) => link.record_id),
      )
    ).map((row) => [row.id, row]),
  );
  const keys = new Map<number, string>();
  for (const link of [...links].sort((a, b) => a.record_id - b.record_id)) {
    const row = rows.get(link.record_id);
    if (row === undefined || row.system_id !== system.id || row.state === 'deleted' || keys.has(link.entity_id)) continue;
    if (entityOf(engine.setup, row.system_id, row.stream) === 'client') keys.set(link.entity_id, row.record_key);
  }
  return keys;
}

/** Clients for which a create in the system is planned. */
export async function clientsToCome(engine: Engine, system: SystemSetup, clients: readonly number[]): Promise<Set<number>> {
  const coming = new Set<number>();
  for (const [stream, mapping] of system.mappings) {
    if (mapping.entity !== 'client') continue;
    for (const row of await openOperations(engine.store.db, system.id, stream, clients)) {
      if (row.action === 'create' && row.entity === 'client' && row.state !== 'held' && row.state !== 'rejected') coming.add(row.entity_id);
    }
  }
  return coming;
}

/** The change of a card's owner, where the system shows another one. */
export function ownerChange(mapping: Mapping, policy: StreamPolicy, view: ViewSource, owner: string | null): Changes {
  const line = mapping.lines.find((one) => one.field === 'owner' && one.only !== 'pull');
  if (line === undefined || owner === null || !mayUpdate(mapping, 'owner', policy.update)) return {};
  const held = sideOf(view, 'owner')?.holds;
  if (held === owner) return {};
  return { owner: { before: held ?? null, after: owner } };
}
