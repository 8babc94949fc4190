import { expect, it } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { addTombstone, saveOverride, writeLinks } from '../../canonical/stores/links.ts';
import { ComingBack } from '../../pipeline/activation/come-back.ts';
import { describeStores } from '../support/stores.ts';
import { type EditedWorld, inEditedWorld, SHOP } from './activation-kit.ts';
import { addShopClient, addTillClient, CARD, canonicalState, operationsOf, type Row, rowsOf } from './kit.ts';

/** A line that reads somebody's phone out of what was noted of another one. */
const wrongPhone = (text: string): string =>
  text
    .replace(/^ {2}phone:.*$/m, '  phone: { from: custom_information, as: phone, form: e164, otherwise: ignore }')
    .replace('notes: custom_information', 'attributes.virtualpos.phone: phone');

const AT_TILL = 'b1';

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
};

/** People of one name in two systems: one with a card, points, and what was said of them here. */
async function arrange(store: Store, world: EditedWorld): Promise<string> {
  const shop = addShopClient(world, { lname: 'Иванов', fname: 'Иван', phone: '+79131110000', custom_information: '+79132220000' }, null, 40);
  addTillClient(world, AT_TILL, { name: 'Иван', lastname: 'Иванов', phonenumber: '89132220000' }, CARD, 300);
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
  return shop;
}

const openOperations = async (store: Store) => (await operationsOf(store)).filter(({ state }) => ['proposed', 'ready', 'held', 'unsupported'].includes(state));

/** What there is, and what would be done, without our numbers of what was done. */
async function stateOf(store: Store): Promise<unknown> {
  const plain = JSON.stringify(await canonicalState(store)).replaceAll(/"registered_at":\d+/g, '"registered_at":0');
  const told = async (table: string, columns: readonly string[]): Promise<string[]> =>
    (await rowsOf(store, table)).map((row) => JSON.stringify(columns.map((name) => row[name]))).sort();
  const open = await openOperations(store);
  const linked = new Set((await rowsOf(store, 'links', { entity: 'client' })).map((row) => row['entity_id']));
  return {
    state: JSON.parse(plain) as Row,
    open: open.map(({ stream, action, entity, entity_id: id, changes, state }) => JSON.stringify([stream, action, entity, id, changes, state])).sort(),
    links: await told('links', ['record_id', 'entity', 'entity_id']),
    said: await told('overrides', ['entity', 'entity_id', 'field', 'value']),
    buried: await told('tombstones', ['record_key', 'entity_id']),
    former: await told('former_clients', ['id', 'client_id']),
    moved: await told('bonus_entries', ['account_id', 'kind', 'amount']),
    nobody: (await rowsOf(store, 'clients')).filter((row) => !linked.has(row['id'])),
  };
}

async function outcome(openFresh: () => Promise<Store>, wrong: boolean, work: (world: EditedWorld, shop: string) => void): Promise<unknown> {
  const store = await openFresh();
  let state: unknown;
  await inEditedWorld(store, ['shop', 'tills'], { people: 5 }, async (world) => {
    await world.reconfigure((config) => config.replaceAll('push: auto, create: all', 'push: plan, create: none'));
    const shop = await arrange(store, world);
    const [clients, open] = [await rowsOf(store, 'clients'), await openOperations(store)];
    if (wrong) {
      world.edit(SHOP, wrongPhone);
      await world.activate();
      expect(await rowsOf(store, 'clients')).toHaveLength(clients.length - 1);
    }
    world.clock.jump(3_600_000);
    work(world, shop);
    await world.sync();
    if (wrong) {
      expect(await world.rollback()).toMatchObject({ exact: false, why: expect.stringContaining('changed since') });
      // What waited for a person waits still, and is not proposed anew.
      const left = new Set((await openOperations(store)).map(({ id }) => id));
      expect(open.filter(({ id, entity_id }) => entity_id === clients.at(-1)?.['id'] && !left.has(id))).toEqual([]);
      expect(open.filter(({ entity_id }) => entity_id === clients.at(-1)?.['id']).length).toBeGreaterThan(0);
    }
    await world.sync();
    state = await stateOf(store);
  });
  return state;
}

describeStores('people whom an edit took for one', (openFresh) => {
  it.each(Object.entries(WORK))('are two again after going back, with all that is theirs, whoever was changed since: %s', async (_, work) => {
    expect(await outcome(openFresh, true, work)).toEqual(await outcome(openFresh, false, work));
  });

  it('leave nothing to be done for a client who went up in another one in the meantime', async () => {
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
      const notes = async () => (await openOperations(store)).filter(({ changes }) => changes.includes('notes')).map((row) => row.entity_id);
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
      expect(open.filter((row) => !clients.has(row.entity_id))).toEqual([]);
    });
  });

  it('stay one where nobody would be left of the one that the other went up in', async () => {
    const { db } = await openFresh();
    const link = { table: 'links', key: [2], before: { entity_id: 9 }, now: { entity: 'client', entity_id: 1 }, changed: false };
    const takes = async (): Promise<boolean> => {
      const back = new ComingBack();
      for (const row of [{ table: 'clients', key: [9], before: { id: 9 }, now: null, changed: false }, link]) back.note(row);
      await back.settle(db);
      return back.takes(link);
    };
    const linked = (record_id: number) => ({ record_id, entity: 'client' as const, entity_id: 1, rule: 'single', evidence: null, run_id: 1 });
    await writeLinks(db, [linked(2)], []);
    expect(await takes()).toBe(false);
    await writeLinks(db, [linked(1)], []);
    expect(await takes()).toBe(true);
  });
});
