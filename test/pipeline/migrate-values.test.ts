/**
 * Whose values a one-off move brings into the target where it holds others. Taken out once each, the tests here failed: that the target has
 * no say (foldMoved), that daily plans keep to it (moversOf), and that what was moved there is the target's own word (notePushes).
 */
import { expect, it } from 'vitest';
import { migrationSummary } from '../../pipeline/migrate/summary.ts';
import type { MigrationScope } from '../../pipeline/report.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, inWorld, operationsOf, PETROV, PETROV_ARTIX, quiet } from './kit.ts';

/** The tills are trusted more than the shop in everything. */
const config = configOf(['shop', 'tills'], policiesOf(['shop', 'tills'], 'openingBalances: authority'))
  .replace('authority: [shop, tills], rule: latest', 'authority: [tills, shop], rule: authority')
  .replaceAll('push: auto', 'push: plan')
  .replaceAll('create: all', 'create: none');
const INTO_TILLS: MigrationScope = { from: 'shop', to: 'tills' };

const run = (world: World, job: 'migrate' | 'apply', migration: MigrationScope = INTO_TILLS) =>
  world.sync({ job, migration, systems: [migration.from, migration.to], ...(job === 'apply' ? { approvedBy: 'a tester' } : {}) });
const till = (world: World) => world.sandbox.artix.machine.clients.get('4');
const proposed = async (world: World) => (await operationsOf(world.store, { state: 'proposed', system_id: 2 })).filter(({ stream }) => stream === 'clients');

function bothHave(world: World): void {
  addShopClient(world, { ...PETROV, email: 'shop@mail.ru' });
  addTillClient(world, '4', { ...PETROV_ARTIX, email: 'till@mail.ru' }, null);
}

describeStores('the values of a migration', (openFresh) => {
  it('are those of the source, whatever the target is trusted with: told beforehand, kept through daily runs, and there for good', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      bothHave(world);
      await world.sync();
      const { migration } = await run(world, 'migrate');
      expect(migration).toMatchObject({
        values: 'source',
        otherwise: { clients: 1, cards: 0 },
        differs: expect.arrayContaining([{ stream: 'clients', field: 'email', wins: 'shop', why: null, count: 1 }]),
      });
      // A daily run that plans the client anew leaves the proposal as it is.
      world.sandbox.artix.machine.editClient('4', { text: 'a remark' });
      await world.sync();
      await world.sync({ job: 'plan' });
      const [row, ...more] = await proposed(world);
      expect(more).toEqual([]);
      expect(JSON.parse(row?.changes ?? '')).toMatchObject({ email: { before: 'till@mail.ru', after: 'shop@mail.ru' } });
      expect(JSON.parse(row?.reason ?? '')).toMatchObject({ email: { rule: 'moved' } });
      expect((await run(world, 'apply')).problems).toEqual([]);
      expect(till(world)).toMatchObject({ email: 'shop@mail.ru' });
      expect(await migrationSummary({ store: world.store, setup: await world.setup() }, INTO_TILLS)).toMatchObject({ complete: true });
      // Nobody puts back what the policies had trusted more.
      for (let n = 0; n < 3; n += 1) {
        world.clock.jump(600_000);
        await world.sync({ full: true });
      }
      expect([till(world)?.['email'], world.sandbox.virtualpos.machine.customers.get('1')?.email]).toEqual(['shop@mail.ru', 'shop@mail.ru']);
      expect(await proposed(world)).toEqual([]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      // An edit there counts as ever.
      world.clock.jump(600_000);
      world.sandbox.artix.machine.editClient('4', { email: 'later@mail.ru' });
      await world.sync({ full: true });
      const [back] = await operationsOf(world.store, { state: 'proposed', system_id: 1, stream: 'clients' });
      expect(JSON.parse(back?.changes ?? '{}')).toMatchObject({ email: { after: 'later@mail.ru' } });
    });
  });

  it.each(['killed while it was sent', 'without an answer, again and again'])('come in the end by going on with `apply` alone: %s', async (how) => {
    await inWorld(await openFresh(), { config }, async (world) => {
      bothHave(world);
      await world.sync();
      await run(world, 'migrate');
      const [row] = await proposed(world);
      const { faults } = world.sandbox.artix;
      if (how.startsWith('killed')) {
        // As a run leaves it that is gone before the vendor has it.
        const sending = { state: 'sending', approved_by: 'a tester', attempts: 1, sent_at: world.clock.now(), changed_at: world.clock.now() };
        await world.store.db('operations').where({ id: row?.id }).update(sending);
      } else {
        faults.add({ kind: 'reset-before', match: { method: 'POST', path: /dictionaries\/clients$/ }, times: Number.POSITIVE_INFINITY });
        await run(world, 'apply');
        expect(till(world)).toMatchObject({ email: 'till@mail.ru' });
        faults.clear();
      }
      world.clock.jump(60_000);
      expect((await run(world, 'apply')).problems).toEqual([]);
      expect(till(world)).toMatchObject({ email: 'shop@mail.ru' });
      expect(await operationsOf(world.store, { id: row?.id })).toMatchObject([{ state: 'applied', approved_by: 'a tester' }]);
      expect(await migrationSummary({ store: world.store, setup: await world.setup() }, INTO_TILLS)).toMatchObject({ complete: true });
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('are those that count by the policies where that is asked for', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      bothHave(world);
      const byPolicies: MigrationScope = { ...INTO_TILLS, values: 'policies' };
      await run(world, 'migrate');
      expect(await proposed(world)).toHaveLength(1);
      const { migration } = await run(world, 'migrate', byPolicies);
      expect(migration?.differs).toContainEqual({ stream: 'clients', field: 'email', wins: 'tills', why: 'stays as it is there', count: 1 });
      expect((await proposed(world)).flatMap(({ changes }) => Object.keys(JSON.parse(changes)))).not.toContain('email');
      await run(world, 'apply');
      expect(till(world)).toMatchObject({ email: 'till@mail.ru' });
      const { groups } = await migrationSummary({ store: world.store, setup: await world.setup() }, byPolicies);
      expect(groups).toMatchObject([{ what: 'kept', count: 1 }]);
    });
  });

  it('leave a consent that somebody refused there, and say so', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, { ...PETROV, send_sms: '1' });
      addTillClient(world, '4', { ...PETROV_ARTIX, communications: 8 }, null);
      await world.sync();
      world.clock.jump(600_000);
      world.sandbox.artix.machine.editClient('4', { communications: 0 });
      await world.sync();
      const { migration } = await run(world, 'migrate');
      expect((await proposed(world)).flatMap(({ changes }) => Object.keys(JSON.parse(changes)))).not.toContain('consents.sms');
      expect(migration?.differs.filter(({ field }) => field === 'consents.sms')).toMatchObject([{ wins: 'tills', why: 'stays as it is there' }]);
    });
  });

  it('are listed as impossible beforehand where new cards would have no group', async () => {
    const noGroup = config.replace(', defaultCardGroup: "2"', '');
    await inWorld(await openFresh(), { config: noGroup }, async (world) => {
      addShopClient(world, PETROV, CARD, 0);
      const { migration } = await run(world, 'migrate');
      expect(migration?.cannot).toEqual([{ stream: 'cards', why: expect.stringContaining('CARD_GROUP_MISSING'), count: 1 }]);
    });
  });
});
