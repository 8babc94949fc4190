/** A person says which records are one client and which are not: facts for every later matching, until somebody says otherwise. */
import type { Store } from '../canonical/open.ts';
import { decideIdentity, decisionsOf, forgetIdentity, linksOfEntities, linksOfRecords } from '../canonical/stores/links.ts';
import { loadRecords } from '../canonical/stores/records.ts';
import { ConfigError } from '../core/errors.ts';
import { touch, whileNoRun } from './decision.ts';
import { type Engine, effect } from './engine.ts';
import type { RunSetup } from './setup.ts';

/** What a person is about to say. */
export interface Saying {
  /** Clients of whom it speaks. */
  readonly clients: readonly number[];
  /** Records that will be one client, each set apart from the others. */
  readonly sides: readonly (readonly number[])[];
  readonly same: readonly (readonly [a: number, b: number])[];
  readonly different: readonly (readonly [a: number, b: number])[];
  /** What was said before and holds no more. */
  readonly forget: readonly (readonly [a: number, b: number])[];
}

async function recordsOf(store: Store, client: number): Promise<number[]> {
  return (await linksOfEntities(store.db, 'client', [client])).map((link) => link.record_id).sort((a, b) => a - b);
}

/** These records are one client, and the others of their client are another. Throws `ConfigError` where that says nothing. */
export async function sayApart(store: Store, recordIds: readonly number[]): Promise<Saying> {
  const parted = [...new Set(recordIds)].sort((a, b) => a - b);
  const links = await linksOfRecords(store.db, parted);
  const clients = [...new Set(parted.map((id) => links.get(id)?.entity_id ?? 0))];
  const [client = 0] = clients;
  if (clients.length !== 1 || client === 0)
    throw new ConfigError('CONFIG_USAGE', `these records belong to ${clients.length} clients; a split takes records of one`, {
      hint: 'See `sverka client explain ID`.',
    });
  const rest = (await recordsOf(store, client)).filter((id) => !parted.includes(id));
  if (rest.length === 0)
    throw new ConfigError('CONFIG_USAGE', `client ${client} has no other record, so nothing can be split off`, {
      hint: `See \`sverka client explain ${client}\`.`,
    });
  return {
    clients,
    sides: [rest, parted],
    same: parted.flatMap((a, n) => parted.slice(n + 1).map((b) => [a, b] as const)),
    different: parted.flatMap((a) => rest.map((b) => [a, b] as const)),
    forget: [],
  };
}

/** Two clients are one. Throws `ConfigError` for a client that is not there. */
export async function sayOne(store: Store, a: number, b: number): Promise<Saying> {
  const [left, right] = [await recordsOf(store, a), await recordsOf(store, b)];
  for (const [client, records] of [
    [a, left],
    [b, right],
  ] as const) {
    if (records.length === 0) throw new ConfigError('NOT_FOUND', `there is no client ${client}; it may have been merged into another`);
  }
  if (a === b) throw new ConfigError('CONFIG_USAGE', `${a} and ${b} are one client`);
  const [x, y] = [await spokesman(store, left), await spokesman(store, right)];
  return { clients: [a, b], sides: [[...left, ...right]], same: [[x, y]], different: [], forget: await saidApart(store, left, right) };
}

/** The oldest record that is not deleted, else the oldest. */
async function spokesman(store: Store, records: readonly number[]): Promise<number> {
  const living = (await loadRecords(store.db, records)).filter((row) => row.state !== 'deleted').map((row) => row.id);
  return Math.min(...(living.length > 0 ? living : records));
}

/** Pairs across two sets of records of which a person said that they are different. */
async function saidApart(store: Store, left: readonly number[], right: readonly number[]): Promise<(readonly [number, number])[]> {
  const sides = new Map([...left.map((id) => [id, 0] as const), ...right.map((id) => [id, 1] as const)]);
  return (await decisionsOf(store.db, [...sides.keys()]))
    .filter(({ record_a, record_b, verdict }) => verdict === 'different' && (sides.get(record_a) ?? 2) + (sides.get(record_b) ?? 2) === 1)
    .map(({ record_a, record_b }) => [record_a, record_b] as const);
}

/** Writes down what a person said; the next run acts on it. */
export async function say(store: Store, setup: RunSetup, saying: Saying, by: string, note: string | null): Promise<void> {
  await whileNoRun(store, setup, 0, (engine) => writeDown(engine, saying, by, note));
}

async function writeDown(engine: Engine, saying: Pick<Saying, 'same' | 'different' | 'forget'>, by: string, note: string | null): Promise<void> {
  const now = engine.setup.clock.now();
  await effect(engine, async (trx) => {
    for (const [a, b] of saying.forget) await forgetIdentity(trx, a, b);
    for (const [a, b] of saying.different) await decideIdentity(trx, a, b, 'different', by, now, note);
    for (const [a, b] of saying.same) await decideIdentity(trx, a, b, 'same', by, now, note);
  });
  await touch(engine, [...new Set([...saying.same, ...saying.different, ...saying.forget].flat())]);
}

/** The answer to a question about two records; null takes back what was said of them. */
export async function sayOfPair(engine: Engine, a: number, b: number, verdict: 'same' | 'different' | null, by: string, note: string | null): Promise<void> {
  const { store } = engine;
  if (verdict !== 'same') {
    await writeDown(engine, { same: [], different: verdict === null ? [] : [[a, b]], forget: [[a, b]] }, by, note);
    return;
  }
  const links = await linksOfRecords(store.db, [a, b]);
  const [left, right] = [links.get(a)?.entity_id, links.get(b)?.entity_id];
  const parted =
    left === undefined || right === undefined || left === right ? [] : await saidApart(store, await recordsOf(store, left), await recordsOf(store, right));
  await writeDown(engine, { same: [[a, b]], different: [], forget: parted }, by, note);
}
