/** Cards are the same where their numbers are, and nobody else's; card types where their names are. */
import { type LinkRow, linksOfEntities, linksOfRecords } from '../../canonical/stores/links.ts';
import { pushesOf } from '../../canonical/stores/pushes.ts';
import { recordsWithHashes } from '../../canonical/stores/record-keys.ts';
import { namesOfRecords } from '../../canonical/stores/record-names.ts';
import { pageOfStream } from '../../canonical/stores/records.ts';
import { type ResolveRow, resolveRowsByIds } from '../../canonical/stores/resolve-rows.ts';
import { together } from '../../core/together.ts';
import type { Engine } from '../engine.ts';
import { entityOf } from '../fold/voices.ts';
import { pushesByRecord, valuesOfRow } from '../land/rows.ts';
import type { CardMove } from '../ledger/card-moves.ts';
import { byAge } from './age.ts';
import { type Claim, claimsOf, ownerOf } from './card-owners.ts';
import { cardsIn, notKnownAsOne } from './card-parts.ts';
import { type ClientWork, toldApart } from './client-work.ts';
import { assign } from './decide.ts';
import { type EntityBatch, type Members, type Pushes, prepareEntities } from './entities.ts';
import { keyHash, keysOf, normalCardNumber } from './keys.ts';

export interface CardWork {
  readonly batch: EntityBatch;
  readonly links: LinkRow[];
  readonly relinked: number[];
  readonly gone: number[];
  /** Cards that were moved from one client to another. */
  readonly moves: readonly CardMove[];
}

/** Prepares the cards among changed records, and those whose clients changed. */
export async function prepareCards(engine: Engine, changed: readonly ResolveRow[], work: ClientWork, hot: ReadonlySet<number> | null): Promise<CardWork> {
  const rows = new Map([...changed, ...work.hood.cards.values()].map((row) => [row.id, row]));
  for (const row of await sameNumbers(engine, [...rows.values()], hot)) rows.set(row.id, row);
  const numbered = groupBy([...rows.values()], (row) => {
    const number = valuesOfRow(row)['number'];
    return typeof number === 'string' && number !== '' ? normalCardNumber(number) : `#${row.id}`;
  });
  const ids = [...rows.keys()];
  const [pushed, links] = await together([pushesOf(engine.store.db, ids), linksOfRecords(engine.store.db, ids)]);
  const pushes = pushesByRecord(pushed);
  const claims = await claimsOf(engine, [...rows.values()], work, pushes);
  const apart = toldApart(work);
  const unsure = [...numbered.values()].some((all) => all.length > 1) ? await notKnownAsOne(engine.store.db, work) : apart;
  const clusters = new Map([...numbered].flatMap(([number, all]) => cardsIn(all, claims, links, unsure).map((one, n) => [`${number} ${n}`, one] as const)));
  const known = { links, pushes };
  const cards = await linkGroups(engine, 'card', clusters, known, (members) => ownerOf(engine.setup, withoutOurOwn(members, links, claims, apart), claims));
  return { ...cards, moves: movesOf(cards, claims, work) };
}

/** After a merge was undone, the copy of a card that we made at the other client says nothing of whose it is. */
function withoutOurOwn(
  rows: readonly ResolveRow[],
  links: ReadonlyMap<number, LinkRow>,
  claims: ReadonlyMap<number, Claim>,
  apart: ReadonlySet<string>,
): readonly ResolveRow[] {
  if (apart.size === 0) return rows;
  const ours = (row: ResolveRow): boolean => links.get(row.id)?.rule === 'own-create';
  const told = (a: ResolveRow, b: ResolveRow): boolean => apart.has(`${claims.get(a.id)?.holds}:${claims.get(b.id)?.holds}`);
  return rows.filter((row) => !ours(row) || !rows.some((other) => !ours(other) && told(row, other)));
}

/** Other card records with the numbers of these. */
async function sameNumbers(engine: Engine, rows: readonly ResolveRow[], hot: ReadonlySet<number> | null): Promise<ResolveRow[]> {
  const { store, setup } = engine;
  const have = new Set(rows.map((row) => row.id));
  const hashes = rows.flatMap((row) => keysOf('card', valuesOfRow(row)).map(keyHash)).filter((hash) => hot === null || hot.has(hash));
  const ids = (await recordsWithHashes(store.db, hashes)).map((row) => row.record_id).filter((id) => !have.has(id));
  const names = await namesOfRecords(store.db, [...new Set(ids)]);
  return resolveRowsByIds(
    store.db,
    names.filter((name) => entityOf(setup, name.system_id, name.stream) === 'card').map((name) => name.id),
  );
}

/**
 * Cards whose owner is another client than before because somebody moved them: the new owner's record was not the old owner's a
 * moment ago. A client that was merged or parted takes the cards along, and nothing was moved.
 */
function movesOf({ batch, members }: Linked, claims: ReadonlyMap<number, Claim>, work: ClientWork): CardMove[] {
  const moves: CardMove[] = [];
  for (const [id, { rows, clientId }] of members) {
    const was = batch.owners.get(id);
    const from = was === undefined ? undefined : (work.gone.get(was) ?? was);
    if (from === undefined || clientId == null || from === clientId) continue;
    const winners = rows.flatMap((row) => claims.get(row.id) ?? []).filter((claim) => claim.value === clientId);
    const relinked = winners.every(({ owner }) => owner !== null && work.hood.links.get(owner)?.entity_id === was);
    if (relinked) continue;
    const there = rows.filter((row) => claims.get(row.id)?.holds === clientId).map((row) => row.id);
    moves.push({ from, to: clientId, records: rows.map((row) => row.id), there });
  }
  return moves;
}

/** Card types are few: whenever one changes, all are grouped anew. */
export async function prepareCardTypes(engine: Engine, changed: readonly ResolveRow[]): Promise<CardWork> {
  const rows = new Map<number, ResolveRow>();
  for (const system of engine.setup.systems) {
    for (const [stream, mapping] of system.mappings) {
      if (mapping.entity !== 'cardType' || changed.length === 0) continue;
      for (const row of await pageOfStream(engine.store.db, system.id, stream, 0, 10_000)) rows.set(row.id, row);
    }
  }
  const groups = groupBy([...rows.values()], (row) => {
    const name = valuesOfRow(row)['name'];
    return typeof name === 'string' && name !== '' ? name.trim().toLowerCase() : `#${row.id}`;
  });
  const ids = [...rows.keys()];
  const [pushed, links] = await together([pushesOf(engine.store.db, ids), linksOfRecords(engine.store.db, ids)]);
  return { ...(await linkGroups(engine, 'cardType', groups, { links, pushes: pushesByRecord(pushed) }, () => undefined)), moves: [] };
}

function groupBy(rows: readonly ResolveRow[], name: (row: ResolveRow) => string): Map<string, ResolveRow[]> {
  const groups = new Map<string, ResolveRow[]>();
  for (const row of rows) {
    const at = name(row);
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [row]);
    else group.push(row);
  }
  return groups;
}

interface Linked extends Omit<CardWork, 'moves'> {
  readonly members: ReadonlyMap<number, Members>;
}

async function linkGroups(
  engine: Engine,
  kind: 'card' | 'cardType',
  groups: ReadonlyMap<string, ResolveRow[]>,
  { links: before, pushes }: { readonly links: ReadonlyMap<number, LinkRow>; readonly pushes: Pushes },
  owner: (rows: readonly ResolveRow[]) => number | null | undefined,
): Promise<Linked> {
  const { numbers } = engine;
  const clusters = [...groups.values()].map((rows) => ({ rows, records: rows.map((row) => row.id), rules: new Map() }));
  const byRecord = new Map([...groups.values()].flat().map((row) => [row.id, row]));
  const { assigned, gone } = assign(
    clusters,
    before,
    byAge(engine.setup, (id) => byRecord.get(id)),
  );
  await numbers.reserve(kind === 'card' ? 'cards' : 'cardTypes', assigned.length);
  const members = new Map<number, Members>();
  const links: LinkRow[] = [];
  const relinked: number[] = [];
  for (const { cluster, entityId } of assigned) {
    const id = entityId ?? numbers.takeReserved(kind === 'card' ? 'cards' : 'cardTypes');
    const rows = cluster.records.flatMap((recordId) => byRecord.get(recordId) ?? []);
    const clientId = owner(rows);
    members.set(id, { rows, isNew: entityId === null, ...(clientId === undefined ? {} : { clientId }) });
    for (const row of rows) {
      const link = before.get(row.id);
      if (link?.entity_id === id) continue;
      if (link !== undefined) relinked.push(row.id);
      links.push({ record_id: row.id, entity: kind, entity_id: id, rule: rows.length > 1 ? 'card' : 'single', evidence: null, run_id: engine.runId });
    }
  }
  const goneIds = await emptied(engine, kind, [...gone.keys()], relinked);
  return { batch: await prepareEntities(engine, kind, members, pushes), members, links, relinked, gone: goneIds };
}

/** Of entities that lost records, those that have none left. */
async function emptied(engine: Engine, kind: 'card' | 'cardType', ids: readonly number[], relinked: readonly number[]): Promise<number[]> {
  const moved = new Set(relinked);
  const left = new Set((await linksOfEntities(engine.store.db, kind, ids)).filter((link) => !moved.has(link.record_id)).map((link) => link.entity_id));
  return ids.filter((id) => !left.has(id));
}
