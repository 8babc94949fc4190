/** A write whose answer was lost, in a record that is deleted there before anybody could read it back. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf } from '../support/world.ts';
import { addShopClient, inWorld, openReviews, operationsOf, PETROV, quiet } from './kit.ts';

describeStores('an update in doubt', (openFresh) => {
  it('is over when its record is gone', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      addShopClient(world, PETROV);
      await world.sync();
      const [key = ''] = world.sandbox.artix.machine.clients.keys();
      world.clock.jump(60_000);
      world.sandbox.virtualpos.machine.editCustomer('1', { email: 'neu@mail.ru' });
      await world.sync({ job: 'plan' });
      // As a run leaves it that is gone before the vendor has it.
      await world.store.db('operations').where({ action: 'update' }).update({ state: 'sending', attempts: 1, sent_at: world.clock.now() });
      world.sandbox.artix.machine.removeClient(key);
      for (let n = 0; n < 4; n += 1) {
        world.clock.jump(3_600_000);
        await world.sync();
      }
      expect(await operationsOf(world.store, { state: 'unknown' })).toEqual([]);
      expect(await openReviews(world.store)).toEqual([]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});
