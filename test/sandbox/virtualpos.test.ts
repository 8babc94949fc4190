import { afterEach, expect, test } from 'vitest';
import { VirtualPosSandbox, type VirtualPosSetup } from '../../sandbox/virtualpos/index.ts';

const started: VirtualPosSandbox[] = [];

afterEach(async () => {
  for (const sandbox of started.splice(0)) await sandbox.stop();
});

interface Answer {
  [name: string]: unknown;
  customers: { id: string }[];
}

const open = async (setup: VirtualPosSetup = {}) => {
  let now = Date.parse('2026-03-01T09:00:00Z');
  const vpos = new VirtualPosSandbox(setup, () => now);
  started.push(vpos);
  const { url } = await vpos.start();
  const key = vpos.options.apikey;
  const call = (path: string, query = '', form?: Record<string, string>) =>
    fetch(`${url}${path}?apikey=${key}${query}`, form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) });
  const xml = async (path: string, query = '', form?: Record<string, string>) => (await call(path, query, form)).text();
  const json = async (path: string, query = '', form?: Record<string, string>) => (await call(path, `&format=json${query}`, form)).json() as Promise<Answer>;
  return { vpos, url, call, xml, json, later: (ms: number) => (now += ms) };
};

test('the XML answer has the form of the document', async () => {
  const { vpos, xml } = await open();
  vpos.addCustomer({
    fname: 'Сергей',
    lname: 'Иванов & <К°>',
    gender: 'F',
    birth_day: '24',
    birth_month: '10',
    birth_year: '1992',
  });
  const text = await xml('/api/customer');
  expect(text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\n<root>\n<success>1<\/success>\n<type>customer<\/type>\n<count>1</);
  expect(text).toContain('<lname>Иванов &amp; &lt;К°&gt;</lname>');
  expect(text).toContain('<age>33</age>\n<email/>\n<phone/>\n<gender>F</gender>');
  expect(text).toContain('<created_date>2026-03-01 12:00:00</created_date>');
  expect(text).not.toContain('external_id');
  expect(text).not.toContain('total_count');
});

test('pages, caps and totals', async () => {
  const { vpos, json } = await open({ pageCap: 3 });
  for (let n = 0; n < 7; n += 1) vpos.addCustomer({ fname: `n${n}`, phone: n % 2 ? `+7 (900) 000-00-0${n}` : '' });
  const second = await json('/api/customer', '&page=2&page_size=500');
  expect(second).toMatchObject({ success: 1, count: 3, page: 2, page_size: 3, total_count: 7 });
  expect(second.customers.map((c) => c.id)).toEqual(['4', '5', '6']);
  expect(await json('/api/customer', '&page=9&page_size=3')).toMatchObject({ count: 0, customers: [] });
  expect(await json('/api/customer', '&with_phone=true')).toMatchObject({ count: 3 });
  expect(await json('/api/customer', '&with_phone=false')).toMatchObject({ count: 4 });
  expect(await json('/api/customer', '&phone=89000000003')).toMatchObject({ count: 1 });
  expect(await json('/api/customer', '&id=5&phone=89000000003')).toMatchObject({ count: 0 });
});

test('every JSON shape', async () => {
  const single = await open({ jsonShape: 'object-single-when-one', emptyAs: '{}', scalars: 'numbers' });
  single.vpos.addCustomer({ fname: 'А', phone: '89000000001' });
  expect(await single.json('/api/customer')).toMatchObject({
    customers: { customer: { id: 1, email: {}, phone: '89000000001', send_sms: 1 } },
  });
  const list = await open({
    jsonShape: 'object-array',
    emptyAs: 'null',
    scalars: 'all-strings',
    returnsExternalId: true,
  });
  expect(await list.json('/api/customer')).toMatchObject({ success: '1', customers: null });
  list.vpos.addCustomer({ external_id: '0001' });
  expect(await list.json('/api/customer')).toMatchObject({
    customers: { customer: [{ external_id: '0001', fname: null }] },
  });
});

test('a wrong key and an unknown path', async () => {
  const { vpos, url } = await open();
  expect(await (await fetch(`${url}/api/customer?apikey=no&format=json`)).json()).toMatchObject({ success: 0 });
  expect((await fetch(`${url}/api/other?apikey=no`)).status).toBe(404);
  expect(vpos.requests[0]?.query).toBe('apikey=***&format=json');
  const inBody = await fetch(`${url}/api/customer?format=json`, {
    method: 'POST',
    body: new URLSearchParams({ apikey: vpos.options.apikey }),
  });
  expect(await inBody.json()).toMatchObject({ success: 1, customers: [] });
  const hard = await open({ wrongKey: '403' });
  expect((await fetch(`${hard.url}/api/customer?apikey=no`)).status).toBe(403);
});

test('update creates, changes in part, clears and refuses', async () => {
  const { vpos, json, later } = await open({ maxName: 5 });
  const path = '/api/customer/update';
  expect(await json(path, '&external_id=e1', { fname: 'А' })).toMatchObject({ success: 0 });
  expect(vpos.writes).toEqual([]);
  const made = await json(path, '&external_id=e1&create_if_not_exist=1', {
    fname: 'Александр',
    phone: '8 900',
    group_name: 'VIP',
  });
  expect(made).toEqual({ success: 1, id: '1', isnew: '1' });
  expect(vpos.customers.get('1')).toMatchObject({ fname: 'Алекс', phone: '8 900', group_id: '1', send_sms: '1' });
  later(60_000);
  expect(await json(path, '&external_id=e1&create_if_not_exist=1', { phone: '', mname: 'Б' })).toMatchObject({
    isnew: '0',
  });
  expect(vpos.customers.get('1')).toMatchObject({
    fname: 'Алекс',
    phone: '',
    mname: 'Б',
    created_date: '2026-03-01 12:00:00',
    last_update_date: '2026-03-01 12:01:00',
  });
  expect(await json(path, '&id=1', { age: '5' })).toMatchObject({ success: 0 });
  // "get only" keys are not looked for in the body.
  expect(await json(path, '', { id: '1', fname: 'В' })).toMatchObject({ success: 0 });
  expect(await json(path, '&id=1', { group_name: 'VIP' })).toMatchObject({ success: 1 });
  expect([...vpos.state.groups]).toEqual([['1', 'VIP']]);
  expect(vpos.writes.map((write) => [write.call, write.id])).toEqual([
    ['update', '1'],
    ['update', '1'],
    ['update', '1'],
  ]);
});

test('cards: search order, owners, refusals', async () => {
  const { vpos, json, xml } = await open();
  const owner = vpos.addCustomer({ external_id: 'c-1' });
  const a = vpos.addCard({ uid: '100' });
  const b = vpos.addCard({ uid: '200', external_id: 'x' });
  // A wrong card_id with a right uid changes the card found by uid.
  const answer = await json('/api/customer/updateCard', '&card_id=77&uid=200', {
    status: 'BLOCKED',
    customer_external_id: 'c-1',
  });
  expect(answer).toMatchObject({ id: b.id, isnew: '0' });
  expect(vpos.cards.get(b.id)).toMatchObject({ status: 'BLOCKED', customer_id: owner.id });
  expect(vpos.cards.get(a.id)?.customer_id).toBe('');
  expect(await json('/api/customer/updateCard', '&uid=300')).toMatchObject({ success: 0 });
  expect(await json('/api/customer/insertCard', '&uid=100')).toMatchObject({ success: 0 });
  expect(await json('/api/customer/updateCard', '&uid=100', { status: 'LOST' })).toMatchObject({ success: 0 });
  const made = await json('/api/customer/insertCard', '&uid=2000000000015', {
    type_name: 'Бонус',
    customer_id: owner.id,
  });
  expect(made).toMatchObject({ success: 1, isnew: '1' });
  const text = await xml('/api/customer', '&cards=true');
  expect(text).toMatch(/<cards>\n<card>\n<id>2<\/id>[\s\S]*<uid>2000000000015<\/uid>[\s\S]*<type_name>Бонус<\/type_name>/);
  expect(await json('/api/customer/deleteCard', '', { uid: '100' })).toMatchObject({ success: 0 });
  expect(await json('/api/customer/deleteCard', '&card_barcode=000000000100')).toMatchObject({ success: 1, id: a.id });
  expect(vpos.cards.has(a.id)).toBe(false);
});

test('bonuses: delta, overwrite, overdraft', async () => {
  const { vpos, json } = await open();
  const { id } = vpos.addCustomer({ external_id: 'c' });
  const path = '/api/customer/updateBonus';
  expect(await json(path, '', { customer_external_id: 'c', bonus_id: '1', amount: '10.505' })).toEqual({ success: 1 });
  vpos.earn(id, '1', 200);
  expect(vpos.balance(id, '1')).toBe(1251);
  expect(await json(path, '', { customer_id: id, bonus_id: '1', amount: '-12.52' })).toMatchObject({ success: 0 });
  expect(await json(path, '', { customer_id: id, bonus_id: '9', amount: '1' })).toMatchObject({ success: 0 });
  expect(await json(path, '', { customer_id: id, bonus_id: '1', amount: '3', overwrite: 'true' })).toEqual({
    success: 1,
  });
  const read = await json('/api/customer', '&bonuses=true');
  expect(read.customers[0]).toMatchObject({ bonuses: [{ bonus_id: '1', name: 'Бонусы', amount: '3.00' }] });
  expect(vpos.writes).toHaveLength(2);
});

test('each fault of the transport', async () => {
  const { vpos, call, json } = await open();
  vpos.addCustomer({ fname: 'А' });
  const path = '/api/customer/update';
  const write = () => call(path, '&id=1&format=json', { fname: 'Б' });
  vpos.faults.add({ kind: 'status', status: 429, retryAfterSeconds: 7 });
  const refused = await write();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
  vpos.faults.add({ kind: 'reset-before' });
  await expect(write()).rejects.toThrow();
  vpos.faults.add({ kind: 'html' });
  expect(await (await write()).text()).toContain('<!DOCTYPE html>');
  vpos.faults.add({ kind: 'silent-error' });
  expect(await (await write()).json()).toMatchObject({ success: 0 });
  expect(vpos.writes).toHaveLength(0);
  vpos.faults.add({ kind: 'reset-after' });
  await expect(write()).rejects.toThrow();
  vpos.faults.add({ kind: 'html', effect: true });
  await write();
  expect(vpos.writes).toHaveLength(2);
  vpos.faults.add({ kind: 'truncate' });
  await expect(call('/api/customer').then((answer) => answer.text())).rejects.toThrow();
  vpos.faults.add({ kind: 'truncate', clean: true });
  expect(await (await call('/api/customer')).text()).not.toContain('</root>');
  vpos.faults.add({ kind: 'latency', ms: 30, times: Number.POSITIVE_INFINITY, match: { path: /customer$/ } });
  vpos.faults.add({ kind: 'status', skip: 1, match: { method: 'get' } });
  const before = performance.now();
  expect(await json('/api/customer')).toMatchObject({ success: 1 });
  expect(performance.now() - before).toBeGreaterThan(25);
  expect((await call('/api/customer')).status).toBe(503);
  expect(vpos.faults.pending).toBe(1);
});

test('page faults repeat or skip rows', async () => {
  const { vpos, json } = await open();
  for (let n = 0; n < 6; n += 1) vpos.addCustomer();
  const ids = async () => {
    const answer = await json('/api/customer', '&page=2&page_size=2');
    return [answer.customers.map((c) => c.id).join(), answer.page, answer.total_count];
  };
  vpos.faults.add({ kind: 'duplicate-page' });
  expect(await ids()).toEqual(['1,2', 2, 6]);
  vpos.faults.add({ kind: 'shift-page' });
  expect(await ids()).toEqual(['4,5', 2, 5]);
  expect(await ids()).toEqual(['3,4', 2, 6]);
});

test('the till moves the update date, and a removed customer leaves its cards', async () => {
  const { vpos, later } = await open();
  const { id } = vpos.addCustomer({ phone: '1' });
  const card = vpos.addCard({ uid: '5', customer_id: id });
  later(1_000);
  vpos.editCustomer(id, { phone: '2' });
  expect(vpos.customers.get(id)).toMatchObject({ last_update_date: '2026-03-01 12:00:01', last_update_by: '5' });
  vpos.removeCustomer(id);
  expect(vpos.customers.size).toBe(0);
  expect(vpos.cards.get(card.id)?.customer_id).toBe('');
  expect(vpos.writes).toEqual([]);
});
