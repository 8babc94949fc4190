import { afterEach, expect, it } from 'vitest';
import { pauseSystems } from '../../app/console/systems.ts';
import type { Store } from '../../canonical/open.ts';
import { operationsInState } from '../../canonical/stores/operations.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, startWorld, type World } from '../support/world.ts';
import { addShopClient, PETROV } from './kit.ts';

// DESIGN §10: a system that is paused, in its quiet hours or out of calls is left alone; others go on, and nothing has failed.

describeStores('systems that are not to be called now', (openFresh) => {
  const worlds: World[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.stop();
  });
  const start = async (store: Store, tills = ''): Promise<World> => {
    const config = configOf(['shop', 'tills'], policiesOf(['shop', 'tills'])).replace('tills: { vendor: artix,', `tills: { vendor: artix, ${tills}`);
    const world = await startWorld(store, { config });
    worlds.push(world);
    return world;
  };
  const calls = (world: World): number => world.sandbox.artix.requests.length;

  it('paused: not one call is made, what is due there waits, and it goes on afterwards', async () => {
    const world = await start(await openFresh());
    await world.sync();
    await pauseSystems(world.store, ['tills'], { at: 1_700_000_000_000, by: 'olga', note: null });
    addShopClient(world, PETROV);
    const before = calls(world);
    const report = await world.sync();
    expect(calls(world)).toBe(before);
    expect(report.problems).toEqual([]);
    expect(report.state).not.toBe('failed');
    const skipped = report.readings.filter((reading) => reading.system === 'tills');
    expect(skipped.length).toBeGreaterThan(0);
    for (const reading of skipped) expect(reading).toMatchObject({ result: 'skipped', code: 'SYSTEM_PAUSED', hint: expect.stringContaining('resume tills') });
    expect(skipped[0]?.message).toMatch(/paused by olga since 2023-11-14 22:13 UTC/);
    await world.sync({ job: 'apply' });
    expect(calls(world)).toBe(before);
    await pauseSystems(world.store, ['tills'], null);
    const after = await world.sync();
    expect(after.delivered).toBeGreaterThan(0);
    expect(world.sandbox.artix.machine.writes.length).toBeGreaterThan(0);
  });

  it('in quiet hours: the message says when it goes on, in the zone of the system', async () => {
    const world = await start(await openFresh(), 'zone: Asia/Novosibirsk, quiet: [ { from: "00:00", to: "23:59" } ],');
    if (new Date(world.clock.now() + 7 * 3_600_000).toISOString().slice(11, 16) === '23:59') world.clock.jump(60_000);
    const report = await world.sync();
    expect(calls(world)).toBe(0);
    expect(report.readings.find((reading) => reading.system === 'tills')).toMatchObject({
      result: 'skipped',
      code: 'SYSTEM_QUIET',
      message: expect.stringMatching(/tills has its quiet hours; it goes on at \d{4}-\d\d-\d\d 23:59 Asia\/Novosibirsk/),
    });
  });

  it('out of calls on the way: what was sent stands, the rest waits and counts no attempt', async () => {
    const store = await openFresh();
    const world = await start(store, `zone: ${AWAY}, callsPerDay: 9,`);
    for (let at = 0; at < 12; at += 1)
      addShopClient(world, { ...PETROV, lname: `Петров${'абвгдежзиклм'[at]}`, phone: `+7913123450${at % 10}${at}`.slice(0, 12), email: `p${at}@mail.ru` });
    const report = await world.sync();
    expect(calls(world)).toBeLessThanOrEqual(9);
    expect(report.problems).toEqual([]);
    const waiting = await operationsInState(store.db, ['ready', 'retry', 'held']);
    expect(waiting.length).toBeGreaterThan(0);
    expect(waiting.every((row) => row.attempts === 0)).toBe(true);
    const more = await world.sync();
    expect(calls(world)).toBeLessThanOrEqual(9);
    expect(more.readings.find((reading) => reading.system === 'tills')?.code).toBe('SYSTEM_QUOTA');
  });
});

/** A zone in which it is neither midnight nor near it. */
const AWAY = new Date().getUTCHours() < 12 ? 'Etc/GMT-9' : 'Etc/GMT+9';
