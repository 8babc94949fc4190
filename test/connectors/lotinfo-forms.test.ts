/** Forms that the vendor's pages leave open, and that the sandbox does not show. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lotinfo } from '../../connectors/lotinfo/index.ts';
import { lotinfoSettings } from '../../connectors/lotinfo/settings.ts';
import type { Batch, Json, PushOperation, PushResult, System } from '../../core/contract.ts';
import { testContext } from '../support/context.ts';

const never = new AbortController().signal;

async function serve(listener: RequestListener, own: Record<string, unknown> = {}): Promise<System> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return lotinfo.open({ url, token: 'secret-token', code: '1', ...own }, testContext());
}

/** Answers the first page with these rows and what follows with the overlapping one. */
function rowsOf(rows: readonly Json[]): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { offset } = JSON.parse(Buffer.concat(chunks).toString()) as { offset: number };
      response.end(JSON.stringify({ result: rows.slice(offset) }));
    });
  };
}

async function pull(system: System): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of system.pull({ reading: 'clients', full: true }, null, never)) batches.push(batch);
  return batches;
}

async function bodyOf(row: Json, own: Record<string, unknown> = {}): Promise<Record<string, unknown> | undefined> {
  const [batch] = await pull(await serve(rowsOf([row]), own));
  return batch?.records.get('clients')?.[0]?.body;
}

const field = (...values: Json[]): Json => ({ fieldName: 'x', fieldType: 'value', fieldMulti: 'not_multi', values });

async function push(system: System, ids: readonly string[], signal = never): Promise<PushResult[]> {
  async function* operations(): AsyncGenerator<PushOperation> {
    for (const id of ids) yield { id, action: 'create', fields: { fioF: 'а' }, idempotencyKey: id };
  }
  const results: PushResult[] = [];
  for await (const result of system.streams[0]?.push?.(operations(), signal) ?? []) results.push(result);
  return results;
}

describe('rows of a reading', () => {
  const passport = { serial: '0399', number: '000456', snils: null };

  test.each([
    ['an object inside a value', { passport: field({ value: passport }) }],
    ['the value itself', { passport: field(passport) }],
    ['a plain object', { passport }],
    ['fields of their own', { serial: field({ value: '0399' }), number: field({ value: '000456' }), snils: field() }],
  ])('a passport as %s', async (_form, row) => {
    const body = await bodyOf({ id: field({ value: '5' }), ...row } as Json);
    expect(body?.passport).toEqual({ serial: '0399', number: '000456', snils: '' });
    expect(body).not.toHaveProperty('serial');
  });

  test('what the page on reading does not show is covered where the settings say that it is shown', async () => {
    const row = { id: field({ value: '5' }) };
    expect(await bodyOf(row)).not.toHaveProperty('passport');
    expect(await bodyOf(row, { readsBack: ['passport', 'orders'] })).toMatchObject({ passport: null, orders: [] });
  });

  test('a projection says nothing of what it leaves out', async () => {
    const body = await bodyOf({ id: field({ value: '5' }) }, { projection: ['fioF', 'objectsList'] });
    // The state was asked for, so it is known all the same.
    expect(body).toEqual({ id: '5', fioF: '', objects: [], delclient: '1' });
  });

  test('unknown fields pass through, plain values are taken as they are', async () => {
    const body = await bodyOf({
      id: 1000000000000000001n.toString(),
      fioF: 'Иванов',
      deeps: 3,
      further: { fieldType: 'value', fieldMulti: 'multi', values: [{ value: 'a' }, { value: 2 }] },
      delclient: field({ value: '3' }),
      comments: [{ value: 'один' }],
    });
    expect(body).toMatchObject({
      id: '1000000000000000001',
      fioF: 'Иванов',
      deeps: '3',
      further: ['a', '2'],
      comments: [{ value: 'один' }],
    });
  });

  test('a record in the deleted state is marked', async () => {
    const [batch] = await pull(await serve(rowsOf([{ id: '5', delclient: field({ value: '3' }) }])));
    expect(batch?.records.get('clients')?.[0]?.deleted).toBe(true);
  });

  test('rows that break the form are set aside, with field and key, and the list still ends', async () => {
    const rows = [{ id: '5', fioF: field({ value: 'Тайный' }, { value: 'Второй' }) }, { fioF: 'x' }, 'text'];
    const batches = await pull(await serve(rowsOf(rows)));
    const rejected = batches.flatMap((batch) => batch.rejected);
    expect(rejected.map(({ key, field: name }) => [key, name])).toEqual([
      ['5', 'fioF'],
      [null, 'id'],
      [null, ''],
    ]);
    expect(rejected.map(({ rule }) => rule).join()).not.toMatch(/Тайный|Второй/);
    expect(batches.at(-1)?.complete).toBe('snapshot');
  });

  test.each(['{"result":{"id":1}}', '{"ok":1}', '<html></html>', ''])('%s is no list of clients', async (text) => {
    const system = await serve((_request, response) => response.end(text));
    await expect(pull(system)).rejects.toMatchObject({ name: 'ContractError', code: 'VENDOR_ANSWER' });
  });
});

test('an insert as it is sent: phones, series and numbers as texts, codes as numbers, nothing empty', async () => {
  const chunks: Buffer[] = [];
  const system = await serve((request, response) => {
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.end('{"result":[{"id":1}]}'));
  });
  async function* operations(): AsyncGenerator<PushOperation> {
    yield {
      id: '1',
      action: 'create',
      fields: {
        fioF: 'а',
        fioI: '',
        deeps: '3',
        userCategory: ['10'],
        contacts: [{ type: 'mobile', value: 79998886655, general: '1', comment: '' }],
        comments: [{ id: '5', value: 'б', date: '1700000000' }],
        passport: { serial: '4510', number: 123456, snils: '' },
        objects: [{ id: '9', lpr: '0', doled: '1/2' }],
        orders: [],
      },
      reference: '17',
      idempotencyKey: '1',
    };
  }
  for await (const _result of system.streams[0]?.push?.(operations(), never) ?? []);
  expect(JSON.parse(Buffer.concat(chunks).toString())).toEqual({
    encoding: 0,
    code: 1,
    data: [
      {
        apiIdExchange: 17,
        fioF: 'а',
        deeps: 3,
        userCategory: [10],
        contacts: [{ type: 'mobile', value: '79998886655', general: 1 }],
        comments: [{ value: 'б' }],
        passport: { serial: '4510', number: '123456' },
        objects: [{ id: 9, lpr: 0, doled: '1/2' }],
      },
    ],
  });
});

describe('answers of an insert', () => {
  const answering = (status: number, body: string): Promise<System> =>
    serve((request, response) => {
      request.resume().on('end', () => response.writeHead(status).end(body));
    });
  const outcomes = async (system: System, ids: readonly string[]): Promise<PushResult['outcome'][]> => (await push(system, ids)).map(({ outcome }) => outcome);

  test.each([200, 400])('an error spread over the answer (HTTP %i): codes and names, no texts', async (status) => {
    const body = JSON.stringify({
      error: 7,
      error_text: '<font>Иванов Иван 79998887766</font>',
      error_field: 'fioF Иванов',
    });
    expect(await outcomes(await answering(status, body), ['1'])).toEqual([{ kind: 'rejected', code: 'VENDOR_ERROR', reason: 'error 7' }]);
  });

  test('an error as an object with an index in text', async () => {
    const system = await answering(400, JSON.stringify({ errors: { error: '3', error_field: 'sex', error_array: '0' } }));
    expect(await outcomes(system, ['1'])).toEqual([{ kind: 'rejected', code: 'VENDOR_ERROR', reason: 'error 3 in field sex' }]);
  });

  test.each(['{}', '{"result":null}', '{"result":{}}', '{"result":[{}]}', '[]', 'OK'])('%s is not certain', async (text) => {
    expect(await outcomes(await answering(200, text), ['1'])).toMatchObject([{ kind: 'unknown' }]);
  });

  test('no JSON with HTTP 400 is a refusal without a reason', async () => {
    expect(await outcomes(await answering(400, '<h1>Bad Request</h1>'), ['1'])).toEqual([
      { kind: 'rejected', code: 'VENDOR_ERROR', reason: 'HTTP 400 without a reason' },
    ]);
  });

  test('an id of a client as text or number, a notice without an index', async () => {
    const text = '{"result":[{"id":"900719925474099312"}],"notices":{"notice":2,"notice_field":"cityName"}}';
    expect(await outcomes(await answering(200, text), ['1'])).toEqual([
      { kind: 'applied', key: '900719925474099312', notices: ['notice 2 in field cityName'] },
    ]);
  });

  test.each([401, 404, 429])('HTTP %i is not about a client: the rest is left untouched', async (status) => {
    let calls = 0;
    const system = await serve(
      (request, response) => {
        calls += 1;
        request.resume().on('end', () => response.writeHead(status).end('{}'));
      },
      { batchSize: 2 },
    );
    const results = await push(system, ['1', '2', '3', '4', '5']);
    expect(results.map(({ operationId, outcome }) => [operationId, outcome.kind])).toEqual([
      ['1', status === 401 ? 'unsent' : 'retry'],
      ['2', status === 401 ? 'unsent' : 'retry'],
    ]);
    expect(calls).toBe(status === 429 ? 5 : 1);
  });

  test('nothing is sent once the run is stopped', async () => {
    let calls = 0;
    const system = await serve((_request, response) => {
      calls += 1;
      response.end('{}');
    });
    const stopped = AbortSignal.abort();
    const results = await push(system, ['1', '2'], stopped);
    expect(results.map(({ outcome }) => outcome.kind)).toEqual(['retry', 'retry']);
    expect(calls).toBe(0);
  });

  test('a reader that leaves does not wait for a source that waits for it', async () => {
    const system = await serve((request, response) => {
      request.resume().on('end', () => response.end('{"result":[{"id":1}]}'));
    });
    async function* operations(): AsyncGenerator<PushOperation> {
      yield { id: '1', action: 'create', fields: { fioF: 'а' }, idempotencyKey: '1' };
      await new Promise<never>(() => undefined);
    }
    for await (const { outcome } of system.streams[0]?.push?.(operations(), never) ?? []) {
      expect(outcome).toEqual({ kind: 'applied', key: '1' });
      break;
    }
  });
});

describe('settings', () => {
  test('unknown keys are refused, secrets are marked, the address gets its slash', () => {
    expect(lotinfoSettings.safeParse({ token: 'x', pagesize: 5 }).success).toBe(false);
    expect(lotinfoSettings.parse({ token: 'x' }).url).toBe('https://api.lotinfo.ru/v1/');
    expect(lotinfoSettings.parse({ token: 'x', url: 'https://example.test/v2' }).url).toBe('https://example.test/v2/');
    expect(lotinfoSettings.shape.token.meta()).toMatchObject({ secret: true });
    expect(lotinfoSettings.shape.code.unwrap().meta()).toMatchObject({ secret: true });
  });

  test('a wrong setting is named without its value', () => {
    expect(() => lotinfo.open({ token: 'x', code: 'not-a-code' }, testContext())).toThrow(/settings are wrong: code$/);
  });
});
