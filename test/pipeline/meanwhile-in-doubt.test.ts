/** What happens to balances while nobody knows what became of an adjustment: each point reaches the other system once, and none twice. */
import { expect, it } from 'vitest';
import { ConnectionError } from '../../core/errors.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, answer, CARD, inWorld, openReviews, operationsOf, PETROV, PETROV_ARTIX, quiet, runWith, withSystem } from './kit.ts';

const CONFIG = configOf(['shop', 'tills']);
const ASSETS = { method: 'POST', path: /ACC.*\/assets?/ } as const;
const HOUR = 3_600_000;

const balances = (world: World): number[] => [world.sandbox.artix.machine.balance(CARD), world.sandbox.virtualpos.machine.balance('1', '1')];
const atShop = (world: World, points: number): void => world.sandbox.virtualpos.machine.earn('1', '1', points);
const atTill = (world: World, points: number): void => world.sandbox.artix.machine.earn(CARD, points);

async function syncs(world: World, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    world.clock.jump(HOUR);
    await world.sync();
  }
}

/** An adjustment of 700 that arrived at the tills, and whose answer was lost; `opens`: that of the 5000 which open the account there. */
async function lostAtTills(world: World, opens: boolean): Promise<void> {
  const { faults } = world.sandbox.artix;
  addShopClient(world, PETROV, CARD, 5000);
  if (!opens) {
    await world.sync();
    world.clock.jump(HOUR);
    atShop(world, 700);
  }
  faults.add({ kind: 'reset-after', match: ASSETS, times: 50 });
  await world.sync();
  faults.clear();
  expect(await operationsOf(world.store, { state: 'unknown' })).toMatchObject([{ action: 'adjust' }]);
}

describeStores('an adjustment in doubt', (openFresh) => {
  it.each([
    [307, false, 'VENDOR_REDIRECT'],
    [303, false, 'VENDOR_REDIRECT'],
    [403, false, 'VENDOR_REFUSED'],
    [403, true, 'VENDOR_REFUSED'],
    [429, false, null],
    [503, true, null],
  ])('stays so while its repetition is answered %i (it opens the account: %s)', async (status, opens, problem) => {
    await inWorld(await openFresh(), { config: CONFIG }, async (world) => {
      await lostAtTills(world, opens);
      const total = opens ? 5000 : 5700;
      expect(balances(world)).toEqual([total, total]);
      const { faults } = world.sandbox.artix;
      faults.add({ kind: 'status', status, match: ASSETS, times: Number.POSITIVE_INFINITY });
      for (const earned of [() => atShop(world, 300), () => atTill(world, 50)]) {
        world.clock.jump(HOUR);
        earned();
        const { state, problems } = await world.sync();
        expect([state, problems.map(({ system, code }) => [system, code])]).toEqual(problem === null ? ['done', []] : ['failed', [['tills', problem]]]);
        expect(await operationsOf(world.store, { state: 'unknown' })).toHaveLength(1);
        expect((await operationsOf(world.store)).filter(({ state }) => ['ready', 'retry'].includes(state))).toEqual([]);
      }
      faults.clear();
      await syncs(world, 3);
      expect(balances(world)).toEqual([total + 350, total + 350]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('keeps back what was earned elsewhere until it is settled, and no longer', async () => {
    await inWorld(await openFresh(), { config: CONFIG }, async (world) => {
      await lostAtTills(world, false);
      world.sandbox.artix.faults.add({ kind: 'status', status: 503, match: ASSETS, times: Number.POSITIVE_INFINITY });
      atShop(world, 300);
      await syncs(world, 1);
      expect(balances(world)).toEqual([5700, 6000]);
      world.sandbox.artix.faults.clear();
      await syncs(world, 2);
      expect(balances(world)).toEqual([6000, 6000]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('that cannot be looked at now ends no run, and is looked at by the next', async () => {
    await inWorld(await openFresh(), { config: CONFIG }, async (world) => {
      addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
      await world.sync();
      world.clock.jump(HOUR);
      atTill(world, 700);
      world.sandbox.virtualpos.faults.add({ kind: 'reset-after', match: { path: /updateBonus$/ }, times: 1 });
      const refused = async () => {
        throw new ConnectionError('VENDOR_REFUSED', 'not now');
      };
      const blind = (setup: RunSetup): RunSetup =>
        withSystem(setup, 'shop', (system) => ({
          ...system,
          streams: system.streams.map((port) => (port.name === 'bonuses' ? { ...port, find: refused } : port)),
        }));
      for (const problems of [[], [{ system: 'shop', code: 'VENDOR_REFUSED' }]]) {
        expect((await runWith(world, blind)).problems).toMatchObject(problems);
        expect(await operationsOf(world.store, { state: 'unknown' })).toMatchObject([{ needs_person: 0 }]);
        world.clock.jump(HOUR);
      }
      await world.sync();
      expect(await openReviews(world.store)).toMatchObject([{ kind: 'lost-write' }]);
    });
  });

  it.each(['applied', 'not-applied'])('that a person settles (%s) lets all that was earned meanwhile go on', async (said) => {
    await inWorld(await openFresh(), { config: CONFIG }, async (world) => {
      addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
      await world.sync();
      world.clock.jump(HOUR);
      atTill(world, 700);
      const { faults } = world.sandbox.virtualpos;
      faults.add({ kind: said === 'applied' ? 'reset-after' : 'html', match: { path: /updateBonus$/ }, times: 1 });
      await world.sync();
      faults.clear();
      expect(balances(world)).toEqual([5700, said === 'applied' ? 5700 : 5000]);
      atShop(world, 50);
      await syncs(world, 1);
      atTill(world, 300);
      await syncs(world, 1);
      await answer(world, (await openReviews(world.store))[0], said);
      await syncs(world, 3);
      expect(balances(world)).toEqual([6050, 6050]);
      expect(await openReviews(world.store)).toEqual([]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});
