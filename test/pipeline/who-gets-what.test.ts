/**
 * Each of these devices was taken out once, and a test here failed: creates wait for a whole snapshot, guards, tombstones, three
 * snapshots before a deletion.
 */
import { expect, it } from 'vitest';
import { TransientError } from '../../core/errors.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, CARD, countOf, inWorld, operationsOf, PETROV, PETROV_ARTIX, quiet, rowsOf, runWith, withSystem } from './kit.ts';

const shopOf = (world: World) => world.sandbox.virtualpos.machine;
const tillsOf = (world: World) => world.sandbox.artix.machine;
const two = configOf(['shop', 'tills']);
/** The configuration with what the tills get of clients changed. */
const tills = (clients: string): string => two.replace(/(accounts.*?streams: \{ clients: )\{[^}]*\}/s, `$1${clients}`);
const person = (n: number, more: Record<string, string> = {}): Record<string, string> => ({
  ...PETROV,
  lname: `Петров${'абвгдежзик'[n]}`,
  fname: `Имя${'абвгдежзик'[n]}`,
  phone: `+7913123450${n}`,
  email: `p${n}@mail.ru`,
  birth_year: String(1950 + n),
  ...more,
});
const states = async (world: World): Promise<unknown[]> => (await operationsOf(world.store, { stream: 'clients' })).map((row) => [row.action, row.state]);

describeStores('who gets what', (openFresh) => {
  it('push: off writes nothing and plans nothing; plan proposes; auto delivers', async () => {
    for (const [push, made, planned] of [
      ['off', 0, []],
      ['plan', 0, [['create', 'proposed']]],
      ['auto', 1, [['create', 'applied']]],
    ] as const) {
      await inWorld(await openFresh(), { config: tills(`{ push: ${push}, create: all }`) }, async (world) => {
        addShopClient(world, PETROV);
        await world.sync();
        expect([push, tillsOf(world).clients.size, await states(world)]).toEqual([push, made, planned]);
      });
    }
  });

  it('create: none updates what is there, and where creates those that match alone', async () => {
    await inWorld(await openFresh(), { config: tills('{ push: auto, create: none }') }, async (world) => {
      addShopClient(world, PETROV);
      addShopClient(world, person(1));
      addTillClient(world, '4', { ...PETROV_ARTIX, birthday: '' }, null);
      await world.sync();
      expect([...tillsOf(world).clients.values()]).toMatchObject([{ idclient: '4', birthday: '1980-06-05' }]);
    });
    await inWorld(
      await openFresh(),
      { config: tills('{ push: auto, create: { where: [{ field: sex, is: female }, { field: email, empty: false }] } }') },
      async (world) => {
        addShopClient(world, person(0, { gender: 'F' }));
        addShopClient(world, person(1, { gender: 'F', email: '' }));
        addShopClient(world, person(2, { gender: 'M' }));
        await world.sync();
        expect([...tillsOf(world).clients.values()].map((client) => client['lastname'])).toEqual(['Петрова']);
        expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      },
    );
  });

  it('update: only the fields and groups that are named', async () => {
    await inWorld(await openFresh(), { config: tills('{ push: auto, create: none, update: [name, email] }') }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', { ...PETROV_ARTIX, lastname: 'ПЕТРОВ', birthday: '' }, null);
      await world.sync();
      expect(tillsOf(world).clients.get('4')).toMatchObject({ lastname: 'Петров', email: 'petrov@mail.ru' });
      expect(tillsOf(world).clients.get('4')?.['birthday'] ?? '').toBe('');
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('above a guard everything of the kind becomes a plan and nothing is sent', async () => {
    const config = two.replace(/(accounts[\s\S]*?maxCreates: \{ count: )100000/, '$13');
    await inWorld(await openFresh(), { config }, async (world) => {
      for (let n = 0; n < 5; n++) addShopClient(world, person(n));
      const report = await world.sync();
      expect(tillsOf(world).clients.size).toBe(0);
      expect(await states(world)).toEqual(Array.from({ length: 5 }, () => ['create', 'proposed']));
      expect(report.state).toBe('waiting');
      expect((await operationsOf(world.store))[0]?.why).toMatch(/^guard: 5 creates are more than the bound of 3/);
      await world.sync();
      expect(tillsOf(world).clients.size).toBe(0);
      await world.sync({ job: 'apply' });
      expect(tillsOf(world).clients.size).toBe(5);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('a deleted key leaves a tombstone: that client is not created there again', async () => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      addShopClient(world, PETROV);
      await world.sync();
      const [idclient = ''] = tillsOf(world).clients.keys();
      tillsOf(world).removeClient(idclient);
      await world.sync();
      world.clock.jump(60_000);
      shopOf(world).editCustomer('1', { email: 'neu@mail.ru' });
      await world.sync();
      expect(tillsOf(world).clients.size).toBe(0);
      expect(await rowsOf(world.store, 'tombstones')).toMatchObject([{ record_key: idclient, entity: 'client' }]);
      expect(shopOf(world).customers.get('1')).toMatchObject({ email: 'neu@mail.ru' });
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  for (const [vanished, target, left, believed] of [
    ['ignore', 'ignore', 1, 'till@mail.ru'],
    ['ignore', 'unlink', 1, 'till@mail.ru'],
    ['unlink', 'ignore', 1, null],
    ['propagate', 'ignore', 1, null],
    ['propagate', 'unlink', 1, null],
    ['ignore', 'propagate', 0, null],
    ['propagate', 'propagate', 0, null],
  ] as const) {
    it(`delete: ${vanished} where a record vanishes, ${target} where another is left`, async () => {
      const config = tills(`{ push: auto, create: all, delete: ${target} }`)
        .replace('clients: { push: auto, create: all }', `clients: { push: auto, create: all, delete: ${vanished} }`)
        .replace(policiesOf(['shop', 'tills']), policiesOf(['shop', 'tills']).replace('[shop, tills]', '[tills, shop]'));
      await inWorld(await openFresh(), { config }, async (world) => {
        const id = addShopClient(world, { ...PETROV, email: 'till@mail.ru' });
        addTillClient(world, '4', PETROV_ARTIX, null);
        await world.sync();
        expect(tillsOf(world).clients.get('4')).toMatchObject({ email: 'till@mail.ru' });
        shopOf(world).removeCustomer(id);
        await world.sync();
        expect(await countOf(world.store, 'tombstones', { record_key: id })).toBe(1);
        await world.sync();
        expect(tillsOf(world).clients.size).toBe(left);
        if (left === 1) {
          // The disappearance of a record never empties a field elsewhere.
          expect(tillsOf(world).clients.get('4')).toMatchObject({ email: 'till@mail.ru' });
          expect((await rowsOf(world.store, 'contacts', { kind: 'email' })).map((row) => row['value'])).toEqual(believed === null ? [] : [believed]);
        }
        expect(shopOf(world).customers.size).toBe(0);
        expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      });
    });
  }

  const follows = (push: string): string => tills(`{ push: ${push}, create: none, delete: propagate }`);
  it.each([
    ['push', follows('plan'), null],
    ['the guard', follows('auto').replace(/(accounts[\s\S]*?maxDeletes: \{ count: )500/, '$11'), 'guard: 2 deletes are more than the bound of 1'],
  ])('deletions that follow another system keep to %s', async (_name, config, why) => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      for (const n of [1, 2, 3]) addShopClient(world, person(n));
      await world.sync();
      await world.configure(config);
      const stays = person(3)['lname'];
      for (const { id, lname } of [...shopOf(world).customers.values()]) if (lname !== stays) shopOf(world).removeCustomer(id);
      await world.sync();
      expect(tillsOf(world).clients.size).toBe(3);
      const deletes = await operationsOf(world.store, { action: 'delete' });
      expect(deletes.map(({ state }) => state)).toEqual(['proposed', 'proposed']);
      if (why !== null) expect(deletes[0]?.why).toContain(why);
      await world.sync({ job: 'apply' });
      expect([...tillsOf(world).clients.values()].map((client) => client['lastname'])).toEqual([stays]);
    });
  });

  it('a key that is missing from a snapshot is not deleted while the vendor still finds it, and is after three snapshots where it cannot be asked', async () => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      const id = addShopClient(world, PETROV);
      addShopClient(world, person(1));
      await world.sync();
      const hide = (ask: boolean) => (setup: Parameters<Parameters<typeof runWith>[1]>[0]) =>
        withSystem(setup, 'shop', (system) => ({
          ...system,
          streams: system.streams.map(({ find, ...stream }) => ({
            ...stream,
            ...(ask && find !== undefined ? { find } : { capabilities: { ...stream.capabilities, findBy: [] } }),
          })),
          async *pull(request, checkpoint, signal) {
            for await (const batch of system.pull(request, checkpoint, signal)) {
              yield {
                ...batch,
                unchanged: (batch.unchanged ?? []).filter(({ key }) => key !== id),
                records: new Map([...batch.records].map(([stream, list]) => [stream, list.filter((record) => record.key !== id && record.parent?.key !== id)])),
              };
            }
          },
        }));
      const state = async (): Promise<unknown> =>
        (await rowsOf(world.store, 'records', { record_key: id, stream: 'clients' })).map((row) => [row['state'], row['misses']]);
      await runWith(world, hide(true));
      expect(await state()).toEqual([['live', 0]]);
      await runWith(world, hide(false));
      expect(await state()).toEqual([['missing', 1]]);
      await runWith(world, hide(false));
      await world.sync();
      expect(await state()).toEqual([['live', 0]]);
      for (let n = 0; n < 3; n++) await runWith(world, hide(false));
      expect(await state()).toMatchObject([['deleted', expect.anything()]]);
      expect(tillsOf(world).clients.size).toBe(2);
    });
  });

  it('creates are held where the pull of the target failed or was not whole, and go on when it is', async () => {
    await inWorld(await openFresh(), { config: two }, async (world) => {
      addShopClient(world, PETROV);
      addTillClient(world, '4', { ...PETROV_ARTIX, lastname: 'Сидоров', phonenumber: '89160000001', email: 'sidorov@mail.ru' }, null);
      await runWith(world, (setup) =>
        withSystem(setup, 'tills', (system) => ({
          ...system,
          async *pull(request, checkpoint, signal) {
            for await (const batch of system.pull(request, checkpoint, signal)) yield { ...batch, complete: 'page' };
            if (request.reading === 'clients') throw new TransientError('VENDOR_BUSY', 'busy');
          },
        })),
      );
      expect(tillsOf(world).clients.size).toBe(1);
      expect(
        (await operationsOf(world.store, { action: 'create', stream: 'clients', system_id: 2 })).map((row) => [
          row.state,
          row.why?.slice(0, 6),
          row.needs_person,
        ]),
      ).toEqual([['held', 'unseen', 0]]);
      await world.sync();
      expect(tillsOf(world).clients.size).toBe(2);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('a system that is out of reach is left, and the others go on', async () => {
    await inWorld(await openFresh(), { config: configOf(['shop', 'tills', 'crm']) }, async (world) => {
      addShopClient(world, PETROV);
      world.sandbox.lotinfo.faults.add({ kind: 'reset-before', times: 1000 });
      const report = await world.sync();
      expect(report.state).toBe('failed');
      expect(report.problems).toMatchObject([{ system: 'crm' }]);
      expect([tillsOf(world).clients.size, world.sandbox.lotinfo.machine.clients.size]).toEqual([1, 0]);
      world.sandbox.lotinfo.faults.clear();
      await world.sync();
      expect(world.sandbox.lotinfo.machine.clients.size).toBe(1);
    });
  });

  for (const blind of [true, false]) {
    it(`a system that cannot be read: ${blind ? 'creates: blind' : 'creates are held'}`, async () => {
      const config = configOf(['shop', 'crm'])
        .replace(', code: { env: CODE }', '')
        .replace(
          'ownReference: use, streams: { clients: { push: auto, create: all } }, guards',
          `ownReference: use, ${blind ? 'creates: blind, ' : ''}streams: { clients: { push: auto, create: all } }, guards`,
        );
      await inWorld(await openFresh(), { config }, async (world) => {
        addShopClient(world, PETROV, CARD);
        const report = await world.sync();
        expect(report.readings.find(({ system }) => system === 'crm')?.result).toBe('skipped');
        expect(world.sandbox.lotinfo.machine.clients.size).toBe(blind ? 1 : 0);
        await world.sync();
        await world.sync();
        expect(world.sandbox.lotinfo.machine.clients.size).toBe(blind ? 1 : 0);
        if (!blind)
          expect((await operationsOf(world.store, { action: 'create' })).at(-1)).toMatchObject({ state: 'held', why: expect.stringContaining('unseen') });
      });
    });
  }
});
