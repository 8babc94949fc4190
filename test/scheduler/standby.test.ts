/** Processes of `sverka serve` (dist/): one that waits in the place of another, and signals while one starts or ends. */
import { afterEach, expect, test } from 'vitest';
import { allJobs } from '../../canonical/stores/jobs.ts';
import { lastRuns } from '../../canonical/stores/runs.ts';
import { freePort } from '../support/free-port.ts';
import { describeStores } from '../support/stores.ts';
import { ALL, LONG, pipeOf, readerOf, site, stopAll, until } from './served.ts';

afterEach(stopAll);

describeStores('two processes on one machine', (openFresh) => {
  test('one is there in place of the other: what the first listened for, the second does when it ends', { timeout: LONG }, async () => {
    const [health, callbacks] = [await freePort(), await freePort()];
    const called = '  called: { run: plan, systems: [shop], trigger: { callback: { token: { env: CALL } } } }';
    const here = await site(openFresh, called, 5, `{ pollSeconds: 0.1, callbacks: "127.0.0.1:${callbacks}" }\nendpoints: { port: ${health} }`);
    const first = here.serve();
    await Promise.all([first.says(/^health and metrics are served/), first.says(/^callbacks are taken/)]);
    const second = here.serve();
    for (const [what, port] of [
      ['endpoints', health],
      ['callbacks', callbacks],
    ] as const)
      await second.says(/^an address is taken.*takes over/, { what: `${what}: cannot listen at 127.0.0.1:${port} (EADDRINUSE)` });
    expect(second.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
    first.child.kill('SIGKILL');
    await Promise.all([second.says(/^health and metrics are served/), second.says(/^callbacks are taken/)]);
    expect((await fetch(`http://127.0.0.1:${health}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${health}/metrics`)).status).toBe(200);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  test('one that waits for an address ends when it is told to', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 5, `{ pollSeconds: 0.1 }\nendpoints: { port: ${await freePort()} }`);
    const first = here.serve();
    await first.says(/^health and metrics are served/);
    const second = here.serve();
    await second.says(/^an address is taken/);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });
});

describeStores('signals while a process starts or ends', (openFresh) => {
  test('a SIGHUP while it starts is heard once it has started', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 5);
    const { yaml, path } = pipeOf(here);
    const served = here.serve();
    const first = await readerOf(path);
    served.child.kill('SIGHUP');
    first(yaml);
    const dead = served.ended.then((code) => Promise.reject(new Error(`it ended with ${code}`)));
    const again = await Promise.race([readerOf(path), dead]);
    again(yaml.replace(ALL, `${ALL}\n  new: { run: plan, after: [all] }`));
    expect(await served.says(/read anew/)).toMatchObject({ jobs: 2 });
    await until(async () => (await allJobs(here.store.db)).length === 2);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('a %s while it starts is a clean end', { timeout: LONG }, async (signal) => {
    const here = await site(openFresh, '  all: { schedule: "* * * * *", zone: Europe/Moscow, catchUp: once }', 5);
    const { yaml, path } = pipeOf(here);
    const served = here.serve();
    const give = await readerOf(path);
    served.child.kill(signal);
    give(yaml);
    expect(await served.ended).toBe(0);
    expect(await lastRuns(here.store.db, 1)).toEqual([]);
  });

  test('a reload under way when it is stopped does not disturb the end', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 5);
    const served = here.serve();
    await served.says(/^serving/);
    const { yaml, path } = pipeOf(here);
    served.child.kill('SIGHUP');
    const give = await readerOf(path);
    served.child.kill('SIGTERM');
    await served.says(/^served/);
    give(yaml);
    expect(await served.ended).toBe(0);
  });
});
