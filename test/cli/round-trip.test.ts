import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientView } from '../../app/console/client-view.ts';
import type { PlanList } from '../../app/console/plan.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { startTrial, type Trial } from './support.ts';

/** Everything is proposed, nothing is sent by itself. */
const planned = (yaml: string): string => yaml.replaceAll('push: auto', 'push: plan');

const ANNA = { lname: 'Проверкина', fname: 'Анна', phone: '+79130000117', email: 'anna.proverkina@example.org' };

let trial: Trial;
let annaIn: string;

beforeAll(async () => {
  trial = await startTrial({ people: 12, seed: 5 }, planned);
  const { virtualpos, artix } = trial.sandbox;
  annaIn = virtualpos.machine.addCustomer({ ...ANNA, gender: 'F' }).id;
  virtualpos.machine.addCard({ uid: '2900000000117', customer_id: annaIn });
  artix.machine.addClient({
    idclient: 'anna-1',
    lastname: 'Проверкина',
    name: 'Анна',
    phonenumber: '8 (913) 000-01-17',
    email: 'other.anna@example.org',
  });
  // A birthday that the calendar does not have: set aside, and nothing else suffers.
  virtualpos.machine.addCustomer({
    lname: 'Карантинов',
    fname: 'Пётр',
    phone: '+79130000118',
    birth_day: '31',
    birth_month: '2',
    birth_year: '1990',
  });
});
afterAll(() => trial.stop());

const writes = (): number =>
  Object.values({
    a: trial.sandbox.virtualpos,
    b: trial.sandbox.artix,
    c: trial.sandbox.lotinfo,
    d: trial.sandbox.vodyanoy,
  }).reduce((sum, vendor) => sum + vendor.machine.writes.length, 0);

describe('a plan is made, looked at and applied', () => {
  test('plan --dry keeps nothing', async () => {
    const { data } = await trial.json<{ dry: boolean }>('plan', '--dry');
    expect(data.dry).toBe(true);
    expect((await trial.json<{ entities: Record<string, number> }>('status')).data.entities['clients']).toBe(0);
    expect(writes()).toBe(0);
  });

  test('sync proposes, sends nothing, and exits 3', async () => {
    const { code, data, stderr } = await trial.json<RunReport>('sync');
    expect(data.problems, stderr).toEqual([]);
    expect(data).toMatchObject({ job: 'sync', state: 'waiting', delivered: 0 });
    expect(data.waiting.proposed).toBeGreaterThan(0);
    expect(data.waiting.quarantined).toBe(1);
    expect(code).toBe(3);
    expect(writes()).toBe(0);
    for (const reading of data.readings) {
      for (const counts of Object.values(reading.streams)) expect(counts.read).toBe(counts.added + counts.changed + counts.unchanged + counts.quarantined);
    }
  });

  test('plan --list masks people unless asked otherwise', async () => {
    const masked = await trial.run('plan', '--list', '--limit', '1000');
    expect(masked.code).toBe(0);
    expect(masked.stdout).toMatch(/proposed/);
    for (const value of Object.values(ANNA)) expect(masked.stdout).not.toContain(value);
    const shown = await trial.run('plan', '--list', '--limit', '1000', '--show-personal');
    expect(shown.stdout).toContain(ANNA.email);
  });

  test('apply asks on a terminal, and says so where there is none', async () => {
    const { code, stderr } = await trial.run('apply');
    expect(code).toBe(2);
    expect(stderr).toMatch(/there is no terminal to ask on[\s\S]*--yes/);
    expect(writes()).toBe(0);
  });

  test('apply of one operation sends that one', async () => {
    const { data } = await trial.json<{ plan: PlanList }>('plan', '--list', '--system', 'tills', '--stream', 'clients');
    const item = data.plan.examples.find((one) => one.action === 'update' && one.key === 'anna-1');
    expect(item).toBeDefined();
    const before = writes();
    const applied = await trial.json<RunReport>('apply', String(item?.id), '--yes');
    expect(applied.data).toMatchObject({ job: 'apply', delivered: 1 });
    expect(writes()).toBe(before + 1);
    expect(trial.sandbox.artix.machine.clients.get('anna-1')).toMatchObject({ email: ANNA.email });
  });

  test('runs shows one run as a person reads it', async () => {
    const { data } = await trial.json<{ id: number; job: string; startedAt: number }[]>('runs');
    const [last] = data;
    const { stdout } = await trial.run('runs', String(last?.id));
    expect(stdout).toMatch(new RegExp(`Run ${last?.id}\\n`));
    expect(stdout).toMatch(/job +apply\nstate +waiting|job +apply\nstate +done/);
    expect(stdout).toContain(new Date(last?.startedAt ?? 0).toISOString().slice(0, 19).replace('T', ' '));
    expect(stdout).toMatch(/What changed where\n.*applied/);
    expect(stdout).not.toMatch(/[{}]|\d{13}/);
    expect((await trial.json<{ id: number }>('runs', String(last?.id))).data.id).toBe(last?.id);
  });

  test('apply of all sends the rest', async () => {
    const { data } = await trial.json<RunReport>('apply', '--yes');
    expect(data.delivered).toBeGreaterThan(0);
    const unknown = await trial.run('apply', '999999', '--yes');
    expect(unknown.stdout).toMatch(/nothing with these numbers is proposed or refused/);
  });
});

describe('what is kept of a person', () => {
  const find = async (query: string): Promise<(ClientView & { by: string })[]> =>
    (await trial.json<(ClientView & { by: string })[]>('client', 'find', ...query.split(' '))).data;

  test.each([
    ['a phone', '+79130000117', 'phone'],
    ['a phone as people write it', '8(913)000-01-17', 'phone'],
    ['an e-mail address', 'Anna.Proverkina@example.org', 'e-mail'],
    ['a card', '2900000000117', 'card'],
    ['a key', 'anna-1', 'key'],
    ['the beginnings of names', 'проверк ан', 'name'],
  ])('is found by %s', async (_what, query, by) => {
    const found = await find(query);
    expect(found.map((one) => one.by)).toEqual([by]);
    expect(found[0]?.records.map((record) => `${record.system}/${record.key}`)).toEqual(expect.arrayContaining([`shop/${annaIn}`, 'tills/anna-1']));
  });

  test('is explained: system, time, rule and what lost', async () => {
    const [anna] = await find(ANNA.phone);
    const { code, data } = await trial.json<ClientView>('client', 'explain', String(anna?.id));
    expect(code).toBe(0);
    const email = data.fields.find((one) => one.field === 'email');
    expect(email).toMatchObject({ value: ANNA.email, system: 'shop', key: annaIn });
    expect(email?.losers).toEqual([expect.objectContaining({ system: 'tills', key: 'anna-1', value: 'other.anna@example.org' })]);
    expect(data.fields.every((one) => one.rule !== 'unknown')).toBe(true);
    const text = await trial.run('client', 'explain', String(anna?.id));
    expect(text.stdout).toMatch(/email: anna\.proverkina@example\.org\n +from shop\/.*by rule [\s\S]*not other\.anna@example\.org: tills\/anna-1/);
    expect((await trial.run('client', 'show', String(anna?.id))).stdout).toContain('2900000000117');
  });
});

describe('what waits', () => {
  test('records set aside are listed without values, shown masked, and read again after the mapping was mended', async () => {
    const { data } = await trial.json<{ id: number; system: string; field: string }[]>('quarantine', 'list');
    expect(data).toMatchObject([{ system: 'shop', field: expect.stringContaining('birthDate') }]);
    const id = String(data[0]?.id);
    const masked = await trial.run('quarantine', 'show', id);
    expect(masked.stdout).not.toMatch(/Карантинов|79130000118/);
    expect((await trial.run('quarantine', 'show', id, '--show-personal')).stdout).toContain('Карантинов');
    expect((await trial.json('quarantine', 'replay', id)).data).toMatchObject({ cured: 0, still: 1 });
    const override =
      '    overrides: { clients: { fields: { birthDate: null }, ignored: { birth_day: often typed wrongly, birth_month: often typed wrongly, birth_year: often typed wrongly } } }\n';
    trial.configure((yaml) => planned(yaml).replace('    lookups:\n', `${override}    lookups:\n`));
    // What is not active is not used.
    expect((await trial.json('quarantine', 'replay')).data).toMatchObject({ cured: 0, still: 1 });
    expect((await trial.run('mapping', 'activate', '--yes')).stdout).toMatch(/Views that say something else now/);
    expect((await trial.json<unknown[]>('quarantine', 'list')).data).toEqual([]);
  });

  test('status says that something is new until it is acknowledged', async () => {
    expect((await trial.json('status')).code).toBe(3);
    expect((await trial.json('status', '--ack')).code).toBe(0);
    expect((await trial.json('status')).code).toBe(0);
  });

  test('a review is shown side by side, takes its own answers only, and is decided', async () => {
    const { virtualpos, artix } = trial.sandbox;
    // One phone, names a letter apart: a person must say.
    virtualpos.machine.addCustomer({ lname: 'Общая', fname: 'Ольга', phone: '+79130000119' });
    artix.machine.addClient({
      idclient: 'shared-1',
      lastname: 'Общев',
      name: 'Олег',
      phonenumber: '79130000119',
      sex: 0,
    });
    artix.machine.addClient({ idclient: 'shared-2', lastname: 'Обшая', name: 'Ольга', phonenumber: '79130000119' });
    await trial.json('sync');
    const { data } = await trial.json<{ id: number; kind: string; answers: string[] }[]>('review', 'list');
    const review = data.find((one) => one.kind === 'match' || one.kind === 'duplicate');
    expect(review, JSON.stringify(data)).toBeDefined();
    const id = String(review?.id);
    expect((await trial.run('review', 'show', id)).stdout).toMatch(/Side by side[\s\S]*phone[\s\S]*sverka review decide/);
    const wrong = await trial.run('review', 'decide', id, 'perhaps');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/same, different, skip/);
    expect((await trial.json('review', 'decide', id, 'different')).code).toBe(0);
    expect((await trial.json<{ id: number }[]>('review', 'list')).data.some((one) => String(one.id) === id)).toBe(false);
    const unasked = await trial.run('review', 'decide', id, 'same');
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringMatching(/was decided: different[\s\S]*--yes/)]);
    expect((await trial.json('review', 'decide', id, 'same', '--yes')).code).toBe(0);
    expect((await trial.json<{ answer: string }>('review', 'show', id)).data.answer).toBe('same');
    expect((await trial.json('review', 'decide', id, 'different', '--yes')).code).toBe(0);
  });

  test('review list names the records, and no value of a person', async () => {
    trial.sandbox.artix.machine.addClient({ idclient: 'shared-3', lastname: 'Общаая', name: 'Ольга', phonenumber: '79130000119' });
    await trial.json('sync');
    const { stdout } = await trial.run('review', 'list');
    expect(stdout).toMatch(/tills\/clients\/shared-3/);
    expect(stdout).not.toMatch(/Общ|79130000119/);
    const { data } = await trial.json<{ records: unknown[] }[]>('review', 'list');
    expect(data.flatMap((one) => one.records)).toContainEqual({ system: 'tills', stream: 'clients', key: 'shared-3', state: 'live' });
  });

  test('clients are split and joined, which is said before and listed afterwards', async () => {
    trial.sandbox.virtualpos.machine.addCustomer({ lname: 'Разделов', fname: 'Иван', phone: '+79130000120' });
    trial.sandbox.artix.machine.addClient({ idclient: 'split-1', lastname: 'Разделов', name: 'Иван', phonenumber: '79130000120' });
    await trial.json('sync');
    const clients = async (): Promise<ClientView[]> => (await trial.json<ClientView[]>('client', 'find', '+79130000120')).data;
    const [one] = await clients();
    expect(await clients()).toHaveLength(1);

    const unasked = await trial.run('client', 'split', 'tills/split-1');
    expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringMatching(/stays: .*shop\/clients[\s\S]*goes: .*tills\/clients\/split-1[\s\S]*--yes/)]);
    for (const [wrong, code, say] of [
      [['tills/nobody'], 2, /has no client with the key "nobody"/],
      [['till/split-1'], 2, /did you mean "tills"/],
    ] as const) {
      const refused = await trial.run('client', 'split', ...wrong, '--yes');
      expect([refused.code, refused.stderr]).toEqual([code, expect.stringMatching(say)]);
    }
    expect((await trial.json('client', 'split', 'tills/clients/split-1', '--note', 'отец и сын', '--yes')).code).toBe(0);
    await trial.json('sync');
    const two = await clients();
    expect(two.map((view) => view.id)).toContain(one?.id);
    expect(two).toHaveLength(2);
    expect((await trial.run('client', 'explain', String(one?.id))).stdout).toMatch(/tills\/clients\/split-1 are different, said .*отец и сын/);

    const joined = await trial.run('client', 'join', ...two.map((view) => String(view.id)), '--yes');
    expect([joined.code, joined.stdout]).toEqual([0, expect.stringContaining(`become client ${one?.id}`)]);
    await trial.json('sync');
    expect((await clients()).map((view) => view.id)).toEqual([one?.id]);
  });

  test('runs are listed and shown', async () => {
    const { data } = await trial.json<{ id: number; job: string; state: string }[]>('runs');
    expect(data.map((one) => one.job)).toEqual(expect.arrayContaining(['sync', 'plan', 'apply', 'replay']));
    expect((await trial.json<{ id: number }>('runs', String(data[0]?.id))).data.id).toBe(data[0]?.id);
  });
});

test('a system or stream that there is not is refused with the nearest name', async () => {
  const system = await trial.run('sync', '--system', 'shoop');
  expect(system.code).toBe(2);
  expect(system.stderr).toMatch(/no system "shoop".*did you mean "shop"/);
  expect((await trial.run('sync', '--stream', 'client')).stderr).toMatch(/did you mean "clients"/);
});

test('a vendor that is down fails the run with its name, code and hint, and the others go on', async () => {
  trial.configure((yaml) => planned(yaml).replaceAll(trial.sandbox.vodyanoy.url, 'http://127.0.0.1:9'));
  const { code, data } = await trial.json<RunReport>('sync');
  trial.configure(planned);
  expect(code).toBe(1);
  expect(data.problems).toEqual([expect.objectContaining({ system: 'delivery', code: 'VENDOR_UNREACHABLE', hint: expect.any(String) })]);
  expect(data.readings.filter((reading) => reading.system === 'shop').every((reading) => reading.result !== 'failed')).toBe(true);
});
