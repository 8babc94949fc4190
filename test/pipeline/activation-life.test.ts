import { expect, it } from 'vitest';
import { pendingEdits } from '../../app/console/pending.ts';
import { statusOf } from '../../app/console/status.ts';
import { lockLease } from '../../canonical/stores/lease-lock.ts';
import { takeLease } from '../../canonical/stores/leases.ts';
import { activeVersions, versionHistory } from '../../canonical/stores/mapping-versions.ts';
import { describeStores } from '../support/stores.ts';
import { type EditedWorld, everything, inEditedWorld, SHOP, swap } from './activation-kit.ts';
import { addShopClient, addTillClient, CARD, countOf, operationsOf, PETROV, PETROV_ARTIX, rowsOf } from './kit.ts';

const swapNames = swap('lname', 'fname');

/** One person in both systems, reconciled, and then an edit that exchanges the parts of their name. Answers their key in the shop. */
async function withSwappedNames(world: EditedWorld): Promise<string> {
  const id = addShopClient(world, PETROV, CARD);
  addTillClient(world, 'c1', PETROV_ARTIX, CARD);
  await world.sync();
  await world.sync();
  world.edit(SHOP, swapNames);
  return id;
}

describeStores('the life of a mapping', (openFresh) => {
  it('begins with the first run, which activates what it finds and says so', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop'], { people: 3 }, async (world) => {
      const first = await world.sync();
      expect(first.mappings.activated.map(({ stream }) => stream).sort()).toEqual(['bonuses', 'cards', 'clients']);
      const second = await world.sync();
      expect(second.mappings).toEqual({ activated: [], changed: [], pending: [] });
      expect((await activeVersions(store.db)).every(({ source, shipped }) => source === shipped && source !== '')).toBe(true);
    });
  });

  it('a file that is edited, or broken, changes nothing in a run, which says so', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 10 }, async (world) => {
      await world.sync();
      await world.sync();
      const before = await everything(store, ['runs', 'leases', 'checkpoints', 'sequences', 'jobs']);
      const writes = world.writes();
      world.edit(SHOP, swapNames);
      const edited = await world.sync({ full: true });
      expect(edited.mappings.pending).toMatchObject([{ system: 'shop', stream: 'clients', what: 'edited' }]);
      expect((await statusOf(store.db, await pendingEdits(store.db, world.loaded()))).pending).toHaveLength(1);
      world.edit(SHOP, () => 'vendor: [');
      const broken = await world.sync({ full: true });
      expect(broken.state).not.toBe('failed');
      expect(broken.mappings.pending).toMatchObject([{ what: 'broken' }]);
      expect(world.writes()).toBe(writes);
      expect(await everything(store, ['runs', 'leases', 'checkpoints', 'sequences', 'jobs'])).toEqual(before);
      await expect(world.preview()).rejects.toMatchObject({ code: 'MAPPING_INVALID' });
    });
  });

  it('what comes of an activation waits for a person through later runs, and the rest goes on', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], {}, async (world) => {
      const id = await withSwappedNames(world);
      const { activation } = await world.activate('swapped');
      const waiting = async () => (await operationsOf(store)).filter((row) => row.activation === activation && row.state === 'proposed');
      expect((await waiting()).length).toBeGreaterThan(0);
      const writes = world.writes();
      await world.sync();
      expect(world.writes()).toBe(writes);
      const [proposed] = await waiting();
      // Somebody changes another field of the same person: it goes, and the names still wait.
      world.clock.jump(3_600_000);
      world.sandbox.virtualpos.machine.editCustomer(id, { email: 'new@mail.ru' });
      await world.sync();
      expect(world.sandbox.artix.machine.clients.get('c1')?.email).toBe('new@mail.ru');
      expect(await waiting()).toEqual([expect.objectContaining({ id: proposed?.id, changes: proposed?.changes })]);
      await world.sync({ job: 'apply', activation: activation ?? 0, approvedBy: 'a tester' });
      expect(await waiting()).toEqual([]);
      expect(world.sandbox.artix.machine.clients.get('c1')).toMatchObject({ name: 'Петров', lastname: 'Пётр' });
      // Going back now cannot be exact: what undoes it is proposed.
      const back = await world.rollback();
      expect(back).toMatchObject({ exact: false, activation });
      expect(back.delivered).toBeGreaterThan(0);
      expect((await waiting()).length).toBeGreaterThan(0);
      const silent = world.writes();
      await world.sync();
      expect(world.writes()).toBe(silent);
      await world.sync({ job: 'apply', approvedBy: 'a tester' });
      expect(world.sandbox.artix.machine.clients.get('c1')).toMatchObject({ name: 'Пётр', lastname: 'Петров' });
      const end = await world.sync();
      expect(end.delivered).toBe(0);
    });
  });

  it('what comes of it and what does not is sent as one when both are approved together', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], {}, async (world) => {
      const id = await withSwappedNames(world);
      await world.activate();
      world.clock.jump(3_600_000);
      world.sandbox.virtualpos.machine.editCustomer(id, { email: 'new@mail.ru' });
      await world.sync({ job: 'plan' });
      const waiting = (await operationsOf(store, { action: 'update', state: 'proposed' })).filter(({ changes }) => !changes.includes('balance'));
      expect(waiting.map(({ activation }) => activation === null).sort()).toEqual([false, true]);
      const writes = world.sandbox.artix.machine.writes.length;
      await world.sync({ job: 'apply', approvedBy: 'a tester' });
      expect(world.sandbox.artix.machine.writes.length).toBe(writes + 1);
      expect(world.sandbox.artix.machine.clients.get('c1')).toMatchObject({ name: 'Петров', lastname: 'Пётр', email: 'new@mail.ru' });
    });
  });

  it('records that cannot be read are set aside at once, and cured by the next activation', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop', 'tills'], { people: 20 }, async (world) => {
      await world.sync();
      await world.sync();
      const before = await rowsOf(store, 'records');
      world.edit('artix/clients.yaml', (text) => text.replace('pattern: yyyy-MM-dd, minYear', 'pattern: dd.MM.yyyy, minYear'));
      const broken = await world.activate();
      const [aside] = broken.quarantine;
      expect(aside?.added).toBeGreaterThan(5);
      expect(await countOf(store, 'quarantine', { state: 'open', code: 'RECORD_VALUE' })).toBe(aside?.added);
      const writes = world.writes();
      await world.sync();
      expect(world.writes()).toBe(writes);
      world.edit('artix/clients.yaml', (text) => text.replace('pattern: dd.MM.yyyy, minYear', 'pattern: yyyy-MM-dd, minYear'));
      const preview = await world.preview();
      expect(preview.quarantine).toMatchObject([{ added: 0, cured: aside?.added }]);
      expect((await world.activate()).quarantine).toEqual(preview.quarantine);
      expect(await countOf(store, 'quarantine', { state: 'open' })).toBe(0);
      const plain = (rows: readonly Record<string, unknown>[]) => rows.map(({ change_seq: _, ...row }) => row);
      expect(plain(await rowsOf(store, 'records'))).toEqual(plain(before));
      await world.sync();
      expect(world.writes()).toBe(writes);
    });
  });

  it('goes back step by step, and not beyond the first version', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop'], { people: 5 }, async (world) => {
      await world.sync();
      await expect(world.rollback()).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const zero = await everything(store);
      world.edit(SHOP, swapNames);
      await world.activate('one');
      const one = await everything(store);
      world.edit(SHOP, (text) => text.replace('M: male', 'M: female'));
      await world.activate('two');
      expect((await versionHistory(store.db)).filter(({ stream }) => stream === 'clients').map(({ state, note }) => [note, state])).toEqual([
        ['two', 'active'],
        ['one', 'former'],
        [null, 'former'],
      ]);
      expect(await world.rollback()).toMatchObject({ exact: true });
      expect(await everything(store)).toEqual(one);
      expect(await world.rollback()).toMatchObject({ exact: true });
      expect(await everything(store)).toEqual(zero);
      await expect(world.rollback()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });

  it('leaves nothing half done when it is cut off', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop'], { people: 10 }, async (world) => {
      await world.sync();
      world.edit(SHOP, swapNames);
      const before = await everything(store, []);
      const dead = Object.create(store, {
        whole: {
          value: (fn: Parameters<typeof store.whole>[0]) =>
            store.whole(async (written) => {
              await fn(written);
              throw new Error('the power is gone');
            }),
        },
      }) as typeof store;
      const { activateEditions, editedMappings } = await import('../../app/console/mapping-life.ts');
      const setup = await world.setup();
      const editions = await editedMappings(world.loaded(), setup, { systems: [] });
      const cut = activateEditions(dead, setup, editions, { commit: true, sample: null, note: null, examples: 1, personal: true });
      await expect(cut).rejects.toThrow('the power is gone');
      expect(await everything(store, [])).toEqual(before);
    });
  });

  it('waits for nobody: while a run is at work it says so, and a run prepared before it is refused', async () => {
    const store = await openFresh();
    await inEditedWorld(store, ['shop'], { people: 3 }, async (world) => {
      await world.sync();
      const prepared = await world.setup();
      world.edit(SHOP, swapNames);
      const owner = { name: 'elsewhere/1/x', isGone: () => false };
      await store.transaction((trx) => takeLease(trx, 'store', owner, world.clock.now(), 60_000));
      await expect(world.preview()).rejects.toMatchObject({ code: 'RUN_LOCKED' });
      await store.db('leases').where({ name: 'store' }).update({ expires_at: 1 });
      const [{ token }] = (await store.db('leases').where({ name: 'store' })) as [{ token: number }];
      await world.activate();
      // Whoever never gave the lease back may not go on with what it began.
      const [after] = (await store.db('leases').where({ name: 'store' })) as [{ token: number }];
      expect(Number(after.token)).toBeGreaterThan(Number(token));
      const { run } = await import('../../pipeline/run.ts');
      await expect(run(store, prepared, { job: 'sync' }).then(({ problems }) => problems)).resolves.toMatchObject([{ code: 'RUN_LOCKED' }]);
      await store.transaction((trx) => lockLease(trx, 'store', owner, world.clock.now()));
    });
  });
});
