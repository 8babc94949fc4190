/** Points are taken from several accounts of one client, none of them below what its vendor allows. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, inWorld, PETROV, PETROV_ARTIX, quiet } from './kit.ts';

const TWO = ['shop', 'tills'] as const;
const config = configOf(TWO, policiesOf(TWO));
const OTHER = '2000000000022';

describeStores('a client with two accounts at the tills', (openFresh) => {
  it('loses more points elsewhere than either account has: both give', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      const shop = world.sandbox.virtualpos.machine;
      const tills = world.sandbox.artix.machine;
      const shown = () => [shop.balance('1', '1'), tills.balance(CARD), tills.balance(OTHER)];
      addShopClient(world, PETROV, CARD, 5000);
      addTillClient(world, '4', PETROV_ARTIX, CARD, 3000);
      tills.addCard({ idcard: OTHER, number: OTHER, idclient: '4', idcardgroup: 2, blocked: 0 });
      tills.addAccountCard({ number: OTHER }, 2000);
      await world.sync();
      expect(shown()).toEqual([5000, 3000, 2000]);
      world.clock.jump(300_000);
      shop.earn('1', '1', -4000);
      await world.sync();
      expect(shown()).toEqual([1000, 0, 1000]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      expect(shown()).toEqual([1000, 0, 1000]);
    });
  });
});
