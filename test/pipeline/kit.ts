/** What the tests of the pipeline share: worlds, people, and the canonical state without our own numbers. */
import type { Store } from '../../canonical/open.ts';
import type { OperationRow } from '../../canonical/stores/operations.ts';
import type { ReviewRow } from '../../canonical/stores/reviews.ts';
import type { System } from '../../core/contract.ts';
import type { RunReport } from '../../pipeline/report.ts';
import type { RunRequest } from '../../pipeline/request.ts';
import { decideReview } from '../../pipeline/review.ts';
import { run } from '../../pipeline/run.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import { startWorld, type World, type WorldOptions } from '../support/world.ts';

/** Runs `fn` in a world of its own. */
export async function inWorld(store: Store, options: WorldOptions, fn: (world: World) => Promise<void>): Promise<void> {
  const world = await startWorld(store, options);
  try {
    await fn(world);
  } finally {
    await world.stop();
  }
}

export type Row = Record<string, unknown>;

export const rowsOf = async (store: Store, table: string, where: Row = {}): Promise<Row[]> => (await store.db(table).where(where)) as Row[];
export const operationsOf = async (store: Store, where: Row = {}): Promise<OperationRow[]> =>
  (await store.db('operations').where(where).orderBy('id')) as OperationRow[];
export const openReviews = async (store: Store): Promise<ReviewRow[]> => (await store.db('reviews').where({ state: 'open' }).orderBy('id')) as ReviewRow[];
export const countOf = async (store: Store, table: string, where: Row = {}): Promise<number> => (await rowsOf(store, table, where)).length;

/** Every table as JSON, but for those named. */
export async function dump(store: Store, without: readonly string[]): Promise<Record<string, string[]>> {
  const tables = [
    'systems',
    'records',
    'record_keys',
    'quarantine',
    'checkpoints',
    'mapping_versions',
    'clients',
    'contacts',
    'addresses',
    'special_dates',
    'identity_documents',
    'groups',
    'client_groups',
    'cards',
    'card_types',
    'links',
    'tombstones',
    'identity_decisions',
    'overrides',
    'bonus_programmes',
    'bonus_accounts',
    'bonus_entries',
    'runs',
    'operations',
    'pushes',
    'push_log',
    'reviews',
    'leases',
    'cursors',
    'sequences',
  ];
  const all: Record<string, string[]> = {};
  for (const table of tables.filter((name) => !without.includes(name))) all[table] = (await rowsOf(store, table)).map((row) => JSON.stringify(row)).sort();
  return all;
}

const OURS = ['id', 'digest', 'provenance', 'touched_seq', 'created_run', 'changed_run', 'client_id', 'group_id'];

/** The canonical state with every number of ours replaced by what it stands for, so that two bases can be compared. */
export async function canonicalState(store: Store): Promise<Row> {
  const systems = new Map((await rowsOf(store, 'systems')).map((row) => [row['id'], String(row['name'])]));
  const records = new Map((await rowsOf(store, 'records')).map((row) => [row['id'], row]));
  const links = await rowsOf(store, 'links');
  const own = new Set(links.filter((link) => link['rule'] === 'own-create').map((link) => link['record_id']));
  const nameOf = (id: unknown): string => {
    const row = records.get(id);
    return row === undefined ? '-' : `${systems.get(row['system_id'])}/${row['stream']}/${own.has(id) ? '*' : row['record_key']}`;
  };
  const entityNames = (kind: string): Map<unknown, string> => {
    const names = new Map<unknown, string[]>();
    for (const link of links) if (link['entity'] === kind) names.set(link['entity_id'], [...(names.get(link['entity_id']) ?? []), nameOf(link['record_id'])]);
    return new Map([...names].map(([id, list]) => [id, list.sort().join(' + ')]));
  };
  const clients = entityNames('client');
  const groups = new Map((await rowsOf(store, 'groups')).map((row) => [row['id'], row['name']]));
  const plain = (row: Row): Row => ({
    ...Object.fromEntries(Object.entries(row).filter(([name, value]) => !OURS.includes(name) && value !== null)),
    ...(typeof row['attributes'] === 'string' ? { attributes: row['attributes'].replace(/"id":"\d+"/g, '"id":"*"') } : {}),
    ...(row['client_id'] == null ? {} : { client: clients.get(row['client_id']) ?? '?' }),
    ...(row['group_id'] == null ? {} : { group: groups.get(row['group_id']) }),
    ...(row['provenance'] == null ? {} : { provenance: provenanceOf(String(row['provenance']), nameOf) }),
  });
  const state: Row = {};
  for (const [table, kind] of [
    ['clients', 'client'],
    ['cards', 'card'],
    ['card_types', 'cardType'],
  ] as const) {
    const names = entityNames(kind);
    state[table] = sorted((await rowsOf(store, table)).map((row) => ({ entity: names.get(row['id']) ?? '?', ...plain(row) })));
  }
  for (const table of ['contacts', 'addresses', 'special_dates', 'identity_documents', 'client_groups'])
    state[table] = sorted((await rowsOf(store, table)).map(plain));
  const entries = await rowsOf(store, 'bonus_entries');
  state['accounts'] = sorted(
    (await rowsOf(store, 'bonus_accounts')).map((row) => ({
      account: row['origin'] === 'own' ? '*' : nameOf(row['record_id']),
      origin: row['origin'],
      opening: row['opening'],
      agreed: row['agreed'],
      owed: row['owed'],
      moved: entries.filter((entry) => entry['account_id'] === row['record_id']).reduce((sum, entry) => sum + Number(entry['amount']), 0),
    })),
  );
  return state;
}

const sorted = (rows: Row[]): Row[] =>
  rows
    .map((row) => [JSON.stringify(row), row] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row);

function provenanceOf(text: string, nameOf: (id: unknown) => string): Row {
  const all = JSON.parse(text) as Record<string, { record: number; rule: string; losers?: { record: number; why: string }[] }>;
  return Object.fromEntries(
    Object.keys(all)
      .sort()
      .map((field) => {
        const { record, rule, losers = [] } = all[field] as { record: number; rule: string; losers?: { record: number; why: string }[] };
        return [field, { from: nameOf(record), rule, losers: losers.map((loser) => `${nameOf(loser.record)}: ${loser.why}`).sort() }];
      }),
  );
}

/** A run over a setup that a test has changed. */
export async function runWith(
  world: World,
  change: (setup: RunSetup) => RunSetup,
  request: Partial<RunRequest> = {},
  signal?: AbortSignal,
): Promise<RunReport> {
  return run(world.store, change(await world.setup(signal)), { job: 'sync', ...request });
}

/** The setup with one system's port changed. */
export function withSystem(setup: RunSetup, name: string, change: (system: System) => System): RunSetup {
  return {
    ...setup,
    systems: setup.systems.map((one) => {
      if (one.name !== name) return one;
      const system = change(one.system);
      return { ...one, system, streams: new Map(system.streams.map((stream) => [stream.name, stream])) };
    }),
  };
}

/** Answers an open review of a kind. */
export async function answer(world: World, review: ReviewRow | undefined, verdict: string): Promise<void> {
  if (review === undefined) throw new Error('there is no such review');
  await decideReview(world.store, await world.setup(), review.id, verdict, 'a tester');
}

export const PETROV = {
  fname: 'Пётр',
  lname: 'Петров',
  mname: 'Иванович',
  phone: '+79131234567',
  email: 'petrov@mail.ru',
  gender: 'M',
  birth_day: '5',
  birth_month: '6',
  birth_year: '1980',
};
export const PETROV_ARTIX = { name: 'Пётр', lastname: 'Петров', patronymic: 'Иванович', phonenumber: '89131234567', birthday: '1980-06-05', sex: 0 };
export const CARD = '2000000000015';

/** A bonus group, a client, a card and an account at the Artix tills. */
export function addTillClient(world: World, idclient: string, fields: Record<string, string | number>, card: string | null, balance = 0): void {
  const tills = world.sandbox.artix.machine;
  tills.addClient({ ...fields, idclient });
  if (card === null) return;
  tills.addCard({ idcard: card, number: card, idclient, idcardgroup: 2 });
  tills.addAccountCard({ number: card }, balance);
}

/** A customer with a card and points in VirtualPOS; answers its id. */
export function addShopClient(world: World, fields: Record<string, string>, card: string | null = null, balance = 0): string {
  const shop = world.sandbox.virtualpos.machine;
  const { id } = shop.addCustomer(fields);
  if (card !== null) shop.addCard({ uid: card, customer_id: id, status: 'ACTIVE' });
  if (balance !== 0) shop.earn(id, '1', balance);
  return id;
}

/** Nothing to do: no vendor write, nothing canonical changed. */
export async function quiet(world: World, request: Partial<RunRequest> = {}): Promise<{ writes: number; changed: boolean; report: RunReport }> {
  const before = JSON.stringify(await canonicalState(world.store));
  const writes = world.writes();
  const report = await world.sync(request);
  return { writes: world.writes() - writes, changed: JSON.stringify(await canonicalState(world.store)) !== before, report };
}
