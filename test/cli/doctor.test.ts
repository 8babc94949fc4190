import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTrial, type Trial } from './support.ts';

// Runs dist/app/cli/main.js, which the global set-up builds.

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial();
});
afterAll(() => trial.stop());

interface Doctor {
  readonly checks: readonly {
    readonly what: string;
    readonly state: string;
    readonly detail: string;
    readonly hint?: string;
  }[];
  readonly whoGetsWhat: readonly Record<string, string>[];
}

const stateOf = (data: Doctor, what: string): string | undefined => data.checks.find((check) => check.what === what && check.state !== 'note')?.state;

describe('doctor', () => {
  test('finds everything well on the sandbox, and shows who gets what', async () => {
    const { code, data } = await trial.json<Doctor>('doctor');
    expect(data.checks.filter((check) => check.state === 'bad')).toEqual([]);
    expect(['configuration', 'store', 'mappings', 'shop', 'tills', 'crm', 'delivery'].map((what) => stateOf(data, what))).toEqual(Array(7).fill('good'));
    expect(data.whoGetsWhat.map((row) => `${row['system']}/${row['stream']}`)).toContain('tills/bonuses');
    expect(data.whoGetsWhat.find((row) => row['system'] === 'crm')?.['create']).toBe('where phone');
    expect(code).toBe(0);
    const shown = await trial.run('doctor');
    expect(shown.stdout).toMatch(/Who gets what[\s\S]*shop +clients +on +auto[\s\S]*sverka plan/);
  });

  test('says which key is refused, and names no key', async () => {
    trial.configure((yaml) => yaml.replace('apikey: { env: SHOP_APIKEY }', 'apikey: { env: CRM_TOKEN }'));
    const { code, data, stderr } = await trial.json<Doctor>('doctor');
    trial.configure((yaml) => yaml);
    expect(code).toBe(1);
    expect(data.checks.find((check) => check.what === 'shop')).toMatchObject({
      state: 'bad',
      detail: expect.stringMatching(/^VENDOR_REFUSED/),
      hint: expect.not.stringContaining('doctor'),
    });
    expect(stateOf(data, 'tills')).toBe('good');
    expect(JSON.stringify(data) + stderr).not.toContain(trial.sandbox.lotinfo.token);
  });

  test('says which system cannot be reached, and the others go on', async () => {
    trial.configure((yaml) => yaml.replaceAll(trial.sandbox.vodyanoy.url, 'http://127.0.0.1:9'));
    const { code, data } = await trial.json<Doctor>('doctor');
    trial.configure((yaml) => yaml);
    expect(code).toBe(1);
    expect(data.checks.find((check) => check.what === 'delivery')).toMatchObject({
      state: 'bad',
      detail: expect.stringMatching(/^VENDOR_UNREACHABLE/),
      // Whoever reads it has just called the doctor.
      hint: expect.not.stringContaining('doctor'),
    });
    expect(stateOf(data, 'shop')).toBe('good');
  });

  test('says that a secret would go over plain http, and that it is the configuration that is wrong', async () => {
    trial.configure((yaml) => yaml.replaceAll(trial.sandbox.vodyanoy.url, 'http://delivery.example.org'));
    const { code, data } = await trial.json<Doctor>('doctor');
    trial.configure((yaml) => yaml);
    expect(code).toBe(2);
    expect(data.checks.find((check) => check.what === 'delivery')).toMatchObject({
      state: 'bad',
      detail: expect.stringMatching(/^CONFIG_INVALID/),
      hint: expect.stringMatching(/https/),
    });
  });

  test('says that the store cannot be opened, and calls nobody, for whoever is paused is paused there', async () => {
    trial.configure((yaml) => yaml.replace('sqlite: ./sverka.db', 'sqlite: ./no/such/directory/sverka.db'));
    const before = trial.sandbox.virtualpos.requests.length;
    const { code, data } = await trial.json<Doctor>('doctor');
    trial.configure((yaml) => yaml);
    expect(code).toBe(1);
    expect(trial.sandbox.virtualpos.requests.length).toBe(before);
    expect(data.checks.find((check) => check.what === 'shop')).toMatchObject({ state: 'note', detail: expect.stringMatching(/^not called/) });
    expect(data.checks.find((check) => check.what === 'store')).toMatchObject({
      state: 'bad',
      detail: expect.stringMatching(/^STORE_UNREACHABLE/),
    });
  });

  test('tries where the service will listen, and says who cannot', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const findings = async (host: string, at: number): Promise<Doctor['checks'][number] | undefined> => {
      trial.configure((yaml) => `${yaml}\nendpoints: { host: ${host}, port: ${at} }\n`);
      const { data } = await trial.json<Doctor>('doctor');
      trial.configure((yaml) => yaml);
      return data.checks.find((check) => check.what === 'endpoints');
    };
    expect(await findings('127.0.0.1', port)).toMatchObject({ state: 'note', detail: expect.stringMatching(/listens at 127\.0\.0\.1:\d+ already/) });
    await new Promise((resolve) => taken.close(resolve));
    expect(await findings('127.0.0.1', port)).toMatchObject({ state: 'good' });
    // An address of nobody (RFC 5737).
    expect(await findings('192.0.2.1', port)).toMatchObject({ state: 'bad', detail: expect.stringMatching(/^LISTEN_FAILED.*EADDRNOTAVAIL/) });
  });

  test('shows a broken mapping with its line', async () => {
    trial.configure((yaml) =>
      yaml.replace('    lookups:\n', '    overrides: { clients: { fields: { phone: { from: phone, as: telephone } } } }\n    lookups:\n'),
    );
    const { code, data } = await trial.json<Doctor>('doctor');
    expect(code).toBe(2);
    expect(data.checks.find((check) => check.state === 'bad')).toMatchObject({
      what: 'mapping shop/clients',
      hint: 'sverka mapping check',
    });
    const check = await trial.run('mapping', 'check');
    trial.configure((yaml) => yaml);
    expect(check.code).toBe(2);
    expect(check.stdout).toMatch(/MAPPING_INVALID .*sverka\.yaml:\d\d:\d+: .*telephone/);
  });
});

describe('mapping', () => {
  test('check compiles all and runs the cases', async () => {
    const { code, data } = await trial.json<{ problems: unknown[]; cases: { passed: boolean }[] }[]>('mapping', 'check');
    expect(code).toBe(0);
    expect(data.length).toBe(10);
    expect(data.flatMap((one) => one.cases).length).toBeGreaterThan(50);
  });

  test('coverage and loss speak of every field', async () => {
    const coverage = await trial.json<{ coverage: { wire: string; state: string }[] }[]>('mapping', 'coverage', 'shop', 'clients');
    const fields = coverage.data[0]?.coverage ?? [];
    expect(fields.find((one) => one.wire === 'phone')).toMatchObject({ state: 'both' });
    expect(fields.filter((one) => one.state === 'missing')).toEqual([]);
    const loss = await trial.json<{ losses: { field: string; kind: string }[] }[]>('mapping', 'loss', 'delivery');
    expect(loss.data[0]?.losses.some((one) => one.kind === 'no-home')).toBe(true);
    const wrong = await trial.run('mapping', 'coverage', 'shop', 'client');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/there are clients, cards, bonuses/);
  });
});

test('schema up makes the tables once', async () => {
  expect((await trial.json<{ applied: unknown[] }>('schema', 'up')).data.applied.length).toBeGreaterThan(0);
  expect((await trial.json<{ applied: unknown[] }>('schema', 'up')).data.applied).toEqual([]);
  expect((await trial.json('schema', 'status')).data).toMatchObject({ state: 'current', pending: [] });
});

test('status, runs, review and quarantine of an empty store', async () => {
  expect((await trial.json('status')).data).toMatchObject({
    fresh: { reviews: 0, quarantined: 0, runs: 0 },
    lastRun: null,
  });
  for (const list of [['runs'], ['review', 'list'], ['quarantine', 'list']]) expect((await trial.json<unknown[]>(...list)).data).toEqual([]);
  for (const one of [
    ['runs', '7'],
    ['review', 'show', '7'],
    ['quarantine', 'show', '7'],
    ['client', 'show', '7'],
  ]) {
    const { code, stderr } = await trial.run(...one);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^NOT_FOUND/);
  }
  expect((await trial.run('client', 'find', '+79130000000')).code).toBe(1);
});

test('refuses a secret over plain http to a public address, and so does a run', async () => {
  // An address for documentation: nobody answers there, and nobody is asked.
  trial.configure((yaml) => yaml.replaceAll(trial.sandbox.vodyanoy.url, 'http://192.0.2.1'));
  const doctor = await trial.json<Doctor>('doctor');
  const sync = await trial.json('sync', '--system', 'delivery');
  trial.configure((yaml) => yaml);
  expect(doctor.data.checks.find((check) => check.what === 'delivery')?.detail).toMatch(/^CONFIG_INVALID.*plain http/);
  expect([doctor.code, sync.code]).toEqual([2, 2]);
});
