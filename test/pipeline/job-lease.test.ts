/** The lease of a job is checked beside the store's, in the transaction of every effect, and before anything is sent. */
import { expect, test } from 'vitest';
import type { Store } from '../../canonical/open.ts';
import { claimJobs, takeBack } from '../../canonical/stores/job-claims.ts';
import { ensureJobs, jobLease, setDue } from '../../canonical/stores/jobs.ts';
import { run } from '../../pipeline/run.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import { describeStores } from '../support/stores.ts';
import { startWorld, type World } from '../support/world.ts';

const OWNER = { name: 'first', isGone: () => false };

async function claimed(store: Store, world: World): Promise<RunSetup> {
  const now = world.clock.now();
  await ensureJobs(store.db, [{ name: 'nightly', basis: 'x' }], now);
  await setDue(store.db, 'nightly', now, 'schedule');
  const token = (await store.transaction((trx) => claimJobs(trx, ['nightly'], OWNER, now, 60_000))).get('nightly') ?? 0;
  expect(token).toBeGreaterThan(0);
  return { ...(await world.setup()), job: { name: 'nightly', due: now, lease: { name: jobLease('nightly'), token } } };
}

describeStores('the lease of a job', (openFresh) => {
  test('a run whose job was taken over does not begin', async () => {
    const store = await openFresh();
    const world = await startWorld(store, { people: 5 });
    try {
      const setup = await claimed(store, world);
      expect(await store.transaction((trx) => takeBack(trx, 'nightly', setup.job?.lease.token ?? 0))).toBe(true);
      await expect(run(store, setup, { job: 'sync' })).rejects.toMatchObject({ code: 'RUN_LEASE_LOST' });
      expect(await store.db('runs').select('id')).toEqual([]);
      // The store is free for whoever has the job now.
      expect((await world.sync()).state).not.toBe('failed');
    } finally {
      await world.stop();
    }
  });

  test('a run whose job is taken over on its way stores nothing more and writes nothing', async () => {
    const store = await openFresh();
    const world = await startWorld(store, { people: 20 });
    try {
      const setup = await claimed(store, world);
      let taken = false;
      const progress = {
        ...setup.progress,
        step: (): void => {
          if (taken) return;
          taken = true;
          // As another process would: not waited for by this one.
          void store.transaction((trx) => takeBack(trx, 'nightly', setup.job?.lease.token ?? 0));
        },
      };
      const report = await run(store, { ...setup, progress }, { job: 'sync' });
      expect(taken).toBe(true);
      expect(report.problems.map((problem) => problem.code)).toContain('RUN_LEASE_LOST');
      expect(world.writes()).toBe(0);
    } finally {
      await world.stop();
    }
  });

  test('two claim one job at one time: one gets it, and only while it is due', async () => {
    const store = await openFresh();
    const other = await openFresh.again(store);
    await ensureJobs(
      store.db,
      [
        { name: 'a', basis: 'x' },
        { name: 'b', basis: 'x' },
      ],
      1000,
    );
    for (let turn = 0; turn < 10; turn += 1) {
      const now = 2000 + turn;
      await setDue(store.db, 'a', now, 'schedule');
      const got = await Promise.all([
        store.transaction((trx) => claimJobs(trx, ['a', 'b'], OWNER, now, 60_000)),
        other.transaction((trx) => claimJobs(trx, ['a', 'b'], { name: 'second', isGone: () => false }, now, 60_000)),
      ]);
      const tokens = got.flatMap((one) => [...one]);
      expect(tokens).toHaveLength(1);
      const [[name, token] = ['', 0]] = tokens;
      expect(name).toBe('a');
      expect(await store.transaction((trx) => takeBack(trx, 'a', token))).toBe(true);
    }
  });
});
