import { describe, expect, it } from 'vitest';
import { cancelOthers, operation, pullAll, push, rig, signal, streamOf } from './artix-support.ts';

const outcome = (results: { outcome: unknown }[]): unknown => results[0]?.outcome;

describe('artix over REST: reading', () => {
  it('reads every stream as whole snapshots, ids as text, each card with its client and each account with its card', async () => {
    const { sandbox, open } = await rig();
    sandbox.addCardGroup({ idcardgroup: 1, name: 'Bonus', cardmode: 1 });
    sandbox.addClient({ idclient: '004', name: 'Пётр', sex: 0, options: 3 });
    sandbox.addCard({ idcard: 'c1', idcardgroup: 1, idclient: '004', number: '9000000000000000017' });
    sandbox.addCard({ idcard: 'c2', idcardgroup: 1, number: '200' });
    sandbox.addAccountCard({ number: '9000000000000000017' }, 12_345);
    const system = open();
    const clients = await pullAll(system, 'clients');
    expect(clients.records).toEqual([{ key: '004', body: { idclient: '004', name: 'Пётр', sex: 0, options: 3 } }]);
    expect(clients.batches.at(-1)?.complete).toBe('snapshot');
    expect((await pullAll(system, 'card-types')).records.map(({ key }) => key)).toEqual(['1']);
    const cards = (await pullAll(system, 'cards')).records;
    expect(cards.map(({ key, parent }) => [key, parent])).toEqual([
      ['c1', { stream: 'clients', key: '004' }],
      ['c2', undefined],
    ]);
    expect((await pullAll(system, 'bonuses')).records).toEqual([
      {
        key: '9000000000000000017',
        body: {
          accountNumber: '9000000000000000017',
          cardNumber: '9000000000000000017',
          status: 'EARN_PAY',
          balance: 12_345,
          balanceInactive: 0,
        },
        parent: { stream: 'cards', key: 'c1' },
      },
    ]);
  });

  it('takes several cards of one account as one record, spoken for by the first number', async () => {
    const { sandbox, open } = await rig();
    for (const number of ['30', '10', '20']) sandbox.addCard({ idcard: `id${number}`, number });
    sandbox.addAccountCard({ number: '30', accountNumber: 'A' }, 500);
    sandbox.addAccountCard({ number: '20', accountNumber: 'A' });
    const { records, batches } = await pullAll(open(), 'bonuses');
    expect(records.map(({ key, body, parent }) => [key, body.cardNumber, body.balance, parent?.key])).toEqual([['A', '20', 500, 'id20']]);
    expect(batches).toHaveLength(1);
    const fromAccounts = await pullAll(open({ accounts: { source: 'accounts' } }), 'bonuses');
    expect(fromAccounts.records.map(({ key, body }) => [key, body.cardNumber, body.balance])).toEqual([['A', '20', 500]]);
    // The list may show less of an account than a card's own answer, which speaks of the whole.
    expect([records[0]?.covers, fromAccounts.records[0]?.covers]).toEqual([undefined, Object.keys(fromAccounts.records[0]?.body ?? {})]);
  });

  it('streams accounts in batches, and only the last is a snapshot', async () => {
    const { sandbox, open } = await rig();
    for (let index = 0; index < 401; index += 1) {
      const number = String(1000 + index);
      sandbox.addCard({ idcard: number, number });
      sandbox.addAccountCard({ number }, index);
    }
    const { batches, records } = await pullAll(open(), 'bonuses');
    expect(batches.map(({ complete }) => complete)).toEqual(['page', 'page', 'snapshot']);
    expect(records).toHaveLength(401);
    for (const { began, ended } of batches) expect(began).toBeLessThan(ended);
  });

  it.each([
    ['a server that counts from 1', { firstPage: 1, pageCap: 3 } as const, 'snapshot'],
    ['a server with a lower limit than ours', { pageCap: 3 } as const, 'snapshot'],
    ['a server with totals', { pageCap: 4, totalElements: true } as const, 'snapshot'],
    ['a server that knows other parameters', { pageCap: 3, pageParameters: ['page', 'size'] } as const, 'page'],
  ])('reads by page from %s', async (_, options, complete) => {
    const { sandbox, open } = await rig(options);
    for (let id = 1; id <= 10; id += 1) sandbox.addClient({ idclient: String(id) });
    const { records, batches } = await pullAll(open({ rest: { paging: 'bypage' } }), 'clients');
    expect(batches.at(-1)?.complete).toBe(complete);
    expect(records).toHaveLength(complete === 'snapshot' ? 10 : 3);
    expect(new Set(records.map(({ key }) => key)).size).toBe(records.length);
  });

  it('does not call a snapshot whole when the total moved between pages, and asks again for a repeated page', async () => {
    const { sandbox, open } = await rig({ pageCap: 3, totalElements: true });
    for (let id = 1; id <= 10; id += 1) sandbox.addClient({ idclient: String(id) });
    const system = open({ rest: { paging: 'bypage' } });
    sandbox.faults.add({ kind: 'shift-page', match: { path: /bypage/ }, skip: 1 });
    expect((await pullAll(system, 'clients')).batches.at(-1)?.complete).toBe('page');
    sandbox.faults.add({ kind: 'duplicate-page', match: { path: /bypage/ }, skip: 1 });
    const again = await pullAll(system, 'clients');
    expect(again.batches.at(-1)?.complete).toBe('snapshot');
    expect(again.records).toHaveLength(10);
  });

  it('cannot read what the cash server does not list, unless the settings call it none or the bonus server names it', async () => {
    const { sandbox, open } = await rig({ listsCards: false });
    await expect(pullAll(open(), 'card-types')).rejects.toMatchObject({ code: 'VENDOR_UNREADABLE' });
    await expect(pullAll(open({ accounts: null }), 'cards')).rejects.toMatchObject({ code: 'VENDOR_UNREADABLE' });
    sandbox.addCard({ idcard: '17', number: '17', idcardgroup: 2 });
    sandbox.addAccountCard({ number: '17' }, 500);
    const cards = await pullAll(open(), 'cards');
    expect(cards.records.map(({ key }) => key)).toEqual(['17']);
    expect(cards.batches.at(-1)?.complete).toBe('snapshot');
    const bonuses = await pullAll(open(), 'bonuses');
    expect(bonuses.records).toMatchObject([{ key: '17', parent: { stream: 'cards', key: '17' }, body: { balance: 500 } }]);
    const { batches } = await pullAll(open({ rest: { missingCardGroups: 'empty' } }), 'card-types');
    expect(batches.map(({ complete, records }) => [complete, records.get('card-types')])).toEqual([['snapshot', []]]);
  });

  it('takes an error object in an answer of success for an error', async () => {
    const { sandbox, open } = await rig();
    sandbox.addClient({ idclient: '1' });
    sandbox.faults.add({ kind: 'silent-error', times: 2 });
    await expect(pullAll(open(), 'clients')).rejects.toMatchObject({ name: 'ContractError', code: 'VENDOR_ERROR' });
    await expect(streamOf(open(), 'clients').find?.({ key: '1' }, signal)).rejects.toMatchObject({
      code: 'VENDOR_ERROR',
    });
  });

  it.each([200, 204, 404] as const)('finds a record, or none with HTTP %i', async (missingStatus) => {
    const { sandbox, open } = await rig({ missingStatus });
    sandbox.addClient({ idclient: 'a/b?c', name: 'x' });
    sandbox.addCard({ idcard: 'k', number: 'k', idclient: 'a/b?c' });
    sandbox.addAccountCard({ number: 'k', accountNumber: 'acc' }, 7);
    const system = open();
    const find = async (stream: string, probe: { key: string } | { cardNumber: string }) =>
      (await streamOf(system, stream).find?.(probe, signal))?.records.get(stream);
    expect(await find('clients', { key: 'a/b?c' })).toMatchObject([{ key: 'a/b?c', body: { name: 'x' } }]);
    expect(await find('clients', { key: 'none' })).toEqual([]);
    expect(await find('cards', { key: 'k' })).toMatchObject([{ parent: { stream: 'clients', key: 'a/b?c' } }]);
    const account = [{ key: 'acc', body: { balance: 7 }, parent: { stream: 'cards', key: 'k' } }];
    expect(await find('bonuses', { cardNumber: 'k' })).toMatchObject(account);
    expect(await find('bonuses', { key: 'acc' })).toMatchObject(account);
    expect(await find('bonuses', { key: 'ac' })).toEqual([]);
    expect(await find('bonuses', { cardNumber: 'none' })).toEqual([]);
  });

  it('says what it is, and refuses a wrong password', async () => {
    const { open } = await rig();
    expect(await open().check(signal)).toEqual({ version: '4.6.200', remarks: [] });
    await expect(open({ rest: { password: 'wrong' } }).check(signal)).rejects.toMatchObject({ code: 'VENDOR_REFUSED' });
    await expect(open({ accounts: { password: 'wrong' } }).check(signal)).rejects.toMatchObject({
      code: 'VENDOR_REFUSED',
    });
  });
});

describe('artix over REST: writing', () => {
  it('keeps what we do not own when it replaces an object, whatever form it came in', async () => {
    const { sandbox, open } = await rig();
    sandbox.addClient({
      idclient: '4',
      name: 'Old',
      inn: '123',
      codeword: 'till',
      phonenumber: '1',
      communications: 5,
    });
    const system = open();
    const [record] = (await pullAll(system, 'clients')).records;
    const fields = { name: 'New', phonenumber: '79000000000', options: { sendchecktoemail: 1, emailconfirmed: true } };
    const body = { ...record?.body, ...fields };
    expect(outcome(await push(system, 'clients', operation({ action: 'update', key: '4', fields, body })))).toEqual({
      kind: 'applied',
    });
    const { update_time: _, ...stored } = sandbox.clients.get('4') ?? {};
    const kept = { inn: '123', codeword: 'till', communications: 5 };
    expect(stored).toEqual({ idclient: '4', name: 'New', phonenumber: '79000000000', options: 3, ...kept });
    expect(sandbox.writes.at(-1)?.body).toMatchObject({ options: 3 });
  });

  it('reads the object first when it is given none, and refuses to write over nothing', async () => {
    const { sandbox, open } = await rig();
    sandbox.addClient({ idclient: '4', name: 'Old', inn: '123' });
    const system = open();
    await push(system, 'clients', operation({ action: 'update', key: '4', fields: { name: 'New' } }));
    expect(sandbox.clients.get('4')).toMatchObject({ name: 'New', inn: '123' });
    expect(outcome(await push(system, 'clients', operation({ action: 'update', key: '5', fields: { name: 'New' } })))).toMatchObject({
      kind: 'rejected',
      code: 'NOT_FOUND',
    });
    expect(sandbox.clients.has('5')).toBe(false);
  });

  it('creates a client under our reference, once, and never over somebody else', async () => {
    const { sandbox, open } = await rig();
    sandbox.addClient({ idclient: '7', name: 'Other' });
    const system = open();
    const create = operation({
      action: 'create',
      reference: 'sv-1',
      fields: { name: 'Анна', sex: '1', birthday: '1990-02-01' },
    });
    expect(outcome(await push(system, 'clients', create))).toEqual({ kind: 'applied', key: 'sv-1' });
    expect(sandbox.clients.get('sv-1')).toMatchObject({ idclient: 'sv-1', name: 'Анна', sex: 1 });
    const before = sandbox.writes.length;
    expect(outcome(await push(system, 'clients', create))).toEqual({ kind: 'applied', key: 'sv-1' });
    expect(sandbox.writes).toHaveLength(before);
    const clash = operation({ action: 'create', reference: '7', fields: { name: 'Анна' } });
    expect(outcome(await push(system, 'clients', clash))).toMatchObject({ kind: 'rejected', code: 'KEY_TAKEN' });
    expect(sandbox.clients.get('7')).toMatchObject({ name: 'Other' });
  });

  it('deletes a client, also one that is gone', async () => {
    const { sandbox, open } = await rig();
    sandbox.addClient({ idclient: '4' });
    const system = open();
    for (let time = 0; time < 2; time += 1) {
      expect(outcome(await push(system, 'clients', operation({ action: 'delete', key: '4' })))).toEqual({
        kind: 'applied',
      });
    }
    expect(sandbox.clients.size).toBe(0);
  });

  it('gives a refusal with the vendor code but without its text', async () => {
    const { open } = await rig();
    const create = operation({ action: 'create', reference: '1', fields: { birthday: '1800-01-01' } });
    expect(outcome(await push(open(), 'clients', create))).toEqual({
      kind: 'rejected',
      code: 'VENDOR_ERROR',
      reason: 'Artix CSrest: POST dictionaries/clients answered HTTP 400, errorCode 10',
    });
  });

  it('gives the class of a failure as the outcome', async () => {
    const { sandbox, open } = await rig();
    sandbox.addClient({ idclient: '1', name: 'x' });
    const system = open();
    const update = () => operation({ action: 'update', key: '1', fields: { name: 'y' }, body: { idclient: '1', name: 'y' } });
    sandbox.faults.add({ kind: 'status', status: 503, times: Number.POSITIVE_INFINITY, match: { method: 'POST' } });
    expect(outcome(await push(system, 'clients', update()))).toMatchObject({ kind: 'retry', code: 'VENDOR_BUSY' });
    sandbox.faults.clear();
    sandbox.faults.add({ kind: 'html', effect: true, match: { method: 'POST' } });
    expect(outcome(await push(system, 'clients', update()))).toMatchObject({ kind: 'unknown' });
    sandbox.faults.add({ kind: 'silent-error', match: { method: 'POST' } });
    expect(outcome(await push(system, 'clients', update()))).toMatchObject({ kind: 'rejected', code: 'VENDOR_ERROR' });
  });

  it('calls an operation late, not unknown, when the look before it fails', async () => {
    const { sandbox, open } = await rig();
    const system = open();
    const html = { kind: 'html', match: { method: 'GET' } } as const;
    const client = operation({ action: 'create', reference: '1', fields: { name: 'x' } });
    const card = operation({ action: 'create', fields: { number: '5' } });
    const points = operation({ action: 'adjust', adjust: { delta: 1, target: 1, cardNumber: '5' } });
    for (const [stream, one] of [
      ['clients', client],
      ['cards', card],
      ['bonuses', points],
    ] as const) {
      sandbox.faults.add(html);
      expect(outcome(await push(system, stream, one))).toMatchObject({ kind: 'retry', code: 'VENDOR_ANSWER' });
    }
    expect(sandbox.writes).toEqual([]);
  });

  it('makes a card with its account in an order that can be repeated from any point', async () => {
    const { sandbox, open } = await rig();
    const system = open();
    const create = operation({ action: 'create', parentKey: '4', fields: { number: '2000000000015' } });
    sandbox.faults.add({ kind: 'status', status: 400, match: { method: 'POST', path: /CSrest.*cards/ } });
    expect(outcome(await push(system, 'cards', create))).toMatchObject({ kind: 'rejected' });
    expect(outcome(await push(system, 'cards', create))).toEqual({ kind: 'applied', key: '2000000000015' });
    expect(outcome(await push(system, 'cards', create))).toEqual({ kind: 'applied', key: '2000000000015' });
    expect(sandbox.cards.get('2000000000015')).toMatchObject({
      idcardgroup: 1,
      idclient: '4',
      number: '2000000000015',
      blocked: 0,
    });
    const calls = sandbox.writes.map(({ call }) => call);
    expect(calls).toEqual(['POST accounts', 'POST cards', 'POST dictionaries/cards', 'POST dictionaries/cards']);
    const other = operation({ action: 'create', parentKey: '5', fields: { number: '2000000000015' } });
    expect(outcome(await push(system, 'cards', other))).toMatchObject({ kind: 'rejected', code: 'KEY_TAKEN' });
  });

  it('binds a card that lies there without a client, and keeps its other fields', async () => {
    const { sandbox, open } = await rig();
    sandbox.addCard({ idcard: '55', number: '55', pincode: '77', discountpercent: 5, blocked: 1, idcardgroup: 9 });
    await push(open(), 'cards', operation({ action: 'create', parentKey: '4', fields: { number: '55' } }));
    expect(sandbox.cards.get('55')).toMatchObject({
      idclient: '4',
      pincode: '77',
      discountpercent: 5,
      blocked: 1,
      idcardgroup: 9,
    });
  });

  it('takes the id that the server gives a card group', async () => {
    const { open } = await rig({ assignsGroupIds: true });
    const create = operation({ action: 'create', fields: { idcardgroup: '5', name: 'Gold' } });
    expect(outcome(await push(open(), 'card-types', create))).toEqual({ kind: 'applied', key: '1001' });
  });
});

describe('artix: balances', () => {
  const adjust = (delta: number, key?: string) => operation({ action: 'adjust', ...(key && { key }), adjust: { delta, target: 0, cardNumber: '10' } });

  it('books accruals and write-offs, opening the account if there is none', async () => {
    const { sandbox, open } = await rig();
    const system = open();
    expect(outcome(await push(system, 'bonuses', adjust(1500)))).toEqual({ kind: 'applied', key: '10' });
    expect(outcome(await push(system, 'bonuses', adjust(-300, '10')))).toEqual({ kind: 'applied' });
    expect(sandbox.balance('10')).toBe(1200);
    const [earn, spend] = sandbox.accounts.of('10');
    expect(earn).toMatchObject({ type: 'ADD', amount: 1500 });
    expect(spend).toMatchObject({ type: 'SUB', amount: 300 });
    expect(sandbox.writes.at(-1)?.body).toMatchObject({
      timeFromCash: expect.stringMatching(/^2024-01-15T12:00:.*\+03:00$/),
    });
  });

  it('books once after a lost answer, and once for a whole second attempt', async () => {
    const { sandbox, open } = await rig();
    sandbox.addAccountCard({ number: '10' });
    const system = open();
    const one = adjust(1000, '10');
    sandbox.faults.add({ kind: 'reset-after', match: { path: /assets/ }, times: 2 });
    expect(outcome(await push(system, 'bonuses', one))).toEqual({ kind: 'applied' });
    expect(sandbox.requests.filter(({ path }) => path.endsWith('assets'))).toHaveLength(3);
    expect(outcome(await push(system, 'bonuses', one))).toEqual({ kind: 'applied' });
    expect(sandbox.balance('10')).toBe(1000);
  });

  it('finds its booking in the journal where the server refuses a session it knows', async () => {
    const { sandbox, open } = await rig({ repeatedSession: 'error' });
    sandbox.addAccountCard({ number: '10' });
    sandbox.earn('10', 5);
    const system = open();
    sandbox.faults.add({ kind: 'reset-after', match: { path: /assets/ } });
    expect(outcome(await push(system, 'bonuses', adjust(1000, '10')))).toEqual({ kind: 'applied' });
    expect(sandbox.balance('10')).toBe(1005);
    const other = adjust(-5000, '10');
    expect(outcome(await push(system, 'bonuses', other))).toMatchObject({ kind: 'rejected' });
    sandbox.faults.add({ kind: 'html', match: { path: /assets/, method: 'GET' } });
    expect(outcome(await push(system, 'bonuses', other))).toMatchObject({ kind: 'unknown' });
  });

  it('does not take a booking for done that was cancelled there', async () => {
    const { sandbox, open, url } = await rig({ repeatedSession: 'error' });
    sandbox.addAccountCard({ number: '10' });
    const system = open();
    const one = adjust(1000, '10');
    expect(outcome(await push(system, 'bonuses', one))).toEqual({ kind: 'applied' });
    expect(outcome(await push(system, 'bonuses', one))).toEqual({ kind: 'applied' });
    await cancelOthers(url, '10');
    expect(outcome(await push(system, 'bonuses', one))).toMatchObject({ kind: 'rejected' });
  });

  it('never changes nothing in particular', async () => {
    const { sandbox, open } = await rig();
    const system = open();
    for (const action of ['update', 'delete'] as const) {
      expect(outcome(await push(system, 'clients', operation({ action, key: '' })))).toMatchObject({
        code: 'KEY_MISSING',
      });
    }
    expect(sandbox.requests).toEqual([]);
  });

  it('is refused below zero, and needs a card', async () => {
    const { sandbox, open } = await rig();
    sandbox.addAccountCard({ number: '10' }, 100);
    const system = open();
    expect(outcome(await push(system, 'bonuses', adjust(-101, '10')))).toMatchObject({
      kind: 'rejected',
      code: 'VENDOR_ERROR',
    });
    expect(sandbox.balance('10')).toBe(100);
    const bare = operation({ action: 'adjust', key: '10', adjust: { delta: 1, target: 1 } });
    expect(outcome(await push(system, 'bonuses', bare))).toMatchObject({ kind: 'rejected', code: 'CARD_MISSING' });
  });
});
