import { connect } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { listen } from '../../../app/listener.ts';
import { callbacks } from '../../../app/serve/callbacks.ts';
import { startEndpoints } from '../../../app/upkeep/endpoints.ts';
import type { LoadedConfig } from '../../../config/load.ts';
import { configSchema } from '../../../config/schema/config.ts';
import type { System } from '../../../core/contract.ts';
import { QUIET } from '../../scheduler/support.ts';
import { freePort } from '../../support/free-port.ts';
import { sqliteStores } from '../../support/stores.ts';
import { serviceContext } from './support.ts';

const openFresh = sqliteStores();
const clock = { now: () => 0, sleep: () => Promise.resolve() };

const stop = { now: new AbortController() };
const ends: Promise<unknown>[] = [];
afterEach(async () => {
  stop.now.abort();
  await Promise.all(ends.splice(0));
  stop.now = new AbortController();
});

/** Targets of a request line that no address can be made of, or that mean something else to who parses them as one. */
const TARGETS = [
  '//',
  '///',
  '//[',
  '//:99999/',
  'http://',
  'http://[::1',
  'http://%',
  '/%',
  '/%ff%fe',
  '/\\',
  '*',
  '/jobs/%',
  '//jobs/nightly',
  '/?',
  '?',
  '/#',
];

/** The first line of the answer to a request that `fetch` would not send. */
function statusOf(port: number, head: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${head} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`));
    let text = '';
    socket.on('data', (piece) => (text += piece.toString('latin1')));
    socket.once('error', fail);
    socket.once('close', () => done(text.split('\r\n')[0] ?? ''));
  });
}

async function refusesAll(port: number): Promise<void> {
  for (const target of TARGETS) {
    for (const method of ['GET', 'POST', 'OPTIONS']) expect(await statusOf(port, `${method} ${target}`), `${method} ${target}`).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
}

it('no request throws out of the endpoints', async () => {
  const config = configSchema.parse({ store: { sqlite: 'x' }, systems: { shop: { vendor: 'virtualpos', settings: {} } } });
  const options = { listen: { host: '127.0.0.1', port: 0 }, loaded: () => ({ config }) as LoadedConfig, clock, log: QUIET };
  const { url, closed } = await startEndpoints(await openFresh(), options, stop.now.signal);
  ends.push(closed);
  await refusesAll(Number(new URL(url).port));
  expect(await statusOf(Number(new URL(url).port), 'GET /healthz?from=probe')).toMatch(/ 200 /);
});

it('no request throws out of the callbacks of jobs', async () => {
  const port = await freePort();
  const config = configSchema.parse({
    store: { sqlite: 'x' },
    systems: { shop: { vendor: 'virtualpos', settings: {} } },
    serve: { callbacks: `127.0.0.1:${port}` },
    jobs: { nightly: { trigger: { callback: { token: 'a-token-of-a-job-that-is-long' } } } },
  });
  const { context, listening } = serviceContext({ store: await openFresh(), config, clock });
  ends.push(callbacks(context)?.start(stop.now.signal) ?? Promise.resolve());
  await listening;
  await refusesAll(port);
});

it('no request throws out of the listener for the calls of vendors', async () => {
  const listener = { host: '127.0.0.1', port: 0, maxBytes: 100, answer: async () => null };
  const listening = await listen([{ name: 'tills', system: { listener } as unknown as System }], { log: QUIET, signal: stop.now.signal, inUse: 'fail' });
  await refusesAll(Number(listening.addresses[0]?.split(':')[1]));
  await listening.close();
});
