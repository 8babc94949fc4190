/**
 * Resolves and folds what changed: records in the order of their changes, a set at a time; links, entities, reviews and the
 * position of the resolver commit together.
 */
import type { Db } from '../../canonical/db.ts';
import { deleteEntities, type FoldedKind, touchEntities } from '../../canonical/stores/entities.ts';
import { moveBelongings, writeLinks } from '../../canonical/stores/links.ts';
import { cursorOf, saveCursor } from '../../canonical/stores/progress.ts';
import { sharedHashes } from '../../canonical/stores/record-keys.ts';
import { countChangedSince } from '../../canonical/stores/records.ts';
import { loadChangedSince, type ResolveRow } from '../../canonical/stores/resolve-rows.ts';
import { withdrawOf } from '../../canonical/stores/withdraw.ts';
import { together } from '../../core/together.ts';
import { type Engine, effect, goOn } from '../engine.ts';
import { entityOf } from '../fold/voices.ts';
import { valuesOfRow } from '../land/rows.ts';
import { bookTransfers, transfersOf } from '../ledger/card-moves.ts';
import { type CardWork, prepareCards, prepareCardTypes } from './cards.ts';
import type { ClientWork } from './client-work.ts';
import { prepareClients, type Sorted, touchedOwners } from './clients.ts';
import { askDoubts, askUndecided } from './doubts.ts';
import { countBatch, type EntityBatch, knowGroups, writeBatch } from './entities.ts';
import { keyHash, keysOf } from './keys.ts';

const CURSOR = 'resolve';
/** More are kept alive together than are quickly cleared away again. */
const CHUNK = 2000;
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

async function withdrawAll(trx: Db, engine: Engine, gone: Readonly<Record<FoldedKind, readonly number[]>>): Promise<void> {
  for (const kind of ['client', 'card', 'cardType'] as const) if (gone[kind].length > 0) await withdrawOf(trx, kind, gone[kind], engine.setup.clock.now());
}

const undecidedIn = (batch: EntityBatch): number => [...batch.undecided.values()].reduce((sum, units) => sum + units.length, 0);

async function writeChunk(engine: Engine, { sorted, work, cards, types }: PreparedChunk, seq: number): Promise<void> {
  const { numbers } = engine;
  const groups = await knowGroups(engine, work.batch);
  const transfers = await transfersOf(engine, cards.moves, work.gone);
  await numbers.reserve('entries', transfers.length);
  await numbers.reserve('reviews', work.doubts.length + undecidedIn(work.batch) + undecidedIn(cards.batch));
  await effect(engine, async (trx) => {
    await together([
      writeBatch(trx, 'client', work.batch, seq, groups),
      writeBatch(trx, 'card', cards.batch, seq),
      writeBatch(trx, 'cardType', types.batch, seq),
    ]);
    await deleteEntities(trx, 'client', [...work.gone.keys()]);
    for (const [from, to] of work.gone) await moveBelongings(trx, from, to, engine.runId);
    await deleteEntities(trx, 'card', cards.gone);
    await deleteEntities(trx, 'cardType', types.gone);
    await withdrawAll(trx, engine, { client: [...work.gone.keys()], card: cards.gone, cardType: types.gone });
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
