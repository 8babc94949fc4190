import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { pauseSystems } from '../../../app/console/systems.ts';
import { projectRoot } from '../../../app/project.ts';
import { type EndpointOptions, startEndpoints } from '../../../app/upkeep/endpoints.ts';
import { METRICS } from '../../../app/upkeep/metrics.ts';
import type { LoadedConfig } from '../../../config/load.ts';
import { configSchema } from '../../../config/schema/config.ts';
import { addShopClient, PETROV } from '../../pipeline/kit.ts';
import { QUIET } from '../../scheduler/support.ts';
import { describeStores } from '../../support/stores.ts';
import { configOf, policiesOf, startWorld, type World } from '../../support/world.ts';

describeStores('health and metrics', (openFresh) => {
  const undo: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });

  async function start(world: World, more: Partial<EndpointOptions> = {}): Promise<{ url: string; stop: () => Promise<void> }> {
    const config = configSchema.parse({
      store: { sqlite: 'x' },
      systems: { shop: { vendor: 'virtualpos', settings: {}, callsPerDay: 1000 }, tills: { vendor: 'artix', settings: {} } },
    });
    const loaded = { config } as LoadedConfig;
    const stop = new AbortController();
    const running = await startEndpoints(
      world.store,
      { listen: { host: '127.0.0.1', port: 0 }, loaded: () => loaded, clock: world.clock, log: QUIET, ...more },
      stop.signal,
    );
    const end = async (): Promise<void> => {
      stop.abort();
      await running.closed;
    };
    undo.push(end);
    return { url: running.url, stop: end };
  }

  async function world(): Promise<World> {
    const made = await startWorld(await openFresh(), { config: configOf(['shop', 'tills'], policiesOf(['shop', 'tills'])) });
    undo.push(() => made.stop());
    return made;
  }

  it('tell what the store holds by Prometheus conventions, and nothing of people', async () => {
    const here = await world();
    addShopClient(here, PETROV);
    await here.sync();
    await pauseSystems(here.store, ['tills'], { at: 1, by: 'olga', note: 'secret note' });
    const { url } = await start(here);
    const response = await fetch(`${url}/metrics`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toMatch(/^sverka_last_run_success\{job="sync",name="",scope=""\} 1$/m);
    expect(text).toMatch(/^sverka_records\{system="shop",stream="clients",state="live"\} 1$/m);
    expect(text).toMatch(/^sverka_system_paused\{system="tills"\} 1$/m);
    expect(text).toMatch(/^sverka_system_calls_per_day_limit\{system="shop"\} 1000$/m);
    expect(text).toMatch(/^# TYPE sverka_vendor_calls_total counter$/m);
    expect(text).toMatch(/^sverka_vendor_calls_total\{system="shop"\} [1-9]/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    for (const said of ['Петров', '79131234567', 'petrov', 'olga', 'secret note']) expect(text).not.toContain(said);
    const twice = await (await fetch(`${url}/metrics`)).text();
    expect(twice).toMatch(/^sverka_records\{system="shop",stream="clients",state="live"\} 1$/m);
  });

  it('say alive while the process works, and ready while the store does', async () => {
    const here = await world();
    let stuck: string | null = null;
    const { url, stop } = await start(here, { stuck: () => stuck });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ ready: true });
    stuck = 'the scheduler stands still';
    const sick = await fetch(`${url}/healthz`);
    expect([sick.status, await sick.json()]).toEqual([503, { alive: false, why: stuck }]);
    await here.store.db('schema_versions').update({ finished: 0 });
    const old = await fetch(`${url}/readyz`);
    expect([old.status, await old.json()]).toEqual([503, { ready: false, code: 'STORE_SCHEMA_OLD' }]);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${url}/../etc/passwd`)).status).toBe(404);
    expect((await fetch(`${url}/healthz`, { method: 'HEAD' })).status).toBe(503);
    await stop();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });

  it('refuse an address that is taken, with what to do', async () => {
    const here = await world();
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    undo.push(() => new Promise<void>((resolve) => taken.close(() => resolve())));
    const { port } = taken.address() as AddressInfo;
    await expect(start(here, { listen: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
      message: `endpoints: cannot listen at 127.0.0.1:${port} (EADDRINUSE)`,
    });
  });
});

it('every metric is in the operations guide, and every one there exists', () => {
  const page = readFileSync(join(projectRoot(), 'docs/operations.md'), 'utf8');
  const told = [...page.matchAll(/^\| `(sverka_\w+)/gm)].map(([, name]) => name);
  expect(told.sort()).toEqual(
    Object.values(METRICS)
      .map(({ name }) => name)
      .sort(),
  );
});
