import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lowerBound } from '../../connectors/vodyanoy/dates.ts';
import { vodyanoy } from '../../connectors/vodyanoy/index.ts';
import { firstPhone } from '../../connectors/vodyanoy/phone.ts';
import type { Batch, Found, Json, Probe, PushOperation, PushResult, System, VendorRecord, WireBody } from '../../core/contract.ts';
import { type VodyanoyOptions, VodyanoySandbox } from '../../sandbox/vodyanoy/index.ts';
import { type TestContext, testContext } from '../support/context.ts';

const never = new AbortController().signal;
const KEY = '10000000000001';

interface Rig {
  readonly sandbox: VodyanoySandbox;
  readonly system: System;
  readonly ctx: TestContext;
}

async function setUp(sandboxOptions: Partial<VodyanoyOptions> = {}, own: Record<string, unknown> = {}): Promise<Rig> {
  const ctx = testContext();
  const sandbox = new VodyanoySandbox(sandboxOptions, () => ctx.clock.now());
  onTestFinished(() => sandbox.stop());
  const { url } = await sandbox.start();
  const settings = { url, token: sandbox.options.token, pageSize: 4, ...own };
  return { sandbox, ctx, system: vodyanoy.open(vodyanoy.settings.parse(settings), ctx) };
}

/** A server that answers in ways the sandbox does not. */
async function serve(listener: RequestListener, own: Record<string, unknown> = {}): Promise<System> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return vodyanoy.open(vodyanoy.settings.parse({ url, token: 'secret-token', pageSize: 4, ...own }), testContext());
}

async function pull(system: System, full = true, checkpoint: Json | null = null): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of system.pull({ reading: 'clients', full }, checkpoint, never)) batches.push(batch);
  return batches;
}

const recordsOf = (batches: readonly Batch[]): VendorRecord[] => batches.flatMap(({ records }) => records.get('clients') ?? []);
const keysOf = (batches: readonly Batch[]): string[] => recordsOf(batches).map(({ key }) => key);
const foundIn = (found: Found | undefined): readonly VendorRecord[] => found?.records.get('clients') ?? [];

async function find(system: System, probe: Probe): Promise<readonly VendorRecord[]> {
  return foundIn(await system.streams[0]?.find?.(probe, never));
}

const readCard = async (system: System, record: VendorRecord): Promise<readonly VendorRecord[]> =>
  foundIn(await system.streams[0]?.facets?.[0]?.read(record, never));

const create = (fields: WireBody, id = '1'): PushOperation => ({
  id,
  action: 'create',
  fields,
  idempotencyKey: `key-${id}`,
});

async function push(system: System, ...operations: readonly PushOperation[]): Promise<PushResult['outcome'][]> {
  async function* each(): AsyncGenerator<PushOperation> {
    yield* operations;
  }
  const outcomes: PushResult['outcome'][] = [];
  for await (const { outcome } of system.streams[0]?.push?.(each(), new AbortController().signal) ?? []) outcomes.push(outcome);
  return outcomes;
}

describe('reading clients', () => {
  test('names in small letters, what is absent is covered as empty', async () => {
    const { sandbox, system } = await setUp();
    sandbox.addClient({
      naimenovanie: 'Иванов Иван',
      telefon: '79998886655',
      createdAt: Date.UTC(2019, 2, 24, 6, 39, 30),
      psw: 'x',
    });
    const [record] = recordsOf(await pull(system));
    expect(record).toEqual({
      key: KEY,
      body: {
        id: KEY,
        naimenovanie: 'Иванов Иван',
        telefon: '79998886655',
        dszd: '24.03.2019 9:39:30',
        dataizm: '24.03.2019 9:39:30',
      },
      covers: ['id', 'naimenovanie', 'telefon', 'dop_sc', 'email', 'dszd', 'dataizm', 'disp', 'disp_naimenovanie'],
    });
  });

  test.each(['rows-returned', 'rows-in-all'] as const)('%s as total: every client is seen', async (total) => {
    const { sandbox, system } = await setUp({ total });
    const ids = Array.from({ length: 10 }, (_, index) => sandbox.addClient({ naimenovanie: `Клиент ${index}` }));
    const batches = await pull(system);
    expect(keysOf(batches)).toEqual(ids);
    expect(batches.at(-1)?.complete).toBe('snapshot');
  });

  test.each([0, 1, 2, 4, 5, 7, 8])('%i clients are all seen, at every edge of a page', async (count) => {
    const { sandbox, system } = await setUp();
    const ids = Array.from({ length: count }, () => sandbox.addClient({ naimenovanie: 'Клиент' }));
    const batches = await pull(system);
    expect(keysOf(batches)).toEqual(ids);
    expect(batches.at(-1)?.complete).toBe('snapshot');
  });

  test.each([0, 100_000])('a server that caps the limit and says total %i loses nobody', async (total) => {
    const rows = Array.from({ length: 8 }, (_, index) => ({
      ID: String(index),
      NAIMENOVANIE: 'x',
      FURTHER: 1,
      PSW: 'p',
    }));
    const system = await serve((request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const offset = Number(query.get('offset'));
      response.end(JSON.stringify({ result: rows.slice(offset, offset + 3), limit: 3, total }));
    });
    const batches = await pull(system);
    expect(keysOf(batches)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(batches.at(-1)?.complete).toBe('snapshot');
    const [record] = recordsOf(batches);
    expect(record?.body).toEqual({ id: '0', naimenovanie: 'x', further: '1' });
    expect(record?.covers).toContain('further');
    expect(record?.covers).not.toContain('psw');
  });

  test('a server that takes no notice of the offset gives no snapshot', async () => {
    const rows = Array.from({ length: 4 }, (_, index) => ({ ID: String(index), NAIMENOVANIE: 'x' }));
    const system = await serve((_request, response) => {
      response.end(JSON.stringify({ result: rows, limit: 4, total: 4 }));
    });
    const batches = await pull(system);
    expect(new Set(keysOf(batches)).size).toBe(4);
    expect(batches.every(({ complete }) => complete === 'page')).toBe(true);
  });

  test.each(['shift-page', 'duplicate-page'] as const)('%s: the list is read again, and nobody is lost', async (kind) => {
    const { sandbox, system } = await setUp();
    const ids = Array.from({ length: 14 }, () => sandbox.addClient({ naimenovanie: 'Клиент' }));
    sandbox.faults.add({ kind, skip: 2 });
    const batches = await pull(system);
    expect(new Set(keysOf(batches))).toEqual(new Set(ids));
    expect(batches.at(-1)?.complete).toBe('snapshot');
  });

  test.each([true, false])('changes: what was edited, and what was created without a change time (quotes: %s)', async (quoteDates) => {
    const { sandbox, system, ctx } = await setUp({ changeTimeOnCreate: false }, { quoteDates });
    const [, edited] = ['а', 'б', 'в'].map((naimenovanie) => sandbox.addClient({ naimenovanie }));
    ctx.clock.advance(3_600_000);
    const checkpoint = (await pull(system)).at(-1)?.checkpoint ?? null;
    ctx.clock.advance(86_400_000);
    sandbox.editClient(edited ?? '', { email: 'b@example.test' });
    const added = sandbox.addClient({ naimenovanie: 'г' });
    const batches = await pull(system, false, checkpoint);
    expect(new Set(keysOf(batches))).toEqual(new Set([edited, added]));
    expect(batches.every(({ complete }) => complete === 'page')).toBe(true);
    expect(batches.at(-1)?.checkpoint).toMatchObject({ since: batches[0]?.began });
    const asked = sandbox.requests.map(({ query }) => new URLSearchParams(query)).findLast((query) => query.has('updated_gte') || query.has('created_gte'));
    expect(asked?.get('created_gte')).toMatch(quoteDates ? /^"15\.01\.2024 12:59:\d\d"$/ : /^15\.01\.2024 12:59:\d\d$/);
  });

  test('a row without a code is set aside', async () => {
    const system = await serve((request, response) => {
      const first = new URL(request.url ?? '', 'http://x').searchParams.get('offset') === '0';
      response.end(JSON.stringify({ result: first ? [{ ID: '1' }, { NAIMENOVANIE: 'x' }] : [{ NAIMENOVANIE: 'x' }], total: 2 }));
    });
    const batches = await pull(system);
    expect(keysOf(batches)).toEqual(['1']);
    expect(batches.flatMap(({ rejected }) => rejected)).toMatchObject([{ key: null, field: 'id' }]);
    expect(batches.at(-1)?.complete).toBe('snapshot');
  });

  test('an empty object with HTTP 200 is no list', async () => {
    const { sandbox, system } = await setUp();
    sandbox.faults.add({ kind: 'silent-error', match: { path: /clients$/ } });
    await expect(pull(system)).rejects.toMatchObject({ name: 'ContractError', code: 'VENDOR_ERROR' });
  });

  test.each(['header', 'query'])('the token as %s; a wrong one is refused', async (auth) => {
    expect((await (await setUp({}, { auth })).system.check(never)).remarks).toEqual([]);
    const wrong = await setUp({}, { auth, token: 'wrong' });
    await expect(wrong.system.check(never)).rejects.toMatchObject({ name: 'ConnectionError', code: 'VENDOR_REFUSED' });
  });
});

describe('one client', () => {
  const person = {
    naimenovanie: 'Иванов Иван',
    telefon: 'дом 8 (863) 217-17-17, 79182323121 Елена',
    email: 'i@example.test',
  };

  test('by code, or none', async () => {
    const { sandbox, system } = await setUp();
    sandbox.addClient(person);
    expect((await find(system, { key: KEY }))[0]?.body).toMatchObject({ id: KEY, email: 'i@example.test' });
    expect(await find(system, { key: '10000000000077' })).toEqual([]);
  });

  test('another 404 than the empty result is no answer', async () => {
    const system = await serve((_request, response) => response.writeHead(404).end('{"error":"no such page"}'));
    await expect(find(system, { key: KEY })).rejects.toMatchObject({ code: 'VENDOR_ERROR' });
  });

  test('an empty result with HTTP 200 is "none" only where the settings say so', async () => {
    const listener: RequestListener = (_request, response) => response.end('{"result":{}}');
    await expect(find(await serve(listener), { key: KEY })).rejects.toMatchObject({ code: 'VENDOR_ERROR' });
    expect(await find(await serve(listener, { missing: 'empty' }), { key: KEY })).toEqual([]);
  });

  test('by phone: the fields of the list and those of the answer by phone', async () => {
    const { sandbox, system } = await setUp();
    sandbox.addClient({ ...person, fam: 'Иванов', nomer_karty: '42' });
    const [record] = await find(system, { phone: '+79182323121' });
    expect(record?.key).toBe(KEY);
    expect(record?.body).toMatchObject({
      telefon: person.telefon,
      email: person.email,
      fam: 'Иванов',
      nomer_karty: '42',
    });
    expect(record?.covers).toEqual(expect.arrayContaining(['telefon', 'dop_sc', 'nomer_karty', 'imja']));
    expect(await find(system, { phone: '+79990000000' })).toEqual([]);
  });

  test('the card of the phone covers only what the list does not', async () => {
    const { sandbox, system } = await setUp();
    sandbox.addClient({ ...person, nomer_karty: '42', more: { kodpod: '111', shirota: '47.236136' } });
    const [listed] = recordsOf(await pull(system));
    if (listed === undefined) throw new Error('nothing read');
    const [card] = await readCard(system, listed);
    expect(card?.key).toBe(KEY);
    expect(card?.body).toMatchObject({ nomer_karty: '42', kodpod: '111', shirota: '47.236136', eto_gruppa: '0' });
    expect(card?.covers).toEqual(expect.arrayContaining(['nomer_karty', 'pod']));
    for (const name of listed.covers ?? []) expect(card?.covers).not.toContain(name);
    expect(sandbox.requests.at(-1)?.query).toContain('tel=78632171717');
  });

  test('an answer about another client who shares the phone says nothing', async () => {
    const { sandbox, system } = await setUp({ sharedPhone: 'first' });
    sandbox.addClient(person);
    sandbox.addClient({ ...person, naimenovanie: 'Иванова Елена' });
    const [first, second] = recordsOf(await pull(system));
    if (first === undefined || second === undefined) throw new Error('nothing read');
    expect(await readCard(system, first)).toHaveLength(1);
    expect(await readCard(system, second)).toEqual([]);
  });

  test('without a phone nothing is asked', async () => {
    const { sandbox, system } = await setUp();
    expect(await readCard(system, { key: KEY, body: { id: KEY, telefon: 'нет' } })).toEqual([]);
    expect(sandbox.requests).toEqual([]);
  });
});

describe('adding and changing clients', () => {
  const whole: WireBody = {
    naimenovanie: 'Иванов Иван Иванович',
    dop_sc: 'один хороший человек',
    telefon: '78632171717 Иван, 79182323121 Елена',
    ulica: '10000000000011',
    dom: '22Б стр.3',
    korpus: '1',
    kv: '',
    email: 'ivanov@example.test',
    etoof: '1',
    commvod: "зеленые ворота у 'А&Б'",
    commdisp: 'звонить до 21-00!',
    disp: '10000000000010',
    psw: 'not-ours-to-send',
  };

  test.each([200, 201] as const)('a creation (HTTP %i) gives the code as text and the address as a notice', async (createStatus) => {
    const { sandbox, system } = await setUp({ createStatus });
    const outcomes = await push(system, create(whole));
    expect(outcomes).toEqual([{ kind: 'applied', key: KEY, notices: ['main address 10000000000001'] }]);
    const made = sandbox.clients.get(KEY);
    expect(made).toMatchObject({
      comment: 'один хороший человек',
      etoof: 1,
      email: 'ivanov@example.test',
      disp: '',
      pswHash: '',
    });
    expect(made?.address).toMatchObject({
      ulica: '10000000000011',
      dom: '22Б стр.3',
      korpus: '1',
      commvod: "зеленые ворота у 'А&Б'",
    });
  });

  test('codes longer than a float holds keep their digits', async () => {
    const system = await serve((_request, response) => response.end('{"result": 1000000000000000092, "adr": 1000000000000000084}'));
    expect(await push(system, create(whole))).toEqual([{ kind: 'applied', key: '1000000000000000092', notices: ['main address 1000000000000000084'] }]);
  });

  test.each([{ kind: 'reset-after' }, { kind: 'truncate', clean: true }, { kind: 'silent-error' }, { kind: 'status', status: 502 }] as const)(
    'a lost answer ($kind) is unknown, and nothing is sent twice',
    async (fault) => {
      const { sandbox, system } = await setUp();
      sandbox.faults.add({ ...fault, match: { method: 'POST' } });
      expect(await push(system, create(whole))).toMatchObject([{ kind: 'unknown' }]);
      expect(sandbox.requests).toHaveLength(1);
    },
  );

  test('a refused creation is rejected', async () => {
    const { system } = await setUp();
    expect(await push(system, create({ email: 'x@example.test' }))).toEqual([{ kind: 'rejected', code: 'VENDOR_ERROR', reason: 'HTTP 400' }]);
  });

  test('with a key in psw a lost creation is found again', async () => {
    const { sandbox, system } = await setUp({}, { createWithPsw: true });
    expect(system.streams[0]?.capabilities.repeat).toBe('byKey');
    sandbox.faults.add({ kind: 'reset-after', match: { method: 'POST' } });
    expect(await push(system, create(whole))).toMatchObject([{ kind: 'unknown' }]);
    expect(await push(system, create(whole))).toEqual([{ kind: 'applied', key: KEY }]);
    expect(await push(system, create(whole, '2'))).toMatchObject([{ kind: 'applied', key: '10000000000002' }]);
    expect(sandbox.clients.size).toBe(2);
  });

  const update = (fields: WireBody): PushOperation => ({
    id: '1',
    action: 'update',
    key: KEY,
    fields,
    idempotencyKey: 'k',
  });

  test('without the setting no update is sent; with it a server without the call answers 405', async () => {
    const off = await setUp();
    expect(off.system.streams[0]?.capabilities).toMatchObject({ update: 'none', clear: false, delete: false });
    expect(await push(off.system, update({ email: 'x' }))).toMatchObject([{ kind: 'rejected', code: 'UNSUPPORTED' }]);
    expect(off.sandbox.requests).toEqual([]);
    const on = await setUp({}, { update: 'patch' });
    on.sandbox.addClient({ naimenovanie: 'а' });
    expect(await push(on.system, update({ email: 'x' }))).toEqual([{ kind: 'rejected', code: 'UNSUPPORTED', reason: 'HTTP 405' }]);
  });

  test('a change sends the fields that differ, empty ones only where that clears', async () => {
    for (const updateClears of [true, false]) {
      const { sandbox, system } = await setUp({ patch: true }, { update: 'patch', updateClears });
      sandbox.addClient({ naimenovanie: 'а', comment: 'старое', email: 'x@example.test' });
      expect(system.streams[0]?.capabilities).toMatchObject({ update: 'patch', clear: updateClears });
      expect(await push(system, update({ dop_sc: 'новое', email: '' }))).toEqual([{ kind: 'applied', key: KEY }]);
      expect(sandbox.clients.get(KEY)).toMatchObject({
        naimenovanie: 'а',
        comment: 'новое',
        email: updateClears ? '' : 'x@example.test',
      });
      expect(await push(system, update({ disp: '5' }))).toEqual([{ kind: 'unchanged' }]);
    }
  });

  test('a refused token holds the operation', async () => {
    const { system } = await setUp({}, { token: 'wrong' });
    expect(await push(system, create(whole))).toMatchObject([{ kind: 'unsent', trouble: { code: 'VENDOR_REFUSED' } }]);
  });
});

describe('forms', () => {
  test.each([
    ['79998886655', '79998886655'],
    ['дом 8 (863) 217-17-17, 79182323121', '78632171717'],
    ['+7 918 232-31-21 Елена', '79182323121'],
    ['9182323121', '79182323121'],
    ['код 1234567890123456, 79182323121', '79182323121'],
    ['217-17-17', null],
    ['', null],
  ])('first phone of %j is %s', (written, phone) => {
    expect(firstPhone(written)).toBe(phone);
  });

  test('bounds of filters are in the zone of the server, and move back with its clocks', () => {
    expect(lowerBound('Europe/Moscow', Date.UTC(2024, 0, 15, 5, 7, 9))).toBe('15.01.2024 08:07:09');
    // Half an hour before Berlin set its clocks back, and well after.
    expect(lowerBound('Europe/Berlin', Date.UTC(2024, 9, 27, 0, 30, 0))).toBe('27.10.2024 01:30:00');
    expect(lowerBound('Europe/Berlin', Date.UTC(2024, 9, 27, 6, 30, 0))).toBe('27.10.2024 07:30:00');
  });
});
