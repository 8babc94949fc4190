/**
 * A run that is killed while it sends a load leaves a file that can be taken at any time. Taken out once each, the tests here failed: the
 * handle that is stored before the file is written, and the asking about it in the next run.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Intend, Stream } from '../../core/contract.ts';
import { countLoad } from '../../pipeline/deliver/full-load.ts';
import type { RunRequest } from '../../pipeline/request.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, addTillClient, inWorld, operationsOf, PETROV, PETROV_ARTIX, quiet, runWith, withSystem } from './kit.ts';

const TWO = ['shop', 'tills'] as const;
const config = configOf(TWO, policiesOf(TWO)).replace('settings: { rest:', 'settings: { route: file, file: { directory: $DIRECTORY }, rest:');

const till = (world: World) => world.sandbox.artix.machine;
const directory = (world: World): string => world.sandbox.artix.directory ?? '';
const names = (world: World, extension: string): string[] => readdirSync(directory(world)).filter((name) => name.endsWith(extension));
const KILLED = new Error('killed');

const killAfterFile = (port: Stream): Stream => ({
  ...port,
  async *push(operations, signal, intend) {
    for await (const result of port.push?.(operations, signal, intend) ?? []) {
      if (result.operationId !== '') throw KILLED;
      yield result;
    }
  },
});

const killBeforeFile = (port: Stream): Stream => ({
  ...port,
  async *push(operations, signal, intend) {
    const stored: Intend = async (handles) => {
      await intend?.(handles);
      throw KILLED;
    };
    yield* port.push?.(operations, signal, stored) ?? [];
  },
});

async function killed(world: World, kill: (port: Stream) => Stream, request: Partial<RunRequest> = {}): Promise<void> {
  const change = (port: Stream): Stream => (port.name === 'clients' ? kill(port) : port);
  const report = await runWith(world, (setup) => withSystem(setup, 'tills', (system) => ({ ...system, streams: system.streams.map(change) })), request);
  expect(report.state).toBe('failed');
}

const clientOps = async (world: World) => (await operationsOf(world.store)).filter(({ stream, entity }) => stream === 'clients' && entity === 'client');

/** One person in both systems who is settled, and was edited in the shop since. */
async function editedInShop(world: World): Promise<void> {
  addShopClient(world, PETROV);
  addTillClient(world, '4', PETROV_ARTIX, null);
  for (let n = 0; n < 3; n += 1) {
    await world.sync();
    till(world).takeFiles();
    world.clock.jump(600_000);
  }
  world.sandbox.virtualpos.machine.editCustomer('1', { email: 'new@x.ru' });
}

describeStores('a run that is killed while it sends a load', (openFresh) => {
  it('leaves a file that the next run finds and does not send again', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV);
      await killed(world, killAfterFile);
      const lying = names(world, '.flz');
      expect(lying).toHaveLength(1);
      expect(await clientOps(world)).toMatchObject([{ state: 'sending', handle: expect.stringMatching(/^\?/) }]);
      const report = await world.sync();
      expect(report.waiting.accepted).toBe(1);
      expect(names(world, '.flz')).toEqual(lying);
      till(world).takeFiles();
      await world.sync();
      expect(await clientOps(world)).toMatchObject([{ state: 'applied' }]);
      expect([...till(world).clients.values()].map(({ lastname }) => lastname)).toEqual(['Петров']);
      await world.sync();
      till(world).takeFiles();
      await world.sync();
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('leaves a file that is taken back in time when nobody takes it', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV);
      await killed(world, killAfterFile);
      const lying = names(world, '.flz');
      world.clock.jump(3_600_000);
      await world.sync();
      expect(names(world, '.flz')).toHaveLength(1);
      expect(names(world, '.flz')).not.toEqual(lying);
      till(world).takeFiles();
      await world.sync();
      expect(till(world).clients.size).toBe(1);
    });
  });

  it('leaves an update that was taken before the next run, and is read back', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await editedInShop(world);
      await killed(world, killAfterFile);
      till(world).takeFiles();
      world.clock.jump(600_000);
      const report = await world.sync();
      expect(report.waiting).toMatchObject({ accepted: 0, unknown: 0 });
      expect(till(world).clients.get('4')).toMatchObject({ email: 'new@x.ru' });
      expect(names(world, '.flz')).toEqual([]);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('before the file was there leaves nothing that counts as taken: it is read back and sent', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      await editedInShop(world);
      await killed(world, killBeforeFile);
      expect(readdirSync(directory(world))).toEqual([]);
      for (let n = 0; n < 3; n += 1) {
        world.clock.jump(600_000);
        await world.sync();
        till(world).takeFiles();
      }
      await world.sync();
      expect(till(world).clients.get('4')).toMatchObject({ email: 'new@x.ru' });
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('between the data and their flag leaves data that are removed, and the load is sent anew', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      addShopClient(world, PETROV);
      await killed(world, killAfterFile);
      for (const flag of names(world, '.flz')) rmSync(join(directory(world), flag));
      const bare = names(world, '.aif');
      await world.sync();
      expect(names(world, '.aif')).toEqual(bare);
      world.clock.jump(3_600_000);
      await world.sync();
      await world.sync();
      expect(names(world, '.aif')).not.toContain(bare[0]);
      till(world).takeFiles();
      await world.sync();
      expect(till(world).clients.size).toBe(1);
    });
  });

  it('that was to clear and load all knows that load in the next run', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      till(world).addClient({ idclient: 'till-only', name: 'Сидоров' });
      await world.sync();
      const { systems } = await world.setup();
      const tills = systems.find(({ name }) => name === 'tills');
      if (tills === undefined) throw new Error('no tills');
      const confirmed = await countLoad(world.store.db, tills, 'clients', world.clock.now(), ['proposed', 'ready', 'retry']);
      const load = { system: 'tills', stream: 'clients', confirmed };
      const kill = (port: Stream): Stream =>
        port.load === undefined
          ? port
          : {
              ...port,
              load: {
                ...port.load,
                send: async (...args) => {
                  await port.load?.send(...args);
                  throw KILLED;
                },
              },
            };
      await killed(world, kill, { job: 'apply', systems: ['tills'], streams: ['clients'], full: true, approvedBy: 'test', load });
      const lying = names(world, '.aif');
      expect(lying).toHaveLength(1);
      expect(readFileSync(join(directory(world), lying[0] ?? ''), 'utf8')).toContain('clearClient');
      const report = await world.sync();
      expect([report.waiting.accepted, report.waiting.reviews, names(world, '.aif')]).toEqual([1, 0, lying]);
      till(world).takeFiles();
      await world.sync();
      expect(await world.store.db('operations').where({ action: 'load' })).toMatchObject([{ state: 'applied' }]);
    });
  });
});
