/** Each of these devices was taken out once, and a test here failed: approvals of what has changed end stale, a dry run is undone. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, dump, inWorld, operationsOf, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const shopOf = (world: World) => world.sandbox.virtualpos.machine;
const tillsOf = (world: World) => world.sandbox.artix.machine;
const config = configOf(['shop', 'tills']).replaceAll('push: auto', 'push: plan');

describeStores('plan and apply', (openFresh) => {
  it('plan reads and proposes; apply sends exactly that; then there is nothing to do', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      const report = await world.sync({ job: 'plan' });
      expect(report.state).toBe('waiting');
      expect(world.writes()).toBe(0);
      expect((await operationsOf(world.store)).map((row) => [row.stream, row.action, row.state])).toEqual([
        ['clients', 'create', 'proposed'],
        ['cards', 'create', 'proposed'],
        ['bonuses', 'adjust', 'proposed'],
      ]);
      await world.sync({ job: 'apply', approvedBy: 'a tester' });
      expect([tillsOf(world).clients.size, tillsOf(world).cards.size, tillsOf(world).balance(CARD)]).toEqual([1, 1, 5000]);
      expect((await operationsOf(world.store)).map((row) => [row.state, row.approved_by])).toEqual([
        ['applied', 'a tester'],
        ['applied', 'a tester'],
        ['applied', 'a tester'],
      ]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('proposals wait through automatic runs where the policy says plan', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV);
      for (let n = 0; n < 3; n++) await world.sync();
      expect(world.writes()).toBe(0);
      expect(await operationsOf(world.store)).toMatchObject([{ state: 'proposed' }]);
      await world.sync({ job: 'apply' });
      expect(tillsOf(world).clients.size).toBe(1);
    });
  });

  it('a dry plan leaves every table but runs as it was, and moves no checkpoint', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills', 'crm', 'delivery']), people: 12 }, async (world) => {
      const fresh = await dump(world.store, ['runs', 'systems', 'leases', 'sequences']);
      const first = await world.sync({ job: 'plan', dry: true });
      expect(first.operations.length).toBeGreaterThan(3);
      expect(await dump(world.store, ['runs', 'systems', 'leases', 'sequences'])).toEqual(fresh);
      await world.sync();
      world.clock.jump(60_000);
      const [id = ''] = shopOf(world).customers.keys();
      shopOf(world).editCustomer(id, { email: 'neu@mail.ru' });
      shopOf(world).earn(id, '1', 700);
      const writes = world.writes();
      const before = await dump(world.store, ['runs', 'leases', 'sequences']);
      const dry = await world.sync({ job: 'plan', dry: true });
      expect(dry.operations.some((one) => one.action === 'update' && Object.keys(one.fields).includes('email'))).toBe(true);
      expect(await dump(world.store, ['runs', 'leases', 'sequences'])).toEqual(before);
      expect(world.writes() - writes).toBe(0);
      expect((await rowsOf(world.store, 'leases')).length).toBeLessThanOrEqual(1);
      // And the real run does what the dry one said.
      const real = await world.sync();
      expect(
        real.operations.filter((one) => one.states['applied'] !== undefined).map(({ system, stream, action, fields }) => [system, stream, action, fields]),
      ).toEqual(
        dry.operations.filter((one) => one.states['proposed'] !== undefined).map(({ system, stream, action, fields }) => [system, stream, action, fields]),
      );
    });
  });

  it('a proposal stands when something else of its target was edited meanwhile, and that is kept', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: 'till@mail.ru' }, null);
      await world.sync({ job: 'plan' });
      expect(await operationsOf(world.store, { state: 'proposed' })).toMatchObject([{ action: 'update' }]);
      world.clock.jump(60_000);
      tillsOf(world).editClient('4', { text: 'правка' });
      await world.sync({ job: 'apply' });
      expect(tillsOf(world).clients.get('4')).toMatchObject({ email: 'petrov@mail.ru', text: 'правка' });
      const rows = await operationsOf(world.store, { system_id: 2 });
      expect(rows.map((row) => row.state)).toContain('applied');
    });
  });

  it('a proposal whose target holds another value by now ends stale and is planned anew', async () => {
    await inWorld(await openFresh(), { config: config.replace('rule: latest', 'rule: authority') }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: 'till@mail.ru' }, null);
      await world.sync({ job: 'plan' });
      world.clock.jump(60_000);
      tillsOf(world).editClient('4', { email: 'edited@mail.ru' });
      const writes = world.writes();
      await world.sync({ job: 'apply' });
      expect(world.writes() - writes).toBe(0);
      expect(tillsOf(world).clients.get('4')).toMatchObject({ email: 'edited@mail.ru' });
      const updates = (await operationsOf(world.store, { system_id: 2 })).map((row) => [row.state, JSON.parse(row.changes).email]);
      expect(updates).toEqual([
        ['stale', { before: 'till@mail.ru', after: 'petrov@mail.ru' }],
        ['proposed', { before: 'edited@mail.ru', after: 'petrov@mail.ru' }],
      ]);
      await world.sync({ job: 'apply' });
      expect(tillsOf(world).clients.get('4')).toMatchObject({ email: 'petrov@mail.ru' });
    });
  });

  it('a proposal whose value is not canonical any more ends stale; one whose difference is gone is withdrawn', async () => {
    await inWorld(await openFresh(), { config, options: { virtualpos: { defaultSendFlags: '' } } }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: 'till@mail.ru' }, null);
      await world.sync({ job: 'plan' });
      world.clock.jump(60_000);
      shopOf(world).editCustomer('1', { email: 'newer@mail.ru' });
      const writes = world.writes();
      await world.sync({ job: 'apply' });
      expect(world.writes() - writes).toBe(0);
      expect((await operationsOf(world.store, { system_id: 2 })).map((row) => row.state)).toEqual(['stale', 'proposed']);
      world.clock.jump(60_000);
      tillsOf(world).editClient('4', { email: 'newer@mail.ru' });
      await world.sync();
      expect((await operationsOf(world.store, { system_id: 2 })).map((row) => row.state)).toEqual(['stale', 'withdrawn']);
    });
  });

  it('apply takes the chosen proposals alone', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV);
      addShopClient(world, { ...PETROV, fname: 'Анна', lname: 'Сидорова', gender: 'F', phone: '+79160000001', email: 's@mail.ru', birth_year: '1990' });
      await world.sync({ job: 'plan' });
      const [first, second] = await operationsOf(world.store, { state: 'proposed' });
      await world.sync({ job: 'apply', operations: [second?.id ?? 0] });
      expect(tillsOf(world).clients.size).toBe(1);
      expect((await operationsOf(world.store, { id: first?.id })).map((row) => row.state)).toEqual(['proposed']);
    });
  });
});
