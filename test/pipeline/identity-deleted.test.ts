/** Deleted records: they tell who their client is, and stand in nobody's way. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, countOf, inWorld, openReviews, operationsOf, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const shopOf = (world: World) => world.sandbox.virtualpos.machine;
const tillsOf = (world: World) => world.sandbox.artix.machine;
const names = ['shop', 'tills'] as const;
const two = configOf(names, policiesOf(names, 'openingBalances: max'));
const sizes = (world: World): [shop: number, tills: number] => [shopOf(world).customers.size, tillsOf(world).clients.size];

/** One client, nothing asked, nothing held, nothing to do. */
async function oneAndQuiet(world: World): Promise<void> {
  expect(await countOf(world.store, 'clients')).toBe(1);
  expect(await openReviews(world.store)).toEqual([]);
  expect(await operationsOf(world.store, { state: 'held' })).toEqual([]);
  expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
}

describeStores('deleted records', (openFresh) => {
  for (const between of [true, false]) {
    it(`a client deleted and entered again under another key is the same client${between ? ', also some runs later' : ''}`, async () => {
      await inWorld(await openFresh(), { config: two }, async (world) => {
        addShopClient(world, PETROV, CARD, 5000);
        addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
        await world.sync();
        await world.sync();
        tillsOf(world).removeClient('4');
        if (between) await world.sync();
        if (between) await world.sync();
        world.clock.jump(60_000);
        addTillClient(world, '5', PETROV_ARTIX, null);
        tillsOf(world).addCard({ idcard: CARD, number: CARD, idclient: '5', idcardgroup: 2, blocked: 0 });
        await world.sync();
        await world.sync();
        expect(sizes(world)).toEqual([1, 1]);
        expect([shopOf(world).balance('1', '1'), tillsOf(world).balance(CARD)]).toEqual([5000, 5000]);
        await oneAndQuiet(world);
      });
    });
  }

  it('a client entered again is known by the deleted record, where all others were made by us', async () => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      shopOf(world).removeCustomer(addShopClient(world, PETROV));
      const id = addShopClient(world, PETROV);
      await world.sync();
      await world.sync();
      expect(sizes(world)).toEqual([1, 1]);
      world.clock.jump(60_000);
      shopOf(world).removeCustomer(id);
      const again = addShopClient(world, PETROV);
      await world.sync();
      await world.sync();
      expect(sizes(world)).toEqual([1, 1]);
      world.clock.jump(60_000);
      shopOf(world).editCustomer(again, { email: 'neu@mail.ru' });
      await world.sync();
      expect([...tillsOf(world).clients.values()]).toMatchObject([{ email: 'neu@mail.ru' }]);
      await oneAndQuiet(world);
    });
  });

  it('a client who is deleted everywhere is made nowhere, also where the client never was', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills', 'crm']).replace('create: all', 'create: none') }, async (world) => {
      const id = addShopClient(world, PETROV);
      world.sandbox.lotinfo.faults.add({ kind: 'status', status: 500, times: 1000 });
      await world.sync({ systems: ['shop'] });
      shopOf(world).removeCustomer(id);
      await world.sync({ systems: ['shop'] });
      world.sandbox.lotinfo.faults.clear();
      await world.sync();
      await world.sync();
      expect([...sizes(world), world.sandbox.lotinfo.machine.clients.size]).toEqual([0, 0, 0]);
      await oneAndQuiet(world);
    });
  });

  it('a deletion is not propagated while the client is there under another key', async () => {
    const config = two.replaceAll('clients: { push: auto, create: all }', 'clients: { push: auto, create: all, delete: propagate }');
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', PETROV_ARTIX, null);
      await world.sync();
      await world.sync();
      world.clock.jump(60_000);
      shopOf(world).removeCustomer('1');
      addShopClient(world, PETROV);
      await world.sync();
      await world.sync();
      expect(sizes(world)).toEqual([1, 1]);
      expect(tillsOf(world).clients.has('4')).toBe(true);
      await oneAndQuiet(world);
    });
  });

  it('a client who comes back under the old key is the one who left', async () => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', PETROV_ARTIX, null);
      await world.sync();
      tillsOf(world).removeClient('4');
      await world.sync();
      world.clock.jump(60_000);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: 'neu@mail.ru' }, null);
      await world.sync();
      await world.sync();
      expect(sizes(world)).toEqual([1, 1]);
      expect((await rowsOf(world.store, 'links', { entity: 'client' })).length).toBe(2);
      await oneAndQuiet(world);
    });
  });

  it('whoever is archived or deleted in a CRM when it is first read is not made there anew', async () => {
    const both = ['shop', 'crm'] as const;
    await inWorld(await openFresh(), { config: configOf(both, policiesOf(both)) }, async (world) => {
      addShopClient(world, PETROV);
      addShopClient(world, { ...PETROV, lname: 'Сидорова', fname: 'Анна', mname: 'Петровна', gender: 'F', phone: '+79139990011', email: 'anna@example.com' });
      const { machine } = world.sandbox.lotinfo;
      const contact = (value: string) => [{ type: 'mobile', value }];
      const archived = machine.addClient({ fioF: 'Петров', fioI: 'Пётр', fioO: 'Иванович', contacts: contact('79131234567') });
      const removed = machine.addClient({ fioF: 'Сидорова', fioI: 'Анна', fioO: 'Петровна', contacts: contact('79139990011') });
      machine.editClient(archived, { state: 2 });
      machine.removeClient(removed);
      await world.sync();
      expect(machine.clients.size).toBe(2);
      expect(await countOf(world.store, 'clients')).toBe(2);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});
