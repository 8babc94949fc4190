/** Finds the records that may speak of the same clients as some changed ones: everything that shares a key, a client or a decision. */

import type { Db } from '../../canonical/db.ts';
import { type DecisionRow, decisionsOf, formerClients, type LinkRow, linksOfEntities, linksOfRecords } from '../../canonical/stores/links.ts';
import { pushesOf } from '../../canonical/stores/pushes.ts';
import { recordsWithHashes } from '../../canonical/stores/record-keys.ts';
import { namesByKeys, namesOfRecords } from '../../canonical/stores/record-names.ts';
import { type ResolveRow, resolveRowsByIds, resolveRowsOfParents } from '../../canonical/stores/resolve-rows.ts';
import type { FieldValues } from '../../core/model.ts';
import { together } from '../../core/together.ts';
import { emptyValues } from '../../core/values.ts';
import { bySystemAndStream } from '../by-stream.ts';
import { entityOf } from '../fold/voices.ts';
import type { Push } from '../land/read-back.ts';
import { pushesByRecord, valuesOfRow } from '../land/rows.ts';
import type { RunSetup } from '../setup.ts';
import type { Evidence } from './evidence.ts';
import { keyHash, keysOf } from './keys.ts';
import { referencesIn, withOf } from './referred.ts';

export interface Neighbour {
  readonly row: ResolveRow;
  readonly values: FieldValues;
  /** Numbers of its cards, from the card records that hang on it. */
  readonly cardNumbers: readonly string[];
}

export interface Neighbourhood {
  readonly clients: Map<number, Neighbour>;
  readonly links: Map<number, LinkRow>;
  readonly decisions: readonly DecisionRow[];
  /** Card records of those clients. */
  readonly cards: Map<number, ResolveRow>;
  /** What we pushed into those clients' records. */
  readonly pushes: Map<number, ReadonlyMap<string, Push>>;
}

/** Switchboards and test numbers must not pull half the base into one neighbourhood. */
const MAX_SHARED = 60;
const MAX_WAVES = 12;

interface Search {
  readonly db: Db;
  readonly setup: RunSetup;
  readonly found: Neighbourhood & { readonly decisionsById: Map<string, DecisionRow> };
  readonly asked: Set<number>;
  readonly hot: ReadonlySet<number> | null;
}

/**
 * The neighbourhood of client records. `hot` are the hashes that more than one record has, where they are known beforehand:
 * no other hash has to be looked up.
 */
export async function neighbourhoodOf(db: Db, setup: RunSetup, start: readonly ResolveRow[], hot: ReadonlySet<number> | null): Promise<Neighbourhood> {
  const found = {
    clients: new Map<number, Neighbour>(),
    links: new Map<number, LinkRow>(),
    decisions: [],
    cards: new Map<number, ResolveRow>(),
    pushes: new Map<number, ReadonlyMap<string, Push>>(),
    decisionsById: new Map<string, DecisionRow>(),
  };
  const search: Search = { db, setup, found, asked: new Set(), hot };
  let wave = [...new Map(start.map((row) => [row.id, row])).values()];
  for (let n = 0; wave.length > 0 && n < MAX_WAVES; n++) wave = await spread(search, wave);
  return { ...found, decisions: [...found.decisionsById.values()] };
}

/** Takes a wave of client records in; answers those that they lead to and that are not known yet. */
async function spread(search: Search, wave: readonly ResolveRow[]): Promise<ResolveRow[]> {
  const { db, found } = search;
  const ids = wave.map((row) => row.id);
  const [numbers, pushes, [links, linked], decisions] = await together([
    takeCards(search, wave),
    pushesOf(db, ids),
    linksAround(db, ids),
    decisionsOf(db, ids),
  ]);
  for (const [id, own] of pushesByRecord(pushes)) found.pushes.set(id, own);
  for (const row of wave) found.clients.set(row.id, { row, values: saidValues(row, found.pushes.get(row.id)), cardNumbers: numbers.get(row.id) ?? [] });
  for (const [id, link] of links) found.links.set(id, link);
  const next = new Set<number>();
  for (const link of linked) next.add(link.record_id);
  for (const decision of decisions) {
    found.decisionsById.set(`${decision.record_a}:${decision.record_b}`, decision);
    next.add(decision.record_a).add(decision.record_b);
  }
  for (const link of links.values()) {
    const other = withOf(link);
    if (other !== null) next.add(other);
  }
  const referred = referencesIn(search.setup, wave);
  const former = await formerClients(db, referred);
  for (const link of await linksOfEntities(db, 'client', [...new Set(referred.map((id) => former.get(id) ?? id))])) next.add(link.record_id);
  for (const id of await sharers(search, wave)) next.add(id);
  const unknown = [...next].filter((id) => !found.clients.has(id));
  return (await resolveRowsByIds(db, unknown)).filter((row) => entityOf(search.setup, row.system_id, row.stream) === 'client');
}

/** Links of client records, and all links of the clients that they lead to. */
async function linksAround(db: Db, ids: readonly number[]): Promise<[ReadonlyMap<number, LinkRow>, readonly LinkRow[]]> {
  const links = await linksOfRecords(db, ids);
  return [links, await linksOfEntities(db, 'client', [...new Set([...links.values()].map((link) => link.entity_id))])];
}

/** What a record itself says: a contact that we wrote into it is no evidence, or no merge could ever be undone. */
function saidValues(row: ResolveRow, pushes: ReadonlyMap<string, Push> | undefined): FieldValues {
  const values = valuesOfRow(row);
  if (pushes === undefined) return values;
  const said = Object.assign(emptyValues(), values);
  for (const [field, push] of pushes) said[field] = push.said ?? null;
  return said;
}

/** Loads the card records that hang on clients; answers the numbers by client record. */
async function takeCards(search: Search, wave: readonly ResolveRow[]): Promise<Map<number, string[]>> {
  const { db, setup, found } = search;
  const numbers = new Map<number, string[]>();
  for (const [systemId, stream, rows] of bySystemAndStream(wave)) {
    const owners = new Map(rows.map((row) => [row.record_key, row]));
    for (const card of await resolveRowsOfParents(db, systemId, cardStreams(setup, systemId), { stream, keys: [...owners.keys()] })) {
      found.cards.set(card.id, card);
      const owner = owners.get(card.parent_key ?? '');
      const number = valuesOfRow(card)['number'];
      if (owner === undefined || typeof number !== 'string' || number === '') continue;
      // A card that was taken away says nothing of who has it now.
      if (card.state === 'deleted' && owner.state !== 'deleted') continue;
      numbers.set(owner.id, [...(numbers.get(owner.id) ?? []), number]);
    }
  }
  return numbers;
}

function cardStreams(setup: RunSetup, systemId: number): string[] {
  const mappings = setup.systems.find(({ id }) => id === systemId)?.mappings ?? [];
  return [...mappings].filter(([, { entity }]) => entity === 'card').map(([stream]) => stream);
}

/** Client records that share a hash with the wave, through their own keys or their cards'. */
async function sharers(search: Search, wave: readonly ResolveRow[]): Promise<number[]> {
  const { db, setup, found, asked, hot } = search;
  const hashes = new Set<number>();
  for (const row of wave) {
    const neighbour = found.clients.get(row.id);
    if (neighbour === undefined) continue;
    for (const key of keysOfNeighbour(neighbour)) {
      const hash = keyHash(key);
      if (asked.has(hash) || (hot !== null && !hot.has(hash))) continue;
      asked.add(hash);
      hashes.add(hash);
    }
  }
  if (hashes.size === 0) return [];
  const byHash = new Map<number, number[]>();
  for (const { hash, record_id } of await recordsWithHashes(db, [...hashes])) {
    const list = byHash.get(hash);
    if (list === undefined) byHash.set(hash, [record_id]);
    else list.push(record_id);
  }
  const sharing = [...byHash.values()].filter((list) => list.length > 1 && list.length <= MAX_SHARED).flat();
  const names = await namesOfRecords(
    db,
    [...new Set(sharing)].filter((id) => !found.clients.has(id)),
  );
  const clients = names.filter((name) => entityOf(setup, name.system_id, name.stream) === 'client').map((name) => name.id);
  const cards = names.filter((name) => entityOf(setup, name.system_id, name.stream) === 'card');
  return [...clients, ...(await ownersOf(db, cards))];
}

/** Record numbers of the clients on which records hang. */
async function ownersOf(db: Db, names: readonly { system_id: number; parent_stream: string | null; parent_key: string | null }[]): Promise<number[]> {
  const wanted = new Map<string, { systemId: number; stream: string; keys: Set<string> }>();
  for (const { system_id, parent_stream, parent_key } of names) {
    if (parent_stream === null || parent_key === null) continue;
    const at = `${system_id}\n${parent_stream}`;
    const group = wanted.get(at) ?? { systemId: system_id, stream: parent_stream, keys: new Set() };
    group.keys.add(parent_key);
    wanted.set(at, group);
  }
  const ids: number[] = [];
  for (const { systemId, stream, keys } of wanted.values()) {
    for (const name of await namesByKeys(db, systemId, stream, [...keys])) ids.push(name.id);
  }
  return ids;
}

export function keysOfNeighbour(neighbour: Neighbour): { kind: Evidence; value: string }[] {
  return [...keysOf('client', neighbour.values), ...neighbour.cardNumbers.flatMap((number) => keysOf('card', { number }))];
}
