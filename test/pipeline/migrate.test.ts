/** One-off moves: what is proposed, what is told beforehand, what is sent, and what the summary says. Each device was taken out once, and a test here failed. */
import { expect, it } from 'vitest';
import { type MigrationSummary, migrationSummary } from '../../pipeline/migrate/summary.ts';
import type { MigrationScope } from '../../pipeline/report.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, dump, inWorld, operationsOf, PETROV, PETROV_ARTIX } from './kit.ts';

/** Daily runs make nobody and ask for everything. */
const config = configOf(['shop', 'tills'], policiesOf(['shop', 'tills'], 'openingBalances: authority'))
  .replaceAll('push: auto', 'push: plan')
  .replaceAll('create: all', 'create: none');
const INTO_TILLS: MigrationScope = { from: 'shop', to: 'tills' };
const tillsOf = (world: World) => world.sandbox.artix.machine;
const shopOf = (world: World) => world.sandbox.virtualpos.machine;

const migrate = (world: World, migration: MigrationScope, dry = false) =>
  world.sync({ job: 'migrate', migration, systems: [migration.from, migration.to], ...(dry ? { dry } : {}) });
const apply = (world: World, migration: MigrationScope) =>
  world.sync({ job: 'apply', migration, systems: [migration.from, migration.to], approvedBy: 'a tester' });
const summary = async (world: World, migration: MigrationScope): Promise<MigrationSummary> =>
  migrationSummary({ store: world.store, setup: await world.setup() }, migration);

const SIDOROVA = {
  fname: 'Анна',
  lname: 'Сидорова',
  mname: 'Олеговна',
  phone: '+79160000001',
  email: 's@mail.ru',
  gender: 'F',
  birth_day: '1',
  birth_month: '2',
  birth_year: '1990',
};
const ORLOV = { ...SIDOROVA, fname: 'Марк', lname: 'Орлов', mname: 'Львович', gender: 'M', phone: '+79160000002', email: 'o@mail.ru', birth_year: '1991' };

describeStores('a migration', (openFresh) => {
  it('proposes clients, cards and points whatever the configuration creates; apply sends them; then both sides are alike', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      addShopClient(world, SIDOROVA);
      addTillClient(world, '7', { name: 'Марк', lastname: 'Орлов', phonenumber: '89160000002' }, null);
      addShopClient(world, ORLOV);
      await world.sync();
      expect((await operationsOf(world.store)).filter((row) => row.action === 'create')).toEqual([]);
      const report = await migrate(world, INTO_TILLS);
      expect(world.writes()).toBe(0);
      expect(report.migration).toMatchObject({ source: { clients: 3, cards: 1, accounts: 1, points: 5000 }, there: { clients: 1, cards: 0 }, cannot: [] });
      const rows = (await operationsOf(world.store, { state: 'proposed', system_id: 2 })).map((row) => `${row.stream} ${row.action}`);
      expect(rows.sort()).toEqual(['bonuses adjust', 'cards create', 'clients create', 'clients create', 'clients update']);
      const done = await apply(world, INTO_TILLS);
      expect(done.problems).toEqual([]);
      expect([tillsOf(world).clients.size, tillsOf(world).cards.size, tillsOf(world).balance(CARD)]).toEqual([3, 1, 5000]);
      expect(await summary(world, INTO_TILLS)).toMatchObject({
        complete: true,
        totals: [
          { what: 'clients', from: 3, to: 3, alike: 3 },
          { what: 'cards', from: 1, to: 1, alike: 1 },
          { what: 'points main', from: 5000, to: 5000, alike: 5000 },
        ],
        items: [],
      });
      const writes = world.writes();
      await migrate(world, INTO_TILLS);
      await apply(world, INTO_TILLS);
      await world.sync();
      expect(world.writes() - writes).toBe(0);
    });
  });

  it('is kept through daily runs that create nobody, and no automatic run sends it', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']).replaceAll('create: all', 'create: none') }, async (world) => {
      const id = addShopClient(world, PETROV, CARD, 5000);
      await migrate(world, INTO_TILLS);
      world.clock.jump(60_000);
      shopOf(world).editCustomer(id, { email: 'neu@mail.ru' });
      await world.sync();
      await world.sync({ job: 'plan' });
      expect(tillsOf(world).clients.size).toBe(0);
      const rows = await operationsOf(world.store, { system_id: 2 });
      expect(rows.filter((row) => row.action === 'create').map((row) => [row.stream, row.state])).toEqual([
        ['clients', 'proposed'],
        ['cards', 'proposed'],
      ]);
      expect(JSON.parse(rows[0]?.changes ?? '')).toMatchObject({ email: { after: 'neu@mail.ru' } });
      await apply(world, INTO_TILLS);
      expect([tillsOf(world).clients.size, tillsOf(world).cards.size, tillsOf(world).balance(CARD)]).toEqual([1, 1, 5000]);
    });
  });

  it('moves only whom the filter chooses, and no more than the limit at a time', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      addShopClient(world, SIDOROVA, '2000000000022', 300);
      addShopClient(world, ORLOV);
      const men: MigrationScope = { ...INTO_TILLS, where: [{ field: 'sex', is: 'male' }], limit: 1 };
      expect((await migrate(world, men)).migration).toMatchObject({ source: { clients: 1, cards: 1 } });
      // Asked again before anything is sent, it is the same one.
      await migrate(world, men);
      await apply(world, INTO_TILLS);
      expect([...tillsOf(world).clients.values()].map(({ lastname }) => lastname)).toEqual(['Петров']);
      expect((await summary(world, men)).groups).toEqual([{ what: 'missing', stream: 'clients', why: expect.stringContaining('not proposed yet'), count: 1 }]);
      await migrate(world, men);
      await apply(world, INTO_TILLS);
      expect([...tillsOf(world).clients.values()].map(({ lastname }) => lastname)).toEqual(['Петров', 'Орлов']);
      expect(await summary(world, men)).toMatchObject({ complete: true, totals: [{ from: 2, to: 2 }, { from: 1 }, { from: 5000, to: 5000 }] });
      expect(tillsOf(world).balance('2000000000022')).toBe(0);
    });
  });

  it('tells beforehand what the target cannot take, by field and at all', async () => {
    const sides = configOf(['tills', 'crm']).replaceAll('create: all', 'create: none').replaceAll('push: auto', 'push: plan');
    await inWorld(await openFresh(), { config: sides }, async (world) => {
      addTillClient(world, '4', { ...PETROV_ARTIX, text: 'заметка', occupation: 'врач' }, CARD, 900);
      addTillClient(world, '5', { name: 'Анна', lastname: 'Сидорова', phonenumber: '89160000001', occupation: 'юрист' }, null);
      const { migration } = await migrate(world, { from: 'tills', to: 'crm' });
      expect(migration?.losses).toContainEqual({ stream: 'clients', field: 'occupation', kind: 'no-home', detail: expect.any(String), count: 2 });
      expect(migration?.cannot).toEqual([
        { stream: 'cards', why: 'it keeps no such thing', count: 1 },
        { stream: 'bonuses', why: 'it keeps no such thing', count: 1 },
      ]);
      await apply(world, { from: 'tills', to: 'crm' });
      const end = await summary(world, { from: 'tills', to: 'crm' });
      expect(end.totals.slice(0, 2)).toEqual([
        { what: 'clients', from: 2, to: 2, alike: 2 },
        { what: 'cards', from: 1, to: 0, alike: 0 },
      ]);
      expect(end.groups.map(({ what, count }) => [what, count])).toEqual([
        ['missing', 1],
        ['balance', 1],
      ]);
      // What is there already cannot be changed by this vendor: told before, and listed after.
      world.clock.jump(60_000);
      tillsOf(world).editClient('5', { email: 'neu@mail.ru' });
      expect((await migrate(world, { from: 'tills', to: 'crm' })).migration?.cannot).toContainEqual({
        stream: 'clients',
        why: expect.stringMatching(/^it has no way to change more than \w+ of a record that is there$/),
        count: 2,
      });
      expect((await summary(world, { from: 'tills', to: 'crm' })).items).toContainEqual(
        expect.objectContaining({ what: 'differs', fields: ['email'], why: expect.stringMatching(/^it has no way to change more than/) }),
      );
    });
  });

  it('counts what belongs to nobody, which it cannot move, and never says that all is there', async () => {
    const sides = configOf(['tills', 'shop'], policiesOf(['tills', 'shop']))
      .replaceAll('create: all', 'create: none')
      .replaceAll('push: auto', 'push: plan');
    await inWorld(await openFresh(), { config: sides }, async (world) => {
      addTillClient(world, '4', PETROV_ARTIX, CARD, 900);
      tillsOf(world).addCard({ idcard: 'lone', number: '2000000000046', idcardgroup: 1 });
      tillsOf(world).addAccountCard({ number: '2000000000046' }, 700);
      const out = { from: 'tills', to: 'shop' };
      const { migration } = await migrate(world, out);
      expect(migration).toMatchObject({ source: { clients: 1, cards: 1, accounts: 1, points: 900 }, ownerless: { cards: 1, accounts: 1, points: 700 } });
      await apply(world, out);
      const end = await summary(world, out);
      expect(end.complete).toBe(false);
      expect(end.items.filter(({ client }) => client === null)).toEqual([
        { what: 'missing', stream: 'cards', key: 'lone', client: null, fields: [], why: expect.stringContaining('without a client') },
        {
          what: 'balance',
          stream: 'bonuses',
          key: '2000000000046',
          client: null,
          fields: [],
          amounts: { from: 700, to: 0 },
          why: expect.stringContaining('of nobody'),
        },
      ]);
    });
  });

  it('itemises what was refused, what counts otherwise, and what cannot be read', async () => {
    const tillsFirst = config.replace('authority: [shop, tills], rule: latest', 'authority: [tills, shop], rule: authority');
    // One write at a time: the second is the one that is refused.
    const oneByOne = tillsFirst.replace('tills: { vendor: artix,', 'tills: { vendor: artix, concurrency: 1,');
    expect(oneByOne).not.toBe(tillsFirst);
    await inWorld(await openFresh(), { config: oneByOne }, async (world) => {
      const byPolicies: MigrationScope = { ...INTO_TILLS, values: 'policies' };
      addShopClient(world, { ...PETROV, email: 'other@mail.ru' }, CARD, 800);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: 'till@mail.ru' }, CARD, 900);
      const refused = addShopClient(world, SIDOROVA);
      const unreadable = addShopClient(world, { ...ORLOV, gender: 'X' });
      await migrate(world, byPolicies);
      world.sandbox.artix.faults.add({ kind: 'silent-error', match: { method: 'POST' }, skip: 1 });
      await apply(world, INTO_TILLS);
      const end = await summary(world, byPolicies);
      expect(end.items.map(({ what, key, fields }) => [what, key, fields])).toEqual([
        ['kept', '1', ['email']],
        ['missing', refused, []],
        ['balance', expect.any(String), ['balance']],
        ['set aside', unreadable, [expect.stringContaining('sex')]],
      ]);
      expect(end.items.map(({ why }) => why)).toEqual([
        expect.stringContaining('another value counts'),
        expect.stringMatching(/^rejected: /),
        'the balance that counts by the policies is the one shown there',
        expect.stringContaining('RECORD_VALUE'),
      ]);
      expect(end.items.find(({ what }) => what === 'balance')).toMatchObject({ amounts: { from: 800, to: 900 } });
      expect(end.complete).toBe(false);
      expect(JSON.stringify(end)).not.toMatch(/mail\.ru|Сидорова|Орлов/);
    });
  });

  it('a dry one keeps nothing', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV, CARD, 5000);
      await world.setup();
      const before = await dump(world.store, ['runs', 'systems', 'leases', 'sequences']);
      const report = await migrate(world, INTO_TILLS, true);
      expect(report.operations.map(({ stream, action }) => `${stream} ${action}`)).toEqual(['clients create', 'cards create', 'bonuses adjust']);
      expect(await dump(world.store, ['runs', 'systems', 'leases', 'sequences'])).toEqual(before);
    });
  });

  it('does not make anew whom somebody deleted there', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV);
      await migrate(world, INTO_TILLS);
      await apply(world, INTO_TILLS);
      const [id = ''] = tillsOf(world).clients.keys();
      tillsOf(world).removeClient(id);
      for (let n = 0; n < 4; n++) {
        world.clock.jump(60_000);
        await world.sync({ full: true });
      }
      await migrate(world, INTO_TILLS);
      expect(await operationsOf(world.store, { state: 'proposed' })).toEqual([]);
      expect((await summary(world, INTO_TILLS)).items).toMatchObject([{ what: 'missing', why: 'it was deleted there before, and is not made anew' }]);
    });
  });
});
