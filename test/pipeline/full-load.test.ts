/** A full load of a till: cleared and filled in one file, with nothing lost that was there, and only as it was confirmed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { OperationRow } from '../../canonical/stores/operations.ts';
import { addsOf, countLoad } from '../../pipeline/deliver/full-load.ts';
import { stateOf } from '../../pipeline/deliver/outcome-state.ts';
import type { LoadCounts } from '../../pipeline/load-request.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { run } from '../../pipeline/run.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, inWorld, PETROV, PETROV_ARTIX, quiet } from './kit.ts';

const TWO = ['shop', 'tills'] as const;
const config = configOf(TWO, policiesOf(TWO)).replace('settings: { rest:', 'settings: { route: file, file: { directory: $DIRECTORY }, rest:');

const SIDOROV = { idclient: 'till-only', name: 'Сидоров', text: 'only here', codeword: 'весна' };

async function counts(world: World): Promise<LoadCounts> {
  const setup = await world.setup();
  const tills = setup.systems.find(({ name }) => name === 'tills');
  if (tills === undefined) throw new Error('no tills');
  return countLoad(world.store.db, tills, 'clients', world.clock.now(), ['proposed', 'ready', 'retry']);
}

async function apply(world: World, confirmed: LoadCounts): Promise<RunReport> {
  const load = { system: 'tills', stream: 'clients', confirmed };
  return run(world.store, await world.setup(), { job: 'apply', systems: ['tills'], streams: ['clients'], full: true, approvedBy: 'test', load });
}

const till = (world: World) => world.sandbox.artix.machine;
const files = (world: World): string[] => readdirSync(world.sandbox.artix.directory ?? '').filter((name) => name.endsWith('.aif'));

/** A shop client that the tills lack, one that both have otherwise, and one that the tills alone have; planned. */
async function planned(world: World): Promise<LoadCounts> {
  addShopClient(world, PETROV);
  addTillClient(world, '4', { ...PETROV_ARTIX, email: 'old@x.ru' }, null);
  till(world).addClient(SIDOROV);
  for (let n = 0; n < 3; n += 1) {
    await world.sync();
    till(world).takeFiles();
    world.clock.jump(600_000);
  }
  await world.sync();
  world.sandbox.virtualpos.machine.editCustomer('1', { email: 'new@x.ru' });
  await run(world.store, await world.setup(), { job: 'plan', full: true });
  return counts(world);
}

/** One client that the tills have, nothing left to send. */
async function unchanged(world: World): Promise<LoadCounts> {
  till(world).addClient(SIDOROV);
  await world.sync();
  const confirmed = await counts(world);
  expect(confirmed).toMatchObject({ there: 1, changed: 0, created: 0, dropped: 0 });
  return confirmed;
}

const loads = (world: World) => world.store.db('operations').where({ action: 'load' }).orderBy('id');

it('that failed later reaches a person at once, and is not tried again', () => {
  const outcome = { kind: 'rejected', code: 'VENDOR_ERROR', reason: 'STATUS_ERROR' } as const;
  expect(stateOf({ action: 'load', attempts: 1 } as OperationRow, outcome, 5)).toMatchObject({ state: 'rejected', needs_person: 1, not_before: null });
});

describeStores('a full load', (openFresh) => {
  it('puts back what was there, with what was approved laid over it', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      const confirmed = await planned(world);
      expect(confirmed).toMatchObject({ there: 2, changed: 1, created: 0, dropped: 0, unread: 0, lost: { codeword: 1 } });
      const before = till(world).clients.get('till-only');
      const report = await apply(world, confirmed);
      expect(report.problems).toEqual([]);
      const [name, ...more] = files(world);
      expect(more).toEqual([]);
      const text = readFileSync(join(world.sandbox.artix.directory ?? '', name ?? ''), 'utf8');
      expect(
        text
          .split('\n---\n')
          .filter((part) => part !== '')
          .map((part) => JSON.parse(part).command),
      ).toEqual(['clearClient', ...Array(addsOf(confirmed)).fill('addClient')]);
      till(world).takeFiles();
      expect(till(world).clients.get('4')).toMatchObject({ email: 'new@x.ru', lastname: 'Петров' });
      const { codeword: _, update_time: _time, ...kept } = before ?? {};
      expect(till(world).clients.get('till-only')).toMatchObject(kept);
      await world.sync();
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('with nothing changed in it is under way until it is taken, and counts as what it writes', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      const confirmed = await unchanged(world);
      const report = await apply(world, confirmed);
      expect(report.delivered).toBe(addsOf(confirmed));
      expect(report.waiting.accepted).toBe(1);
      expect((await loads(world)).map(({ state }) => state)).toEqual(['accepted']);
      till(world).takeFiles();
      await world.sync();
      expect((await loads(world)).map(({ state }) => state)).toEqual(['applied']);
      expect((await quiet(world)).writes).toBe(0);
    });
  });

  it('that nobody takes is taken back in time, is never sent by itself again, and a person is told', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await apply(world, await unchanged(world));
      expect(files(world)).toHaveLength(1);
      world.clock.jump(86_400_000);
      till(world).addClient({ idclient: 'newer', name: 'Иванов' });
      await world.sync({ streams: ['clients'] });
      expect(
        files(world)
          .map((name) => readFileSync(join(world.sandbox.artix.directory ?? '', name), 'utf8'))
          .join(''),
      ).not.toContain('clearClient');
      expect(await loads(world)).toMatchObject([{ state: 'rejected', needs_person: 1, why: expect.stringContaining('EXCHANGE_NOT_TAKEN') }]);
      till(world).takeFiles();
      expect(till(world).clients.has('newer')).toBe(true);
      // Whoever sends refused writes again is told that this one is asked for anew.
      await run(world.store, await world.setup(), { job: 'apply', refused: true, full: true, approvedBy: 'test' });
      expect(await loads(world)).toMatchObject([{ state: 'withdrawn', why: expect.stringContaining('--full-load') }]);
    });
  });

  it('of which nobody knows whether it was sent is put before a person', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await apply(world, await unchanged(world));
      await world.store.db('operations').where({ action: 'load' }).update({ state: 'sending', handle: null });
      const report = await world.sync();
      expect(report.waiting.reviews).toBe(1);
      expect(await loads(world)).toMatchObject([{ state: 'unknown', needs_person: 1 }]);
    });
  });

  it('sends nothing when the counts are not those that were confirmed', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      const confirmed = await planned(world);
      till(world).addClient({ idclient: 'late', name: 'Иванов' });
      const report = await apply(world, confirmed);
      expect(report.problems).toMatchObject([{ code: 'LOAD_REFUSED', system: 'tills' }]);
      expect(files(world)).toEqual([]);
      expect((await counts(world)).changed).toBe(1);
    });
  });

  it('sends nothing while a record is there that could not be put back', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await planned(world);
      till(world).editClient('till-only', { sex: 7 });
      await run(world.store, await world.setup(), { job: 'plan', full: true });
      const confirmed = await counts(world);
      expect(confirmed.unread).toBe(1);
      expect((await apply(world, confirmed)).problems).toMatchObject([{ code: 'LOAD_REFUSED' }]);
      expect(files(world)).toEqual([]);
    });
  });

  it('is never part of a sync, and cannot be had where there are no commands', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      const confirmed = await planned(world);
      const load = { system: 'tills', stream: 'clients', confirmed };
      await world.sync({ load });
      const texts = files(world).map((name) => readFileSync(join(world.sandbox.artix.directory ?? '', name), 'utf8'));
      expect(texts.join('')).not.toContain('clearClient');
      const shop = (await world.setup()).systems.find(({ name }) => name === 'shop');
      if (shop === undefined) throw new Error('no shop');
      await expect(countLoad(world.store.db, shop, 'clients', 0, ['proposed'])).rejects.toMatchObject({ code: 'LOAD_REFUSED' });
    });
  });
});
