/** Our own reference in a system's record is evidence only if we issued that value to that system. */
import { formerClients, linksOfEntities } from '../../canonical/stores/links.ts';
import { createsOf } from '../../canonical/stores/operations.ts';
import type { Engine } from '../engine.ts';
import type { Neighbourhood } from './neighbourhood.ts';
import { referenceOf } from './referred.ts';

/** For records that carry a reference we issued: a record of the client to whom we issued it. */
export async function issuedReferences(engine: Engine, hood: Neighbourhood): Promise<Map<number, number>> {
  const { store, setup } = engine;
  const claims: { record: number; systemId: number; client: number }[] = [];
  for (const { row, values } of hood.clients.values()) {
    const client = row.state === 'deleted' ? null : referenceOf(setup, row, values);
    if (client !== null) claims.push({ record: row.id, systemId: row.system_id, client });
  }
  if (claims.length === 0) return new Map();
  const clients = [...new Set(claims.map((claim) => claim.client))];
  const issued = new Set((await createsOf(store.db, 'client', clients)).map((row) => `${row.system_id}:${row.entity_id}`));
  // A number that we gave out once stands for whoever the client was merged into.
  const former = await formerClients(store.db, clients);
  const links = await linksOfEntities(store.db, 'client', [...new Set(clients.map((id) => former.get(id) ?? id))]);
  const references = new Map<number, number>();
  const dead = (id: number): number => (hood.clients.get(id)?.row.state === 'deleted' ? 1 : 0);
  for (const { record, systemId, client } of claims) {
    if (!issued.has(`${systemId}:${client}`)) continue;
    const other = links
      .filter((link) => link.entity_id === (former.get(client) ?? client) && link.record_id !== record)
      .map((link) => link.record_id)
      .sort((a, b) => dead(a) - dead(b) || a - b)[0];
    if (other !== undefined) references.set(record, other);
  }
  return references;
}
