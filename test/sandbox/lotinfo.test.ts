import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LotinfoOptions, LotinfoSandbox } from '../../sandbox/lotinfo/index.ts';
import { lotinfoDefaults } from '../../sandbox/lotinfo/options.ts';

const START = Date.UTC(2024, 0, 15, 12, 0, 0);
let now = START;
const lotinfo = new LotinfoSandbox({}, () => now);
let url = '';

interface Answer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests read answers of many shapes
  body: any;
}

const call = async (method: string, path: string, body?: unknown, token = 'lotinfo-sandbox-token'): Promise<Answer> => {
  const response = await fetch(`${url}${path}?token=${token}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) };
};
const insert = (...data: unknown[]): Promise<Answer> => call('PUT', '/v1/CLIENTS', { data });
const read = (body: object = {}): Promise<Answer> => call('POST', '/v1/CLIENTS', { code: 101010, ...body });
const ids = (answer: Answer): string[] => answer.body.result.map((one: { id: { values: { value: string }[] } }) => one.id.values[0]?.value);
const set = (options: Partial<LotinfoOptions>): void => void Object.assign(lotinfo.options, options);

beforeAll(async () => {
  ({ url } = await lotinfo.start());
});
afterAll(() => lotinfo.stop());
beforeEach(() => {
  now = START;
  set(lotinfoDefaults);
  for (const id of [...lotinfo.clients.keys()]) lotinfo.removeClient(id, true);
  lotinfo.writes.length = 0;
  lotinfo.faults.clear();
  lotinfo.issueCode(101010);
});

/** The second client of the vendor's example. */
const vasiliev = {
  userId: 123,
  fioF: 'Васильев',
  fioI: 'Василий',
  fioO: 'Васильевич',
  sex: 'male',
  birthday: '20.02.1975',
  deeps: '3',
  deepon: '1',
  address: 'ул. Молодёжная',
  regionName: 'Москва',
  cityName: 'Одинцово',
  clientc: '1',
  userCategory: [10, 12, 25],
  contacts: [
    { type: 'mobile', value: 79998886655 },
    { type: 'mobile', value: 79998886644, general: 1, spy: 1, comment: 'второй' },
  ],
  comments: [{ value: 'Первый комментарий' }, { value: 'Второй комментарий' }],
  passport: { serial: '1234', number: '123456', dateSended: '5.9.2010', codePod: '770-077', snils: '123-123-123 44' },
  objects: [
    { id: 234, lpr: 1 },
    { id: 235, name: 'Василий', lpr: 1, doled: '1/2' },
  ],
  orders: [{ id: 789, name: 'Добавление заявки' }],
};

describe('inserting', () => {
  it('takes the example of the document and answers ids in order', async () => {
    const { status, body } = await insert({ userId: 123, fioF: 'Иванов', cityId: '1067' }, vasiliev);
    expect(status).toBe(200);
    expect(body.result).toHaveLength(2);
    expect(body.result[1].id).toBe(body.result[0].id + 1);
    expect(body.notices).toBeUndefined();
    const stored = lotinfo.clients.get(body.result[1].id);
    expect(stored?.passport?.dateSended).toBe('05.09.2010');
    expect(stored?.contacts.map(({ general }) => general)).toEqual([false, true]);
    expect(lotinfo.writes).toEqual([{ call: 'insert', ids: body.result.map((one: { id: number }) => one.id), at: now }]);
  });

  it('moves the deciding owner of an object with notice 5 and the index of the row', async () => {
    const former = (await insert({ userId: 123, fioF: 'Иванов', objects: [{ id: 900 }] })).body.result[0].id;
    now += 10_000;
    const { body } = await insert({ fioF: 'Первый' }, { fioF: 'Второй', objects: [{ id: 900, lpr: 1 }] });
    expect(body.notices).toMatchObject([{ notice: 5, notice_field: 'lpr', notice_array: 1 }]);
    expect(lotinfo.clients.get(former)?.objects[0]?.lpr).toBe(false);
    expect(lotinfo.clients.get(former)?.editedAt).toBe(now);
  });

  it.each([
    ['a mobile that does not begin with 7', { contacts: [{ type: 'mobile', value: '89990001122' }] }, 'value'],
    ['a city phone that does not begin with 8', { contacts: [{ type: 'city', value: '74951112233' }] }, 'value'],
    [
      'two main phones',
      {
        contacts: [
          { type: 'mobile', value: '79990001122', general: 1 },
          { type: 'city', value: '84951112233', general: 1 },
        ],
      },
      'general',
    ],
    ['a text as apiIdExchange', { apiIdExchange: 'A-1' }, 'apiIdExchange'],
    ['a day that does not exist', { birthday: '31.02.1990' }, 'birthday'],
    ['a city without a region', { cityName: 'Одинцово' }, 'cityName'],
    ['a short passport series', { passport: { serial: 399 } }, 'serial'],
    ['a misspelt field', { fiof: 'Иванов' }, 'fiof'],
  ])('refuses %s', async (_, row, field) => {
    const { status, body } = await insert({ fioF: 'Хороший' }, row);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ error_field: field, error_array: 1 }]);
    expect(lotinfo.clients.size).toBe(0);
    expect(lotinfo.writes).toEqual([]);
  });

  it('takes the first of each kind as the main contact', async () => {
    await insert({
      contacts: [
        { type: 'city', value: '84951112233' },
        { type: 'mobile', value: '79990001122' },
        { type: 'email', value: 'a@b.ru' },
      ],
    });
    const [client] = [...lotinfo.clients.values()];
    expect(client?.contacts.map(({ general }) => general)).toEqual([true, false, true]);
  });

  it('obeys the switches for bad rows, repeated ids, statuses and notices', async () => {
    set({ badRow: 'leave-out', emptyNotices: 'list', repeatedApiId: 'refuse' });
    const { body } = await insert({ apiIdExchange: 7 }, { apiIdExchange: 'x' }, { apiIdExchange: '07' }, { fioF: 'Я' });
    expect(body.result).toHaveLength(2);
    expect(body.notices).toEqual([]);
    set({ badRow: 'refuse-batch', errorStatus: 200 });
    const refused = await insert({ apiIdExchange: 7 });
    expect([refused.status, refused.body.errors[0].error_field]).toEqual([200, 'apiIdExchange']);
    set({ repeatedApiId: 'double' });
    expect((await insert({ apiIdExchange: 7 })).body.result).toHaveLength(1);
    set({ maxBatch: 1 });
    expect((await insert({}, {})).body.errors[0].error_field).toBe('data');
  });
});

describe('reading', () => {
  it('shows every field as an object with strings', async () => {
    await insert({ ...vasiliev, apiIdExchange: 42 });
    const { body } = await read({ filter: { apiIdExchange: 42 } });
    const [client] = body.result;
    expect(client.fioF).toEqual({
      fieldName: 'Фамилия',
      fieldType: 'value',
      fieldMulti: 'not_multi',
      values: [{ value: 'Васильев' }],
    });
    expect(client.apiIdExchange.values).toEqual([{ value: '42' }]);
    expect(client.cityId.values).toEqual([{ value: '1067' }]);
    expect(client.editDate.values).toEqual([{ value: `${START / 1000}` }]);
    expect(client.contacts.fieldType).toBe('contact');
    expect(client.contacts.values[0]).toMatchObject({ value: '79998886655', type: 'mobile', general: null, sky: null });
    expect(client.contacts.values[1]).toMatchObject({ comment: 'второй', general: '1', sky: '1' });
    expect(client.comments.values[0]).toMatchObject({ value: 'Первый комментарий', date: `${START / 1000}` });
    expect(client.objectsList.values[1]).toMatchObject({ id: '235', lpr: '1', doled: '1/2' });
    expect(client.fioDesc).toBeUndefined();
  });

  it('wants a code that is right, young and not used up', async () => {
    const field = async (body: object) => (await call('POST', '/v1/CLIENTS', body)).body.errors?.[0]?.error_field;
    expect(await field({})).toBe('code');
    expect(await field({ code: 1 })).toBe('code');
    set({ codeValidForMs: 60_000, codeUses: 2 });
    expect(await field({ code: 101010 })).toBeUndefined();
    expect(await field({ code: '101010' })).toBeUndefined();
    expect(await field({ code: 101010 })).toBe('code');
    const fresh = lotinfo.issueCode();
    now += 61_000;
    expect(await field({ code: fresh })).toBe('code');
  });

  it('filters by name, user, state and Unix times, inclusive by a switch', async () => {
    const [first, second] = (await insert({ userId: 1, fioF: 'Ёлкин' }, { userId: 2, fioF: 'Палкин' })).body.result;
    now += 5000;
    lotinfo.editClient(second.id, { fields: { address: 'Новый' } });
    const edge = { filter: { editDate: { min: now / 1000 } } };
    expect(ids(await read({ filter: { fio: 'ёлк' } }))).toEqual([`${first.id}`]);
    expect(ids(await read({ filter: { userId: 2 } }))).toEqual([`${second.id}`]);
    expect(ids(await read(edge))).toEqual([`${second.id}`]);
    set({ rangeInclusive: false });
    expect(ids(await read(edge))).toEqual([]);
    lotinfo.removeClient(first.id);
    expect(ids(await read())).toEqual([`${second.id}`]);
    expect(ids(await read({ filter: { delclient: 3 } }))).toEqual([`${first.id}`]);
  });

  it('pages, orders and projects', async () => {
    await insert(...Array.from({ length: 5 }, (_, at) => ({ fioF: `Ф${9 - at}`, contacts: [] })));
    const all = ids(await read());
    expect(ids(await read({ limit: 2, offset: 2 }))).toEqual(all.slice(2, 4));
    expect(ids(await read({ order: { fioF: 'asc' }, limit: 1 }))).toEqual(all.slice(-1));
    expect(Object.keys((await read({ projection: ['fioF'] })).body.result[0])).toEqual(['id', 'fioF']);
    set({ maxLimit: 3 });
    expect(ids(await read({ limit: 5000 }))).toHaveLength(3);
    lotinfo.faults.add({ kind: 'duplicate-page' });
    expect(ids(await read({ limit: 2, offset: 2 }))).toEqual(all.slice(0, 2));
    lotinfo.faults.add({ kind: 'shift-page' });
    expect(ids(await read({ limit: 2, offset: 2 }))).toEqual(all.slice(3, 5));
  });

  it('obeys the switches for empty fields, birthdays and encoding', async () => {
    await insert({ fioF: 'Я', birthday: '02.01.1970' });
    set({ emptyFields: 'empty-values', birthdayInReads: 'unix' });
    const answer = await read({ encoding: 1 });
    expect(answer.body.result[0].fioI.values).toEqual([]);
    expect(answer.body.result[0].birthday.values).toEqual([{ value: '86400' }]);
    expect(answer.text).toContain('\\u042f');
    expect(answer.text).not.toContain('Я');
  });
});

describe('comments, refusals and faults', () => {
  it('adds comments and edits them for five minutes, for the client’s own user', async () => {
    const [{ id }] = (await insert({ userId: 123 })).body.result;
    const path = `/v1/CLIENTS/${id}/COMMENTS`;
    const added = await call('PUT', path, { userId: '123', data: [{ value: 'раз' }] });
    expect(added.body.result).toMatchObject([{ put: 'ok' }]);
    const edit = { userId: 123, data: [{ id: added.body.result[0].id, value: 'два' }] };
    now += 5 * 60_000;
    expect((await call('POST', path, edit)).status).toBe(200);
    expect(lotinfo.clients.get(id)?.comments[0]?.value).toBe('два');
    now += 1;
    expect((await call('POST', path, edit)).status).toBe(400);
    expect((await call('PUT', path, { userId: 9, data: [{ value: 'x' }] })).body.errors[0].error_field).toBe('userId');
  });

  it('refuses other methods, a wrong token and a body that is no JSON', async () => {
    expect((await call('PATCH', '/v1/CLIENTS', {})).status).toBe(405);
    expect((await call('PUT', '/v1/CLIENTS', { data: [{}] }, 'wrong')).body.result).toBeUndefined();
    const bad = await fetch(`${url}/v1/CLIENTS?TOKEN=lotinfo-sandbox-token`, { method: 'PUT', body: '{' });
    expect(bad.status).toBe(400);
    expect(lotinfo.writes).toEqual([]);
  });

  it('inserts although the answer is lost, and fails silently with HTTP 200', async () => {
    lotinfo.faults.add({ kind: 'reset-after' });
    await expect(insert({ fioF: 'Потеряшка' })).rejects.toThrow();
    expect(lotinfo.clients.size).toBe(1);
    lotinfo.faults.add({ kind: 'silent-error' });
    const silent = await insert({ fioF: 'Молчун' });
    expect([silent.status, silent.body.result]).toEqual([200, undefined]);
    expect(lotinfo.clients.size).toBe(1);
  });
});
