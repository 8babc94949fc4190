import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, startWorld } from '../support/world.ts';

describeStores('the main job', (openFresh) => {
  it('moves one person from VirtualPOS to Artix and finds nothing to do the second time', async () => {
    const world = await startWorld(await openFresh(), { config: configOf(['shop', 'tills']) });
    try {
      const shop = world.sandbox.virtualpos.machine;
      const id = shop.addCustomer({
        fname: 'Пётр',
        lname: 'Петров',
        mname: 'Иванович',
        phone: '8 (913) 123-45-67',
        email: 'P@mail.ru',
        gender: 'M',
        birth_day: '5',
        birth_month: '6',
        birth_year: '1980',
      });
      const customer = typeof id === 'string' ? id : String((id as { id: string }).id);
      shop.addCard({ uid: '2000000000015', customer_id: customer, status: 'ACTIVE' });
      shop.earn(customer, '1', 12_345);
      const first = await world.sync();
      expect(first.problems).toEqual([]);
      expect(world.sandbox.artix.machine.clients.size).toBe(1);
      const [client] = [...world.sandbox.artix.machine.clients.values()];
      expect(client).toMatchObject({ lastname: 'Петров', name: 'Пётр', patronymic: 'Иванович' });
      expect(world.sandbox.artix.machine.balance('2000000000015')).toBe(12_345);
      const writes = world.writes();
      const second = await world.sync();
      expect(second.problems).toEqual([]);
      expect(world.writes() - writes).toBe(0);
      expect(second.resolved.clients).toMatchObject({ created: 0, changed: 0 });
      expect(second.operations).toEqual([]);
    } finally {
      await world.stop();
    }
  });
});
