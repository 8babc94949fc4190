/** Which client each changed record belongs to, with the neighbourhood that it takes to say so. */
import { type LinkRow, linksOfRecords } from '../../canonical/stores/links.ts';
import { pushesOf } from '../../canonical/stores/pushes.ts';
import type { ResolveRow } from '../../canonical/stores/resolve-rows.ts';
import type { Engine } from '../engine.ts';
import { entityOf } from '../fold/voices.ts';
import { pushesByRecord, valuesOfRow } from '../land/rows.ts';
import type { CardMove } from '../ledger/card-moves.ts';
import { byAge } from './age.ts';
import type { ClientWork } from './client-work.ts';
import { assign, decide } from './decide.ts';
import { idsOfBatch, prepareEntities } from './entities.ts';
import type { Cluster } from './groups.ts';
import { keyHash, keysOf } from './keys.ts';
import { neighbourhoodOf } from './neighbourhood.ts';
import { cardsComeAlong } from './newcomers.ts';
import { clientRowsByKeys, clientsOfRecords } from './owners.ts';
import { issuedReferences } from './references.ts';

/** Changed records by the kind of their entity. */
export interface Sorted {
  readonly clients: ResolveRow[];
  readonly cards: ResolveRow[];
  readonly cardTypes: ResolveRow[];
  readonly accounts: ResolveRow[];
}

/** The clients of changed records, decided anew with their neighbourhood; nothing is written. */
export async function prepareClients(engine: Engine, sorted: Sorted, hot: ReadonlySet<number> | null, settled: () => Promise<void>): Promise<ClientWork> {
  const { store, setup } = engine;
  const lonely = lonelyCards(engine, sorted);
  if (lonely.length > 0) await settled();
  const owners = await clientRowsByKeys(store.db, lonely);
  const start = [...new Map([...sorted.clients, ...owners].map((row) => [row.id, row])).values()];
  const { plain, shared } = hot === null ? { plain: [], shared: start } : await splitByHeat(engine, start, sorted.cards, hot);
  if (shared.length > 0) await settled();
  const hood = await neighbourhoodOf(store.db, setup, shared, hot);
  for (const row of plain) hood.clients.set(row.id, { row, values: valuesOfRow(row), cardNumbers: [] });
  const decided = decide(setup, hood, await issuedReferences(engine, hood));
  const { assigned, gone } = assign(
    decided.clusters,
    hood.links,
    byAge(setup, (id) => hood.clients.get(id)?.row),
  );
  await engine.numbers.reserve('clients', assigned.length);
  const links: LinkRow[] = [];
  const relinked: number[] = [];
  const clientOf = new Map<number, number>();
  const members = new Map<number, { rows: ResolveRow[]; isNew: boolean }>();
  for (const { cluster, entityId } of assigned) {
    const id = entityId ?? engine.numbers.takeReserved('clients');
    const rows: ResolveRow[] = [];
    for (const recordId of cluster.records) {
      clientOf.set(recordId, id);
      const row = hood.clients.get(recordId)?.row;
      if (row !== undefined) rows.push(row);
      const before = hood.links.get(recordId);
      const said = cluster.rules.get(recordId);
      const link = linkOf(engine.runId, recordId, id, before, said);
      if (link === null) continue;
      links.push(link);
      engine.counts.links[said?.rule ?? 'single'] = (engine.counts.links[said?.rule ?? 'single'] ?? 0) + 1;
      if (before !== undefined) relinked.push(recordId);
    }
    members.set(id, { rows, isNew: entityId === null });
  }
  const goneTo = new Map<number, number>();
  for (const [from, index] of gone) {
    const [first] = assigned[index]?.cluster.records ?? [];
    goneTo.set(from, clientOf.get(first ?? -1) ?? from);
  }
  const pushes = pushesByRecord(
    await pushesOf(
      store.db,
      plain.map((row) => row.id),
    ),
  );
  const batch = await prepareEntities(engine, 'client', members, new Map([...hood.pushes, ...pushes]), goneTo);
  return { hood, batch, links, relinked, clientOf, gone: goneTo, doubts: decided.doubts };
}

/** The link of a record to its client; null where it stands already. `said`: why it was put there. */
function linkOf(runId: number, recordId: number, client: number, before: LinkRow | undefined, said: ReturnType<Cluster['rules']['get']>): LinkRow | null {
  if (before?.entity_id === client && (before.rule !== 'single' || said?.rule === 'single' || said?.rule === 'fact')) return null;
  const keep = before?.rule === 'own-create';
  const evidence = keep ? before.evidence : said?.with == null ? null : JSON.stringify({ with: said.with, why: said.why });
  return { record_id: recordId, entity: 'client', entity_id: client, rule: keep ? 'own-create' : (said?.rule ?? 'single'), evidence, run_id: runId };
}

/** Cards whose owners are not among the changed clients, though a card is evidence of who its owner is. */
function lonelyCards(engine: Engine, sorted: Sorted): ResolveRow[] {
  const present = namesOf(sorted.clients);
  return sorted.cards.filter((card) => {
    if (card.parent_key === null || card.parent_stream === null) return false;
    if (entityOf(engine.setup, card.system_id, card.parent_stream) !== 'client') return false;
    return !present.has(`${card.system_id}\n${card.parent_stream}\n${card.parent_key}`);
  });
}

/**
 * Clients that share nothing with anybody, and were just seen for the first time with all that hangs on them, need no
 * neighbourhood: most of a first load.
 */
async function splitByHeat(
  engine: Engine,
  rows: readonly ResolveRow[],
  cards: readonly ResolveRow[],
  hot: ReadonlySet<number>,
): Promise<{ plain: ResolveRow[]; shared: ResolveRow[] }> {
  const numbers = new Map<string, string[]>();
  for (const card of cards) {
    const number = valuesOfRow(card)['number'];
    if (card.parent_key === null || typeof number !== 'string') continue;
    const at = `${card.system_id}\n${card.parent_stream}\n${card.parent_key}`;
    numbers.set(at, [...(numbers.get(at) ?? []), number]);
  }
  const cardsCome = (row: ResolveRow): boolean => {
    const system = engine.setup.systems.find((one) => one.id === row.system_id);
    return system !== undefined && cardsComeAlong(system, row.stream);
  };
  const alone = rows.filter((row) => {
    const values = valuesOfRow(row);
    if (row.first_run !== engine.runId || row.state !== 'live' || values['reference'] != null || !cardsCome(row)) return false;
    const own = numbers.get(`${row.system_id}\n${row.stream}\n${row.record_key}`) ?? [];
    const keys = [...keysOf('client', values), ...own.flatMap((number) => keysOf('card', { number }))];
    return !keys.some((key) => hot.has(keyHash(key)));
  });
  const linked = await linksOfRecords(
    engine.store.db,
    alone.map((row) => row.id),
  );
  const plain = new Set(alone.filter((row) => !linked.has(row.id)));
  return { plain: [...plain], shared: rows.filter((row) => !plain.has(row)) };
}

/** Clients that have to be looked at again because an account or card of theirs changed. */
export async function touchedOwners(engine: Engine, sorted: Sorted, work: ClientWork, moves: readonly CardMove[]): Promise<number[]> {
  const present = namesOf(sorted.clients);
  const owners = await clientsOfRecords(
    engine,
    [...sorted.accounts, ...sorted.cards].filter((row) => !present.has(`${row.system_id}\n${row.parent_stream}\n${row.parent_key}`)),
  );
  const written = new Set(idsOfBatch(work.batch));
  return [...new Set([...owners, ...moves.flatMap(({ from, to }) => [from, to])])].filter((id) => !written.has(id));
}

const namesOf = (rows: readonly ResolveRow[]): Set<string> => new Set(rows.map((row) => `${row.system_id}\n${row.stream}\n${row.record_key}`));
