/** Groups and card types: names travel, and make no new entry of a vendor's dictionary without leave. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, inWorld, operationsOf, PETROV, PETROV_ARTIX, quiet } from './kit.ts';

const TYPE = 'Бонусные';
const two = (settings: string): string =>
  configOf(['shop', 'tills'], policiesOf(['shop', 'tills'], 'openingBalances: max'))
    .replace('apikey: { env: SHOP }', `apikey: { env: SHOP }${settings}`)
    .replace('defaultCardGroup: "2" },', `defaultCardGroup: "2" }, lookups: { cardTypes: { "2": ${TYPE} } },`);
const shopOf = (world: World) => world.sandbox.virtualpos.machine;
const types = (world: World): string[] => [...shopOf(world).state.types.values()];

describeStores('dictionaries of a vendor', (openFresh) => {
  it('a card type that is not there is not made without leave: the card comes without it, and the difference is listed', async () => {
    await inWorld(await openFresh(), { config: two('') }, async (world) => {
      addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
      await world.sync();
      await world.sync();
      expect([...shopOf(world).cards.values()]).toMatchObject([{ uid: CARD, type_id: '' }]);
      expect(types(world)).toEqual([]);
      expect(await operationsOf(world.store, { state: 'unsupported', stream: 'cards' })).toMatchObject([
        { why: 'the name is not there, and the configuration does not let it be made' },
      ]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('a card type that somebody has there is used, also when nothing of that customer had to be read anew', async () => {
    await inWorld(await openFresh(), { config: two('') }, async (world) => {
      const other = addShopClient(world, { ...PETROV, lname: 'Ким', fname: 'Ольга', phone: '+79135550000', email: 'kim@example.com' }, '2000000000022');
      const card = [...shopOf(world).cards.values()].find(({ customer_id }) => customer_id === other);
      shopOf(world).editCard(card?.id ?? '', { type_id: shopOf(world).state.entryByName('type', TYPE) });
      await world.sync();
      addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
      await world.sync();
      expect([...shopOf(world).cards.values()].find(({ uid }) => uid === CARD)?.type_id).toBe(shopOf(world).state.entryByName('type', TYPE));
      expect(types(world)).toEqual([TYPE]);
    });
  });

  it.each([
    ['by leave', ', createCardTypes: true'],
    ['where it is known to be there', `, knownCardTypes: [${TYPE}]`],
  ])('a card type is sent %s', async (_why, settings) => {
    await inWorld(await openFresh(), { config: two(settings) }, async (world) => {
      addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
      await world.sync();
      expect(types(world)).toHaveLength(1);
      expect(await operationsOf(world.store, { state: 'unsupported', stream: 'cards' })).toEqual([]);
    });
  });
});
