/** Real processes of `sverka serve` (dist/) on one store, killed and paused during a job. */
import { spawn } from 'node:child_process';
import { setInterval } from 'node:timers/promises';
import Database from 'libsql';
import { afterEach, expect, test } from 'vitest';
import type { Store, StoreOptions } from '../../canonical/open.ts';
import { allJobs, setDue } from '../../canonical/stores/jobs.ts';
import { lastRuns } from '../../canonical/stores/runs.ts';
import { held } from '../adversary/interruption-kit.ts';
import { describeStores, type FreshStores } from '../support/stores.ts';
import { ALL, LONG, MAIN, type Served, type Site, site, stopAll, TOKEN, until } from './served.ts';

afterEach(stopAll);

/** Starts a job by hand once a process knows it, and answers who took it. */
async function startAll(store: Store, served: readonly Served[]): Promise<Served> {
  await Promise.all(served.map((one) => one.says(/^serving/)));
  for await (const _ of setInterval(20)) if ((await allJobs(store.db)).length > 0) break;
  await setDue(store.db, 'all', Date.now(), 'person');
  return Promise.race(served.map((one) => one.says(/^job begins/, { job: 'all' }).then(() => one)));
}

/** Stops a process, not in the middle of a transaction: with SQLite it would keep the lock of the file, and nobody could work until it goes on. */
async function pauseBetweenTransactions({ child }: Served, place: StoreOptions): Promise<void> {
  await until(() => {
    child.kill('SIGSTOP');
    if (place.kind === 'mysql') return true;
    const file = new Database(place.file);
    try {
      file.pragma('busy_timeout = 0');
      file.exec('BEGIN IMMEDIATE');
      file.exec('ROLLBACK');
      return true;
    } catch {
      child.kill('SIGCONT');
      return false;
    } finally {
      file.close();
    }
  });
}

/** One more execution by a process. */
async function once(store: Store, served: Served | undefined): Promise<void> {
  const said = served?.lines.length ?? 0;
  await setDue(store.db, 'all', Date.now(), 'person');
  expect(await served?.says(/^job ended/, {}, said)).toMatchObject({ how: 'done' });
}

/** Two processes on one store: one is in the middle of its writes, the other waits. */
async function amidWrites(openFresh: FreshStores): Promise<{ readonly here: Site; readonly holder: Served; readonly other: Served | undefined }> {
  const here = await site(openFresh, ALL);
  for (const { faults } of [here.sandbox.virtualpos, here.sandbox.artix, here.sandbox.lotinfo])
    faults.add({ kind: 'latency', ms: 5, times: Number.POSITIVE_INFINITY });
  const both = [here.serve(), here.serve()];
  const holder = await startAll(here.store, both);
  await until(() => here.writes() > 20);
  return { here, holder, other: both.find((one) => one !== holder) };
}

/** What the vendors of such a site hold after one run that nobody disturbs. */
async function undisturbed(openFresh: FreshStores): Promise<unknown> {
  const alone = await site(openFresh, ALL);
  const served = alone.serve();
  await startAll(alone.store, [served]);
  await served.says(/^job ended/);
  served.child.kill('SIGKILL');
  return held(alone);
}

describeStores('two processes serve one store', (openFresh) => {
  test('one is killed in the middle of its writes: the other finishes the job, and nothing is done twice', { timeout: LONG }, async () => {
    const { here, holder, other } = await amidWrites(openFresh);
    holder.child.kill('SIGKILL');
    await other?.says(/^a process ended or fell silent/, { job: 'all' });
    expect(await other?.says(/^job begins/)).toMatchObject({ job: 'all', cause: 'catch-up' });
    expect(await other?.says(/^job ended/)).toMatchObject({ how: 'done' });
    const [second, first] = await lastRuns(here.store.db, 2);
    expect([first?.state, first?.name]).toEqual(['interrupted', 'all']);
    expect(['done', 'waiting']).toContain(second?.state);
    // What was in doubt may have to be read once more.
    await once(here.store, other);
    expect(held(here)).toEqual(await undisturbed(openFresh));
  });

  test('one is paused in the middle of its writes: its place is taken, and when it wakes it writes nothing more', { timeout: LONG }, async () => {
    const { here, holder, other } = await amidWrites(openFresh);
    await pauseBetweenTransactions(holder, openFresh.place(here.store));
    // While the lease holds nobody takes its place: two would work at one time.
    const paused = Date.now();
    expect(await other?.says(/^job ended/)).toMatchObject({ how: 'done' });
    expect(Date.now() - paused).toBeGreaterThan(3000);
    const done = here.writes();
    holder.child.kill('SIGCONT');
    // The lease is another's; where the server has ended its transaction meanwhile, it learns that first.
    expect(['lost', 'failed']).toContain((await holder.says(/^job ended/))['how']);
    expect(here.writes()).toBe(done);
    await until(async () => (await allJobs(here.store.db)).every((row) => row.running_since === null));
    other?.child.kill('SIGKILL');
    await other?.ended;
    // It serves on.
    await once(here.store, holder);
    expect(held(here)).toEqual(await undisturbed(openFresh));
  });

  test('a job that is due all the time is executed by one at a time', { timeout: LONG }, async () => {
    const here = await site(openFresh, `${ALL}\n  chain: { run: plan, after: [all] }`, 5);
    const both = [here.serve(), here.serve(), here.serve()];
    await startAll(here.store, both);
    for (let turn = 0; turn < 12; turn += 1) {
      await setDue(here.store.db, 'all', Date.now(), 'person');
      await until(async () => (await allJobs(here.store.db)).some((row) => row.due_at === null && row.name === 'all'));
    }
    await until(async () => (await allJobs(here.store.db)).every((row) => row.due_at === null && row.running_since === null));
    const runs = (await lastRuns(here.store.db, 100)).sort((a, b) => a.started_at - b.started_at);
    expect(runs.length).toBeGreaterThan(10);
    for (const [index, run] of runs.entries()) {
      expect(['done', 'waiting']).toContain(run.state);
      expect(run.started_at).toBeGreaterThanOrEqual(runs[index - 1]?.ended_at ?? 0);
    }
    expect(runs.some((run) => run.name === 'chain')).toBe(true);
  });
});

describeStores('one process serves', (openFresh) => {
  test('a stop signal lets the batch finish: what was read is kept, and the next process goes on', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 60);
    const { faults, requests } = here.sandbox.virtualpos;
    faults.add({ kind: 'latency', ms: 700, times: Number.POSITIVE_INFINITY });
    const first = here.serve();
    await startAll(here.store, [first]);
    await until(() => requests.length > 0);
    first.child.kill('SIGTERM');
    expect(await first.says(/^job ended/)).toMatchObject({ how: 'stopped' });
    expect(await first.ended).toBe(0);
    const [run] = await lastRuns(here.store.db, 1);
    expect(run).toMatchObject({ state: 'interrupted', name: 'all' });
    const shop = await here.store.db('records').join('systems', 'systems.id', 'records.system_id').where('systems.name', 'shop').count({ count: '*' }).first();
    expect(Number(shop?.['count'])).toBeGreaterThan(0);
    expect(
      await here.store.db('checkpoints').join('systems', 'systems.id', 'checkpoints.system_id').where('systems.name', 'shop').select('reading'),
    ).not.toEqual([]);
    expect(here.writes()).toBe(0);
    faults.clear();
    const second = here.serve();
    expect(await second.says(/^job begins/)).toMatchObject({ cause: 'catch-up' });
    expect(await second.says(/^job ended/)).toMatchObject({ how: 'done' });
  });

  test('SIGHUP reads the configuration anew; a wrong one is refused and the old one holds', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 5);
    const served = here.serve();
    await served.says(/^serving/);
    here.configure('  all: { schedule: "0 0 31 2 *", zone: Europe/Moscow }');
    served.child.kill('SIGHUP');
    expect(String((await served.says(/refused, the old one holds/))['what'])).toMatch(/31 February never comes/);
    here.configure('  all: { schedule: "0 0 1 1 *", zone: Europe/Moskow }');
    const said = served.lines.length;
    served.child.kill('SIGHUP');
    expect(String((await served.says(/refused, the old one holds/, {}, said))['what'])).toMatch(/IANA time zone.*Moscow/);
    here.configure(`${ALL}\n  new: { run: plan, after: [all] }`);
    served.child.kill('SIGHUP');
    expect(await served.says(/read anew/)).toMatchObject({ jobs: 2 });
    await until(async () => (await allJobs(here.store.db)).length === 2);
    await setDue(here.store.db, 'all', Date.now(), 'person');
    expect(await served.says(/^job ended/, { job: 'new' })).toMatchObject({ how: 'done' });
  });

  test('a callback starts a job for who knows the token, and nothing for others', { timeout: LONG }, async () => {
    const here = await site(
      openFresh,
      `${ALL}\n  called: { run: plan, systems: [shop], trigger: { callback: { token: { env: CALL } } } }`,
      5,
      '{ pollSeconds: 0.1, callbacks: "127.0.0.1:18731" }',
    );
    const served = here.serve();
    await served.says(/^callbacks are taken/);
    const url = 'http://127.0.0.1:18731';
    const call = async (path: string, init: RequestInit = {}): Promise<number> => (await fetch(`${url}${path}`, { method: 'POST', ...init })).status;
    const authorization = `Bearer ${TOKEN}`;
    expect(await call('/jobs/called')).toBe(401);
    expect(await call('/jobs/called', { headers: { authorization: 'Bearer wrong' } })).toBe(401);
    expect(await call('/jobs/all', { headers: { authorization } })).toBe(401);
    expect(await call('/jobs/none', { headers: { authorization } })).toBe(401);
    expect(await call('/jobs/../called', { headers: { authorization } })).toBe(404);
    expect(await call('/jobs/called', { method: 'GET', headers: { authorization } })).toBe(405);
    expect(await call('/jobs/called', { headers: { authorization }, body: 'x'.repeat(100_000) })).toBe(413);
    expect((await allJobs(here.store.db)).every((row) => row.due_at === null && row.began_at === null)).toBe(true);
    expect(await call('/jobs/called', { headers: { authorization } })).toBe(202);
    expect(await served.says(/^job begins/)).toMatchObject({ job: 'called', cause: 'callback' });
    expect(JSON.stringify(served.lines)).not.toContain(TOKEN);
  });

  test('run cancel ends a run after its batch, and its job is not started again for it', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 60);
    here.sandbox.virtualpos.faults.add({ kind: 'latency', ms: 700, times: Number.POSITIVE_INFINITY });
    const served = here.serve();
    await startAll(here.store, [served]);
    await until(() => here.sandbox.virtualpos.requests.length > 0);
    const { PATH = '', HOME = '' } = process.env;
    const cancel = spawn(process.execPath, [MAIN, 'run', 'cancel'], { cwd: here.directory, env: { PATH, HOME }, stdio: 'ignore' });
    expect(await new Promise((resolve) => cancel.once('close', resolve))).toBe(0);
    expect(await served.says(/^job ended/)).toMatchObject({ how: 'cancelled' });
    const [run] = await lastRuns(here.store.db, 1);
    expect(run?.state).toBe('interrupted');
    expect(run?.problems).toMatch(/RUN_CANCELLED/);
    await until(async () => (await allJobs(here.store.db)).every((row) => row.due_at === null && row.running_since === null));
  });
});
