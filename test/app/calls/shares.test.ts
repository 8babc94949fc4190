import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Store } from '../../../canonical/open.ts';
import { type ShareAnswer, setPause, turnShares } from '../../../canonical/stores/calls.ts';
import { describeStores } from '../../support/stores.ts';

const HOLDERS = ['a', 'b', 'c', 'd'];

interface Mine {
  slots: number;
  permits: number;
  day: number;
  beat: number;
}

function turn(
  store: Store,
  holder: string,
  limits: { slots: number; permits: number },
  mine: Mine,
  more: { wants?: [number, number]; day?: number; unused?: number },
): Promise<ShareAnswer> {
  const [slots, permits] = more.wants ?? [0, 0];
  const day = { day: '2026-11-22', limit: 50, wants: more.day ?? 0, unused: more.unused ?? 0, unusedDay: '2026-11-22' };
  return store.calls.run((trx) => turnShares(trx, { system: 's', holder, limits, keeps: mine, wants: { slots, permits }, stale: [], day, now: 1 }));
}

describeStores('shares of calls', (openFresh) => {
  it('never add up to more than the limits, whoever asks for, keeps and gives back what', async () => {
    const step = fc.record({ who: fc.nat(3), gives: fc.nat(5), slots: fc.nat(6), permits: fc.nat(30), day: fc.nat(2), unused: fc.boolean() });
    const store = await openFresh();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 }), async (steps, slots, permits) => {
        await store.calls.run(async (trx) => {
          for (const table of ['call_budgets', 'call_shares', 'call_days']) await trx(table).delete();
        });
        const held = new Map<string, Mine>(HOLDERS.map((name) => [name, { slots: 0, permits: 0, day: 0, beat: 0 }]));
        let made = 0;
        for (const one of steps) {
          const name = HOLDERS[one.who] ?? 'a';
          const mine = held.get(name) as Mine;
          const keeps = { ...mine, slots: Math.max(0, mine.slots - one.gives), permits: Math.max(0, mine.permits - one.gives) };
          const unused = one.unused ? mine.day : 0;
          const got = await turn(store, name, { slots, permits }, keeps, { wants: [one.slots, one.permits], day: one.day, unused });
          made += mine.day - unused;
          held.set(name, { slots: got.slots, permits: got.permits, day: got.calls, beat: 0 });
          const sum = (unit: 'slots' | 'permits' | 'day'): number => [...held.values()].reduce((all, each) => all + each[unit], 0);
          expect(sum('slots')).toBeLessThanOrEqual(slots);
          expect(sum('permits')).toBeLessThanOrEqual(permits);
          expect(made + sum('day')).toBeLessThanOrEqual(50);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('are had in turns where there are fewer slots than processes: who waited longer comes first', async () => {
    const store = await openFresh();
    const limits = { slots: 1, permits: 0 };
    const none = { slots: 0, permits: 0, day: 0, beat: 0 };
    const one = { ...none, slots: 1 };
    expect((await turn(store, 'a', limits, none, { wants: [1, 0] })).slots).toBe(1);
    expect((await turn(store, 'b', limits, none, { wants: [1, 0] })).slots).toBe(0);
    expect((await turn(store, 'c', limits, none, { wants: [1, 0] })).slots).toBe(0);
    expect((await turn(store, 'a', limits, none, { wants: [1, 0] })).slots).toBe(0);
    expect((await turn(store, 'c', limits, none, { wants: [1, 0] })).slots).toBe(0);
    expect((await turn(store, 'b', limits, none, { wants: [1, 0] })).slots).toBe(1);
    expect((await turn(store, 'b', limits, one, {})).slots).toBe(1);
  });

  it('of a process whose beat stands still are taken back, but not when it has shown a sign of life meanwhile', async () => {
    const store = await openFresh();
    const limits = { slots: 2, permits: 0 };
    const none = { slots: 0, permits: 0, day: 0, beat: 0 };
    await turn(store, 'dead', limits, none, { wants: [2, 0] });
    const [seen] = (await turn(store, 'b', limits, none, { wants: [2, 0] })).others;
    expect(seen?.slots).toBe(2);
    const stale = [{ holder: 'dead', beat: seen?.beat ?? 0 }];
    const ask = { system: 's', limits, keeps: none, wants: { slots: 2, permits: 0 }, day: null, now: 1 };
    await turn(store, 'dead', limits, { ...none, slots: 2 }, {});
    expect((await store.calls.run((trx) => turnShares(trx, { ...ask, holder: 'b', stale }))).slots).toBe(0);
    const [again] = (await turn(store, 'b', limits, none, { wants: [2, 0] })).others;
    const got = await store.calls.run((trx) => turnShares(trx, { ...ask, holder: 'b', stale: [{ holder: 'dead', beat: again?.beat ?? 0 }] }));
    expect(got.slots).toBe(2);
    // It wakes up and believes in its share: the store does not.
    expect((await turn(store, 'dead', limits, { ...none, slots: 2 }, {})).slots).toBe(0);
  });

  it('stand when the dry run in which they were asked for is undone, and so does the count of the day', async () => {
    const store = await openFresh();
    const none = { slots: 0, permits: 0, day: 0, beat: 0 };
    await store.dryRun(() => turn(store, 'a', { slots: 2, permits: 0 }, none, { wants: [2, 0], day: 1 }));
    const after = await turn(store, 'b', { slots: 2, permits: 0 }, none, { wants: [1, 0] });
    expect(after.slots).toBe(0);
    expect(after.dayLeft).toBeLessThan(50);
  });

  it('are given to no one while a pause stands; it is told to everybody', async () => {
    const store = await openFresh();
    const none = { slots: 0, permits: 0, day: 0, beat: 0 };
    const pause = { paused_at: 5, paused_by: 'olga', note: null };
    expect(await store.calls.run((trx) => setPause(trx, 's', pause))).toBe(true);
    expect(await store.calls.run((trx) => setPause(trx, 's', pause))).toBe(false);
    expect((await turn(store, 'a', { slots: 2, permits: 0 }, none, { wants: [1, 0] })).pause).toEqual(pause);
    expect(await store.calls.run((trx) => setPause(trx, 's', null))).toBe(true);
    expect((await turn(store, 'a', { slots: 2, permits: 0 }, none, {})).pause).toBeNull();
  });
});
