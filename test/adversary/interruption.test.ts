/** Ctrl-C and a store that goes away, at many points of a run: the next run ends where an undisturbed one does, and nothing is double. */
import { expect, it } from 'vitest';
import { StoreError } from '../../core/errors.ts';
import { run } from '../../pipeline/run.ts';
import { describeStores } from '../support/stores.ts';
import { afterRequests, afterStatements, inWorld, points, settled } from './interruption-kit.ts';

describeStores('a run that is stopped', (openFresh) => {
  const wanted = openFresh.kind === 'sqlite' ? 14 : 4;

  it('by a person, after any request, is made up for by the next', async () => {
    const undisturbed = await inWorld(await openFresh(), async (world) => {
      const count = afterRequests(world, 0, () => undefined);
      await world.sync();
      const requests = count();
      return { requests, end: await settled(world) };
    });
    for (const nth of points(undisturbed.requests, wanted)) {
      await inWorld(await openFresh(), async (world) => {
        const stop = new AbortController();
        afterRequests(world, nth, () => stop.abort());
        const report = await world.sync({}, stop.signal);
        expect([nth, report.state, ...report.problems.map(({ code }) => code)]).toEqual([nth, 'interrupted', 'RUN_INTERRUPTED']);
        expect([nth, await settled(world)]).toEqual([nth, undisturbed.end]);
      });
    }
  }, 120_000);

  it('by a person, before any statement, is made up for by the next', async () => {
    const undisturbed = await inWorld(await openFresh(), async (world) => {
      const count = afterStatements(world.store, 0, () => undefined);
      await world.sync();
      const statements = count();
      return { statements, end: await settled(world) };
    });
    for (const nth of points(undisturbed.statements - 5, wanted)) {
      await inWorld(await openFresh(), async (world) => {
        const stop = new AbortController();
        afterStatements(world.store, nth, () => stop.abort());
        const report = await world.sync({}, stop.signal);
        expect(['interrupted', 'done']).toContain(report.state);
        expect([nth, await settled(world)]).toEqual([nth, undisturbed.end]);
      });
    }
  }, 120_000);

  it('by a store that goes away, is made up for by the next', async () => {
    const undisturbed = await inWorld(await openFresh(), async (world) => {
      const count = afterStatements(world.store, 0, () => undefined);
      await world.sync();
      const statements = count();
      return { statements, end: await settled(world) };
    });
    for (const nth of points(undisturbed.statements - 5, wanted)) {
      const store = await openFresh();
      const again = await openFresh.again(store);
      await inWorld(again, async (world) => {
        let closing: Promise<void> = Promise.resolve();
        afterStatements(store, nth, () => { closing = store.close().catch(() => undefined); });
        try {
          const report = await run(store, await world.setup(), { job: 'sync' });
          expect([nth, report.state]).toEqual([nth, 'failed']);
          expect(report.problems.map(({ code }) => code).filter((code) => !code.startsWith('STORE_'))).toEqual([]);
        } catch (error) {
          expect([nth, error instanceof StoreError ? 'StoreError' : String(error)]).toEqual([nth, 'StoreError']);
        }
        await closing;
        // Whoever held the lease is gone; it runs out.
        world.clock.jump(24 * 3_600_000);
        expect([nth, await settled(world)]).toEqual([nth, undisturbed.end]);
      });
    }
  }, 120_000);
});

