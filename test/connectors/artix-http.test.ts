/** The exchange service: loads, what is called back about them, and what strangers get. */
import { request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { storedNotices } from '../../app/adapters/notices.ts';
import { type Listening, listen } from '../../app/listener.ts';
import { artix } from '../../connectors/artix/index.ts';
import { refusalOf } from '../../connectors/artix/refusal.ts';
import type { Outcome, System } from '../../core/contract.ts';
import type { Notices } from '../../core/notices.ts';
import { type ArtixOptions, ArtixSandbox } from '../../sandbox/artix/index.ts';
import { type TestClock, type TestContext, testClock, testContext } from '../support/context.ts';
import { sqliteStores } from '../support/stores.ts';
import { operation, push, signal, streamOf } from './artix-support.ts';

const freshStore = sqliteStores();
const login = { login: 'admin', password: 'sandbox-artix-password' };
const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

interface World {
  readonly sandbox: ArtixSandbox;
  readonly ctx: TestContext;
  readonly notices: Notices;
  /** Address of the listener, `http://host:port`. */
  readonly address: string;
  /** A system whose loads are called back about. */
  readonly system: System;
}

/** A free port, which nobody else takes before the listener does. */
async function freePort(): Promise<number> {
  const sandbox = new ArtixSandbox();
  const { port } = await sandbox.start();
  await sandbox.stop();
  return port;
}

async function world(
  options: Partial<ArtixOptions> = {},
  http: object = {},
  statuses: object = {},
  rest = false,
  clock: TestClock = testClock(),
): Promise<World> {
  const sandbox = new ArtixSandbox(options);
  const { url } = await sandbox.start();
  stops.push(() => sandbox.stop());
  const port = await freePort();
  const notices = storedNotices(await freshStore(), clock, () => 1);
  const ctx = testContext({ clock, notices });
  const settings = {
    route: 'http',
    defaultCardGroup: '1',
    ...(rest && { rest: { url: `${url}/CSrest/rest/`, ...login } }),
    http: { url: `${url}/aifexchange/`, ...login, shops: ['1'], statuses: { listen: `127.0.0.1:${port}`, waitSeconds: 0, ...statuses }, ...http },
  };
  const system = artix.open(artix.settings.parse(settings), ctx);
  const listening: Listening = await listen([{ name: 'tills', system }], { log: ctx.log, signal, inUse: 'fail' });
  stops.push(() => listening.close());
  return { sandbox, ctx, notices, address: `http://127.0.0.1:${port}`, system };
}

const handleOf = (outcome: Outcome | undefined): string => {
  if (outcome?.kind !== 'accepted') throw new Error(`not accepted but ${outcome?.kind}`);
  return outcome.handle;
};

const confirm = (system: System, handle: string): Promise<Outcome | 'pending'> | undefined => streamOf(system, 'clients').confirm?.(handle, signal);

const create = (name: string) => operation({ action: 'create', reference: name, fields: { name: 'Пётр' } });

describe('artix over the exchange service: loads and statuses', () => {
  it('sends an array of commands, is called back, and knows that they are loaded', async () => {
    const { sandbox, system } = await world();
    const [first, second] = await push(system, 'clients', create('sv-1'), operation({ action: 'delete', key: '7' }));
    expect(sandbox.clients.get('sv-1')).toMatchObject({ name: 'Пётр' });
    expect(sandbox.aif.loads).toMatchObject([{ commands: 2, status: 'STATUS_READY' }]);
    await sandbox.aif.calledBack();
    expect(sandbox.aif.callbacks.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await confirm(system, handleOf(first?.outcome))).toEqual({ kind: 'applied', key: 'sv-1' });
    expect(await confirm(system, handleOf(second?.outcome))).toEqual({ kind: 'applied' });
  });

  it('sends no other load while that of one shop is under way, though another shop refused it', async () => {
    const clock = testClock();
    const { sandbox, system, address } = await world({ callsBack: false }, { shops: ['1', '2'] }, {}, false, clock);
    sandbox.faults.add({ kind: 'status', status: 403, match: { path: /loaddicts/ }, skip: 1 });
    expect(await push(system, 'clients', create('sv-1'))).toMatchObject([{ outcome: { kind: 'unsent', trouble: { code: 'VENDOR_REFUSED' } } }]);
    // What shop 1 says of that load would be taken for a word about the next one.
    expect(await push(system, 'clients', create('sv-2'))).toEqual([]);
    expect((await fetch(`${address}/CSrest/rest/dicts/backOfficeState/1`, { method: 'POST' })).status).toBe(200);
    clock.advance(601_000);
    expect(await push(system, 'clients', create('sv-2'))).toMatchObject([{ outcome: { kind: 'accepted' } }]);
  });

  it('waits for the last word within the run', async () => {
    const clock: TestClock = { ...testClock(), now: () => Date.now(), sleep: (ms) => setTimeout(ms) };
    const { system } = await world({}, {}, { waitSeconds: 600 }, false, clock);
    expect(await push(system, 'clients', create('sv-1'))).toMatchObject([{ outcome: { kind: 'applied', key: 'sv-1' } }]);
  });

  it('takes STATUS_ERROR for a refusal, and STATUS_READY_WITH_ERROR for nobody knows', async () => {
    const failing = await world();
    failing.sandbox.aif.addFault({ kind: 'fail' });
    const [failed] = await push(failing.system, 'clients', create('sv-1'));
    await failing.sandbox.aif.calledBack();
    expect(await confirm(failing.system, handleOf(failed?.outcome))).toMatchObject({ kind: 'rejected', code: 'VENDOR_ERROR' });

    const partly = await world();
    const [bad] = await push(partly.system, 'clients', operation({ action: 'update', key: 'nobody', fields: { name: 'Иван' } }));
    await partly.sandbox.aif.calledBack();
    expect(await confirm(partly.system, handleOf(bad?.outcome))).toEqual({ kind: 'unknown', code: 'VENDOR_LOST_ANSWER' });
  });

  it('believes its eyes rather than what is called back', async () => {
    const { sandbox, system, address } = await world({ callsBack: false }, {}, {}, true);
    const [result] = await push(system, 'clients', create('sv-1'));
    sandbox.removeClient('sv-1');
    const id = (await (await fetch(`${address}/CSrest/rest/dicts/backOfficeState/1`, { method: 'POST' })).json()) as string;
    await fetch(`${address}/CSrest/rest/dicts/backOfficeState/1/${id}`, { method: 'PUT', body: '{"status":"STATUS_READY"}' });
    expect(await confirm(system, handleOf(result?.outcome))).toBe('pending');
    sandbox.addClient({ idclient: 'sv-1' });
    expect(await confirm(system, handleOf(result?.outcome))).toEqual({ kind: 'applied', key: 'sv-1' });
  });

  it('has one load of a shop under way, and takes no operation before it has ended', async () => {
    const { sandbox, ctx, system } = await world({ callsBack: false }, { batch: 1 });
    const list = [create('sv-1'), create('sv-2')];
    const results = await push(system, 'clients', ...list);
    expect(results).toMatchObject([{ outcome: { kind: 'accepted' } }]);
    expect(await push(system, 'clients', create('sv-3'))).toEqual([]);
    expect([...sandbox.clients.keys()]).toEqual(['sv-1']);
    // After the time-out its fate is unknown, and the next one goes.
    ctx.clock.advance(600_001);
    expect(await confirm(system, handleOf(results[0]?.outcome))).toMatchObject({ kind: 'unknown' });
    expect(await push(system, 'clients', create('sv-3'))).toHaveLength(1);
  });

  it('sends everything to each of several shops, and waits for all of them', async () => {
    const { sandbox, system, address } = await world({ callsBack: false }, { shops: ['1', '2'] });
    const [result] = await push(system, 'clients', create('sv-1'));
    expect(sandbox.aif.loads).toHaveLength(2);
    const ready = async (shop: string): Promise<void> => {
      const id = (await (await fetch(`${address}/CSrest/rest/dicts/backOfficeState/${shop}`, { method: 'POST' })).json()) as string;
      await fetch(`${address}/CSrest/rest/dicts/backOfficeState/${shop}/${id}`, { method: 'PUT', body: '{"status":"STATUS_READY"}' });
    };
    await ready('1');
    expect(await confirm(system, handleOf(result?.outcome))).toBe('pending');
    await ready('2');
    expect(await confirm(system, handleOf(result?.outcome))).toEqual({ kind: 'applied', key: 'sv-1' });
  });

  it('reads an answer in cp1251 or UTF-8, and a refusal in either', async () => {
    for (const answerCharset of ['cp1251', 'utf-8'] as const) {
      const { sandbox, system } = await world({ answerCharset });
      sandbox.aif.addFault({ kind: 'refuse' });
      expect(await push(system, 'clients', create('sv-1'))).toMatchObject([
        { outcome: { kind: 'rejected', code: 'VENDOR_ERROR', reason: expect.stringContaining('success: false: очередь переполнена') } },
      ]);
      expect(await push(system, 'clients', create('sv-1'))).toMatchObject([{ outcome: { kind: 'accepted' } }]);
    }
  });

  it.each([
    [{ success: false, message: 'Неверный код магазина' }, 'success: false: Неверный код магазина'],
    [{ success: false, error: 'клиент ИВАНОВ не принят, пароль sandbox-artix-password' }, 'success: false: клиент … не принят, пароль …'],
    [{ success: false, error: 'İİİ: ИВАНОВ не принят' }, `success: false: ${'İİİ'.toLowerCase()}: … не принят`],
    [{ success: false }, 'success: false, and no reason'],
    [{ success: false, message: 'я'.repeat(5000) }, `success: false: ${'я'.repeat(119)}…`],
  ])('shows why a load was refused, and nobody in it', (answer, shown) => {
    const sent = JSON.stringify([{ command: 'addClient', client: { idclient: 'sv-1', lastname: 'Иванов' } }]);
    const said = refusalOf(answer, sent, [login.login, login.password]);
    expect(`success: false${said === '' ? ', and no reason' : `: ${said}`}`).toBe(shown);
  });

  it('calls the path that the installation has', async () => {
    const { system } = await world({ exchangePath: 'loaddict' }, { path: 'loaddict' });
    expect(await push(system, 'clients', create('sv-1'))).toMatchObject([{ outcome: { kind: 'accepted' } }]);
  });

  it('wants to learn somehow what became of a load', () => {
    const bare = { route: 'http', http: { url: 'http://127.0.0.1:1/', ...login, shops: ['1'] } };
    expect(artix.settings.safeParse(bare).success).toBe(false);
    expect(artix.settings.safeParse({ ...bare, http: { ...bare.http, statuses: {} } }).success).toBe(true);
    expect(artix.settings.safeParse({ ...bare, rest: { url: 'http://127.0.0.1:1/', ...login } }).success).toBe(true);
  });
});

const READY = JSON.stringify({ status: 'STATUS_READY' });

describe('artix over the exchange service: what strangers get', () => {
  it('no answer about ids that were never given', async () => {
    const { address, system } = await world({ callsBack: false });
    const states = `${address}/CSrest/rest/dicts/backOfficeState`;
    // Nothing is under way: a first call is about nothing.
    expect((await fetch(`${states}/1`, { method: 'POST', body: READY })).status).toBe(404);
    const [result] = await push(system, 'clients', create('sv-1'));
    for (const path of ['1/forged', '2/forged', '1/..%2F..%2Fetc', `1/${'a'.repeat(500)}`, '1/__proto__']) {
      expect((await fetch(`${states}/${path}`, { method: 'PUT', body: READY })).status).toBe(404);
    }
    expect((await fetch(`${address}/`, { method: 'GET' })).status).toBe(404);
    expect(await confirm(system, handleOf(result?.outcome))).toBe('pending');
  });

  it('no say in what became of a load for a call without an id', async () => {
    const { address, system } = await world({ callsBack: false });
    const [result] = await push(system, 'clients', operation({ action: 'update', key: '7', fields: { name: 'Иван' } }));
    for (const status of ['STATUS_ERROR', 'STATUS_READY']) {
      await fetch(`${address}/CSrest/rest/dicts/backOfficeState/1`, { method: 'POST', body: JSON.stringify({ status }) });
      expect(await confirm(system, handleOf(result?.outcome))).toBe('pending');
    }
  });

  it('no say where what was sent can be read', async () => {
    for (const status of ['STATUS_ERROR', 'STATUS_READY']) {
      const { address, system } = await world({ callsBack: false }, {}, {}, true);
      const [result] = await push(system, 'clients', operation({ action: 'delete', key: '7' }));
      const states = `${address}/CSrest/rest/dicts/backOfficeState/1`;
      const id = (await (await fetch(states, { method: 'POST' })).json()) as string;
      await fetch(`${states}/${id}`, { method: 'PUT', body: JSON.stringify({ status }) });
      expect(await confirm(system, handleOf(result?.outcome))).toMatchObject({ kind: 'unknown' });
    }
  });

  it('no listener for everybody: away from loopback the callers are named', () => {
    const parsed = (statuses: object) => artix.settings.safeParse({ route: 'http', http: { url: 'http://10.0.0.5:28080/', ...login, shops: ['1'], statuses } });
    for (const listen of ['10.0.0.9:15080', '0.0.0.0:15080', '[::]:15080']) {
      expect(parsed({ listen }).error?.issues).toMatchObject([{ path: ['http', 'statuses', 'from'], message: expect.stringContaining('exchange server') }]);
      expect(parsed({ listen, from: ['10.0.0.5'] }).success).toBe(true);
    }
    for (const listen of ['127.0.0.1:15080', 'localhost:15080', '[::1]:15080']) expect(parsed({ listen }).success).toBe(true);
  });

  it('nothing for an id of another shop, or one that was given up', async () => {
    const { address, system, notices } = await world({ callsBack: false }, { shops: ['1', '2'] });
    const states = `${address}/CSrest/rest/dicts/backOfficeState`;
    await push(system, 'clients', create('sv-1'));
    const id = (await (await fetch(`${states}/1`, { method: 'POST' })).json()) as string;
    expect((await fetch(`${states}/2/${id}`, { method: 'PUT', body: READY })).status).toBe(404);
    expect((await fetch(`${states}/1/${id}`, { method: 'PUT', body: READY })).status).toBe(200);
    const notice = await notices.find(id);
    await notices.close(notice?.batch ?? '');
    expect((await fetch(`${states}/1/${id}`, { method: 'PUT', body: READY })).status).toBe(404);
  });

  it('no way to say what the vendor never says', async () => {
    const { address, system } = await world({ callsBack: false });
    const [result] = await push(system, 'clients', create('sv-1'));
    const states = `${address}/CSrest/rest/dicts/backOfficeState/1`;
    const id = (await (await fetch(states, { method: 'POST', body: '{"status":"STATUS_DURING"}' })).json()) as string;
    for (const body of ['', 'no json', '[]', '{"status":"DONE"}', '{"status":{"__proto__":1}}', 'null', '"STATUS_READY"']) {
      expect((await fetch(`${states}/${id}`, { method: 'PUT', body })).status).toBe(400);
    }
    expect(await confirm(system, handleOf(result?.outcome))).toBe('pending');
    // A word that was the last one is not mended by a later one.
    for (const status of ['STATUS_READY_WITH_ERROR', 'STATUS_READY']) await fetch(`${states}/${id}`, { method: 'PUT', body: JSON.stringify({ status }) });
    expect(await confirm(system, handleOf(result?.outcome))).toMatchObject({ kind: 'unknown' });
  });

  it('413 for a huge body, which is not read', async () => {
    const { address, system } = await world({ callsBack: false });
    await push(system, 'clients', create('sv-1'));
    const url = `${address}/CSrest/rest/dicts/backOfficeState/1`;
    expect(await statusOf(url, { 'content-length': '200000000' }, ['x'])).toBe(413);
    // Without a length it is cut off where the limit is passed.
    expect(
      await statusOf(
        url,
        { 'transfer-encoding': 'chunked' },
        Array.from({ length: 40 }, () => 'x'.repeat(1000)),
      ),
    ).toBe(413);
  });

  it('403 where only some addresses may call', async () => {
    const { address, system } = await world({ callsBack: false }, {}, { from: ['10.0.0.5'] });
    await push(system, 'clients', create('sv-1'));
    expect((await fetch(`${address}/CSrest/rest/dicts/backOfficeState/1`, { method: 'POST' })).status).toBe(403);
  });

  it('no word of what they sent in the log', async () => {
    const { address, system, ctx } = await world({ callsBack: false });
    await push(system, 'clients', create('sv-1'));
    await fetch(`${address}/CSrest/rest/dicts/backOfficeState/1/forged?token=Тайный`, { method: 'PUT', body: '{"status":"Тайный"}' });
    expect(ctx.lines.some(({ message }) => message === 'a call to the listener was refused')).toBe(true);
    expect(JSON.stringify(ctx.lines)).not.toMatch(/Тайный|forged/);
  });
});

describe('the listener', () => {
  it('leaves an address that is taken to whoever listens there, or says so', async () => {
    const { ctx, system, address } = await world();
    const again = (inUse: 'skip' | 'fail'): Promise<Listening> => listen([{ name: 'tills', system }], { log: ctx.log, signal, inUse });
    expect((await again('skip')).addresses).toEqual([]);
    await expect(again('fail')).rejects.toMatchObject({ code: 'LISTEN_FAILED', message: expect.stringContaining(new URL(address).host) });
  });

  it('ends with its signal', async () => {
    const { ctx, system, address } = await world();
    for (const stop of stops.splice(1).reverse()) await stop();
    const stop = new AbortController();
    const { addresses } = await listen([{ name: 'tills', system }], { log: ctx.log, signal: stop.signal, inUse: 'fail' });
    expect(addresses).toEqual([new URL(address).host]);
    expect((await fetch(address)).status).toBe(404);
    stop.abort();
    await expect(fetch(address)).rejects.toThrow();
  });
});

/** The status of an answer to a body that is sent piece by piece; the server may stop reading before its end. */
function statusOf(url: string, headers: Record<string, string>, pieces: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers });
    onTestFinished(() => void call.destroy());
    call.once('response', (response) => resolve(response.statusCode ?? 0));
    call.once('error', reject);
    for (const piece of pieces) call.write(piece);
  });
}
