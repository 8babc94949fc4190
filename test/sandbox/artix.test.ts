import { afterEach, describe, expect, test } from 'vitest';
import type { ArtixOptions } from '../../sandbox/artix/index.ts';
import { openArtix } from './artix-call.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const open = async (setup: Partial<ArtixOptions> = {}) => {
  let now = Date.parse('2026-03-01T09:00:00Z');
  const opened = await openArtix(setup, () => now);
  cleanups.push(() => opened.artix.stop());
  return { ...opened, later: (ms: number) => (now += ms) };
};

const CLIENTS = '/CSrest/rest/dictionaries/clients';
const CARDS = '/CSrest/rest/dictionaries/cards';

describe('CSrest', () => {
  test('info, authorization, unknown paths', async () => {
    const { json, url, call } = await open();
    expect(await json('GET', '/CSrest/rest/system/info')).toMatchObject({ versionREst: '1.0' });
    const refused = await fetch(`${url}/CSrest/rest/system/info`);
    expect([refused.status, await refused.json()]).toMatchObject([401, { errorCode: 401 }]);
    expect((await call('GET', '/CSrest/rest/other')).status).toBe(404);
    const free = await open({ basicAuth: null });
    expect((await fetch(`${free.url}/CSrest/rest/system/info`)).status).toBe(200);
  });

  test('a POST replaces the whole client, or lays over it by switch', async () => {
    const { artix, call, json } = await open();
    artix.addClient({ idclient: '4', name: 'Пётр', codeword: 'весна', sex: 0 });
    const posted = await call('POST', CLIENTS, { idclient: 4, name: 'Иван', phonenumber: '', options: 3 });
    expect([posted.status, await posted.text()]).toEqual([200, '']);
    expect(await json('GET', `${CLIENTS}/id/4`)).toEqual({ idclient: '4', name: 'Иван', options: 3 });
    expect(artix.writes).toMatchObject([{ route: 'csrest', call: 'POST dictionaries/clients', key: '4' }]);
    const merging = await open({ restWrite: 'merge', postAnswer: 'object', emptyAs: 'null' });
    merging.artix.addClient({ idclient: '4', codeword: 'весна', email: 'a@b.ru' });
    expect(await merging.json('POST', CLIENTS, { idclient: '4', email: '' })).toMatchObject({
      codeword: 'весна',
      email: null,
    });
  });

  test('bad bodies, missing clients, deletion', async () => {
    const { artix, call, json } = await open();
    expect(await json('POST', CLIENTS, { idclient: '1', birthday: '1900-05-20' })).toMatchObject({
      message: expect.stringContaining('birthday'),
    });
    expect((await call('POST', CLIENTS, [])).status).toBe(400);
    expect((await call('POST', CLIENTS, { name: 'x'.repeat(201), idclient: '1' })).status).toBe(400);
    const missing = await call('GET', `${CLIENTS}/id/1`);
    expect([missing.status, await missing.text()]).toEqual([404, '']);
    expect(artix.writes).toEqual([]);
    artix.addClient({ idclient: 'a/б' });
    expect(await json('GET', `${CLIENTS}/id/${encodeURIComponent('a/б')}`)).toEqual({ idclient: 'a/б' });
    artix.removeClient('a/б');
    artix.addClient({ idclient: '004' });
    expect((await call('DELETE', `${CLIENTS}/id/4`)).status).toBe(404);
    expect((await call('DELETE', `${CLIENTS}/id/004`)).status).toBe(200);
    expect(artix.clients.size).toBe(0);
  });

  test('pages, with either names of parameters and either first page', async () => {
    const { artix, json } = await open();
    for (let n = 1; n <= 5; n += 1) artix.addClient({ idclient: `${n}` });
    expect(await json('GET', `${CLIENTS}/bypage?pageNumber=1&pageSize=2`)).toEqual({
      content: [{ idclient: '3' }, { idclient: '4' }],
    });
    expect(await json('GET', CLIENTS)).toHaveLength(5);
    artix.faults.add({ kind: 'duplicate-page' });
    expect(await json('GET', `${CLIENTS}/bypage?pageNumber=2&pageSize=2`)).toEqual({
      content: [{ idclient: '3' }, { idclient: '4' }],
    });
    artix.faults.add({ kind: 'shift-page' });
    expect(await json('GET', `${CLIENTS}/bypage?pageNumber=1&pageSize=2`)).toEqual({
      content: [{ idclient: '4' }, { idclient: '5' }],
    });
    const other = await open({ pageParameters: ['page', 'size'], firstPage: 1, totalElements: true, pageCap: 3 });
    for (let n = 1; n <= 5; n += 1) other.artix.addClient({ idclient: `${n}` });
    expect(await other.json('GET', `${CLIENTS}/bypage?page=2&size=100`)).toEqual({
      content: [{ idclient: '4' }, { idclient: '5' }],
      totalElements: 5,
    });
    // Parameters with the wrong names are ignored: the first page comes again and again.
    expect(await other.json('GET', `${CLIENTS}/bypage?pageNumber=7`)).toMatchObject({ content: { length: 3 } });
  });

  test('cards and card groups', async () => {
    const { artix, call, json } = await open();
    const card = { idcard: 'c1', idcardgroup: '2', idclient: '4', number: '2000000000015', blocked: 0 };
    expect((await call('POST', CARDS, card)).status).toBe(200);
    expect(await json('GET', `${CARDS}/id/c1`)).toEqual({ ...card, idcardgroup: 2 });
    expect((await call('POST', CARDS, { idcard: 'c2', number: '2000000000015' })).status).toBe(400);
    expect(await json('GET', CARDS)).toHaveLength(1);
    expect(await json('GET', `${CARDS}/bypage`)).toMatchObject({ content: [{ idcard: 'c1' }] });
    expect(await json('POST', '/CSrest/rest/dictionaries/cardGroups', { idcardgroup: 2, name: 'Б', cardmode: 1 })).toEqual({
      idcardgroup: 2,
    });
    expect(await json('GET', '/CSrest/rest/dictionaries/cardGroups')).toHaveLength(1);
    expect(artix.writes).toHaveLength(2);
    const own = await open({ assignsGroupIds: true, listsCards: false });
    expect(await own.json('POST', '/CSrest/rest/dictionaries/cardGroups', { idcardgroup: 2 })).toEqual({
      idcardgroup: 1001,
    });
    expect((await own.call('GET', CARDS)).status).toBe(404);
  });
});

describe('ACC', () => {
  const ACC = '/ACC/rest/v1';

  test('accounts, cards, balances', async () => {
    const { artix, call, json } = await open();
    await call('POST', `${ACC}/accounts`, { number: 'a1' });
    expect((await call('POST', `${ACC}/cards`, { number: 'n1', accountNumber: 'none', status: 'EARN_PAY' })).status).toBe(400);
    await call('POST', `${ACC}/cards`, { number: 'n1', accountNumber: 'a1', status: 'EARN_PAY' });
    artix.earn('n1', 1050);
    expect(await json('GET', `${ACC}/cards/n1`)).toEqual({
      number: 'n1',
      accountNumber: 'a1',
      status: 'EARN_PAY',
      balance: 1050,
      balanceInactive: 0,
    });
    expect(await json('PUT', `${ACC}/cards/n1`, { number: 'n1', status: 'NO_OPERATION' })).toMatchObject({
      status: 'NO_OPERATION',
    });
    expect(await (await call('GET', `${ACC}/cards/n2`)).text()).toBe('');
    expect(await json('GET', `${ACC}/accounts/bypage?number_starting=a&withCards=1`)).toMatchObject({
      content: [{ number: 'a1', balance: 1050, cards: [{ number: 'n1' }] }],
    });
    expect(await json('GET', `${ACC}/accounts/bypage?number_starting=b`)).toEqual({ content: [] });
  });

  test('assets book once by sessionId, never below zero', async () => {
    const { artix, call, json, later } = await open();
    artix.addAccountCard({ number: 'n1' }, 500);
    const add = { sessionId: 's1', type: 'ADD', amount: 100, cardNumber: 'n1', acceptId: '0' };
    const first = await json('POST', `${ACC}/assets`, add);
    expect(first).toMatchObject({ state: 'COMMITED', accountNumber: 'n1', time: '2026-03-01T16:00:00.000+0700' });
    expect(await json('POST', `${ACC}/assets`, { ...add, amount: 999 })).toEqual(first);
    expect(artix.balance('n1')).toBe(600);
    expect((await call('POST', `${ACC}/assets`, { ...add, sessionId: 's2', type: 'SUB', amount: 601 })).status).toBe(400);
    expect((await call('POST', `${ACC}/assets`, { ...add, sessionId: 's2', amount: 1.5 })).status).toBe(400);
    await json('POST', `${ACC}/assets`, { ...add, sessionId: 's2', type: 'PUT', amount: 250 });
    artix.spend('n1', 50);
    await json('POST', `${ACC}/assets`, { ...add, sessionId: 's3', timeBeginAccept: '2026-03-01T13:00:00.000+03:00' });
    expect(await json('GET', `${ACC}/cards/n1`)).toMatchObject({ balance: 200, balanceInactive: 100 });
    later(3_600_000);
    expect(await json('GET', `${ACC}/cards/n1`)).toMatchObject({ balance: 300, balanceInactive: 0 });
    expect(artix.writes.map((write) => write.key)).toEqual(['n1', 'n1', 'n1']);
    const journal = await json('GET', `${ACC}/assets?cardNumber=n1&sortByTimeDescending=1&withTransactions=1`);
    expect(journal).toMatchObject([
      { sessionId: 's3' },
      { type: 'PAY', terminalId: '1', amount: 50 },
      { type: 'PUT', amount: 250, assetTransactions: [{ amount: 350 }] },
      { sessionId: 's1' },
      { type: 'ADD', amount: 500 },
    ]);
    expect(await json('GET', `${ACC}/assets?cardNumber=n1&type=PAY`)).toHaveLength(1);
  });

  test('at most 500 assets in one answer', async () => {
    const { artix, json } = await open();
    artix.addAccountCard({ number: 'n1' });
    for (let n = 0; n < 501; n += 1) artix.earn('n1', 1);
    expect(await json('GET', `${ACC}/assets?cardNumber=n1&pageSize=1000`)).toHaveLength(500);
    expect(await json('GET', `${ACC}/assets?cardNumber=n1&pageNumber=1`)).toHaveLength(1);
  });

  test('a lost answer does not lose or double the movement', async () => {
    const { artix, call } = await open();
    artix.addAccountCard({ number: 'n1' });
    const add = { sessionId: 's1', type: 'ADD', amount: 100, cardNumber: 'n1' };
    artix.faults.add({ kind: 'reset-before' });
    await expect(call('POST', `${ACC}/assets`, add)).rejects.toThrow();
    expect(artix.balance('n1')).toBe(0);
    artix.faults.add({ kind: 'reset-after' });
    await expect(call('POST', `${ACC}/assets`, add)).rejects.toThrow();
    await call('POST', `${ACC}/assets`, add);
    expect(artix.balance('n1')).toBe(100);
    artix.faults.add({ kind: 'silent-error' });
    const silent = await call('POST', `${ACC}/assets`, { ...add, sessionId: 's2' });
    expect([silent.status, await silent.json()]).toMatchObject([200, { errorCode: 500 }]);
    expect(artix.writes).toHaveLength(1);
  });
});
