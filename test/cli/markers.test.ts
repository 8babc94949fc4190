import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, type Store } from '../../canonical/open.ts';
import type { RunReport } from '../../pipeline/report.ts';
import type { FaultKind, Faults } from '../../sandbox/index.ts';
import { startTrial, type Trial } from './support.ts';

/** No log, error or stored run may hold any of these. */
const SECRETS = {
  apikey: 'MARKERSECRETapikey01',
  password: 'MARKERSECRETpassword02',
  token: 'MARKERSECRETtoken03',
  drink: 'MARKERSECRETtoken04',
  code: 987_654_321,
};
const PERSON = {
  last: 'МаркероваЯвная',
  first: 'МаркаПервая',
  middle: 'МаркеровнаСредняя',
  phone: '+79137654321',
  phoneShort: '9137654321',
  email: 'marker.person@marker-mail.example',
  card: '2911223344556',
  note: 'МаркерЗаметка',
  address: 'МаркерУлица',
  birthday: '1977-07-17',
  passport: 'МаркерПаспорт',
  taxId: '540123456789',
};
/** What is the client's own secret is not even kept. */
const NEVER_KEPT = { codeword: 'МаркерКодовое', pincode: 'МаркерПин' };
const MARKERS: readonly string[] = [...Object.values(SECRETS).map(String), ...Object.values(PERSON), ...Object.values(NEVER_KEPT)];

let trial: Trial;
let said = '';

beforeAll(async () => {
  trial = await startTrial(
    {
      people: 6,
      options: {
        virtualpos: { apikey: SECRETS.apikey },
        artix: { basicAuth: { login: 'admin', password: SECRETS.password } },
        lotinfo: { token: SECRETS.token, code: SECRETS.code },
        vodyanoy: { token: SECRETS.drink },
      },
    },
    (yaml) => yaml.replace('level: warn', 'level: debug\n  file: ./sverka.log'),
  );
  const { virtualpos, artix, lotinfo, vodyanoy } = trial.sandbox;
  const names = { last: PERSON.last, first: PERSON.first, middle: PERSON.middle };
  const { id } = virtualpos.machine.addCustomer({
    lname: names.last,
    fname: names.first,
    mname: names.middle,
    phone: PERSON.phone,
    email: PERSON.email,
    custom_information: PERSON.note,
    birth_year: '1977',
    birth_month: '7',
    birth_day: '17',
  });
  virtualpos.machine.addCard({ uid: PERSON.card, customer_id: id });
  virtualpos.machine.earn(id, '1', 12_345);
  // Cannot be read: the reason must not hold the value.
  virtualpos.machine.addCustomer({
    lname: names.last,
    fname: names.first,
    phone: PERSON.phone,
    birth_day: '31',
    birth_month: '2',
    birth_year: '1977',
    email: 'no address МаркерЗаметка',
  });
  artix.machine.addClient({
    idclient: 'marker-1',
    lastname: `${names.last}другая`,
    name: names.first,
    phonenumber: PERSON.phone,
    address: PERSON.address,
    birthday: PERSON.birthday,
    document: PERSON.passport,
  });
  artix.machine.addClient({
    idclient: 'marker-2',
    lastname: names.last,
    name: names.first,
    phonenumber: PERSON.phone,
    email: PERSON.email,
    inn: PERSON.taxId,
    codeword: NEVER_KEPT.codeword,
  });
  artix.machine.addCard({ idcard: 'marker-card', number: PERSON.card, idclient: 'marker-2', idcardgroup: 2, pincode: NEVER_KEPT.pincode });
  // Cannot be read either, and is kept as it came but for its secret.
  artix.machine.addClient({ idclient: 'marker-3', lastname: PERSON.last, email: 'no address', codeword: NEVER_KEPT.codeword });
  lotinfo.machine.addClient({
    userId: 123,
    fioF: names.last,
    fioI: names.first,
    fioO: names.middle,
    fioDesc: PERSON.note,
    contacts: [
      { type: 'mobile', value: `7${PERSON.phoneShort}` },
      { type: 'email', value: PERSON.email },
    ],
  });
  vodyanoy.machine.addClient({
    naimenovanie: `${names.last} ${names.first}`,
    fam: names.last,
    imja: names.first,
    telefon: `${PERSON.phone} ${names.first}`,
    email: PERSON.email,
    comment: PERSON.note,
  });
});
afterAll(() => trial.stop());

async function sync(...args: readonly string[]): Promise<RunReport> {
  const { stdout, stderr } = await trial.run('sync', '--json', '--verbose', ...args);
  said += stdout + stderr;
  return JSON.parse(stdout) as RunReport;
}

const found = (text: string): string[] =>
  MARKERS.filter((marker) => text.includes(marker) || text.includes(encodeURIComponent(marker)) || text.includes(JSON.stringify(marker).slice(1, -1)));

test('syncs with every fault of every vendor', async () => {
  const clean = await sync();
  expect(clean.waiting.quarantined).toBeGreaterThan(0);
  expect(clean.delivered).toBeGreaterThan(0);
  const { virtualpos, artix, lotinfo, vodyanoy } = trial.sandbox;
  const all: readonly Faults[] = [virtualpos.faults, artix.faults, lotinfo.faults, vodyanoy.faults];
  const kinds: readonly FaultKind[] = ['status', 'reset-before', 'reset-after', 'truncate', 'html', 'silent-error'];
  for (const kind of kinds) {
    // Readings fail at first; later, what is written loses its answer.
    for (const faults of all) faults.add({ kind, times: 2, status: 500, skip: kind === 'reset-after' ? 3 : 0 });
    const [customer] = [...virtualpos.machine.customers.values()].slice(-2);
    if (customer !== undefined) virtualpos.machine.editCustomer(customer.id, { custom_information: `${PERSON.note} ${kind}` });
    const report = await sync('--full');
    expect(report.readings.length + report.problems.length, kind).toBeGreaterThan(0);
    for (const faults of all) faults.clear();
  }
}, 90_000);

test('and migrates whom a value of theirs names', async () => {
  const where = ['--where', `name.last=${PERSON.last}`, '--where', `name.first in ${PERSON.first},${PERSON.middle}`];
  const migrated = await trial.run('migrate', '--from', 'shop', '--to', 'tills', ...where, '--json');
  const { migration } = JSON.parse(migrated.stdout) as RunReport;
  expect(migration).toMatchObject({ source: { clients: 1 } });
  said += migrated.stdout + migrated.stderr;
  for (const args of [
    ['migrate', '--from', 'shop', '--to', 'tills', ...where],
    ['migrate', '--from', 'shop', '--to', 'tills', '--summary', '--json'],
    ['migrate', '--from', 'shop', '--to', 'tills', '--summary'],
    ['plan', '--list', '--json'],
    ['runs', '--json'],
    ['runs'],
  ]) {
    const { stdout, stderr } = await trial.run(...args);
    said += stdout + stderr;
    // The summary of what was asked for last chooses the same clients by what is kept.
    if (args.includes('--summary') && args.includes('--json')) expect(JSON.parse(stdout)).toMatchObject({ totals: [{ what: 'clients', from: 1 }, {}, {}] });
  }
  const ids = (JSON.parse((await trial.run('runs', '--json')).stdout) as { id: number; job: string }[]).filter(({ job }) => job === 'migrate');
  for (const { id } of ids) said += (await trial.run('runs', String(id))).stdout + (await trial.run('runs', String(id), '--json')).stdout;
  expect(ids).toHaveLength(2);
  // Nor is anything printed that a guess could be tried at.
  expect(said).toContain('"digests"');
  expect(said).not.toMatch(/"digests":\s*\[\s*"[^•]/);
}, 60_000);

test('and with refused keys, in plain words and as documents', async () => {
  trial.configure((yaml) =>
    yaml
      .replaceAll('env: SHOP_APIKEY', 'env: CRM_TOKEN')
      .replace('env: DELIVERY_TOKEN', 'env: SHOP_APIKEY')
      .replace('level: warn', 'level: debug\n  file: ./sverka.log'),
  );
  for (const args of [
    ['sync'],
    ['sync', '--json', '--verbose'],
    ['doctor'],
    ['doctor', '--json'],
    ['plan', '--list'],
    ['plan', '--list', '--json'],
    ['status', '--json'],
    ['runs', '--json'],
    ['quarantine', 'list', '--json'],
    ['quarantine', 'show', '1', '--json'],
    ['review', 'list', '--json'],
  ]) {
    const { stdout, stderr } = await trial.run(...args);
    said += stdout + stderr;
  }
  trial.configure((yaml) => yaml.replace('apikey: { env: SHOP_APIKEY }', `apikey: ${SECRETS.apikey}`).replace('zone: Europe/Moscow', `zone: ${PERSON.last}`));
  const broken = await trial.run('sync');
  expect(broken.code).toBe(2);
  said += broken.stdout + broken.stderr;
});

test('leave no secret and no value of a person on stdout, on stderr and in the log file', () => {
  expect(said.length).toBeGreaterThan(5000);
  expect(found(said)).toEqual([]);
  const log = readFileSync(join(trial.directory, 'sverka.log'), 'utf8');
  expect(log.trimEnd().split('\n').length).toBeGreaterThan(5);
  for (const line of log.trimEnd().split('\n'))
    expect(JSON.parse(line)).toMatchObject({
      level: expect.any(String),
      message: expect.any(String),
      timestamp: expect.any(String),
    });
  expect(found(log)).toEqual([]);
  // What was searched is worth it: every step of a run has its lines, with the number of the run.
  const lines = log
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const steps = ['run begins', 'batch landed', 'read', 'resolved', 'a person is asked', 'planned', 'answered', 'delivered', 'call is repeated', 'run ended'];
  for (const step of steps) expect(lines.find(({ message }) => message === step)).toMatchObject({ run: expect.any(Number) });
  const first = lines.filter(({ run }) => run === 1);
  expect(first.find(({ message, system, stream }) => message === 'read' && system === 'shop' && stream === 'clients')).toMatchObject({
    level: 'info',
    result: 'snapshot',
    read: 6,
    ms: expect.any(Number),
  });
  expect(first.find(({ message, system, stream }) => message === 'delivered' && system === 'tills' && stream === 'clients')).toMatchObject({
    level: 'info',
    applied: expect.any(Number),
    ms: expect.any(Number),
  });
});

test('leave none in stored runs, reasons, questions and evidence', async () => {
  const store: Store = await openStore({ kind: 'sqlite', file: join(trial.directory, 'sverka.db') });
  const dump = async (table: string, ...columns: string[]): Promise<string> => JSON.stringify(await store.db(table).select(...columns));
  const texts = [
    await dump('runs', '*'),
    await dump('operations', 'why', 'reason', 'notices', 'handle'),
    await dump('reviews', 'question', 'subject'),
    await dump('links', 'evidence'),
    await dump('quarantine', 'code', 'field', 'rule', 'place'),
    await dump('checkpoints', '*'),
  ];
  const bodies = await Promise.all(['records', 'quarantine', 'operations', 'pushes'].map((table) => dump(table, '*')));
  const people = JSON.stringify(await store.db('clients').select('*')) + JSON.stringify(await store.db('contacts').select('*'));
  await store.close();
  // The markers are there to be found: the store itself holds people.
  expect(found(people).length).toBeGreaterThan(3);
  for (const text of texts) expect(found(text)).toEqual([]);
  expect(bodies[0]).toContain('marker-card');
  expect(bodies[1]).toContain('marker-3');
  for (const text of bodies) for (const secret of Object.values(NEVER_KEPT)) expect(text.includes(secret)).toBe(false);
});
