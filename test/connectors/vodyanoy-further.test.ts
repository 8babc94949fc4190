/** Employees, debts and passwords of Vodyanoy. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { vodyanoy } from '../../connectors/vodyanoy/index.ts';
import type { Batch, Json, System, VendorRecord } from '../../core/contract.ts';
import { ContractError } from '../../core/errors.ts';
import { type VodyanoyOptions, VodyanoySandbox } from '../../sandbox/vodyanoy/index.ts';
import { vodyanoyDefaults } from '../../sandbox/vodyanoy/options.ts';
import { json, type Reply, serve } from '../adversary/odd-server.ts';
import { type TestContext, testContext } from '../support/context.ts';

const never = new AbortController().signal;
const KEY = '10000000000001';
const [DISPATCHER] = vodyanoyDefaults.employees;

interface Rig {
  readonly sandbox: VodyanoySandbox;
  readonly system: System;
  readonly ctx: TestContext;
}

async function setUp(options: Partial<VodyanoyOptions> = {}, own: Record<string, unknown> = {}): Promise<Rig> {
  const ctx = testContext();
  const sandbox = new VodyanoySandbox(options, () => ctx.clock.now());
  onTestFinished(() => sandbox.stop());
  const { url } = await sandbox.start();
  return { sandbox, ctx, system: vodyanoy.open(vodyanoy.settings.parse({ url, token: sandbox.options.token, pageSize: 4, ...own }), ctx) };
}

async function odd(answer: (path: string) => Reply): Promise<{ system: System; ctx: TestContext }> {
  const ctx = testContext();
  const server = await serve(
    ({ path }) => answer(path),
    () => false,
  );
  onTestFinished(() => server.stop());
  return { ctx, system: vodyanoy.open(vodyanoy.settings.parse({ url: server.url, token: 'secret-token' }), ctx) };
}

async function pull(system: System, full = true, checkpoint: Json | null = null): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of system.pull({ reading: 'clients', full }, checkpoint, never)) batches.push(batch);
  return batches;
}

const recordsOf = (batches: readonly Batch[]): VendorRecord[] => batches.flatMap(({ records }) => records.get('clients') ?? []);
const nameOf = (record: VendorRecord | undefined): Json | undefined => record?.body['disp_naimenovanie'];

describe('employees', () => {
  test('name who is responsible, in a reading and in a look-up', async () => {
    const { sandbox, system } = await setUp();
    sandbox.addClient({ naimenovanie: 'Иванов', disp: DISPATCHER?.id ?? '' });
    sandbox.addClient({ naimenovanie: 'Петров', disp: '10000000000077' });
    const [known, unknown] = recordsOf(await pull(system));
    expect(nameOf(known)).toBe('Диспетчер первой смены');
    expect(unknown?.body).not.toHaveProperty('disp_naimenovanie');
    expect(unknown?.covers).toContain('disp_naimenovanie');
    const found = await system.streams[0]?.find?.({ key: KEY }, never);
    expect(nameOf(found?.records.get('clients')?.[0])).toBe('Диспетчер первой смены');
  });

  test('of whom one is called otherwise since make a reading of changes read everybody', async () => {
    const { sandbox, system, ctx } = await setUp();
    sandbox.addClient({ naimenovanie: 'Иванов', disp: DISPATCHER?.id ?? '' });
    ctx.clock.advance(3_600_000);
    const checkpoint = (await pull(system)).at(-1)?.checkpoint ?? null;
    ctx.clock.advance(3_600_000);
    expect(recordsOf(await pull(system, false, checkpoint))).toEqual([]);
    sandbox.options.employees = [{ ...vodyanoyDefaults.employees[0], naimenovanie: 'Ольга Ким' } as (typeof vodyanoyDefaults.employees)[0]];
    const changes = await pull(system, false, checkpoint);
    expect(recordsOf(changes).map(nameOf)).toEqual(['Ольга Ким']);
    expect(recordsOf(await pull(system, false, changes.at(-1)?.checkpoint ?? null))).toEqual([]);
  });

  test.each([
    ['are not there', json({ result: {} }, 404)],
    ['are kept from us', json({ result: {} }, 403)],
    ['come in another form', json({ result: 'нет' })],
  ])('that %s cost the names and not the clients', async (_why, reply) => {
    const { system, ctx } = await odd((path) => (path.endsWith('/employees') ? reply : json({ result: [{ ID: KEY, NAIMENOVANIE: 'Иванов', DISP: '1' }] })));
    const [record] = recordsOf(await pull(system));
    expect(record).toMatchObject({ key: KEY });
    expect(record?.covers).not.toContain('disp_naimenovanie');
    expect(JSON.stringify(ctx.lines)).toContain('stays a code');
  });

  test('are not asked for where the settings say so', async () => {
    const { sandbox, system } = await setUp({}, { employees: false });
    sandbox.addClient({ naimenovanie: 'Иванов', disp: DISPATCHER?.id ?? '' });
    expect(recordsOf(await pull(system))[0]?.covers).not.toContain('disp_naimenovanie');
    expect(sandbox.requests.map(({ path }) => path)).not.toContain('/api/employees');
  });
});

describe('the debt', () => {
  const debtOf = (system: System, key: string) =>
    system.streams[0]?.facets?.find(({ name }) => name === 'debt')?.read({ key, body: { id: key } }, never) ?? Promise.reject(new Error('no such facet'));

  test.each([
    [10_000, '100'],
    [-250, '-2.5'],
    [0, '0'],
    [5, '0.05'],
  ])('of %i kopecks is %s', async (debt, written) => {
    const { sandbox, system } = await setUp();
    sandbox.addClient({ naimenovanie: 'Иванов', debt });
    const found = await debtOf(system, KEY);
    expect(found.records.get('clients')).toEqual([{ key: KEY, body: { balance: written }, covers: ['balance'] }]);
  });

  test.each([
    [663.8600000000001, '663.86'],
    [-0.30000000000000004, '-0.30'],
    [1.1368683772161603e-13, '0.00'],
    [99.99999999999999, '100.00'],
  ])('answered as %s is %s: a rounding of doubles is no money', async (result, written) => {
    const strange = await odd(() => json({ result }));
    expect((await debtOf(strange.system, KEY)).records.get('clients')).toMatchObject([{ body: { balance: written } }]);
  });

  test('of a client who is not there is none; anything that is no amount is refused', async () => {
    const { system } = await setUp();
    expect((await debtOf(system, KEY)).records.get('clients')).toEqual([]);
    for (const result of [{}, [], 'нет', true, 1e21, '1.005', 1.0001, 663.8651]) {
      const strange = await odd(() => json({ result }));
      await expect(debtOf(strange.system, KEY), JSON.stringify(result)).rejects.toBeInstanceOf(ContractError);
    }
  });

  test('is not asked for where the settings say so', async () => {
    const { system } = await setUp({}, { balance: false });
    expect(system.streams[0]?.facets?.map(({ name }) => name)).toEqual(['phone-card']);
  });
});

test('a password is in no record and no message', async () => {
  const { sandbox, system, ctx } = await setUp();
  sandbox.addClient({ naimenovanie: 'Иванов', psw: 'tajna' });
  const found = await system.streams[0]?.find?.({ password: 'tajna' }, never);
  expect(found?.records.get('clients')).toMatchObject([{ key: KEY }]);
  expect(JSON.stringify([...(found?.records.values() ?? [])])).not.toContain('tajna');
  sandbox.faults.add({ kind: 'html', match: { path: /clients$/ } });
  const error = await system.streams[0]?.find?.({ password: 'tajna' }, never).catch((thrown: unknown) => thrown);
  expect(String(error)).not.toContain('tajna');
  expect(JSON.stringify(ctx.lines)).not.toContain('tajna');
});
