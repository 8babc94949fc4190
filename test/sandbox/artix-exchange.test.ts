import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ArtixOptions } from '../../sandbox/artix/index.ts';
import { openArtix } from './artix-call.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const open = async (setup: Partial<ArtixOptions> = {}) => {
  const opened = await openArtix(setup);
  cleanups.push(() => opened.artix.stop());
  return opened;
};

describe('the exchange service', () => {
  /** Whoever is called back: keeps the calls, and answers the first one with an id. */
  const hear = async (): Promise<{ address: string; calls: string[] }> => {
    const calls: string[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      calls.push(`${request.method} ${request.url} ${(JSON.parse(body) as { status: string }).status}`);
      response.end(JSON.stringify(request.method === 'POST' ? 'id-1' : 'other'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, calls };
  };
  const load = (shop: string, address: string): string => `/aifexchange/loaddicts?shopcode=${shop}&dictionaryid=d-1&addressstatusserver=${address}`;
  const ADD = { command: 'addClient', client: { idclient: '4', name: 'Пётр' } };

  test('takes an array of commands, answers in cp1251, and calls back converter first, then each desk', async () => {
    const { artix, call } = await open({ cashDesks: ['1', '2'] });
    const { address, calls } = await hear();
    const answer = await call('POST', load('7', address), [ADD]);
    const said = new TextDecoder('windows-1251').decode(await answer.arrayBuffer());
    expect([answer.status, JSON.parse(said)]).toEqual([200, { success: true, message: 'принято в обработку' }]);
    expect(artix.clients.get('4')).toMatchObject({ name: 'Пётр' });
    await artix.aif.calledBack();
    const states = '/CSrest/rest/dicts/backOfficeState/7';
    expect(calls).toEqual([
      `POST ${states} STATUS_DURING`,
      `PUT ${states}/id-1 STATUS_READY`,
      'PUT /CSrest/rest/dicts/cashLoad/7/1/id-1 STATUS_READY',
      'PUT /CSrest/rest/dicts/cashLoad/7/2/id-1 STATUS_READY',
    ]);
  });

  test('loads what it can and says that some of it failed; a fault loads nothing', async () => {
    const { artix, call } = await open();
    const { address, calls } = await hear();
    await call('POST', load('7', address), [ADD, { command: 'updateClient', client: { idclient: 'nobody' } }]);
    artix.aif.addFault({ kind: 'fail' });
    await call('POST', load('7', address), [{ command: 'clearClient' }]);
    await artix.aif.calledBack();
    expect(calls.map((line) => line.split(' ').at(-1))).toEqual([
      'STATUS_DURING',
      'STATUS_READY_WITH_ERROR',
      'STATUS_READY_WITH_ERROR',
      'STATUS_DURING',
      'STATUS_ERROR',
    ]);
    expect(artix.clients.size).toBe(1);
  });

  test('refuses strangers, other methods, other shops and what is no array', async () => {
    const { url, call, json } = await open({ shopCodes: ['7'], answerCharset: 'utf-8' });
    expect((await fetch(`${url}${load('7', 'x:1')}`, { method: 'POST', body: '[]' })).status).toBe(401);
    expect((await call('GET', load('7', 'x:1'))).status).toBe(405);
    expect((await call('POST', '/aifexchange/other', [])).status).toBe(404);
    expect(await json('POST', load('8', 'x:1'), [])).toMatchObject({ success: false });
    expect(await json('POST', load('7', 'x:1'), ADD)).toMatchObject({ success: false });
    expect(await json('POST', '/aifexchange/loaddicts?shopcode=7', [])).toMatchObject({ success: false });
  });
});

describe('online cards', () => {
  test('gives a card with its client by number, simplified cards by phone', async () => {
    const { artix, json, call } = await open();
    artix.addClient({ idclient: '4', name: 'Пётр', phonenumber: '89130000001', codeword: 'весна' });
    artix.addCard({ idcard: 'c', number: '15', idclient: '4', idcardgroup: 2 });
    expect(await json('GET', '/v1/cards/number/15')).toEqual({
      idcard: 'c',
      number: '15',
      idclient: '4',
      idcardgroup: 2,
      personaloffer: null,
      client: { idclient: '4', name: 'Пётр', phonenumber: '89130000001' },
    });
    expect(await json('GET', '/v1/cards/list/by/phonenumber/89130000001')).toEqual([{ number: '15', idcardgroup: 2 }]);
    expect(await json('GET', '/v1/cards/list/by/phonenumber/1')).toEqual([]);
    expect((await call('GET', '/v1/cards/number/99')).status).toBe(404);
    expect((await call('POST', '/v1/cards/number/15')).status).toBe(405);
  });
});
