/** What hangs together with some records and entities: all that speaks of the same people and cards, now or before an activation. */
import type { Db } from '../../canonical/db.ts';
import { cardsOfClients, clientOfCards } from '../../canonical/stores/entities.ts';
import { linksOfEntities, linksOfRecords, mergedInto } from '../../canonical/stores/links.ts';
import type { KeptRow } from '../../canonical/stores/mapping-restore.ts';
import { namesByKeys, namesOfChildren, namesOfRecords, type RecordName } from '../../canonical/stores/record-names.ts';
import { entityName } from '../../canonical/stores/since.ts';

/** Links and owners of cards, as they were before the activation. */
export class Former {
  readonly links = new Map<number, string>();
  readonly linked = new Map<string, number[]>();
  readonly owners = new Map<number, number>();
  readonly owned = new Map<number, number[]>();

  note({ table, key: [id], before, now }: KeptRow): void {
    if (typeof id !== 'number') return;
    if (table === 'links' && before['entity_id'] !== undefined) {
      const name = entityName(String(before['entity'] ?? now?.['entity'] ?? ''), Number(before['entity_id']));
      this.links.set(id, name);
      this.linked.set(name, [...(this.linked.get(name) ?? []), id]);
    }
    const owner = before['client_id'];
    if (table === 'cards' && typeof owner === 'number') {
      this.owners.set(id, owner);
      this.owned.set(owner, [...(this.owned.get(owner) ?? []), id]);
    }
  }
}

/** Adds what hangs together with records and entities: what speaks of one of them, and what hangs on it. */
export async function spread(db: Db, former: Former, near: Set<number>, entities: Set<string>): Promise<void> {
  let [freshRecords, freshEntities] = [[...near], [...entities]];
  while (freshRecords.length + freshEntities.length > 0) {
    const reached = { records: new Set<number>(), entities: new Set<string>() };
    await fromRecords(db, former, freshRecords, reached);
    await fromEntities(db, former, freshEntities, reached);
    freshRecords = [...reached.records].filter((id) => !near.has(id));
    freshEntities = [...reached.entities].filter((name) => !entities.has(name));
    for (const id of freshRecords) near.add(id);
    for (const name of freshEntities) entities.add(name);
  }
}

interface Reached {
  readonly records: Set<number>;
  readonly entities: Set<string>;
}

async function fromRecords(db: Db, former: Former, ids: readonly number[], { records, entities }: Reached): Promise<void> {
  for (const link of (await linksOfRecords(db, ids)).values()) entities.add(entityName(link.entity, link.entity_id));
  for (const id of ids) {
    const name = former.links.get(id);
    if (name !== undefined) entities.add(name);
  }
  const names = await namesOfRecords(db, ids);
  for (const [system, stream, keys] of grouped(names, ({ stream: own, record_key: key }) => [own, key]))
    for (const child of await namesOfChildren(db, system, stream, keys)) records.add(child.id);
  for (const [system, stream, keys] of grouped(names, ({ parent_stream: parent, parent_key: key }) => (parent === null || key === null ? null : [parent, key])))
    for (const parent of await namesByKeys(db, system, stream, keys)) records.add(parent.id);
}

async function fromEntities(db: Db, former: Former, names: readonly string[], { records, entities }: Reached): Promise<void> {
  for (const kind of ['client', 'card', 'cardType'] as const) {
    const ids = names.filter((name) => name.startsWith(`${kind} `)).map((name) => Number(name.slice(kind.length + 1)));
    for (const link of await linksOfEntities(db, kind, ids)) records.add(link.record_id);
    if (kind === 'client') {
      for (const card of await cardsOfClients(db, ids)) entities.add(entityName('card', card.id));
      for (const card of ids.flatMap((id) => former.owned.get(id) ?? [])) entities.add(entityName('card', card));
      for (const gone of await mergedInto(db, ids)) entities.add(entityName('client', gone));
    }
    if (kind !== 'card') continue;
    for (const client of (await clientOfCards(db, ids)).values()) entities.add(entityName('client', client));
    for (const client of ids.flatMap((id) => former.owners.get(id) ?? [])) entities.add(entityName('client', client));
  }
  for (const name of names) for (const id of former.linked.get(name) ?? []) records.add(id);
}

/** Keys by system and stream. */
function grouped(
  names: readonly RecordName[],
  of: (name: RecordName) => readonly [stream: string, key: string] | null,
): readonly (readonly [system: number, stream: string, keys: readonly string[]])[] {
  const groups = new Map<string, [number, string, string[]]>();
  for (const name of names) {
    const found = of(name);
    if (found === null) continue;
    const [stream, key] = found;
    const group = groups.get(`${name.system_id} ${stream}`) ?? [name.system_id, stream, []];
    groups.set(`${name.system_id} ${stream}`, group);
    group[2].push(key);
  }
  return [...groups.values()];
}
