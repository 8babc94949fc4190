import { afterEach, expect, it } from 'vitest';
import { type Pruned, prune } from '../../../app/upkeep/prune.ts';
import { configSchema } from '../../../config/schema/config.ts';
import { addShopClient, addTillClient, CARD, canonicalState, PETROV, PETROV_ARTIX, quiet, rowsOf } from '../../pipeline/kit.ts';
import { QUIET } from '../../scheduler/support.ts';
import { describeStores } from '../../support/stores.ts';
import { startWorld, type World } from '../../support/world.ts';

const RETENTION = configSchema.shape.retention.parse(undefined);
const YEAR = 366 * 86_400_000;

describeStores('prune', (openFresh) => {
  const worlds: World[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.stop();
  });
  const forget = (world: World, dry = false): Promise<Pruned> =>
    prune(world.store, { retention: RETENTION, clock: world.clock, log: QUIET, dry }, new AbortController().signal);

  it('forgets what is over and old, and no later run notices', { timeout: 120_000 }, async () => {
    const world = await startWorld(await openFresh(), { people: 4 });
    worlds.push(world);
    addShopClient(world, PETROV, CARD, 500);
    addTillClient(world, '77', PETROV_ARTIX, CARD, 300);
    await world.sync();
    world.sandbox.virtualpos.machine.editCustomer('1', { lname: 'Новая' });
    await world.sync();
    await world.sync();
    await world.sync();
    await world.sync({ job: 'plan' });
    const kept = ['records', 'links', 'tombstones', 'overrides', 'identity_decisions', 'bonus_entries', 'bonus_accounts', 'pushes'] as const;
    const before = new Map<string, string>();
    for (const table of kept) before.set(table, JSON.stringify(await rowsOf(world.store, table)));
    const state = JSON.stringify(await canonicalState(world.store));
    const operations = await rowsOf(world.store, 'operations');
    expect((await forget(world)).operations).toBe(0);
    world.clock.jump(2 * YEAR);
    const dry = await forget(world, true);
    expect(await rowsOf(world.store, 'operations')).toEqual(operations);
    const pruned = await forget(world);
    expect(pruned).toEqual(dry);
    expect(pruned.runs).toBeGreaterThan(0);
    expect(pruned.pushLog).toBeGreaterThan(0);
    for (const table of kept) expect(JSON.stringify(await rowsOf(world.store, table)), table).toBe(before.get(table));
    const left = new Set((await rowsOf(world.store, 'operations')).map((row) => row['id']));
    const open = operations.filter((row) => !['applied', 'unchanged', 'stale', 'withdrawn'].includes(String(row['state'])));
    const needed = operations.filter(
      (row) => (row['action'] === 'create' && Number(row['attempts']) > 0) || (row['action'] === 'adjust' && row['state'] === 'applied'),
    );
    expect(needed.length).toBeGreaterThan(0);
    for (const row of [...open, ...needed]) expect(left.has(row['id'])).toBe(true);
    expect(JSON.stringify(await canonicalState(world.store))).toBe(state);
    expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
  });

  it('stops when it is told to, between two batches', async () => {
    const world = await startWorld(await openFresh());
    worlds.push(world);
    const stop = AbortSignal.abort(new Error('stopped'));
    await expect(prune(world.store, { retention: RETENTION, clock: world.clock, log: QUIET }, stop)).rejects.toThrow('stopped');
  });
});
