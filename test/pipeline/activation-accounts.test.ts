import { expect, it } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { describeStores } from '../support/stores.ts';
import type { World } from '../support/world.ts';
import { differences, type EditedWorld, everything, inEditedWorld } from './activation-kit.ts';
import { addShopClient, addTillClient, CARD, operationsOf, PETROV, PETROV_ARTIX, quiet, rowsOf } from './kit.ts';

const SHOP = 'virtualpos/bonuses.yaml';
const TILLS = 'artix/bonuses.yaml';
const KOPECKS = '{ from: balance, as: minor, wireAs: number }';
const ROUBLES = '{ from: balance, as: decimal, wireAs: number }';

const card = (n: number): string => `20000000010${n}0`;
const shown = (world: World, n = 0): [shop: number, tills: number] => [
  world.sandbox.virtualpos.machine.balance(String(n + 1), '1'),
  world.sandbox.artix.machine.balance(n === 0 ? CARD : card(n)),
];
const accounts = async (store: Store) =>
  (await rowsOf(store, 'bonus_accounts')).map(({ opening, agreed, observed }) => [opening, agreed, observed].map(Number));
const entrySum = async (store: Store): Promise<number> => (await rowsOf(store, 'bonus_entries')).reduce((sum, row) => sum + Number(row['amount']), 0);
const adjustments = async (store: Store, activation: number | null) =>
  (await operationsOf(store, { action: 'adjust', state: 'proposed' })).filter((row) => row.activation === activation);

/** Previews and activates what is edited; both say the same. */
async function edited(world: EditedWorld) {
  const preview = await world.preview();
  const done = await world.activate();
  expect({ ...done, activation: null, ms: 0 }).toEqual({ ...preview, ms: 0 });
  return done;
}

/** Petrov with points in both systems, reconciled. */
async function both(world: EditedWorld, shop: number, tills: number): Promise<void> {
  addShopClient(world, PETROV, CARD, shop);
  addTillClient(world, 'c1', PETROV_ARTIX, CARD, tills);
  await world.sync();
  await world.sync();
}

describeStores('editing the mapping of accounts', (openFresh) => {
  it('another programme takes along all that was booked, and creates and destroys nothing', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], {}, async (world) => {
      await both(world, 5000, 5000);
      world.sandbox.artix.machine.earn(CARD, 700);
      await world.sync();
      expect(shown(world)).toEqual([5700, 5700]);
      const before = await everything(store);
      const ledger = [await accounts(store), await entrySum(store)];
      await world.reconfigure((config) => config.replace('programmes: { "1": main }', 'programmes: { "1": gold }'));
      const done = await edited(world);
      expect(done.accounts).toEqual({ programme: 1, amount: 0, opened: 0, entries: 0 });
      expect([await accounts(store), await entrySum(store)]).toEqual(ledger);
      const programmes = new Map((await rowsOf(store, 'bonus_programmes')).map((row) => [row['id'], row['name']]));
      expect((await rowsOf(store, 'bonus_accounts')).map((row) => programmes.get(row['programme_id'])).sort()).toEqual(['gold', 'main']);
      // The points of the tills that were sent into this account are proposed to be taken out of it; nothing goes by itself.
      expect((await adjustments(store, done.activation)).map(({ changes }) => JSON.parse(changes).balance)).toContainEqual({ before: 5700, after: 5000 });
      const writes = world.writes();
      await world.sync();
      expect(world.writes()).toBe(writes);
      expect(shown(world)).toEqual([5700, 5700]);
      await world.sync({ job: 'apply', activation: done.activation ?? 0, approvedBy: 'a tester' });
      expect(shown(world)).toEqual([5000, 5700]);
      // What is earned from now on stays within its programme.
      world.sandbox.virtualpos.machine.earn('1', '1', 300);
      await world.sync();
      expect(shown(world)).toEqual([5300, 5700]);
      expect(await entrySum(store)).toBe(1000);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      expect(before['bonus_entries']).toHaveLength(1);
    });
  });

  it('another programme is taken back to the byte', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 20 }, async (world) => {
      await world.sync();
      await world.sync();
      const before = await everything(store);
      await world.reconfigure((config) => config.replace('programmes: { "1": main }', 'programmes: { "1": gold }'));
      const done = await edited(world);
      expect(done.accounts.programme).toBeGreaterThan(3);
      expect(done.accounts.programme).toBe(differences(store, before, await everything(store))['bonus_accounts']?.updated);
      expect(await world.rollback()).toMatchObject({ exact: true });
      expect(await everything(store)).toEqual(before);
    });
  });

  it('an account of which only its opening is known opens with what is read now, and books no movement', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], {}, async (world) => {
      await both(world, 5000, 5000);
      const before = await everything(store);
      // Roubles instead of kopecks: the unit was misread.
      world.edit(TILLS, (text) => text.replace(KOPECKS, ROUBLES));
      const done = await edited(world);
      expect(done.accounts).toEqual({ programme: 0, amount: 1, opened: 0, entries: 0 });
      expect(await accounts(store)).toContainEqual([500_000, 500_000, 500_000]);
      const writes = world.writes();
      await world.sync();
      await world.sync({ full: true });
      expect(world.writes()).toBe(writes);
      expect(await entrySum(store)).toBe(0);
      // Of openings the larger one counts.
      expect((await adjustments(store, done.activation)).map(({ changes }) => JSON.parse(changes).balance)).toEqual([{ before: 5000, after: 500_000 }]);
      // The run in between found nothing new.
      expect(await world.rollback()).toMatchObject({ exact: true });
      expect(await rowsOf(store, 'bonus_accounts')).toEqual(before['bonus_accounts']);
      expect(await adjustments(store, done.activation)).toEqual([]);
    });
  });

  it('refuses another amount where points rest on the former one, and says of how many accounts', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], {}, async (world) => {
      await both(world, 5000, 3000);
      world.sandbox.artix.machine.earn(CARD, 700);
      await world.sync();
      const before = await everything(store, []);
      world.edit(TILLS, (text) =>
        text
          .replace('{ from: balance,', '{ from: X,')
          .replace('{ from: balanceInactive,', '{ from: balance,')
          .replace('{ from: X,', '{ from: balanceInactive,'),
      );
      const refused = { code: 'MAPPING_INVALID', message: expect.stringMatching(/tills\/bonuses .*another amount would be read of 1 account,/) };
      await expect(world.preview()).rejects.toMatchObject(refused);
      await expect(world.activate()).rejects.toMatchObject(refused);
      expect(await everything(store, [])).toEqual(before);
    });
  });

  it('refuses an edit by which no balance is read any more', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], {}, async (world) => {
      await both(world, 5000, 3000);
      world.edit(SHOP, (text) => text.replace(/^ {2}balance:.*$/m, '  attributes.virtualpos.amount: { from: amount, as: raw, only: pull }'));
      await expect(world.activate()).rejects.toMatchObject({ message: expect.stringContaining('no balance would be read any more of 1 account') });
    });
  });

  it('taken back after points moved: what is owed to everybody is what the vendors show', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['tills'], {}, async (world) => {
      addTillClient(world, 'c1', PETROV_ARTIX, CARD, 5000);
      await world.sync();
      world.edit(TILLS, (text) => text.replace(KOPECKS, ROUBLES));
      await edited(world);
      expect(await accounts(store)).toEqual([[500_000, 500_000, 500_000]]);
      world.sandbox.artix.machine.earn(CARD, 70);
      addTillClient(world, 'c2', { ...PETROV_ARTIX, phonenumber: '89135550000', lastname: 'Зайцев', email: 'z@mail.ru' }, card(2), 20);
      await world.sync();
      expect(await entrySum(store)).toBe(9000);
      expect(await world.rollback()).toMatchObject({ exact: false });
      expect((await accounts(store)).map(([, agreed, observed]) => [agreed, observed]).sort()).toEqual([
        [20, 20],
        [5070, 5070],
      ]);
      expect(await adjustments(store, null)).toEqual([]);
      const writes = world.writes();
      await world.sync();
      await world.sync({ full: true });
      expect(world.writes()).toBe(writes);
      expect(shown(world)[1]).toBe(5070);
    });
  });
});
