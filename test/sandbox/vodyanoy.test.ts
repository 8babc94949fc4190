import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VodyanoySandbox } from '../../sandbox/vodyanoy/index.ts';
import { vodyanoyDefaults } from '../../sandbox/vodyanoy/options.ts';

const START = Date.UTC(2024, 0, 15, 4, 39, 30);
let now = START;
const firm = new VodyanoySandbox({}, () => now);
let url = '';

interface Answer {
  status: number;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the tests read answers of many shapes
  body: any;
}

const call = async (path: string, init: { method?: string; body?: unknown; bearer?: string } = {}): Promise<Answer> => {
  const response = await fetch(`${url}/api/${path}`, {
    method: init.method ?? 'GET',
    headers: { authorization: `Bearer ${init.bearer ?? 'vodyanoy-sandbox-token'}` },
    ...(init.body === undefined ? {} : { body: JSON.stringify(init.body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) };
};
const names = (answer: Answer): string[] => answer.body.result.map((row: Record<string, string>) => row.NAIMENOVANIE);

beforeAll(async () => {
  ({ url } = await firm.start());
});
afterAll(() => firm.stop());
beforeEach(() => {
  now = START;
  Object.assign(firm.options, vodyanoyDefaults);
  for (const id of [...firm.clients.keys()]) firm.removeClient(id);
  firm.writes.length = 0;
  firm.faults.clear();
});

describe('lists', () => {
  it('shows UPPER-case keys, no empties, unpadded hours in the zone', async () => {
    const id = firm.addClient({ naimenovanie: 'Буняковский ИП', telefon: '71112223311' });
    expect((await call('clients?limit=2')).body).toEqual({
      result: [
        {
          ID: id,
          NAIMENOVANIE: 'Буняковский ИП',
          TELEFON: '71112223311',
          DSZD: '15.01.2024 7:39:30',
          DATAIZM: '15.01.2024 7:39:30',
        },
      ],
      limit: 2,
      total: 1,
    });
    firm.options.zone = 'Asia/Barnaul';
    expect((await call(`clients/${id}`)).body.result.DSZD).toBe('15.01.2024 11:39:30');
    expect((await call('clients')).body).not.toHaveProperty('limit');
  });

  it('pages by code; total counts the rows shown or all', async () => {
    for (const naimenovanie of ['А', 'Б', 'В']) firm.addClient({ naimenovanie });
    const page = await call('clients?limit=2&offset=1');
    expect(names(page)).toEqual(['Б', 'В']);
    expect(page.body.total).toBe(2);
    firm.options.total = 'rows-in-all';
    expect((await call('clients?limit=2&offset=1')).body.total).toBe(3);
    firm.faults.add({ kind: 'shift-page' });
    expect((await call('clients?limit=2&offset=1')).body).toMatchObject({ total: 2, result: [{ NAIMENOVANIE: 'В' }] });
    expect((await call('clients?limit=0')).status).toBe(400);
  });

  it('filters by change and creation, quoted or not, the bounds included', async () => {
    const old = firm.addClient({ naimenovanie: 'Старый', createdAt: START - 10 * 86_400_000 });
    firm.addClient({ naimenovanie: 'Новый' });
    const exact = encodeURIComponent('"15.01.2024 07:39:30"');
    expect(names(await call(`clients?updated_gte=${exact}`))).toEqual(['Новый']);
    expect(names(await call('clients?updated_gte=15.01.2024'))).toEqual(['Новый']);
    expect(names(await call('clients?updated_gte=16.01.2024'))).toEqual([]);
    expect(names(await call('clients?created_lte="14.01.2024"'))).toEqual(['Старый']);
    expect(names(await call('clients?created_lte="15.01.2024"'))).toEqual(['Старый', 'Новый']);
    expect(names(await call(`clients?updated_lte=${exact}`))).toEqual(['Старый', 'Новый']);
    firm.editClient(old, { email: 'a@b.ru' });
    expect(names(await call(`clients?updated_gte=${exact}`))).toEqual(['Старый', 'Новый']);
    expect(names(await call('clients?updated_lte=14.01.2024'))).toEqual([]);
    expect((await call('clients?updated_gte=2024-01-15')).status).toBe(400);
  });

  it('may leave DATAIZM of a new record empty, which updated_gte then misses', async () => {
    firm.options.changeTimeOnCreate = false;
    firm.addClient({ naimenovanie: 'Новый' });
    expect(names(await call('clients?updated_gte=15.01.2024'))).toEqual([]);
    const created = await call('clients?created_gte=15.01.2024');
    expect(names(created)).toEqual(['Новый']);
    expect(created.body.result[0]).not.toHaveProperty('DATAIZM');
  });

  it('shows groups only when asked', async () => {
    const group = firm.addClient({ naimenovanie: 'Офисы', isGroup: true });
    firm.addClient({ naimenovanie: 'Офис', roditel: group });
    expect(names(await call('clients'))).toEqual(['Офис']);
    expect(names(await call('clients?gr=1'))).toEqual(['Офисы', 'Офис']);
    expect(names(await call('clients?gr=2'))).toEqual(['Офисы']);
    expect(names(await call(`clients?roditel=${group}`))).toEqual(['Офис']);
  });

  it('lists employees', async () => {
    const { body } = await call('employees?updated_gte="01.01.2019"');
    expect(body).toMatchObject({ result: [{ ID: '10000000000010', IMJA: 'Ольга' }], total: 1 });
  });
});

describe('one client', () => {
  it('is found by phone with lower-case keys, inside free text and in any spelling', async () => {
    const id = firm.addClient({
      naimenovanie: 'Иванов Иван',
      fam: 'Иванов',
      telefon: '78632171717 Иванов Иванович, +7 (918) 232-31-21 Елена',
      nomer_karty: '17',
      address: { ulica: '10000000000012', dom: '24', kv: '41' },
    });
    const { body } = await call('clients?tel=79182323121');
    expect(body.result).toMatchObject({
      id,
      fam: 'Иванов',
      telefon: '79182323121',
      nomer_karty: '17',
      adresfakt: 'Научная ул,24, кв.41',
      adresur: 'Научная ул,24, кв.41',
    });
    expect(body.result).not.toHaveProperty('imja');
    expect((await call('clients?tel=88632171717')).body.result.id).toBe(id);
    expect(await call('clients?tel=79990000000')).toMatchObject({ status: 404, body: { result: {} } });
    firm.editClient(id, { telefon: '79990000000' });
    expect((await call('clients?tel=79182323121')).status).toBe(404);
    expect((await call('clients?tel=79990000000')).status).toBe(200);
  });

  it('of several with one phone the first or the last answers', async () => {
    const first = firm.addClient({ naimenovanie: 'Мать', telefon: '79182323121' });
    const last = firm.addClient({ naimenovanie: 'Сын', telefon: '89182323121' });
    expect((await call('clients?tel=79182323121')).body.result.id).toBe(first);
    firm.options.sharedPhone = 'last';
    expect((await call('clients?tel=79182323121')).body.result.id).toBe(last);
  });

  it('has a debt with two decimals, and is missed with 404', async () => {
    const id = firm.addClient({ naimenovanie: 'Должник', debt: 10_000 });
    expect((await call(`clients/${id}/balance`)).text).toBe('{"result": 100.00}');
    firm.editClient(id, { debt: -5 });
    expect((await call(`clients/${id}/balance`)).body).toEqual({ result: -0.05 });
    expect(await call('clients/1')).toMatchObject({ status: 404, body: { result: {} } });
    expect((await call('clients/1/balance')).status).toBe(404);
  });
});

describe('writing', () => {
  it('creates with numbers in the answer and finds by psw', async () => {
    const created = await call('clients', {
      method: 'POST',
      body: {
        naimenovanie: 'Иванов',
        dop_sv: 'хороший',
        telefon: '79182323121',
        psw: 'VGhl',
        ulica: '10000000000011',
        dom: '1',
      },
    });
    expect(created.status).toBe(200);
    expect(typeof created.body.result).toBe('number');
    expect(typeof created.body.adr).toBe('number');
    const found = await call('clients?psw=VGhl');
    expect(found.body.result).toMatchObject({ ID: `${created.body.result}`, DOP_SC: 'хороший' });
    expect(JSON.stringify([...firm.clients.values()])).not.toContain('VGhl');
    expect(await call('clients?psw=vghl')).toMatchObject({ status: 404, body: { result: {} } });
    expect(firm.writes).toEqual([{ call: 'create', id: `${created.body.result}`, at: now }]);
  });

  it('refuses a client without a name; takes the same one twice', async () => {
    expect((await call('clients', { method: 'POST', body: { telefon: '7' } })).status).toBe(400);
    expect(firm.writes).toEqual([]);
    firm.options.createStatus = 201;
    const body = { naimenovanie: 'Иванов' };
    const [one, two] = [await call('clients', { method: 'POST', body }), await call('clients', { method: 'POST', body })];
    expect([one.status, firm.clients.size]).toEqual([201, 2]);
    expect(one.body.result).not.toBe(two.body.result);
  });

  it('edits only behind the switch', async () => {
    const id = firm.addClient({ naimenovanie: 'Иванов', email: 'a@b.ru' });
    now += 1000;
    const patch = { method: 'PATCH', body: { email: '', kv: '5' } };
    expect((await call(`clients/${id}`, patch)).status).toBe(405);
    firm.options.patch = true;
    expect((await call(`clients/${id}`, patch)).body.result).toBe(Number(id));
    const { result } = (await call(`clients/${id}`)).body;
    expect(result).toEqual({
      ID: id,
      NAIMENOVANIE: 'Иванов',
      DSZD: '15.01.2024 7:39:30',
      DATAIZM: '15.01.2024 7:39:31',
    });
    expect(firm.clients.get(id)?.address.kv).toBe('5');
  });

  it('asks for the token, in the header or in the query', async () => {
    expect(await call('clients', { bearer: 'wrong' })).toMatchObject({ status: 401, body: { result: {} } });
    expect((await fetch(`${url}/api/clients`)).status).toBe(401);
    expect((await fetch(`${url}/api/clients?token=vodyanoy-sandbox-token`)).status).toBe(200);
  });

  it('creates although the answer is lost; answers an empty result silently', async () => {
    firm.faults.add({ kind: 'reset-after', match: { method: 'POST' } });
    await expect(call('clients', { method: 'POST', body: { naimenovanie: 'Потеряшка' } })).rejects.toThrow();
    expect(firm.clients.size).toBe(1);
    firm.faults.add({ kind: 'silent-error' });
    expect(await call('clients')).toMatchObject({ status: 200, body: { result: {} } });
  });
});
