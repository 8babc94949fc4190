import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { virtualpos } from '../../../connectors/virtualpos/index.ts';
import type { Context } from '../../../core/context.ts';
import type { Json, System } from '../../../core/contract.ts';
import { ConfigError, ContractError } from '../../../core/errors.ts';
import type { VirtualPosSetup } from '../../../sandbox/virtualpos/index.ts';
import { type TestContext, testContext } from '../../support/context.ts';
import { failureOf, type Reading, readAll } from '../kit.ts';
import { SECRET, startVirtualpos, type VirtualposRig } from './rig.ts';

const rigs: VirtualposRig[] = [];
let server: Server | undefined;

afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop();
  server?.closeAllConnections();
  server?.close();
  await (server === undefined ? undefined : once(server, 'close'));
  server = undefined;
});

async function start(setup: VirtualPosSetup = {}, settings: Record<string, unknown> = {}): Promise<VirtualposRig> {
  const rig = await startVirtualpos(setup, settings);
  rigs.push(rig);
  return rig;
}

const open = (settings: unknown, ctx: Context = testContext()): System => virtualpos.open(virtualpos.settings.parse(settings), ctx);

async function whole(system: System, checkpoint: Json | null = null): Promise<Reading> {
  const reading = await readAll(system, 'customers', { checkpoint });
  if (reading.error !== null) throw reading.error;
  return reading;
}

const keysOf = (reading: Reading, stream = 'clients'): string[] => (reading.records.get(stream) ?? []).map((record) => record.key);

/** The digest is that of the bytes, which differ. */
const flat = (reading: Reading): unknown => [...reading.records].map(([stream, records]) => [stream, records.map(({ digest: _, ...record }) => record)]);

/** Answers each page by a function of its number; returns the pages asked for. */
async function vendor(page: (number: number, size: number) => unknown): Promise<{ url: string; asked: number[] }> {
  const asked: number[] = [];
  server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://x').searchParams;
    const number = Number(query.get('page'));
    asked.push(number);
    const body = page(number, Number(query.get('page_size')));
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

const rows = (from: number, to: number): { id: string; lname: string }[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({ id: String(from + index), lname: 'Иванов' }));

describe('shapes', () => {
  const shapes: VirtualPosSetup[] = [];
  for (const jsonShape of ['array', 'object-array', 'object-single-when-one'] as const)
    for (const emptyAs of ['""', 'null', '[]', '{}'] as const)
      for (const scalars of ['strings', 'all-strings', 'numbers'] as const) shapes.push({ jsonShape, emptyAs, scalars });

  it('of every documented and likely kind give the same records', async () => {
    const plain = await whole(open((await start()).settings));
    for (const shape of shapes) {
      const rig = await start(shape, { pageSize: 1 });
      const reading = await whole(open({ ...rig.settings, pageSize: 3 }));
      expect(withoutZeros(flat(reading)), JSON.stringify(shape)).toEqual(withoutZeros(flat(plain)));
      await rigs.pop()?.stop();
    }
    const xml = await start({}, { format: 'xml' });
    expect(flat(await whole(open(xml.settings)))).toEqual(flat(plain));
  });

  it('of a body: scalars are text, nothing is renamed, unknown fields are kept', async () => {
    const row = {
      id: 12345678901234567n,
      lname: 'Иванов',
      email: null,
      phone: {},
      send_sms: true,
      accumulated_sales: 15200.5,
      tags: ['a', { b: 1 }],
      __proto__x: 1,
      cards: { card: { uid: 7, owner: 'x' } },
      bonuses: [{ bonus_id: 2, name: '', amount: 12.5 }],
    };
    const body = JSON.stringify({ success: true, customers: { customer: row }, total_count: '1' }, (_, value: unknown) =>
      typeof value === 'bigint' ? `@${value}@` : value,
    ).replace(/"@(\d+)@"/, '$1');
    const { url } = await vendor(() => body.replace('__proto__x', '__proto__'));
    const reading = await whole(open({ url, apikey: SECRET }));
    const [client] = reading.records.get('clients') ?? [];
    expect(client?.key).toBe('12345678901234567');
    expect(JSON.stringify(client?.body)).toBe(
      '{"id":"12345678901234567","lname":"Иванов","email":"","phone":"","send_sms":"1","accumulated_sales":"15200.5","tags":["a",{"b":1}],"__proto__":"1"}',
    );
    expect(Object.getPrototypeOf(client?.body)).toBe(Object.prototype);
    const parent = { stream: 'clients', key: '12345678901234567' };
    const card = { uid: '7', owner: 'x', customer_id: parent.key };
    const bonus = { bonus_id: '2', name: '', amount: '12.5', customer_id: parent.key };
    // An answer speaks of the names in it: what is empty is there as an empty element.
    expect(client?.covers).toBe('body');
    expect(reading.records.get('cards')).toEqual([{ key: 'uid:7', body: card, covers: 'body', parent }]);
    expect(reading.records.get('bonuses')).toEqual([{ key: `${parent.key}:2`, body: bonus, covers: 'body', parent }]);
  });
});

/** `numbers` loses zeros behind the point, which is the vendor's rendition and not ours. */
describe('customers that are known by their bytes', () => {
  it.each(['json', 'xml'] as const)('are not read again, in %s, and their groups and card types are noted all the same', async (format) => {
    const { settings, machine } = await start({}, { format });
    machine.state.entryByName('group', 'Никто не в ней');
    const first = await readAll(open(settings), 'customers');
    const clients = first.records.get('clients') ?? [];
    expect(clients).toHaveLength(7);
    expect(clients.every(({ digest }) => digest !== undefined)).toBe(true);
    const again = open(settings);
    const takes = (field: string, value: string): boolean | undefined => again.streams.find(({ name }) => name === 'clients')?.takes?.(field, value);
    const { records, complete } = await readAll(again, 'customers', { recognise: async (_stream, units) => units.map(() => true) });
    expect([...records.values()].flat()).toEqual([]);
    expect(complete).toBe('snapshot');
    expect(['Постоянные', 'Никто не в ней'].map((group) => takes('group_name', group))).toEqual([true, false]);
  });
});

function withoutZeros(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replace(/"amount":"(\d+)\.(\d*?)0*"/g, (_, whole, part) => `"amount":"${whole}${part === '' ? '' : `.${part}`}"`));
}

describe('paging', () => {
  it('follows the size that the vendor echoes, and one that it cuts silently', async () => {
    const echoed = await start({ pageCap: 2 }, { pageSize: 500 });
    expect(keysOf(await whole(open(echoed.settings)))).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    const silent = await vendor((number) => ({
      success: 1,
      customers: rows(number * 2 - 1, Math.min(7, number * 2)),
      total_count: 7,
    }));
    const reading = await whole(open({ url: silent.url, apikey: SECRET, pageSize: 500 }));
    expect(keysOf(reading)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(reading.complete).toBe('snapshot');
    expect([...silent.asked].sort()).toEqual([1, 2, 3, 4]);
  });

  it('without a total ends at an empty or repeated page, and trusts only two passes that agree', async () => {
    for (const past of ['empty', 'repeats']) {
      const { url, asked } = await vendor((number, size) => {
        const last = Math.ceil(7 / size);
        const page = past === 'repeats' ? Math.min(number, last) : number;
        return { success: '1', customers: rows((page - 1) * size + 1, Math.min(7, page * size)) };
      });
      const ctx = testContext({ concurrency: 1 });
      const reading = await whole(open({ url, apikey: SECRET, pageSize: 3 }, ctx));
      expect(keysOf(reading)).toEqual(['1', '2', '3', '4', '5', '6', '7']);
      expect(reading.complete).toBe('snapshot');
      expect(asked).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
      server?.close();
    }
  });

  it('goes on from a checkpoint to the end and then round, and so is whole', async () => {
    const rig = await start();
    for (const page of [2, 3, 90]) {
      const reading = await whole(open(rig.settings), { page });
      expect(keysOf(reading).sort()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
      expect(reading.complete).toBe('snapshot');
      expect(reading.batches.at(-1)?.checkpoint).toBeNull();
    }
    expect(keysOf(await whole(open(rig.settings), { page: 2 }))).toEqual(['4', '5', '6', '7', '1', '2', '3']);
  });

  it('finds rows that moved while it read', async () => {
    const rig = await start();
    // After the second page the first customer goes: the seventh moves to a page that was read already.
    const ctx = afterCall(testContext({ concurrency: 1 }), 2, () => rig.machine.removeCustomer('1'));
    const reading = await whole(open(rig.settings, ctx));
    expect(keysOf(reading).sort()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(reading.complete).toBe('snapshot');
  });

  it('with two passes finds them even when one is deleted and one added', async () => {
    const rig = await start({}, { proof: 'two-passes' });
    const ctx = afterCall(testContext({ concurrency: 1 }), 2, () => {
      rig.machine.removeCustomer('1');
      rig.machine.addCustomer({ lname: 'Новый' });
    });
    const reading = await whole(open(rig.settings, ctx));
    expect(keysOf(reading).sort()).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    expect(reading.complete).toBe('snapshot');
    expect(rig.machine.requests).toHaveLength(9);
  });

  it('gives up after three passes over a base that never stands still, and says so', async () => {
    const rig = await start();
    const ctx = testContext({ concurrency: 1 });
    let calls = 0;
    const restless = afterCall(ctx, null, () => {
      calls += 1;
      rig.machine.addCustomer({ lname: 'Новый' });
    });
    const reading = await whole(open(rig.settings, restless));
    expect(reading.complete).toBe('page');
    expect(reading.batches.at(-1)?.checkpoint).toBeNull();
    expect(ctx.lines.filter((line) => line.level === 'warn')).toHaveLength(1);
    expect(calls).toBeLessThan(60);
    expect(new Set(keysOf(reading)).size).toBe(keysOf(reading).length);
  });

  it('keeps several pages under way, in order', async () => {
    const rig = await start({}, { pageSize: 1 });
    const ctx = testContext({ concurrency: 3 });
    let running = 0;
    let most = 0;
    const counting: Context = {
      ...ctx,
      http: {
        async send(request, signal) {
          running += 1;
          most = Math.max(most, running);
          try {
            return await ctx.http.send(request, signal);
          } finally {
            running -= 1;
          }
        },
      },
    };
    expect(keysOf(await whole(open(rig.settings, counting)))).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(most).toBe(3);
  });
});

/** Does something after a call (or after each) was answered. */
function afterCall(ctx: TestContext, which: number | null, act: () => void): Context {
  let calls = 0;
  return {
    ...ctx,
    http: {
      async send(request, signal) {
        const response = await ctx.http.send(request, signal);
        calls += 1;
        if (which === null || calls === which) act();
        return response;
      },
    },
  };
}

describe('broken rows', () => {
  it('are set aside with key, field and rule; the reading stays whole', async () => {
    const page = {
      success: 1,
      total_count: 3,
      customers: [
        { id: '1', lname: 'Иванов', cards: [{ id: '5', uid: ['x'] }], bonuses: [{ bonus_id: '1', amount: '' }] },
        { id: '2', lname: { first: 'Иванов' } },
        { id: '3' },
      ],
    };
    const { url } = await vendor(() => page);
    const reading = await whole(open({ url, apikey: SECRET }));
    expect(keysOf(reading)).toEqual(['1', '3']);
    expect(reading.complete).toBe('snapshot');
    expect(reading.rejected.map(({ stream, key, field, rule }) => [stream, key, field, rule])).toEqual([
      ['cards', '5', 'uid', 'expected string'],
      ['bonuses', '1:1', 'amount', 'expected at least 1 (string)'],
      ['clients', '2', 'lname', 'expected string'],
    ]);
  });

  it.each([
    ['a customer without an id', [{ lname: 'Иванов' }, { id: '2' }]],
    ['a customer that is no object', ['Иванов', { id: '2' }]],
    ['cards of no known shape', [{ id: '1', cards: 'Иванов' }, { id: '2' }]],
    ['a card without id and number', [{ id: '1', cards: [{ status: 'NEW' }] }, { id: '2' }]],
    ['savings without a programme', [{ id: '1', bonuses: [{ amount: '1' }] }, { id: '2' }]],
  ])('%s is set aside once, and the reading is not called whole', async (_name, customers) => {
    const { url, asked } = await vendor(() => ({ success: 1, total_count: 2, customers }));
    const reading = await whole(open({ url, apikey: SECRET }));
    expect(reading.rejected).toHaveLength(1);
    expect(reading.rejected[0]?.key).toBeNull();
    expect(reading.complete).toBe('page');
    expect(asked).toEqual([1]);
  });

  it('without a key are all set aside, each once, on whatever page', async () => {
    const { url } = await vendor((number) => ({
      success: 1,
      customers: [{ lname: 'x' }, { id: number }],
      total_count: 9,
    }));
    const reading = await whole(open({ url, apikey: SECRET, pageSize: 2 }));
    expect(reading.rejected).toHaveLength(5);
    expect(reading.complete).toBe('page');
  });

  it.each([
    ['no success', { customers: [] }],
    ['no customers', { success: 1 }],
    ['customers of no known shape', { success: 1, customers: 'Иванов' }],
    ['HTML', '<html>'],
    ['a list', []],
  ])('an answer with %s ends the reading', async (_name, body) => {
    const { url } = await vendor(() => body);
    const reading = await readAll(open({ url, apikey: SECRET }), 'customers');
    expect(reading.error).toBeInstanceOf(ContractError);
    expect(String(reading.error)).not.toContain('Иванов');
    expect(reading.batches).toEqual([]);
  });

  it('a key refused while reading is no answer but a refusal; another error may pass', async () => {
    for (const [info, code] of [
      ['Неверный apikey', 'VENDOR_REFUSED'],
      ['Ошибка базы', 'VENDOR_ERROR'],
    ]) {
      const { url } = await vendor(() => ({ success: 0, info }));
      expect((await readAll(open({ url, apikey: SECRET }), 'customers')).error).toMatchObject({ code });
      server?.close();
    }
  });

  it('an empty base is whole', async () => {
    const { url } = await vendor(() => ({ success: 1, customers: '', total_count: 0 }));
    expect((await whole(open({ url, apikey: SECRET }))).complete).toBe('snapshot');
  });

  it('a count that disagrees makes the reading doubtful, within a tolerance not', async () => {
    const { url } = await vendor(() => ({ success: 1, count: 2, customers: [{ id: '1' }], total_count: 1 }));
    expect((await whole(open({ url, apikey: SECRET }))).complete).toBe('page');
    expect((await whole(open({ url, apikey: SECRET, countTolerance: 1 }))).complete).toBe('snapshot');
  });
});

describe('settings', () => {
  it('refuse unknown keys and addresses with a login or query', () => {
    for (const bad of [
      { url: 'https://x.example', apikey: 'k', what: 1 },
      { url: 'https://user:pass@x.example', apikey: 'k' },
      { url: 'https://x.example/?apikey=k', apikey: 'k' },
      { url: 'ftp://x.example', apikey: 'k' },
      { url: 'https://x.example', apikey: '' },
    ])
      expect(virtualpos.settings.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
    expect(() => virtualpos.open({ url: 'top-secret' }, testContext())).toThrow(ConfigError);
  });

  it('a key over plain http to a public address is refused before anything is sent', async () => {
    const system = open({ url: 'http://company.example.com', apikey: SECRET });
    const error = await failureOf(system.check(new AbortController().signal));
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).not.toContain(SECRET);
  });
});
