import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { artix } from '../../connectors/artix/index.ts';
import { readPages } from '../../connectors/artix/pages.ts';
import type { Answer } from '../../connectors/artix/server.ts';
import type { PageSettings } from '../../connectors/artix/settings-parts.ts';
import { artixWire, clientWire } from '../../connectors/artix/wire.ts';
import type { Json } from '../../core/contract.ts';
import { testContext } from '../support/context.ts';
import { pullAll, signal, streamOf } from './artix-support.ts';

interface Told {
  readonly status?: number;
  readonly body: string;
}

/** A system over a server that answers each path as told. */
async function odd(answers: Readonly<Record<string, Told>>) {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization);
    const answer = answers[new URL(request.url ?? '/', 'http://x').pathname] ?? { status: 404, body: '' };
    response.writeHead(answer.status ?? 200).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const part = { url, auth: false };
  return { seen, system: artix.open(artix.settings.parse({ rest: part, accounts: part }), testContext()) };
}

const LIST = '/dictionaries/clients';

describe('artix: what arrives', () => {
  it('sets a bad row aside with its key, field and rule, and reads the others', async () => {
    const rows = [
      '{"idclient":9223372036854775807,"name":"a"}',
      '{"idclient":4,"birthday":"20.05.1966"}',
      '{"name":"no id"}',
      '{"idclient":4,"name":"twice"}',
      '7',
      '{"idclient":"5","options":{"sendCheckToEmail":"maybe"}}',
    ];
    const { system, seen } = await odd({ [LIST]: { body: `[${rows.join()}]` } });
    const { records, batches } = await pullAll(system, 'clients');
    expect(records).toEqual([{ key: '9223372036854775807', body: { idclient: '9223372036854775807', name: 'a' } }]);
    expect(batches[0]?.rejected.map(({ key, field }) => [key, field])).toEqual([
      ['4', 'birthday'],
      [null, 'idclient'],
      [null, ''],
      ['5', 'options.sendCheckToEmail'],
    ]);
    expect(JSON.stringify(batches[0]?.rejected.map(({ rule }) => rule))).not.toMatch(/1966|maybe/);
    expect(seen).toEqual([undefined]);
  });

  it('keeps hostile and unknown names as data', async () => {
    const { system } = await odd({
      [LIST]: { body: '[{"idclient":1,"__proto__":{"x":1},"constructor":"y","future":[1]}]' },
    });
    const [record] = (await pullAll(system, 'clients')).records;
    expect(Object.getOwnPropertyNames(record?.body)).toEqual(['idclient', '__proto__', 'constructor', 'future']);
    expect(Object.getPrototypeOf(record?.body)).toBe(Object.prototype);
  });

  it.each([
    ['an empty body', { body: '' }],
    ['an object', { body: '{"clients":[]}' }],
    ['a web page', { body: '<html></html>' }],
    ['a cut list', { body: '[{"idclient":1}' }],
    ['a missing path', { status: 404, body: '' }],
    ['a missing path with a page', { status: 404, body: '<html></html>' }],
  ])('takes %s for no list', async (_, answer) => {
    const { system } = await odd({ [LIST]: answer });
    await expect(pullAll(system, 'clients')).rejects.toMatchObject({ name: 'ContractError' });
  });

  it('takes "no content" and an empty list for an empty snapshot', async () => {
    for (const answer of [{ status: 204, body: '' }, { body: '[]' }]) {
      const { system } = await odd({ [LIST]: answer });
      const { batches } = await pullAll(system, 'clients');
      expect(batches.map(({ complete, records }) => [complete, records.get('clients')])).toEqual([['snapshot', []]]);
    }
  });

  it.each(['<html></html>', '{"path":"/nowhere"}'])('takes a 404 with %s for a wrong address, not for "none"', async (body) => {
    const { system } = await odd({ '/dictionaries/clients/id/4': { status: 404, body } });
    await expect(streamOf(system, 'clients').find?.({ key: '4' }, signal)).rejects.toMatchObject({
      name: 'ContractError',
    });
  });

  it('never makes up a balance', async () => {
    const card = (body: string): Told => ({ body });
    const { system } = await odd({
      '/dictionaries/cards': {
        body: '[{"idcard":1,"number":1},{"idcard":2,"number":2},{"idcard":3,"number":3},{"idcard":4}]',
      },
      '/cards/1': card('{"number":"1","accountNumber":10,"status":"EARN_PAY"}'),
      '/cards/2': card('{"number":"2","accountNumber":"20","balance":48.39}'),
      '/cards/3': card('{"number":"3","accountNumber":"30","balance":"4839","balanceInactive":null}'),
    });
    const { records, batches } = await pullAll(system, 'bonuses');
    expect(batches[0]?.rejected.map(({ key, field }) => [key, field])).toEqual([
      ['10', 'balance'],
      ['20', 'balance'],
    ]);
    expect(records.map(({ key, body }) => [key, body.balance])).toEqual([['30', 4839]]);
  });
});

describe('artix: the end of paged lists', () => {
  const settings = artix.settings.parse({ rest: { url: 'http://127.0.0.1/', auth: false } }) as {
    rest: { pages: PageSettings };
  };

  /** Reads the given pages; a page past them is empty. */
  async function read(pages: readonly { ids: readonly number[]; total?: number }[]) {
    const fetch = async (query: Readonly<Record<string, string>>): Promise<Answer> => {
      const { ids, total } = pages[Number(query.pageNumber)] ?? { ids: [] };
      const content = ids.map((id) => ({ id }));
      return {
        json: { content, ...(total !== undefined && { totalElements: total }) },
        status: 200,
        began: 1,
        ended: 2,
      };
    };
    const identify = (row: Json): string => String((row as { id: number }).id);
    const rows: number[] = [];
    let end = '';
    for await (const page of readPages(fetch, identify, settings.rest.pages, 'list')) {
      rows.push(...page.rows.map((row) => (row as { id: number }).id));
      end = page.end;
    }
    return { rows, end };
  }

  it.each([
    ['a page that is empty', [{ ids: [1, 2] }, { ids: [3, 4] }], [1, 2, 3, 4], 'proven'],
    ['a page that is short', [{ ids: [1, 2] }, { ids: [3] }, { ids: [9] }], [1, 2, 3], 'proven'],
    ['no page at all', [], [], 'proven'],
    [
      'its total',
      [
        { ids: [1, 2], total: 2 },
        { ids: [9], total: 2 },
      ],
      [1, 2],
      'proven',
    ],
    [
      'less than its total',
      [
        { ids: [1, 2], total: 5 },
        { ids: [3], total: 5 },
      ],
      [1, 2, 3],
      'doubtful',
    ],
    // One in front was deleted, so that 3 slipped by, and one was added behind.
    [
      'a total that moved',
      [
        { ids: [1, 2], total: 5 },
        { ids: [4, 5], total: 4 },
        { ids: [6], total: 5 },
      ],
      [1, 2, 4, 5, 6],
      'doubtful',
    ],
    ['the same page for ever', Array(5).fill({ ids: [1, 2] }), [1, 2], 'doubtful'],
    ['one page given twice', [{ ids: [1, 2] }, { ids: [1, 2] }, { ids: [3, 4] }], [1, 2, 3, 4], 'proven'],
  ])('is known by %s', async (_, pages, rows, end) => {
    expect(await read(pages)).toEqual({ rows, end });
  });
});

describe('artix: wire schemas', () => {
  it('takes every documented form of a client', () => {
    const forms = [
      { idclient: 4, subscriptionadj: '1', options: { sendchecktoemail: 1, emailconfirmed: true }, specialdate2: '' },
      { idclient: '4', subscriptionadj: null, options: 3, communications: '15', extendedoptions: { any: [1] } },
      {
        idclient: '004',
        sex: '1',
        communications: { call: 1, telegram: 0, sms: 1 },
        birthday: null,
        phonenumbr: 8_800_555,
      },
    ];
    for (const form of forms) expect(clientWire.safeParse(form).error).toBeUndefined();
    for (const bad of [{}, { idclient: '' }, { idclient: 1.5 }, { idclient: 1, sex: 'm' }, { idclient: 1, birthday: '1966-5-20' }]) {
      expect(clientWire.safeParse(bad).success).toBe(false);
    }
  });

  it('names every property of both tables of the clients document', () => {
    const document =
      'idclient name text sex birthday specialdate1 specialdate2 specialdate3 specialdate1name specialdate2name specialdate3name ' +
      'zipcode address email webpage phonenumbr phonenumber inn document okpo okpd occupation childrencount extendedoptions ' +
      'organizationcode subscriptionadj options lastname patronymic communications';
    expect(Object.keys(clientWire.shape)).toEqual(expect.arrayContaining(document.split(' ')));
    expect(Object.keys(artix.wire)).toEqual(Object.keys(artixWire));
  });
});

describe('artix: settings', () => {
  const rest = { url: 'http://10.0.0.5:8080/CSrest/rest', login: 'a', password: 'b' };
  const file = { directory: '/exchange' };

  it.each([
    ['no part at all', {}],
    ['a route without its part', { route: 'file', rest }],
    ['an unknown key', { rest, surprise: 1 }],
    ['an unknown key further down', { rest: { ...rest, paths: { client: 'x' } } }],
    ['a login without a password', { rest: { url: rest.url, login: 'a' } }],
    ['another scheme', { rest: { ...rest, url: 'ftp://10.0.0.5/' } }],
    ['a file name with a path', { route: 'file', file: { ...file, pattern: '../pos{stamp}' } }],
    ['a file name without a stamp', { route: 'file', file: { ...file, pattern: 'pos' } }],
  ])('refuses %s', (_, settings) => {
    expect(artix.settings.safeParse(settings).success).toBe(false);
  });

  it('needs no login where the server wants none, and fills in the rest', () => {
    const parsed = artix.settings.parse({ route: 'file', file, rest: { url: rest.url, auth: false } });
    expect(parsed).toMatchObject({
      accountStatus: 'EARN_PAY',
      file: { pattern: 'pos{stamp}{ms}{count}', flagExtension: 'flz', timeoutSeconds: 180, version: '1' },
      rest: { paging: 'all', paths: { clientById: 'dictionaries/clients/id/{id}' } },
    });
  });
});
