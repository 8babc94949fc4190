/** Several systems that are called at one address: a call is for one of them, or for none. */
import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { storedNotices } from '../../app/adapters/notices.ts';
import { listen } from '../../app/listener.ts';
import type { Store } from '../../canonical/open.ts';
import { artix } from '../../connectors/artix/index.ts';
import type { Outcome, System } from '../../core/contract.ts';
import type { Listener } from '../../core/listener.ts';
import type { Notices } from '../../core/notices.ts';
import { ArtixSandbox } from '../../sandbox/artix/index.ts';
import { type TestContext, testClock, testContext } from '../support/context.ts';
import { freePort } from '../support/free-port.ts';
import { describeStores, sqliteStores } from '../support/stores.ts';
import { operation, push, signal, streamOf } from './artix-support.ts';

const freshStore = sqliteStores();
const login = { login: 'admin', password: 'sandbox-artix-password' };
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface Two {
  readonly ctx: TestContext;
  /** Where the first call about a load of shop 1 is made. */
  readonly states: string;
  readonly north: { readonly system: System; readonly notices: Notices };
  readonly south: { readonly system: System; readonly notices: Notices };
}

/** Two systems of shop 1 at one address. The server of the north never calls back. */
async function two(north: object = {}, south: object = {}, southCallsBack = true, fresh: () => Promise<Store> = freshStore): Promise<Two> {
  const clock = testClock();
  const store = await fresh();
  const ctx = testContext({ clock });
  const port = await freePort();
  const open = async (id: number, callsBack: boolean, statuses: object) => {
    const sandbox = new ArtixSandbox({ callsBack });
    const { url } = await sandbox.start();
    stops.push(() => sandbox.stop());
    const notices = storedNotices(store, clock, () => id);
    const http = { url: `${url}/aifexchange/`, ...login, shops: ['1'], statuses: { listen: `127.0.0.1:${port}`, waitSeconds: 0, ...statuses } };
    const system = artix.open(artix.settings.parse({ route: 'http', defaultCardGroup: '1', http }), { ...ctx, notices });
    return { sandbox, system, notices };
  };
  const [first, second] = [await open(1, false, north), await open(2, southCallsBack, south)];
  const named = [first, second].map(({ system }, index) => ({ name: ['north', 'south'][index] ?? '', system }));
  const listening = await listen(named, { log: ctx.log, signal, inUse: 'fail' });
  stops.push(() => listening.close());
  return { ctx, states: `http://127.0.0.1:${port}/CSrest/rest/dicts/backOfficeState/1`, north: first, south: second };
}

const create = (name: string) => operation({ action: 'create', reference: name, fields: { name: 'Пётр' } });

async function sent(system: System, name: string): Promise<() => Promise<Outcome | 'pending' | undefined>> {
  const [result] = await push(system, 'clients', create(name));
  const { outcome } = result ?? {};
  if (outcome?.kind === 'applied') return async () => outcome;
  if (outcome?.kind !== 'accepted') throw new Error(`not accepted but ${outcome?.kind}`);
  return async () => streamOf(system, 'clients').confirm?.(outcome.handle, signal);
}

describe('two systems that are called at one address', () => {
  it('a call that both could mean is for neither: nothing counts as loaded that was not', async () => {
    const { ctx, states, north, south } = await two({}, {}, false);
    const loaded = [await sent(north.system, 'sv-1'), await sent(south.system, 'sv-2')] as const;
    expect((await fetch(states, { method: 'POST' })).status).toBe(404);
    expect(ctx.lines.find(({ message }) => message === 'a call to the listener was refused')?.facts).toMatchObject({
      systems: 'north, south',
      why: 'several systems could be meant',
    });
    for (const confirm of loaded) expect(await confirm()).toBe('pending');
    // The load of one of them is given up: now it is plain who is meant.
    const [open] = await north.notices.open('1', 0);
    await north.notices.close(open?.batch ?? '');
    const answer = await fetch(states, { method: 'POST' });
    const id = (await answer.json()) as string;
    expect((await fetch(`${states}/${id}`, { method: 'PUT', body: '{"status":"STATUS_READY"}' })).status).toBe(200);
    expect(await loaded[1]()).toMatchObject({ kind: 'applied' });
    expect(await loaded[0]()).toBe('pending');
  });

  it('who may not call one of them may call the other', async () => {
    const { ctx, states, north, south } = await two({ from: ['127.0.0.2'] }, { from: ['127.0.0.1'] });
    const ofNorth = await sent(north.system, 'sv-1');
    const ofSouth = await sent(south.system, 'sv-2');
    await expect.poll(ofSouth).toMatchObject({ kind: 'applied' });
    expect(await ofNorth()).toBe('pending');
    expect(ctx.lines.filter(({ message }) => message === 'a call to the listener was refused')).toEqual([]);
    // And the other way round.
    const { status, body } = await callFrom('127.0.0.2', 'POST', states);
    expect(status).toBe(200);
    expect((await callFrom('127.0.0.1', 'PUT', `${states}/${JSON.parse(body)}`, '{"status":"STATUS_READY"}')).status).not.toBe(200);
    expect(await ofNorth()).toBe('pending');
    expect((await callFrom('127.0.0.2', 'PUT', `${states}/${JSON.parse(body)}`, '{"status":"STATUS_READY"}')).status).toBe(200);
    expect(await ofNorth()).toMatchObject({ kind: 'applied' });
    expect((await callFrom('127.0.0.3', 'POST', states)).status).toBe(403);
  });

  it('keeps what is called only once one alone takes it', async () => {
    const kept: string[] = [];
    const port = await freePort();
    const taker = (name: string, path: string) => ({
      name,
      system: {
        listener: {
          host: '127.0.0.1',
          port,
          maxBytes: 100,
          answer: async (call) => (call.path.startsWith(path) ? { status: 200, body: '""', keep: async () => void kept.push(name) } : null),
        } satisfies Listener,
      } as unknown as System,
    });
    const listening = await listen([taker('wide', '/'), taker('narrow', '/a')], { log: testContext().log, signal, inUse: 'fail' });
    stops.push(() => listening.close());
    const statusAt = async (path: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    expect([await statusAt('/a'), kept]).toEqual([404, []]);
    expect([await statusAt('/b'), kept]).toEqual([200, ['wide']]);
  });
});

describe('a listener that is stopped', () => {
  it('has ended when the calls under way are answered, whoever stopped it', async () => {
    const port = await freePort();
    const stop = new AbortController();
    let release = (): void => undefined;
    let asked = (): void => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const listener: Listener = {
      host: '127.0.0.1',
      port,
      maxBytes: 100,
      async answer() {
        asked();
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return { status: 200, body: '""' };
      },
    };
    const system = { listener } as unknown as System;
    const listening = await listen([{ name: 'slow', system }], { log: testContext().log, signal: stop.signal, inUse: 'fail' });
    const call = fetch(`http://127.0.0.1:${port}/`);
    await isAsked;
    stop.abort();
    let ended = false;
    const closed = listening.close().then(() => {
      ended = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(ended).toBe(false);
    release();
    expect((await call).status).toBe(200);
    await closed;
  });
});

describeStores('calls that come at once', (openFresh) => {
  it('lose no word of each other', async () => {
    const { states, north } = await two({ from: ['127.0.0.1'] }, { from: ['127.0.0.2'] }, false, openFresh);
    const ofNorth = await sent(north.system, 'sv-1');
    const id = (await (await fetch(states, { method: 'POST' })).json()) as string;
    const tell = async (path: string, status: string): Promise<number> =>
      (await fetch(`${states.replace('backOfficeState/1', path)}/${id}`, { method: 'PUT', body: JSON.stringify({ status }) })).status;
    const desks = Array.from({ length: 12 }, (_, index) => tell(`cashLoad/1/${index}`, index === 3 ? 'STATUS_ERROR' : 'STATUS_READY'));
    expect(new Set(await Promise.all([...desks, tell('backOfficeState/1', 'STATUS_READY')]))).toEqual(new Set([200]));
    const [notice] = await north.notices.open('1', 0);
    expect(Object.keys(JSON.parse(notice?.told ?? '{}'))).toHaveLength(13);
    // One desk failed: nobody may be told that all is loaded.
    expect(await ofNorth()).toMatchObject({ kind: 'unknown' });
  });
});

function callFrom(localAddress: string, method: string, url: string, body = ''): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, localAddress }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, body: text });
    });
    call.once('error', reject);
    call.end(body);
  });
}
