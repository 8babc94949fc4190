/**
 * Each of these devices was taken out once, and a test here failed: a refusal in the vendor's words is tried again later and not for
 * ever, a person can send it again, and a run reports what came of operations that an earlier one planned.
 */
import { expect, it } from 'vitest';
import { planText } from '../../app/cli/output/plan.ts';
import { reportText } from '../../app/cli/output/report.ts';
import { statusText } from '../../app/cli/output/status.ts';
import { planList } from '../../app/console/plan.ts';
import { statusOf } from '../../app/console/status.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, inWorld, operationsOf, PETROV, PETROV_ARTIX, rowsOf } from './kit.ts';

const TWO = ['shop', 'tills'] as const;
const config = configOf(TWO, policiesOf(TWO));
const DAY_MS = 86_400_000;
const QUERY = { systems: [], streams: [], limit: 20, personal: false };

/** One person, the same in both; then the tills know a new phone and 3 points more. */
async function edited(world: World): Promise<void> {
  addShopClient(world, PETROV, CARD, 5000);
  addTillClient(world, '4', PETROV_ARTIX, CARD, 5000);
  for (let n = 0; n < 2; n++) {
    await world.sync();
    world.clock.jump(60_000);
  }
  world.sandbox.artix.machine.earn(CARD, 300);
  world.sandbox.artix.machine.editClient('4', { phonenumber: '89990001122' });
}

const shop = (world: World): unknown => {
  const { machine } = world.sandbox.virtualpos;
  return [machine.customers.get('1')?.phone, machine.balance('1', '1')];
};
const refusals = (world: World, times: number): void => world.sandbox.virtualpos.faults.add({ kind: 'silent-error', times, match: { path: /update/ } });

describeStores('what a vendor refused', (openFresh) => {
  it('is tried again by a later run, and arrives once', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await edited(world);
      refusals(world, 2);
      const refused = await world.sync();
      expect(refused.waiting).toMatchObject({ later: 2, refused: 0, held: 0 });
      expect(reportText(refused)).toMatch(/2 changes for a later run to send/);
      expect(statusText(await statusOf(world.store.db))).toMatch(/2 changes to be sent, or sent again after a refusal/);
      expect(planText(await planList(world.store.db, QUERY))).toMatch(/refused after 1 attempt; the first run after .* UTC sends it again/);
      await world.sync();
      expect(shop(world)).toEqual(['+79131234567', 5000]);
      world.clock.jump(DAY_MS);
      const later = await world.sync();
      expect(shop(world)).toEqual(['+79990001122', 5300]);
      // Planned by an earlier run, and done by this one.
      expect(later.operations.filter(({ system }) => system === 'shop').map(({ stream, states }) => [stream, states])).toEqual([
        ['clients', { applied: 1 }],
        ['bonuses', { applied: 1 }],
      ]);
      world.clock.jump(DAY_MS);
      expect((await world.sync()).delivered).toBe(0);
    });
  });

  it('stays for a person after a bounded number of attempts, and is sent again when the person says so', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await edited(world);
      refusals(world, Number.POSITIVE_INFINITY);
      const reports = [];
      for (let day = 0; day < 8; day++) {
        reports.push(await world.sync());
        world.clock.jump(DAY_MS);
      }
      const rows = await operationsOf(world.store, { state: 'rejected' });
      expect(rows.map(({ attempts, needs_person: person }) => [attempts, person])).toEqual([
        [5, 1],
        [5, 1],
      ]);
      // Told once, by the run that gave up.
      expect(reports.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'waiting', 'done', 'done', 'done']);
      expect(reports.at(-1)?.waiting).toMatchObject({ refused: 2, later: 0, held: 0 });
      expect(planText(await planList(world.store.db, QUERY))).toMatch(/refused after 5 attempts; it waits for you: sverka apply \d+/);
      world.sandbox.virtualpos.faults.clear();
      await world.sync({ job: 'apply' });
      expect(shop(world)).toEqual(['+79131234567', 5000]);
      const [phone] = rows.filter(({ stream }) => stream === 'clients');
      await world.sync({ job: 'apply', operations: [phone?.id ?? 0] });
      expect(shop(world)).toEqual(['+79990001122', 5000]);
      await world.sync({ job: 'apply', refused: true, systems: ['tills'] });
      expect(shop(world)).toEqual(['+79990001122', 5000]);
      await world.sync({ job: 'apply', refused: true, systems: ['shop'] });
      expect(shop(world)).toEqual(['+79990001122', 5300]);
    });
  });

  it('goes at once when the difference has changed since', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await edited(world);
      refusals(world, 2);
      await world.sync();
      world.sandbox.artix.machine.editClient('4', { phonenumber: '89990003344' });
      world.clock.jump(5000);
      await world.sync();
      expect(shop(world)).toEqual(['+79990003344', 5000]);
    });
  });
});

describeStores('what a run reports', (openFresh) => {
  it('apply lists what it applied', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      await world.sync({ job: 'plan' });
      const report = await world.sync({ job: 'apply' });
      expect(report.operations.map(({ system, stream, action, states }) => [system, stream, action, states])).toEqual([
        ['tills', 'clients', 'create', { applied: 1 }],
        ['tills', 'cards', 'create', { applied: 1 }],
        ['tills', 'bonuses', 'adjust', { applied: 1 }],
      ]);
    });
  });

  it('a create that did not arrive is sent again in the same run, and listed when it is lost again', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'delivery'], policiesOf(['shop', 'delivery'])) }, async (world) => {
      addShopClient(world, PETROV);
      const { faults, machine } = world.sandbox.vodyanoy;
      faults.add({ kind: 'reset-before', times: 1, match: { method: 'POST' } });
      await world.sync();
      expect(machine.clients.size).toBe(1);
      addShopClient(world, { ...PETROV, fname: 'Анна', lname: 'Орлова', phone: '+79135557788', email: 'orlova@mail.ru' });
      faults.add({ kind: 'reset-before', times: 2, match: { method: 'POST' } });
      world.clock.jump(60_000);
      const report = await world.sync();
      expect(machine.clients.size).toBe(1);
      expect(report.waiting.later).toBe(1);
      expect(reportText(report)).toMatch(/1 change for a later run to send/);
      world.clock.jump(60_000);
      await world.sync();
      expect(machine.clients.size).toBe(2);
    });
  });

  it('a run that died does not stand as running for ever', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await world.sync();
      await world.store.db('runs').where({ id: 1 }).update({ state: 'running', ended_at: null });
      await world.sync();
      expect((await rowsOf(world.store, 'runs')).map(({ id, state }) => [id, state])).toEqual([
        [1, 'interrupted'],
        [2, 'done'],
      ]);
    });
  });
});
