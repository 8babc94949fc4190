import { expect, it } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { addTombstone, saveOverride, writeLinks } from '../../canonical/stores/links.ts';
import { ComingBack } from '../../pipeline/activation/come-back.ts';
import { describeStores } from '../support/stores.ts';
import { type EditedWorld, inEditedWorld, SHOP } from './activation-kit.ts';
import { addShopClient, addTillClient, CARD, canonicalState, openReviews, type Row, rowsOf } from './kit.ts';

/** A line that reads somebody's phone out of what was noted of another one. */
const wrongPhone = (text: string): string =>
  text
    .replace(/^ {2}phone:.*$/m, '  phone: { from: custom_information, as: phone, form: e164, otherwise: ignore }')
    .replace('notes: custom_information', 'attributes.virtualpos.phone: phone');

const AT_TILL = 'b1';
const PARTED = 'parted';
const DOUBTED = 'doubted';

/** What is done at the vendors while the edit is in use; `shop` is the customer there. */
const WORK: Readonly<Record<string, (world: EditedWorld, shop: string) => void>> = {
  'somebody else': (world) => world.sandbox.virtualpos.machine.editCustomer('1', { email: 'else@mail.ru' }),
  'the one at the tills': (world) => world.sandbox.artix.machine.editClient(AT_TILL, { text: 'said at the till' }),
  'the one in the shop': (world, shop) => world.sandbox.virtualpos.machine.editCustomer(shop, { email: 'later@mail.ru' }),
  'both, and the card of one': (world, shop) => {
    world.sandbox.virtualpos.machine.editCustomer(shop, { email: 'later@mail.ru' });
    world.sandbox.artix.machine.editClient(AT_TILL, { text: 'said at the till' });
    world.sandbox.artix.machine.addCard({ idcard: CARD, number: CARD, idclient: AT_TILL, idcardgroup: 3 });
  },
  'the one who was parted, so that nothing but the past links her': (world) => world.sandbox.artix.machine.editClient(PARTED, { birthday: '1971-12-30' }),
  'the one about whom was asked': (world) => world.sandbox.artix.machine.editClient(DOUBTED, { text: 'said at the till' }),
};

/** People of one name in two systems: one with a card, points, and what was said of them here. */
async function arrange(store: Store, world: EditedWorld): Promise<{ readonly shop: string; readonly client: number }> {
  const shop = addShopClient(world, { lname: 'Иванов', fname: 'Иван', phone: '+79131110000', custom_information: '+79132220000' }, null, 40);
  addTillClient(world, AT_TILL, { name: 'Иван', lastname: 'Иванов', phonenumber: '89132220000' }, CARD, 300);
  // Linked, and the shop's notes name somebody else of that name; the edit links her to that one.
  const born = { birth_day: '5', birth_month: '6', birth_year: '1980' };
  addShopClient(world, { lname: 'Котова', fname: 'Анна', phone: '+79135550000', custom_information: '+79136660000', ...born });
  addTillClient(world, PARTED, { name: 'Анна', lastname: 'Котова', phonenumber: '89135550000', birthday: '1980-06-05' }, null);
  addTillClient(world, 'other', { name: 'Анна', lastname: 'Котова', phonenumber: '89136660000', birthday: '1980-06-05' }, null);
  // The notes name somebody of another name: the edit asks whether it is the same person.
  addShopClient(world, { lname: 'Белова', fname: 'Вера', phone: '+79137770000', custom_information: '+79138880000', ...born });
  addTillClient(world, DOUBTED, { name: 'Инна', lastname: 'Зуева', phonenumber: '89138880000', birthday: '1980-06-05' }, null);
  await world.sync();
  await world.sync();
  const [record] = await rowsOf(store, 'records', { record_key: AT_TILL });
  const [link] = await rowsOf(store, 'links', { record_id: record?.['id'] });
  const [id, at] = [Number(link?.['entity_id']), world.clock.now()];
  await saveOverride(store.db, { entity: 'client', entity_id: id, field: 'occupation', value: '"baker"', decided_by: 'a tester', decided_at: at });
  const gone = { system_id: Number(record?.['system_id']), stream: 'clients', record_key: 'gone', how: 'told' };
  await addTombstone(store.db, { ...gone, entity: 'client', entity_id: id, noted_at: at });
  world.sandbox.artix.machine.editClient(AT_TILL, { address: 'Томск' });
  await world.sync();
  return { shop, client: id };
}

const openOperations = async (store: Store): Promise<Row[]> =>
  (await rowsOf(store, 'operations')).filter(({ state }) => ['proposed', 'ready', 'held', 'unsupported'].includes(String(state)));

/** What there is, and what would be done, with names in the place of our numbers. */
async function stateOf(store: Store): Promise<unknown> {
  const plain = JSON.stringify(await canonicalState(store)).replaceAll(/"registered_at":\d+/g, '"registered_at":0');
  const keys = new Map((await rowsOf(store, 'records')).map((row) => [row['id'], `${row['stream']}/${row['record_key']}`]));
  const links = await rowsOf(store, 'links');
  const recordsOf = (kind: unknown, id: unknown): string =>
    links
      .filter((link) => link['entity'] === (kind === 'account' ? 'client' : kind) && link['entity_id'] === id)
      .map((link) => keys.get(link['record_id']))
      .sort()
      .join(' + ');
  const told = (rows: readonly Row[], of: (row: Row) => readonly unknown[]): string[] => rows.map((row) => JSON.stringify(of(row))).sort();
  const named = (row: Row): string => recordsOf(row['entity'], row['entity_id']);
  return {
    state: JSON.parse(plain) as Row,
    open: told(await openOperations(store), (row) => [row['stream'], row['action'], named(row), row['changes'], row['state']]),
    said: told(await rowsOf(store, 'overrides'), (row) => [named(row), row['field'], row['value']]),
    buried: told(await rowsOf(store, 'tombstones'), (row) => [row['record_key'], named(row)]),
    moved: told(await rowsOf(store, 'bonus_entries'), (row) => [keys.get(row['account_id']), row['kind'], row['amount']]),
    asked: told(await rowsOf(store, 'reviews', { state: 'open' }), (row) => [row['kind'], keys.get(row['record_a']), keys.get(row['record_b'])]),
    // A number that was given out in the meantime stands for whoever has its records.
    former: (await rowsOf(store, 'former_clients')).filter((row) => Number(row['id']) < 1000),
    nobody: (await rowsOf(store, 'clients')).filter((row) => recordsOf('client', row['id']) === ''),
  };
}

async function outcome(openFresh: () => Promise<Store>, wrong: boolean, work: (world: EditedWorld, shop: string) => void): Promise<unknown> {
  const store = await openFresh();
  let state: unknown;
  await inEditedWorld(store, ['shop', 'tills'], { people: 5 }, async (world) => {
    await world.reconfigure((config) => config.replaceAll('push: auto, create: all', 'push: plan, create: none'));
    const { shop, client } = await arrange(store, world);
    const open = await openOperations(store);
    const linked = await rowsOf(store, 'links', { entity: 'client' });
    if (wrong) {
      world.edit(SHOP, wrongPhone);
      await world.activate();
      expect((await openReviews(store)).length).toBeGreaterThan(0);
      expect((await rowsOf(store, 'links')).filter(({ entity }) => entity === 'client')).not.toEqual(linked);
    }
    world.clock.jump(3_600_000);
    work(world, shop);
    await world.sync();
    if (wrong) {
      expect(await world.rollback()).toMatchObject({ exact: false, why: expect.stringContaining('changed since') });
      const [record] = await rowsOf(store, 'records', { record_key: AT_TILL });
      expect(await rowsOf(store, 'links', { record_id: record?.['id'] })).toMatchObject([{ entity_id: client }]);
      // What waited for a person waits still, and is not proposed anew.
      const left = new Set((await openOperations(store)).map((row) => row['id']));
      expect(open.filter((row) => row['entity_id'] === client && !left.has(row['id']))).toEqual([]);
      expect(open.filter((row) => row['entity_id'] === client).length).toBeGreaterThan(0);
    }
    await world.sync();
    state = await stateOf(store);
  });
  return state;
}

describeStores('who is who, after an edit that had it wrong', (openFresh) => {
  it.each(Object.entries(WORK))(
    'is as it was without the edit, with all that is theirs, whoever was changed since: %s',
    { timeout: 120_000 },
    async (_, work) => {
      expect(await outcome(openFresh, true, work)).toEqual(await outcome(openFresh, false, work));
    },
  );

  it('leaves nothing to be done for a client who went up in another one in the meantime', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 2 }, async (world) => {
      await world.reconfigure((config) => config.replaceAll('push: auto, create: all', 'push: plan, create: none'));
      world.edit('artix/clients.yaml', (text) =>
        text.replace('notes: { from: text, as: text, max: 200 }', 'notes: { from: text, as: text, max: 200, only: push }'),
      );
      const shop = addShopClient(world, { lname: 'Иванов', fname: 'Иван', phone: '+79131110000' });
      addTillClient(world, AT_TILL, { name: 'Иван', lastname: 'Иванов', phonenumber: '89132220000' }, null);
      await world.sync();
      const absorbed = Math.max(...(await rowsOf(store, 'clients')).map((row) => Number(row['id'])));
      const said = { entity: 'client', entity_id: absorbed, field: 'notes', value: '"a baker"', decided_by: 'a tester', decided_at: 1 };
      await saveOverride(store.db, said);
      world.sandbox.artix.machine.editClient(AT_TILL, { address: 'Томск' });
      await world.sync();
      const notes = async () => (await openOperations(store)).filter((row) => String(row['changes']).includes('notes')).map((row) => row['entity_id']);
      expect(await notes()).toEqual([absorbed]);
      world.edit('artix/clients.yaml', (text) => text.replace(/^ {2}notes:.*\n/m, '').replace('ignored:\n', 'ignored:\n  text: dropped by a test\n'));
      await world.activate();
      expect(await notes()).toEqual([]);
      world.sandbox.virtualpos.machine.editCustomer(shop, { phone: '+79132220000' });
      await world.sync();
      expect(await rowsOf(store, 'former_clients', { id: absorbed })).toHaveLength(1);
      expect(await world.rollback()).toMatchObject({ exact: false });
      const clients = new Set((await rowsOf(store, 'clients')).map((row) => row['id']));
      const open = (await openOperations(store)).filter(({ entity }) => entity === 'client');
      expect(open.filter((row) => !clients.has(row['entity_id']))).toEqual([]);
    });
  });

  it('stays as it is where nobody would be left of the one that another went up in', async () => {
    const { db } = await openFresh();
    const link = { table: 'links', key: [2], before: { entity_id: 9 }, now: { entity: 'client', entity_id: 1 }, changed: false };
    const takes = async (): Promise<boolean> => {
      const back = new ComingBack();
      for (const row of [{ table: 'clients', key: [9], before: { id: 9 }, now: null, changed: false }, link]) back.note(row);
      await back.settle(db, new Set([2]));
      return back.takes(link);
    };
    const linked = (record_id: number) => ({ record_id, entity: 'client' as const, entity_id: 1, rule: 'single', evidence: null, run_id: 1 });
    await writeLinks(db, [linked(2)], []);
    expect(await takes()).toBe(false);
    await writeLinks(db, [linked(1)], []);
    expect(await takes()).toBe(true);
  });
});
