/** Two clients turn out to be one: what people said of either, and the numbers given out for either, stand for the one that is left. */
import { expect, it } from 'vitest';
import { saveOverride } from '../../canonical/stores/links.ts';
import { say, sayOne } from '../../pipeline/part-and-join.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, type World } from '../support/world.ts';
import { addTillClient, countOf, inWorld, openReviews, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const config = configOf(['shop', 'tills']);
const shop = (world: World) => world.sandbox.virtualpos.machine;
const STRANGER = { ...PETROV_ARTIX, phonenumber: '89160000001', birthday: '' };

/** Petrov twice: in the shop, and at the tills under another phone; each has been created in the other system. */
async function twoPetrovs(world: World): Promise<readonly [kept: number, absorbed: number]> {
  shop(world).addCustomer(PETROV);
  await world.sync();
  addTillClient(world, '77', STRANGER, null);
  world.clock.jump(60_000);
  await world.sync();
  const ids = (await rowsOf(world.store, 'clients')).map((row) => Number(row['id'])).sort((a, b) => a - b);
  expect(ids).toHaveLength(2);
  return [ids[0] ?? 0, ids[1] ?? 0];
}

async function becomeOne(world: World, [a, b]: readonly [number, number]): Promise<void> {
  world.clock.jump(60_000);
  await say(world.store, await world.setup(), await sayOne(world.store, a, b), 'a tester', null);
  await world.sync();
  expect(await countOf(world.store, 'clients')).toBe(1);
}

describeStores('clients that turn out to be one', (openFresh) => {
  it('keep what a person laid down for the one that went up in the other, and the other keeps its own', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      const [kept, absorbed] = await twoPetrovs(world);
      const said = { entity: 'client', decided_by: 'a tester', decided_at: 1 };
      await saveOverride(world.store.db, { ...said, entity_id: absorbed, field: 'occupation', value: '"пекарь"' });
      await saveOverride(world.store.db, { ...said, entity_id: absorbed, field: 'web_page', value: '"absorbed"' });
      await saveOverride(world.store.db, { ...said, entity_id: kept, field: 'web_page', value: '"kept"' });
      await becomeOne(world, [kept, absorbed]);
      const [client] = await rowsOf(world.store, 'clients');
      const overrides = (await rowsOf(world.store, 'overrides')).map((row) => [row['entity_id'], row['field'], row['value']]).sort();
      expect(overrides).toEqual([
        [client?.['id'], 'occupation', '"пекарь"'],
        [client?.['id'], 'web_page', '"kept"'],
      ]);
      expect(client?.['occupation']).toBe('пекарь');
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('are found by the number that was given out for the one that is no more', async () => {
    await inWorld(await openFresh(), { config, options: { virtualpos: { returnsExternalId: true } } }, async (world) => {
      const both = await twoPetrovs(world);
      const [, absorbed] = both;
      const made = [...shop(world).customers.values()].find((one) => one.external_id === String(absorbed));
      expect(made).toBeDefined();
      await becomeOne(world, both);
      expect(await rowsOf(world.store, 'former_clients')).toMatchObject([{ id: absorbed }]);
      world.clock.jump(60_000);
      // Made anew in the shop by somebody who copies the number, under a phone that nobody knows.
      shop(world).removeCustomer(made?.id ?? '');
      shop(world).addCustomer({ fname: 'Пётр', lname: 'Петров', phone: '+79990000000', external_id: String(absorbed) });
      await world.sync();
      // The shop has another record of the client, so it is asked, and nobody is made anew meanwhile.
      const [review] = await openReviews(world.store);
      expect([review?.kind, review?.question]).toEqual(['duplicate', '{"why":"our own reference","shared":["reference"]}']);
      expect(await quiet(world)).toMatchObject({ writes: 0 });
    });
  });

  it('are not created a second time by what was proposed while they were two', async () => {
    await inWorld(await openFresh(), { config: config.replaceAll('push: auto', 'push: plan') }, async (world) => {
      const { id } = shop(world).addCustomer(PETROV);
      addTillClient(world, '77', STRANGER, null);
      await world.sync();
      expect(await countOf(world.store, 'operations', { action: 'create', state: 'proposed' })).toBe(2);
      shop(world).editCustomer(id, { phone: '+79160000001' });
      await world.sync();
      expect(await countOf(world.store, 'clients')).toBe(1);
      await world.sync({ job: 'apply', approvedBy: 'a tester' });
      expect([shop(world).customers.size, world.sandbox.artix.machine.clients.size]).toEqual([1, 1]);
      expect(await countOf(world.store, 'operations', { action: 'create', state: 'withdrawn' })).toBe(2);
    });
  });
});
