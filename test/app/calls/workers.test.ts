import { expect, it } from 'vitest';
import { manyWorkers } from '../../../bench/calls.ts';
import { describeStores } from '../../support/stores.ts';

/** A zone in which it is neither midnight nor near it. */
const AWAY = new Date().getUTCHours() < 12 ? 'Etc/GMT-9' : 'Etc/GMT+9';

describeStores('calls of several processes, counted by the vendor', (openFresh) => {
  it('never exceed the rate and the slots, even with more processes than slots', { timeout: 120_000 }, async () => {
    const store = openFresh.place(await openFresh());
    const result = await manyWorkers({ store, calls: 600, workers: 5, rate: 120, slots: 3, perDay: null, zone: AWAY });
    expect(result.workers.map((worker) => worker.made)).toEqual([120, 120, 120, 120, 120]);
    expect(result).toMatchObject({ calls: 600, beyondRate: 0, beyondSlots: 0 });
    // The limits were really met: otherwise nothing was shown.
    expect(result.mostAtOnce).toBe(3);
    expect(result.mostInWindow).toBeGreaterThan(90);
  });

  it("never exceed a day's quota, and use it to the last call", { timeout: 120_000 }, async () => {
    const store = openFresh.place(await openFresh());
    const result = await manyWorkers({ store, calls: 900, workers: 3, rate: null, slots: 4, perDay: 301, zone: AWAY });
    expect(result.calls).toBe(301);
    expect(result.beyondSlots).toBe(0);
    expect(result.workers.map((worker) => worker.refused)).toEqual(['SYSTEM_QUOTA', 'SYSTEM_QUOTA', 'SYSTEM_QUOTA']);
  });

  it('go on when a process is killed, and get its share', { timeout: 120_000 }, async () => {
    const store = openFresh.place(await openFresh());
    const result = await manyWorkers({
      store,
      calls: 300,
      workers: 2,
      rate: 50,
      slots: 2,
      perDay: null,
      zone: AWAY,
      killAfter: { worker: 0, calls: 60 },
    });
    expect(result.workers[0]).toEqual({ made: 0, refused: 'killed' });
    expect(result.workers[1]?.made).toBe(150);
    expect(result).toMatchObject({ beyondRate: 0, beyondSlots: 0 });
  });
});
