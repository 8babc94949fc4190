/**
 * Resolves and folds what changed: records in the order of their changes, a set at a time; links, entities, reviews and the
 * position of the resolver commit together.
 */
import { deleteEntities, touchEntities } from '../../canonical/stores/entities.ts';
import { type LinkRow, linksOfRecords, moveBelongings, writeLinks } from '../../canonical/stores/links.ts';
import { cursorOf, saveCursor } from '../../canonical/stores/progress.ts';
import { sharedHashes } from '../../canonical/stores/record-keys.ts';
import { countChangedSince, loadChangedSince, type ResolveRow } from '../../canonical/stores/records.ts';
import { type Engine, effect, goOn } from '../engine.ts';
import { entityOf } from '../fold/voices.ts';
import { valuesOfRow } from '../land/rows.ts';
import { bookTransfers, type CardMove, transfersOf } from '../ledger/card-moves.ts';
import { type CardWork, prepareCards, prepareCardTypes } from './cards.ts';
import type { ClientWork } from './client-work.ts';
import { assign, decide } from './decide.ts';
import { askDoubts, askUndecided } from './doubts.ts';
import { countBatch, type EntityBatch, knowGroups, prepareEntities, writeBatch } from './entities.ts';
import { keyHash, keysOf } from './keys.ts';
import { neighbourhoodOf } from './neighbourhood.ts';
import { cardsComeAlong } from './newcomers.ts';
import { clientRowsByKeys, clientsOfRecords } from './owners.ts';
import { issuedReferences } from './references.ts';

const CURSOR = 'resolve';
const CHUNK = 6000;
/** From here on one scan of all keys costs less than looking every key up. */
const MANY = 20_000;

/** Resolves everything that was landed and not resolved yet. */
export async function resolve(engine: Engine): Promise<void> {
  const { store, setup } = engine;
  let { seq } = await cursorOf(store.db, CURSOR);
  const total = await countChangedSince(store.db, seq);
  if (total === 0) return;
  const hot = total >= MANY ? await sharedHashes(store.db) : null;
  let done = 0;
  let next = loadChangedSince(store.db, seq, CHUNK);
  let writing: Promise<void> = Promise.resolve();
  // What one set reads is written while the next is prepared, unless that one may look at what is being written.
  const overlaps = engine.token !== null;
  for (;;) {
    goOn(engine);
    const rows = wholeUnits(engine, await next);
    const last = rows.at(-1);
    if (last === undefined) break;
    seq = last.change_seq;
    next = loadChangedSince(store.db, seq, CHUNK);
    next.catch(() => undefined);
    const prepared = await prepareChunk(engine, rows, hot, () => writing);
    await writing;
    writing = writeChunk(engine, prepared, seq);
    if (!overlaps) await writing;
    writing.catch(() => undefined);
    done += rows.length;
    engine.counts.records += rows.length;
    setup.progress.step('who is who', done, total);
  }
  await writing;
}

/** Cuts a full set where a client begins, so that what hangs on a client is in the same set. */
function wholeUnits(engine: Engine, rows: ResolveRow[]): ResolveRow[] {
  if (rows.length < CHUNK) return rows;
  const at = rows.findLastIndex((row) => entityOf(engine.setup, row.system_id, row.stream) === 'client');
  return at > 0 ? rows.slice(0, at) : rows;
}

interface Sorted {
  readonly clients: ResolveRow[];
  readonly cards: ResolveRow[];
  readonly cardTypes: ResolveRow[];
  readonly accounts: ResolveRow[];
}

function sortRows(engine: Engine, rows: readonly ResolveRow[]): Sorted {
  const sorted: Sorted = { clients: [], cards: [], cardTypes: [], accounts: [] };
  const lists = { client: sorted.clients, card: sorted.cards, cardType: sorted.cardTypes, account: sorted.accounts };
  for (const row of rows) {
    const entity = entityOf(engine.setup, row.system_id, row.stream);
    if (entity !== undefined) lists[entity].push(row);
  }
  return sorted;
}

interface PreparedChunk {
  readonly sorted: Sorted;
  readonly work: ClientWork;
  readonly cards: CardWork;
  readonly types: CardWork;
}

/** `settled` is awaited before anything is read that the set before may be writing. */
async function prepareChunk(
  engine: Engine,
  rows: readonly ResolveRow[],
  hot: ReadonlySet<number> | null,
  settled: () => Promise<void>,
): Promise<PreparedChunk> {
  const sorted = sortRows(engine, rows);
  const strangers = hot !== null && !sorted.cards.some((card) => keysOf('card', valuesOfRow(card)).some((key) => hot.has(keyHash(key))));
  if (!strangers || sorted.cardTypes.length > 0) await settled();
  const work = await prepareClients(engine, sorted, hot, settled);
  const cards = await prepareCards(engine, sorted.cards, work, hot);
  return { sorted, work, cards, types: await prepareCardTypes(engine, sorted.cardTypes) };
}

const undecidedIn = (batch: EntityBatch): number => [...batch.undecided.values()].reduce((sum, units) => sum + units.length, 0);

async function writeChunk(engine: Engine, { sorted, work, cards, types }: PreparedChunk, seq: number): Promise<void> {
  const { numbers } = engine;
  const groups = await knowGroups(engine, work.batch);
  const transfers = await transfersOf(engine, cards.moves, work.gone);
  await numbers.reserve('entries', transfers.length);
  await numbers.reserve('reviews', work.doubts.length + undecidedIn(work.batch) + undecidedIn(cards.batch));
  await effect(engine, async (trx) => {
    await writeBatch(trx, 'client', work.batch, seq, groups);
    await writeBatch(trx, 'card', cards.batch, seq);
    await writeBatch(trx, 'cardType', types.batch, seq);
    await deleteEntities(trx, 'client', [...work.gone.keys()]);
    for (const [from, to] of work.gone) await moveBelongings(trx, from, to, engine.runId);
    await deleteEntities(trx, 'card', cards.gone);
    await deleteEntities(trx, 'cardType', types.gone);
    await writeLinks(trx, [...work.links, ...cards.links, ...types.links], [...work.relinked, ...cards.relinked, ...types.relinked]);
    await touchEntities(trx, 'client', await touchedOwners(engine, sorted, work, cards.moves), seq);
    await bookTransfers(trx, engine, transfers);
    await askDoubts(trx, engine, work);
    await askUndecided(trx, engine, 'client', work.batch);
    await askUndecided(trx, engine, 'card', cards.batch);
    await saveCursor(trx, CURSOR, { seq, basis: null });
  });
  countBatch(engine, 'client', work.batch);
  countBatch(engine, 'card', cards.batch);
  countBatch(engine, 'cardType', types.batch);
  engine.counts.clients.merged += work.gone.size;
}

async function prepareClients(engine: Engine, sorted: Sorted, hot: ReadonlySet<number> | null, settled: () => Promise<void>): Promise<ClientWork> {
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
  const { assigned, gone } = assign(decided.clusters, hood.links);
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
      if (before?.entity_id === id && (before.rule !== 'single' || said?.rule === 'single' || said?.rule === 'fact')) continue;
      const keep = before?.rule === 'own-create';
      const evidence = keep ? before.evidence : said?.with == null ? null : JSON.stringify({ with: said.with, why: said.why });
      links.push({
        record_id: recordId,
        entity: 'client',
        entity_id: id,
        rule: keep ? 'own-create' : (said?.rule ?? 'single'),
        evidence,
        run_id: engine.runId,
      });
      if (before !== undefined) relinked.push(recordId);
      engine.counts.links[said?.rule ?? 'single'] = (engine.counts.links[said?.rule ?? 'single'] ?? 0) + 1;
    }
    members.set(id, { rows, isNew: entityId === null });
  }
  const goneTo = new Map<number, number>();
  for (const [from, index] of gone) {
    const [first] = assigned[index]?.cluster.records ?? [];
    goneTo.set(from, clientOf.get(first ?? -1) ?? from);
  }
  const batch = await prepareEntities(engine, 'client', members, goneTo);
  return { hood, batch, links, relinked, clientOf, gone: goneTo, doubts: decided.doubts };
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
  const linked = await linksOfRecords(
    engine.store.db,
    rows.map((row) => row.id),
  );
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
  const plain: ResolveRow[] = [];
  const shared: ResolveRow[] = [];
  for (const row of rows) {
    const own = numbers.get(`${row.system_id}\n${row.stream}\n${row.record_key}`) ?? [];
    const values = valuesOfRow(row);
    const keys = [...keysOf('client', values), ...own.flatMap((number) => keysOf('card', { number }))];
    const simple = row.first_run === engine.runId && row.state === 'live' && !linked.has(row.id) && values['reference'] == null && cardsCome(row);
    if (simple && !keys.some((key) => hot.has(keyHash(key)))) plain.push(row);
    else shared.push(row);
  }
  return { plain, shared };
}

/** Clients that have to be looked at again because an account or card of theirs changed. */
async function touchedOwners(engine: Engine, sorted: Sorted, work: ClientWork, moves: readonly CardMove[]): Promise<number[]> {
  const present = namesOf(sorted.clients);
  const owners = await clientsOfRecords(
    engine,
    [...sorted.accounts, ...sorted.cards].filter((row) => !present.has(`${row.system_id}\n${row.parent_stream}\n${row.parent_key}`)),
  );
  const written = new Set(work.batch.writes.map((write) => write.id));
  return [...new Set([...owners, ...moves.flatMap(({ from, to }) => [from, to])])].filter((id) => !written.has(id));
}

const namesOf = (rows: readonly ResolveRow[]): Set<string> => new Set(rows.map((row) => `${row.system_id}\n${row.stream}\n${row.record_key}`));
