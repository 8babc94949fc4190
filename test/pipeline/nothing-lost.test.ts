import { expect, it } from 'vitest';
import type { RunReport } from '../../pipeline/report.ts';
import { describeStores } from '../support/stores.ts';
import { configOf } from '../support/world.ts';
import { addShopClient, addTillClient, countOf, inWorld, PETROV, PETROV_ARTIX, quiet, rowsOf, runWith, withSystem } from './kit.ts';

/** read = added + changed + unchanged + quarantined, in every stream. */
function sums(report: RunReport): void {
  const all = report.readings.flatMap(({ system, streams }) => Object.entries(streams).map(([stream, counts]) => ({ system, stream, ...counts })));
  expect(all.length).toBeGreaterThan(3);
  expect(all.filter(({ read, added, changed, unchanged, quarantined }) => read !== added + changed + unchanged + quarantined)).toEqual([]);
}

const other = (n: number): Record<string, string> => ({
  ...PETROV,
  lname: `Квакин${'абвгдежз'[n]}`,
  fname: `Имя${'абвгдежз'[n]}`,
  phone: `+7916000000${n}`,
  email: `s${n}@mail.ru`,
  birth_year: String(1950 + n),
});

describeStores('nothing is lost', (openFresh) => {
  it('the counts of every run add up in a dirty world, and bad records are set aside with file, line and field', async () => {
    await inWorld(await openFresh(), { people: 30, seed: 5 }, async (world) => {
      const shop = world.sandbox.virtualpos.machine;
      const sexless = addShopClient(world, { ...other(0), gender: 'X' });
      const dateless = addShopClient(world, { ...other(1), birth_day: '31', birth_month: '2' });
      const crm = world.sandbox.lotinfo.machine;
      const agent = crm.addClient({ fioF: 'Орлов', fioI: 'Пётр', fioO: '', contacts: [] });
      crm.editClient(agent, { fields: { birthday: '31.02.1990' } });
      const first = await world.sync();
      expect(first.problems).toEqual([]);
      sums(first);
      const bad = await rowsOf(world.store, 'quarantine', { state: 'open' });
      expect(bad.map((row) => [row['stream'], row['record_key'], row['code']])).toEqual(
        expect.arrayContaining([
          ['clients', sexless, 'RECORD_VALUE'],
          ['clients', dateless, 'RECORD_VALUE'],
          ['clients', String(agent), 'RECORD_VALUE'],
        ]),
      );
      expect(bad).toHaveLength(3);
      for (const row of bad) {
        expect(row['place']).toMatch(/clients\.yaml:\d+:\d+$/);
        expect(row['field']).toMatch(/→ (sex|birthDate)$/);
        expect(String(row['rule'])).not.toMatch(/Квакин|31\.02|X$/);
      }
      expect(first.waiting.quarantined).toBe(3);
      // Nobody is made elsewhere from what could not be read.
      expect([...world.sandbox.artix.machine.clients.values()].filter((client) => String(client['lastname']).startsWith('Квакин'))).toEqual([]);
      const second = await quiet(world);
      sums(second.report);
      expect(second).toMatchObject({ writes: 0, changed: false });
      expect(second.report.readings.find(({ system }) => system === 'shop')?.streams['clients']).toMatchObject({ quarantined: 2 });
      world.clock.jump(60_000);
      shop.editCustomer(sexless, { gender: 'M' });
      shop.editCustomer(dateless, { birth_month: '3' });
      const third = await world.sync();
      sums(third);
      expect(await countOf(world.store, 'quarantine', { state: 'open' })).toBe(1);
      expect(await countOf(world.store, 'quarantine', { state: 'cured' })).toBe(2);
      expect([...world.sandbox.artix.machine.clients.values()].filter((client) => String(client['lastname']).startsWith('Квакин'))).toHaveLength(2);
      sums(await world.sync());
    });
  }, 60_000);

  it('a record that goes bad keeps its last good values everywhere, and counts as present', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      const id = addShopClient(world, PETROV);
      await world.sync();
      world.clock.jump(60_000);
      world.sandbox.virtualpos.machine.editCustomer(id, { gender: 'X', email: 'neu@mail.ru' });
      const writes = world.writes();
      const report = await world.sync();
      sums(report);
      expect(world.writes() - writes).toBe(0);
      expect(await rowsOf(world.store, 'records', { record_key: id, stream: 'clients' })).toMatchObject([{ state: 'quarantined' }]);
      expect((await rowsOf(world.store, 'contacts', { kind: 'email' })).map((row) => row['value'])).toEqual(['petrov@mail.ru']);
      await world.sync();
      expect(world.sandbox.virtualpos.machine.customers.size).toBe(1);
      expect(await countOf(world.store, 'tombstones')).toBe(0);
      world.sandbox.virtualpos.machine.editCustomer(id, { gender: 'M' });
      await world.sync();
      expect([...world.sandbox.artix.machine.clients.values()]).toMatchObject([{ email: 'neu@mail.ru' }]);
      expect(await countOf(world.store, 'quarantine', { state: 'open' })).toBe(0);
    });
  });

  it('rows that break the wire schema are set aside, present, and cured by a good row', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      const id = addShopClient(world, PETROV);
      const breakRow = (keyless: boolean) => (setup: Parameters<Parameters<typeof runWith>[1]>[0]) =>
        withSystem(setup, 'shop', (system) => ({
          ...system,
          async *pull(request, checkpoint, signal) {
            for await (const batch of system.pull(request, checkpoint, signal)) {
              const records = new Map([...batch.records].map(([stream, list]) => [stream, list.filter((record) => record.key !== id)]));
              yield {
                ...batch,
                records,
                rejected: [
                  { stream: 'clients', key: id, body: { id, phone: [1] }, field: 'phone', rule: 'expected a text' },
                  ...(keyless ? [{ stream: 'clients', key: null, body: { lname: 'Без ключа' }, field: 'id', rule: 'expected a key' }] : []),
                ],
              };
            }
          },
        }));
      const report = await runWith(world, breakRow(true));
      sums(report);
      expect(await rowsOf(world.store, 'quarantine', { state: 'open' })).toMatchObject([
        { code: 'RECORD_WIRE', field: 'phone' },
        { code: 'RECORD_WIRE', field: 'id', record_key: expect.stringMatching(/^\?/) },
      ]);
      expect(world.writes()).toBe(0);
      await runWith(world, breakRow(true));
      expect(await countOf(world.store, 'quarantine')).toBe(2);
      await world.sync();
      expect(await rowsOf(world.store, 'quarantine', { record_key: id })).toMatchObject([{ state: 'cured' }]);
      expect(world.sandbox.artix.machine.clients.size).toBe(1);
      await runWith(world, breakRow(false));
      expect(world.sandbox.virtualpos.machine.customers.size).toBe(1);
      expect(await countOf(world.store, 'clients')).toBe(1);
    });
  });

  it('a record that one page brings twice, once good and once broken, is set aside and stops nothing', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      const id = addShopClient(world, PETROV);
      const report = await runWith(world, (setup) =>
        withSystem(setup, 'shop', (system) => ({
          ...system,
          async *pull(request, checkpoint, signal) {
            const rejected = [{ stream: 'clients', key: id, body: { id, phone: [1] }, field: 'phone', rule: 'expected a text' }];
            for await (const batch of system.pull(request, checkpoint, signal)) yield { ...batch, rejected };
          },
        })),
      );
      expect(report.problems).toEqual([]);
      expect(await rowsOf(world.store, 'records', { record_key: id })).toMatchObject([{ state: 'quarantined' }]);
      expect(await countOf(world.store, 'quarantine', { state: 'open' })).toBe(1);
      await world.sync();
      expect(await rowsOf(world.store, 'records', { record_key: id, stream: 'clients', system_id: 1 })).toMatchObject([{ state: 'live' }]);
      expect(await countOf(world.store, 'quarantine', { state: 'open' })).toBe(0);
    });
  });

  it('a losing value is recorded with its winner and the rule that decided', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills']) }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', { ...PETROV_ARTIX, email: 'till@mail.ru' }, null);
      await world.sync();
      const [client] = await rowsOf(world.store, 'clients');
      const records = new Map((await rowsOf(world.store, 'records')).map((row) => [row['id'], row['record_key']]));
      const { email } = JSON.parse(String(client?.['provenance'])) as { email: { record: number; rule: string; losers: { record: number; why: string }[] } };
      expect([records.get(email.record), email.rule, email.losers.map((loser) => [records.get(loser.record), loser.why])]).toEqual([
        '1',
        'first-sync: authority',
        [['4', 'first-sync: authority']],
      ]);
      world.clock.jump(60_000);
      world.sandbox.artix.machine.editClient('4', { email: 'later@mail.ru' });
      await world.sync();
      const [after] = await rowsOf(world.store, 'clients');
      expect(JSON.parse(String(after?.['provenance'])).email).toMatchObject({
        rule: expect.stringMatching(/^latest/),
        losers: [{ why: expect.stringMatching(/^latest/) }],
      });
      expect(world.sandbox.virtualpos.machine.customers.get('1')).toMatchObject({ email: 'later@mail.ru' });
    });
  });
});
