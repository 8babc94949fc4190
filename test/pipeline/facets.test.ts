import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf } from '../support/world.ts';
import { addTillClient, inWorld, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

describeStores('facets', (openFresh) => {
  it('what a facet shows for the first time is first seen, no edit: it takes nothing from a system that is trusted more', async () => {
    await inWorld(await openFresh(), { config: configOf(['tills', 'delivery']) }, async (world) => {
      addTillClient(world, '4', { ...PETROV_ARTIX, address: 'Барнаул, Ленина 108' }, null);
      world.sandbox.vodyanoy.machine.addClient({
        naimenovanie: 'Петров Пётр Иванович',
        telefon: '79131234567',
        address: { ulica: '10000000000011', dom: '51' },
      });
      await world.sync();
      const [client] = await rowsOf(world.store, 'clients');
      expect(await rowsOf(world.store, 'clients')).toHaveLength(1);
      expect(await rowsOf(world.store, 'addresses', { client_id: client?.['id'], kind: 'main' })).toMatchObject([{ text: 'Барнаул, Ленина 108' }]);
      expect(world.sandbox.artix.machine.clients.get('4')).toMatchObject({ address: 'Барнаул, Ленина 108' });
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});
