import fc from 'fast-check';
import { expect, it } from 'vitest';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, inWorld, operationsOf, PETROV, PETROV_ARTIX, quiet, rowsOf, runWith, withSystem } from './kit.ts';

const TWO = ['shop', 'tills'] as const;
const config = (openings: string): string => configOf(TWO, policiesOf(TWO, `openingBalances: ${openings}`));
const LETTERS = 'абвгд';
const card = (n: number): string => `20000000010${n}0`;

const balances = (world: World, n: number): [shop: number, tills: number] => [
  world.sandbox.virtualpos.machine.balance(String(n + 1), '1'),
  world.sandbox.artix.machine.balance(card(n)),
];
const entrySum = async (world: World): Promise<number> => (await rowsOf(world.store, 'bonus_entries')).reduce((sum, row) => sum + Number(row['amount']), 0);

/** Earns or spends at one till, never below what that till shows; answers what happened. */
function move(world: World, n: number, till: 'shop' | 'tills', amount: number): number {
  const shown = balances(world, n)[till === 'shop' ? 0 : 1];
  const real = amount < 0 ? -Math.min(-amount, shown) : amount;
  if (real === 0) return 0;
  if (till === 'shop') world.sandbox.virtualpos.machine.earn(String(n + 1), '1', real);
  else if (real > 0) world.sandbox.artix.machine.earn(card(n), real);
  else world.sandbox.artix.machine.spend(card(n), -real);
  return real;
}

describeStores('points are conserved', (openFresh) => {
  it('over random earnings and spendings at both tills, between syncs and while one is under way', async () => {
    const step = fc.record({
      who: fc.integer({ min: 0, max: 4 }),
      till: fc.constantFrom('shop' as const, 'tills' as const),
      amount: fc.integer({ min: -3000, max: 5000 }),
    });
    const rounds = fc.sample(fc.record({ between: fc.array(step, { maxLength: 6 }), during: fc.array(step, { maxLength: 3 }) }), { seed: 42, numRuns: 8 });
    await inWorld(await openFresh(), { config: config('max') }, async (world) => {
      const truth = LETTERS.split('').map((letter, n) => {
        addShopClient(
          world,
          { ...PETROV, lname: `Петр${letter}`, fname: `Имя${letter}`, phone: `+7913123450${n}`, email: `p${n}@mail.ru`, birth_year: String(1950 + n) },
          card(n),
          10_000 * n,
        );
        return 10_000 * n;
      });
      await world.sync();
      const openings = truth.reduce((sum, one) => sum + one, 0);
      for (const { between, during } of rounds) {
        for (const { who, till, amount } of between) truth[who] = (truth[who] ?? 0) + move(world, who, till, amount);
        let waiting = [...during];
        // The first write of the run finds the tills busy: customers pay while we deliver.
        await runWith(world, (setup) =>
          TWO.reduce(
            (changed, name) =>
              withSystem(changed, name, (system) => ({
                ...system,
                streams: system.streams.map((port) =>
                  port.name !== 'bonuses' || port.push === undefined
                    ? port
                    : {
                        ...port,
                        async *push(operations, signal) {
                          for (const { who, till, amount } of waiting.splice(0)) truth[who] = (truth[who] ?? 0) + move(world, who, till, amount);
                          yield* port.push?.(operations, signal) ?? [];
                        },
                      },
                ),
              })),
            setup,
          ),
        );
        for (const { who, till, amount } of waiting) truth[who] = (truth[who] ?? 0) + move(world, who, till, amount);
        waiting = [];
      }
      await world.sync();
      await world.sync();
      for (const [n, points] of truth.entries()) if (points >= 0) expect([n, ...balances(world, n)]).toEqual([n, points, points]);
      expect(await entrySum(world)).toBe(truth.reduce((sum, one) => sum + one, 0) - openings);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      // By difference, always: what a till did meanwhile is never erased.
      const bonusWrites = world.sandbox.virtualpos.machine.writes.filter(({ call }) => call === 'updateBonus');
      expect(bonusWrites.length).toBeGreaterThan(3);
      expect(bonusWrites.filter(({ params }) => params['overwrite'] !== 'false')).toEqual([]);
      expect(
        JSON.stringify(world.sandbox.artix.machine.writes.filter(({ route, call }) => /asset/i.test(`${route} ${call}`)).map(({ body }) => body)),
      ).not.toContain('PUT');
    });
  }, 60_000);

  it('spent at both tills at once: pushed to the floor, the rest owed, and paid from the next earning', async () => {
    await inWorld(await openFresh(), { config: config('max') }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      await world.sync();
      world.sandbox.virtualpos.machine.earn('1', '1', -4000);
      world.sandbox.artix.machine.spend(CARD, 3000);
      await world.sync();
      const shown = (): number[] => [world.sandbox.virtualpos.machine.balance('1', '1'), world.sandbox.artix.machine.balance(CARD)];
      expect(shown()).toEqual([0, 0]);
      expect((await rowsOf(world.store, 'bonus_accounts')).map((row) => row['owed'])).toEqual([2000, 2000]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      world.sandbox.artix.machine.earn(CARD, 7000);
      await world.sync();
      expect(shown()).toEqual([5000, 5000]);
      expect((await rowsOf(world.store, 'bonus_accounts')).map((row) => row['owed'])).toEqual([0, 0]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  for (const [policy, expected] of [
    ['authority', [5000, 5000]],
    ['sum', [8000, 8000]],
    ['max', [5000, 5000]],
    ['review', [5000, 3000]],
  ] as const) {
    it(`opening balances that were never reconciled: ${policy}`, async () => {
      await inWorld(await openFresh(), { config: config(policy) }, async (world) => {
        addShopClient(world, PETROV, CARD, 5000);
        addTillClient(world, '4', PETROV_ARTIX, CARD, 3000);
        await world.sync();
        await world.sync();
        expect([world.sandbox.virtualpos.machine.balance('1', '1'), world.sandbox.artix.machine.balance(CARD)]).toEqual(expected);
        if (policy === 'review')
          expect((await operationsOf(world.store, { action: 'adjust' })).every((row) => row.state === 'held' && row.needs_person === 1)).toBe(true);
        // Movements go on whatever the openings are.
        world.sandbox.artix.machine.earn(CARD, 100);
        await world.sync();
        if (policy !== 'review') expect(world.sandbox.virtualpos.machine.balance('1', '1')).toBe(expected[0] + 100);
        expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      });
    });
  }

  it('a client without a card has points in VirtualPOS alone until a card makes an account possible at the tills', async () => {
    await inWorld(await openFresh(), { config: config('max') }, async (world) => {
      const id = addShopClient(world, PETROV, null, 5000);
      await world.sync();
      expect(world.sandbox.artix.machine.clients.size).toBe(1);
      expect(world.sandbox.artix.machine.writes.filter(({ call }) => /asset/i.test(call))).toEqual([]);
      world.sandbox.virtualpos.machine.addCard({ uid: CARD, customer_id: id, status: 'ACTIVE' });
      await world.sync();
      await world.sync();
      expect(world.sandbox.artix.machine.balance(CARD)).toBe(5000);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});
