/** A debt is money: it comes into the canonical base as such, is kept up to date, and becomes points nowhere. */
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, CARD, inWorld, PETROV, quiet, rowsOf } from './kit.ts';

const two = (more = ''): string => configOf(['shop', 'delivery'], policiesOf(['shop', 'delivery'])).replace('vendor: vodyanoy,', `vendor: vodyanoy,${more}`);
const water = (world: World) => world.sandbox.vodyanoy.machine;
const debts = async (world: World): Promise<unknown[]> => (await rowsOf(world.store, 'clients')).map((row) => Number(row['debt']));
const HALF_A_DAY = 12 * 3_600_000;

describeStores('a debt', (openFresh) => {
  it('is kept as money, with its sign, beside the points and apart from them', async () => {
    await inWorld(await openFresh(), { config: two() }, async (world) => {
      const id = addShopClient(world, PETROV, CARD, 5000);
      const key = water(world).addClient({ naimenovanie: 'Петров Пётр Иванович', telefon: '79131234567', debt: 12_345, disp: '10000000000010' });
      await world.sync();
      expect(await rowsOf(world.store, 'clients')).toMatchObject([{ responsible: 'Диспетчер первой смены' }]);
      expect(await debts(world)).toEqual([12_345]);
      expect(world.sandbox.virtualpos.machine.balance(id, '1')).toBe(5000);
      expect((await rowsOf(world.store, 'bonus_accounts')).map(({ observed }) => Number(observed))).toEqual([5000]);
      expect(await rowsOf(world.store, 'bonus_entries')).toEqual([]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      // The vendor tells the debt of the morning: it is asked for anew when half a day is over, whether the client changed or not.
      water(world).editClient(key, { debt: -250 });
      world.clock.jump(HALF_A_DAY + 60_000);
      await world.sync();
      expect(await debts(world)).toEqual([-250]);
      expect(world.sandbox.virtualpos.machine.balance(id, '1')).toBe(5000);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('of a client whom we made there is what the vendor says, also the first time', async () => {
    await inWorld(await openFresh(), { config: two() }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      await world.sync();
      const [key = ''] = [...water(world).clients.keys()];
      water(world).editClient(key, { debt: 700 });
      world.clock.jump(HALF_A_DAY + 60_000);
      await world.sync();
      expect(await debts(world)).toEqual([700]);
    });
  });

  it('is read in turn, longest ago first, where the budget is smaller than the base', async () => {
    await inWorld(await openFresh(), { config: two(' facetCalls: 2,') }, async (world) => {
      for (let index = 0; index < 5; index += 1) water(world).addClient({ naimenovanie: `Клиент ${index}`, debt: 100 + index });
      const read = (): string[] => water(world).requests.flatMap(({ path }) => /(\d+)\/balance$/.exec(path)?.[1] ?? []);
      for (let run = 0; run < 6; run += 1) {
        world.clock.jump(HALF_A_DAY + 60_000);
        await world.sync();
      }
      const keys = [...water(world).clients.keys()];
      for (const key of keys) expect(read().filter((one) => one === key).length, key).toBeGreaterThanOrEqual(2);
    });
  });

  it('that one client is answered with oddly holds up nobody else', async () => {
    await inWorld(await openFresh(), { config: two(' facetCalls: 2,') }, async (world) => {
      const odd = water(world).addClient({ naimenovanie: 'Клиент 0', telefon: '79131234567', debt: 1, balanceAnswer: '"no money"' });
      for (let index = 1; index < 4; index += 1) water(world).addClient({ naimenovanie: `Клиент ${index}`, debt: index });
      const reports = [];
      for (let run = 0; run < 3; run += 1) reports.push(await world.sync());
      expect((await debts(world)).toSorted()).toEqual([0, 1, 2, 3]);
      const troubles = reports.flatMap(({ readings }) => readings.flatMap(({ facets = [] }) => facets));
      expect(troubles).toEqual([{ stream: 'clients', facet: 'debt', failed: { VENDOR_ERROR: 1 } }]);
      expect(reports[0]).toMatchObject({ problems: [] });
      water(world).editClient(odd, { balanceAnswer: '663.8600000000001' });
      world.clock.jump(HALF_A_DAY + 60_000);
      for (let run = 0; run < 2; run += 1) await world.sync();
      expect(await debts(world)).toContain(66_386);
    });
  });
});
