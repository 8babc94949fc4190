/** What vendors do wrong: a clear error or a quarantined record, the run goes on where it can, nothing is lost. */
import { expect, it } from 'vitest';
import type { RunReport } from '../../pipeline/report.ts';
import type { Fault } from '../../sandbox/index.ts';
import { describeStores } from '../support/stores.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Call, json, type Reply, serve } from './odd-server.ts';

type Vendor = 'virtualpos' | 'artix' | 'lotinfo' | 'vodyanoy';
const SYSTEM: Record<Vendor, string> = { virtualpos: 'shop', artix: 'tills', lotinfo: 'crm', vodyanoy: 'delivery' };
const VENDORS = Object.keys(SYSTEM) as Vendor[];

const PETROV = { fname: 'Пётр', lname: 'Петров', phone: '+79131234567', email: 'petrov@mail.ru', gender: 'M' };

async function withWorld(store: Parameters<typeof startWorld>[0], fn: (world: World) => Promise<void>, options: Parameters<typeof startWorld>[1] = {}): Promise<void> {
  const world = await startWorld(store, options);
  try {
    await fn(world);
  } finally {
    await world.stop();
  }
}

/** One person in each vendor, all different. */
function seed(world: World): void {
  const { virtualpos, artix, lotinfo, vodyanoy } = world.sandbox;
  virtualpos.machine.addCustomer(PETROV);
  artix.machine.addClient({ idclient: '41', name: 'Олег', lastname: 'Сидоров', phonenumber: '89131234568' });
  lotinfo.machine.addClient({ fioF: 'Волкова', fioI: 'Анна', contacts: [{ type: 'mobile', value: '79131234569' }] });
  vodyanoy.machine.addClient({ naimenovanie: 'Зайцев Глеб', telefon: '79131234570' });
}

const sizes = ({ sandbox: { virtualpos, artix, lotinfo, vodyanoy } }: World): number[] => [virtualpos.machine.customers.size, artix.machine.clients.size, lotinfo.machine.clients.size, vodyanoy.machine.clients.size];
const problems = (report: RunReport): unknown[] => report.problems.map(({ system, code }) => ({ system, code }));

/** The named system has the problem, the others hold all that the others know, and once the trouble is over all is mended. */
async function suffers(world: World, vendor: Vendor, code: string | RegExp, mend: () => Promise<void> | void): Promise<void> {
  const bad = await world.sync();
  expect(bad.state).toBe('failed');
  expect(bad.problems.length).toBeGreaterThan(0);
  for (const problem of bad.problems) {
    expect(problem.system).toBe(SYSTEM[vendor]);
    expect(problem.code).toMatch(code);
    expect(problem.message).not.toBe('');
    expect(problem.hint).not.toBe('');
  }
  const at = VENDORS.indexOf(vendor);
  expect(sizes(world).filter((_size, index) => index !== at)).toEqual([3, 3, 3]);
  expect(sizes(world)[at]).toBe(1);
  await mend();
  const good = await world.sync();
  expect(problems(good)).toEqual([]);
  expect(sizes(world)).toEqual([4, 4, 4, 4]);
  const writes = world.writes();
  expect((await world.sync()).problems).toEqual([]);
  expect(world.writes() - writes).toBe(0);
}

describeStores('a vendor in trouble', (openFresh) => {
  const faults: [string, Fault, RegExp][] = [
    ['answers HTML', { kind: 'html', times: Infinity }, /^VENDOR_ANSWER$/],
    ['gives half a body', { kind: 'truncate', times: Infinity }, /^VENDOR_(ANSWER|LOST_ANSWER|UNREACHABLE)$/],
    ['gives half a body with its own length', { kind: 'truncate', clean: true, times: Infinity }, /^VENDOR_ANSWER$/],
    ['fails with 503', { kind: 'status', status: 503, times: Infinity }, /^VENDOR_BUSY$/],
    ['is busy for an hour', { kind: 'status', status: 429, retryAfterSeconds: 3600, times: Infinity }, /^VENDOR_BUSY$/],
    ['cuts connections', { kind: 'reset-before', times: Infinity }, /^VENDOR_(LOST_ANSWER|UNREACHABLE)$/],
    ['refuses us', { kind: 'status', status: 401, times: Infinity }, /^VENDOR_REFUSED$/],
  ];
  for (const vendor of VENDORS) {
    it.each(faults)(`${vendor} %s`, async (_name, fault, code) => {
      await withWorld(await openFresh(), async (world) => {
        seed(world);
        const { faults: planned } = world.sandbox[vendor];
        planned.add(fault);
        await suffers(world, vendor, code, () => planned.clear());
      });
    });

    it(`${vendor} cannot be reached`, async () => {
      await withWorld(await openFresh(), async (world) => {
        seed(world);
        const { machine, port } = world.sandbox[vendor];
        await machine.stop();
        await suffers(world, vendor, /^VENDOR_UNREACHABLE$/, async () => void (await machine.start(port)));
      });
    });
  }

  it.each([['success-0'], ['403']] as const)('a wrong key of VirtualPOS, told by %s', async (wrongKey) => {
    await withWorld(await openFresh(), async (world) => {
      seed(world);
      const { options } = world.sandbox.virtualpos.machine;
      const { apikey } = options;
      Object.assign(options, { wrongKey, apikey: 'another' });
      await suffers(world, 'virtualpos', /^VENDOR_REFUSED$/, () => void Object.assign(options, { apikey }));
    });
  });

  it.each([[400], [200]] as const)('a wrong token of Lotinfo, told at HTTP %i', async (errorStatus) => {
    await withWorld(await openFresh(), async (world) => {
      seed(world);
      const { options } = world.sandbox.lotinfo.machine;
      const { token } = options;
      Object.assign(options, { errorStatus, token: 'another' });
      await suffers(world, 'lotinfo', /^VENDOR_REFUSED$/, () => void Object.assign(options, { token }));
    });
  });
});

describeStores('records nobody should have written', (openFresh) => {
  const STRANGE = ['O\'Нил "Кот" <b>&amp;', 'Анна-Мария 🙂👩‍👩‍👧', '=cmd|calc', '__proto__', '\\u0000 %s \' OR 1=1 --', 'Ёлкин ӘҒҚҢ 王小明'];

  it('moves strange names unharmed, keeps zeros and long ids, and is silent after', async () => {
    await withWorld(await openFresh(), async (world) => {
      const { virtualpos, artix, lotinfo, vodyanoy } = world.sandbox;
      artix.machine.addCardGroup({ idcardgroup: 2, name: 'Бонусные' });
      for (const [index, fname] of STRANGE.entries()) virtualpos.machine.addCustomer({ fname, lname: `Родов${'ыиауео'[index]}`, phone: `+7913123456${index}`, custom_information: 'строка\nвторая\t"кавычки" \u202e' });
      artix.machine.addClient({ idclient: '0042', name: 'Олег', lastname: 'Нулёв', phonenumber: '89135550001' });
      artix.machine.addClient({ idclient: '42', name: 'Юрий', lastname: 'Сорокин', phonenumber: '89135550002' });
      artix.machine.addClient({ idclient: '9223372036854775807', name: 'Лев', lastname: 'Длинный', phonenumber: '89135550003' });
      artix.machine.addCard({ idcard: '00000000000000000019', number: '00000000000000000019', idclient: '0042', idcardgroup: 2 });
      artix.machine.addAccountCard({ number: '00000000000000000019' }, 1999);
      const first = await world.sync();
      expect(problems(first)).toEqual([]);
      expect(sizes(world)).toEqual([9, 9, 9, 9]);
      expect([...artix.machine.clients.values()].map(({ name }) => name)).toEqual(expect.arrayContaining(STRANGE));
      expect([...lotinfo.machine.clients.values()].map(({ fields }) => fields.fioI)).toEqual(expect.arrayContaining(STRANGE));
      expect([...vodyanoy.machine.clients.values()].map(({ naimenovanie }) => naimenovanie).join('\n')).toContain('王小明');
      const owner = [...virtualpos.machine.customers.values()].find(({ lname }) => lname === 'Нулёв');
      expect([...virtualpos.machine.cards.values()]).toMatchObject([{ uid: '00000000000000000019', customer_id: owner?.id }]);
      expect(virtualpos.machine.balance(owner?.id ?? '', '1')).toBe(1999);
      const writes = world.writes();
      const second = await world.sync();
      expect({ problems: problems(second), writes: world.writes() - writes, changed: second.resolved.clients.changed }).toEqual({ problems: [], writes: 0, changed: 0 });
    });
  });

  it('sets impossible birthdays aside, goes on with the rest, and takes the record when it is mended', async () => {
    await withWorld(await openFresh(), async (world) => {
      const { virtualpos, artix } = world.sandbox;
      const bad = virtualpos.machine.addCustomer({ ...PETROV, birth_day: '31', birth_month: '02', birth_year: '1990' });
      const old = virtualpos.machine.addCustomer({ fname: 'Анна', lname: 'Старова', phone: '+79131234599', birth_day: '1', birth_month: '2', birth_year: '1899' });
      virtualpos.machine.addCustomer({ fname: 'Глеб', lname: 'Новов', phone: '+79131234598', email: '' });
      const first = await world.sync();
      expect(problems(first)).toEqual([]);
      const quarantined = await world.store.db('quarantine').where({ state: 'open' });
      expect(quarantined).toMatchObject([{ stream: 'clients', record_key: bad.id, code: 'RECORD_VALUE' }]);
      expect(String(quarantined[0].field)).toContain('birthDate');
      expect(first.waiting).toMatchObject({ quarantined: 1 });
      // Neither is the bad one copied anywhere, nor made anew where it is.
      expect(sizes(world)).toEqual([3, 2, 2, 2]);
      // Artix takes no year before 1901: the field stays behind, the client does not.
      const lady = [...artix.machine.clients.values()].find(({ lastname }) => lastname === 'Старова');
      expect(lady).toBeDefined();
      expect(lady?.['birthday']).toBeUndefined();
      const writes = world.writes();
      expect(problems(await world.sync())).toEqual([]);
      expect(world.writes() - writes).toBe(0);
      world.clock.jump(60_000);
      virtualpos.machine.editCustomer(bad.id, { birth_day: '28' });
      expect(problems(await world.sync())).toEqual([]);
      expect(sizes(world)).toEqual([3, 3, 3, 3]);
      expect(virtualpos.machine.customers.get(old.id)?.birth_year).toBe('1899');
      expect(await world.store.db('quarantine').where({ state: 'open' })).toEqual([]);
    });
  });

  const SHAPES: [string, unknown, { code?: string; quarantined?: number }][] = [
    ['customers that are a text', { success: 1, customers: 'none' }, { code: 'VENDOR_ANSWER' }],
    ['customers that are a number', { success: 1, customers: 5 }, { code: 'VENDOR_ANSWER' }],
    ['no customers at all', { success: 1 }, { code: 'VENDOR_ANSWER' }],
    ['no success', { customers: [] }, { code: 'VENDOR_ANSWER' }],
    ['a list for an answer', [], { code: 'VENDOR_ANSWER' }],
    ['null', null, { code: 'VENDOR_ANSWER' }],
    ['rows that are no rows', { success: 1, total_count: 4, customers: [1, null, 'x', { id: 7, fname: 'Олег', lname: 'Верный', phone: '+79130000007' }] }, { quarantined: 3 }],
    ['fields that are objects', { success: 1, total_count: 2, customers: [{ id: 7, fname: 'Олег', lname: 'Верный', phone: '+79130000007' }, { id: 8, fname: { a: 1 }, lname: ['x'], phone: [1, 2] }] }, { quarantined: 1 }],
    ['an id that is an object', { success: 1, total_count: 2, customers: [{ id: 7, fname: 'Олег', lname: 'Верный', phone: '+79130000007' }, { id: { x: 1 }, fname: 'Без' }] }, { quarantined: 1 }],
    ['cards that are a text', { success: 1, total_count: 1, customers: [{ id: 7, fname: 'Олег', lname: 'Верный', phone: '+79130000007', cards: 'нет' }] }, { quarantined: 1 }],
    ['savings that are words', { success: 1, total_count: 1, customers: [{ id: 7, fname: 'Олег', lname: 'Верный', phone: '+79130000007', bonuses: [{ bonus_id: 1, amount: 'много' }] }] }, { quarantined: 1 }],
    ['savings with three decimals', { success: 1, total_count: 1, customers: [{ id: 7, fname: 'Олег', lname: 'Верный', phone: '+79130000007', bonuses: [{ bonus_id: 1, amount: '1.005' }] }] }, { quarantined: 1 }],
    ['a key __proto__', JSON.parse('{"success":1,"total_count":1,"customers":[{"id":7,"fname":"Олег","lname":"Верный","phone":"+79130000007","__proto__":{"polluted":1}}]}'), {}],
    ['a date that is none', { success: 1, total_count: 1, customers: [{ id: 7, fname: 'Олег', lname: 'Верный', phone: '+79130000007', register_date: 'вчера', last_update_date: 'сегодня' }] }, { quarantined: 1 }],
    ['a name of 100 000 letters', { success: 1, total_count: 1, customers: [{ id: 7, fname: 'О'.repeat(100_000), lname: 'Верный', phone: '+79130000007' }] }, {}],
    ['19 digits for ids', '{"success":1,"total_count":1,"customers":[{"id":9223372036854775807,"fname":"Олег","lname":"Верный","phone":79130000007}]}', {}],
  ];

  it.each(SHAPES)('VirtualPOS gives %s', async (_name, shape, { code, quarantined = 0 }) => {
    const body = typeof shape === 'string' ? shape : JSON.stringify(shape);
    const answer = ({ path, query }: Call): Reply => path !== '/api/customer' ? json({ success: 0, info: 'нет' }) : Number(query.get('page') ?? 1) > 1 ? json({ success: 1, total_count: 0, customers: [] }) : { type: 'application/json', body };
    const server = await serve(answer, ({ path }) => path !== '/api/customer');
    try {
      const all = 'push: auto, create: all';
      const config = `systems:
  shop: { vendor: virtualpos, settings: { url: "${server.url}", apikey: { env: SHOP } }, lookups: { programmes: { "1": main } }, streams: { clients: { ${all} }, cards: { ${all} }, bonuses: { ${all} } } }
  tills: { vendor: artix, settings: { rest: { url: $CS, login: $LOGIN, password: { env: TILLS } }, accounts: { url: $ACC, login: $LOGIN, password: { env: TILLS } }, defaultCardGroup: "2" }, streams: { clients: { ${all} }, cards: { ${all} }, bonuses: { ${all} } } }
policies: { authority: [shop, tills], rule: latest, firstSync: authority, settleSeconds: 1, openingBalances: max }`;
      await withWorld(await openFresh(), async (world) => {
        const { artix } = world.sandbox;
        artix.machine.addClient({ idclient: '41', name: 'Олег', lastname: 'Сидоров', phonenumber: '89131234568' });
        const first = await world.sync();
        expect(first.problems.filter(({ code: one }) => /INVARIANT|STORE/.test(one))).toEqual([]);
        expect(code === undefined ? problems(first) : problems(first).map((one) => (one as { code: string }).code)).toEqual(code === undefined ? [] : [code]);
        expect(first.waiting.quarantined).toBe(quarantined);
        expect(first.readings.filter(({ system }) => system === 'tills').map(({ result }) => result)).toEqual(['snapshot', 'snapshot', 'snapshot', 'snapshot']);
        expect(artix.machine.clients.size).toBeLessThanOrEqual(2);
        const second = await world.sync();
        expect(second.delivered).toBe(0);
        expect(second.waiting.quarantined).toBe(quarantined);
      }, { config });
    } finally {
      await server.stop();
    }
  });
});
