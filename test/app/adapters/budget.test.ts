import { describe, expect, it } from 'vitest';
import { createBudget } from '../../../app/adapters/budget.ts';
import { systemClock } from '../../../app/adapters/clock.ts';
import { testClock } from '../../support/context.ts';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a budget', () => {
  it('lets so many run at one time, in the order of asking', async () => {
    const budget = createBudget({ clock: testClock(), concurrency: 2 });
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const tasks = [0, 1, 2, 3].map((number) =>
      budget.run(() => {
        started.push(number);
        return new Promise<void>((resolve) => finish.push(resolve));
      }, never),
    );
    await turn();
    expect(started).toEqual([0, 1]);
    finish[1]?.();
    await turn();
    expect(started).toEqual([0, 1, 2]);
    finish[0]?.();
    finish[2]?.();
    await turn();
    finish[3]?.();
    await Promise.all(tasks);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it('keeps the rate', async () => {
    const clock = testClock();
    const budget = createBudget({ clock, ratePerSecond: 4, concurrency: 10 });
    const began = clock.now();
    await Promise.all(Array.from({ length: 9 }, () => budget.run(async () => undefined, never)));
    // One at once, eight more at a quarter of a second each.
    const took = clock.now() - began;
    expect(took).toBeGreaterThanOrEqual(1990);
    expect(took).toBeLessThan(2500);
    expect(clock.slept.length).toBeGreaterThanOrEqual(8);
  });

  it('gives the place back when a task fails, and never runs one that was stopped while it waited', async () => {
    const budget = createBudget({ clock: testClock(), concurrency: 1 });
    await expect(budget.run(() => Promise.reject(new Error('no')), never)).rejects.toThrow('no');
    const controller = new AbortController();
    let release = (): void => undefined;
    const first = budget.run(() => new Promise<void>((resolve) => (release = resolve)), never);
    let ran = false;
    const stopped = budget.run(async () => {
      ran = true;
    }, controller.signal);
    const last = budget.run(async () => 'last', never);
    controller.abort(new Error('stop'));
    await expect(stopped).rejects.toThrow('stop');
    release();
    await first;
    expect(await last).toBe('last');
    expect(ran).toBe(false);
  });

  it('drops its alarm when nobody waits any more, and goes on with the next', async () => {
    const budget = createBudget({ clock: systemClock, ratePerSecond: 0.001, concurrency: 1 });
    await budget.run(async () => undefined, never);
    const controller = new AbortController();
    const waiting = budget.run(async () => undefined, controller.signal);
    controller.abort(new Error('stop'));
    await expect(waiting).rejects.toThrow('stop');
  });
});

describe('the clock', () => {
  it('sleeps, and wakes with the reason of an abort', async () => {
    const before = systemClock.now();
    await systemClock.sleep(5);
    expect(systemClock.now()).toBeGreaterThanOrEqual(before + 4);
    const controller = new AbortController();
    const sleeping = systemClock.sleep(2 ** 40, controller.signal);
    controller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(systemClock.sleep(0, controller.signal)).rejects.toThrow('enough');
  });
});
