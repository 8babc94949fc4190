import { expect, test } from 'vitest';
import { endpoints } from '../../../app/serve/upkeep.ts';
import { configSchema } from '../../../config/schema/config.ts';
import { rig, SimulatedTime } from '../../scheduler/support.ts';
import { freePort } from '../../support/free-port.ts';
import { sqliteStores } from '../../support/stores.ts';
import { serviceContext } from './support.ts';

const openFresh = sqliteStores();

test('a scheduler whose step does not come back makes /healthz answer 503, with the reason', async () => {
  const store = await openFresh();
  const time = new SimulatedTime('2026-11-22T10:00Z');
  const stop = new AbortController();
  const { scheduler } = rig({ store, time, jobs: [], pollMs: 2000 });
  const port = await freePort();
  const config = configSchema.parse({ store: { sqlite: 'x' }, systems: { shop: { vendor: 'virtualpos', settings: {} } }, endpoints: { port } });
  const { context, listening } = serviceContext({ store, config, clock: time.clock, stuck: () => scheduler.stuck() });
  const service = endpoints(context);
  const served = service?.start(stop.signal);
  await listening;
  const health = async (): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    return [response.status, await response.json()];
  };
  // Before it runs, and while it waits for its next step, nothing is wrong.
  time.off = 3_600_000;
  expect(await health()).toEqual([200, { alive: true }]);
  const running = scheduler.run(stop.signal);
  expect(await health()).toEqual([200, { alive: true }]);
  time.off += 66_000;
  expect(await health()).toEqual([200, { alive: true }]);
  time.off += 1000;
  expect(await health()).toEqual([503, { alive: false, why: 'the scheduler stands still for 67 s' }]);
  stop.abort();
  await time.drive([], '2026-11-22T10:01Z');
  await running;
  expect(scheduler.stuck()).toBe(null);
  await served;
});
