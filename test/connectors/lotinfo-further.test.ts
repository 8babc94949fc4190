/** Archived and deleted clients, comments and places of Lotinfo. */
import { afterEach, describe, expect, test } from 'vitest';
import { lotinfo } from '../../connectors/lotinfo/index.ts';
import type { Batch, Json, Outcome, System, VendorRecord, WireBody } from '../../core/contract.ts';
import { type LotinfoOptions, LotinfoSandbox } from '../../sandbox/lotinfo/index.ts';
import { type TestContext, testContext } from '../support/context.ts';
import { operation, pushAll, streamOf } from './kit-support.ts';

const never = new AbortController().signal;
const running: LotinfoSandbox[] = [];
afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.stop();
});

interface Rig {
  readonly sandbox: LotinfoSandbox;
  readonly ctx: TestContext;
  readonly system: System;
}

async function setUp(setup: { readonly sandbox?: Partial<LotinfoOptions>; readonly settings?: Record<string, unknown> } = {}): Promise<Rig> {
  const ctx = testContext();
  const sandbox = new LotinfoSandbox(setup.sandbox, () => ctx.clock.now());
  running.push(sandbox);
  const { url } = await sandbox.start();
  const settings = { url: `${url}/v1/`, token: sandbox.options.token, code: '101010', pageSize: 4, ...setup.settings };
  return { sandbox, ctx, system: lotinfo.open(lotinfo.settings.parse(settings), ctx) };
}

async function pull(system: System, full = true, checkpoint: Json | null = null): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of system.pull({ reading: 'clients', full }, checkpoint, never)) batches.push(batch);
  return batches;
}

const recordsOf = (batches: readonly Batch[]): VendorRecord[] => batches.flatMap(({ records }) => records.get('clients') ?? []);

describe('archived and deleted clients', () => {
  test('a whole reading shows archived and deleted clients as such, and so does a look-up', async () => {
    const { sandbox, system } = await setUp();
    const [kept, archived, removed] = ['а', 'б', 'в'].map((fioF) => sandbox.addClient({ fioF }));
    sandbox.editClient(archived ?? 0, { state: 2 });
    sandbox.removeClient(removed ?? 0);
    const batches = await pull(system);
    expect(recordsOf(batches).map(({ key, deleted, body }) => [key, deleted ?? false, body.delclient])).toEqual([
      [String(kept), false, '1'],
      [String(archived), true, '2'],
      [String(removed), true, '3'],
    ]);
    expect(batches.at(-1)?.complete).toBe('snapshot');
    for (const [id, gone] of [
      [kept, false],
      [archived, true],
      [removed, true],
    ] as const) {
      const found = await system.streams[0]?.find?.({ key: String(id) }, never);
      expect(found?.records.get('clients')).toMatchObject([{ key: String(id), ...(gone ? { deleted: true } : {}) }]);
    }
    expect((await system.streams[0]?.find?.({ key: '99999' }, never))?.records.get('clients')).toEqual([]);
  });

  test.each(['delClient', 'ignored'] as const)('a filter by state that is not heeded (%s) makes nobody deleted', async (stateFilter) => {
    const { sandbox, system, ctx } = await setUp({ sandbox: { stateFilter } });
    for (const fioF of ['а', 'б', 'в', 'г', 'д']) sandbox.addClient({ fioF });
    const batches = await pull(system);
    expect(recordsOf(batches).map(({ deleted }) => deleted)).toEqual(Array(5).fill(undefined));
    expect(batches.at(-1)).toMatchObject({ complete: 'snapshot' });
    expect(JSON.stringify(ctx.lines)).toContain('filter by state is not heeded');
    ctx.clock.advance(60_000);
    sandbox.editClient([...sandbox.clients.keys()][0] ?? 0, { fields: { fioI: 'Пётр' } });
    const changes = await pull(system, false, batches.at(-1)?.checkpoint ?? null);
    expect(recordsOf(changes).every(({ deleted }) => deleted === undefined)).toBe(true);
    expect(changes.at(-1)?.checkpoint).toEqual({ since: changes[0]?.began });
  });

  test('who is archived while the lists are read is archived, and not counted twice', async () => {
    const { sandbox, system } = await setUp();
    const ids = ['а', 'б', 'в'].map((fioF) => sandbox.addClient({ fioF }));
    const records: VendorRecord[] = [];
    for await (const batch of system.pull({ reading: 'clients', full: true }, null, never)) {
      records.push(...(batch.records.get('clients') ?? []));
      if (records.length === 3 && sandbox.clients.get(ids[1] ?? 0)?.state === 1) sandbox.editClient(ids[1] ?? 0, { state: 2 });
    }
    expect(records.map(({ key, deleted }) => [key, deleted ?? false])).toContainEqual([String(ids[1]), true]);
    expect(records.filter(({ deleted }) => deleted === true)).toHaveLength(1);
  });
});

describe('comments', () => {
  const comment = async (system: System, key: number | undefined, ...values: string[]): Promise<Outcome[]> => {
    const fields = { comments: values.map((value) => ({ value })) };
    const results = await pushAll(streamOf(system, 'clients'), [operation({ action: 'update', key: String(key), fields })]);
    return results.map(({ outcome }) => outcome);
  };
  const valuesOf = (sandbox: LotinfoSandbox, id: number | undefined) => sandbox.clients.get(id ?? 0)?.comments.map(({ value }) => value);

  test('are added where they are not there, and never twice', async () => {
    const { sandbox, system } = await setUp();
    const id = sandbox.addClient({ userId: 7, fioF: 'а', comments: [{ value: 'первый' }] });
    expect(await comment(system, id, 'первый', 'второй', 'второй')).toMatchObject([{ kind: 'applied' }]);
    expect(valuesOf(sandbox, id)).toEqual(['первый', 'второй']);
    expect(await comment(system, id, 'первый', 'второй')).toEqual([{ kind: 'unchanged' }]);
    expect(sandbox.writes.filter(({ call }) => call === 'comments-add')).toHaveLength(1);
  });

  test('a text that goes on from a comment of the last five minutes replaces it; later it is added', async () => {
    const { sandbox, system, ctx } = await setUp();
    const id = sandbox.addClient({ userId: 7, fioF: 'а' });
    await comment(system, id, 'Звонил');
    ctx.clock.advance(60_000);
    expect(await comment(system, id, 'Звонил, просил перезвонить')).toMatchObject([{ kind: 'applied' }]);
    expect(valuesOf(sandbox, id)).toEqual(['Звонил, просил перезвонить']);
    ctx.clock.advance(5 * 60_000);
    expect(await comment(system, id, 'Звонил, просил перезвонить завтра')).toMatchObject([{ kind: 'applied' }]);
    expect(valuesOf(sandbox, id)).toEqual(['Звонил, просил перезвонить', 'Звонил, просил перезвонить завтра']);
  });

  test('that are just too old by the vendor’s clock are added instead', async () => {
    const { sandbox, system, ctx } = await setUp({ sandbox: { commentEditMs: 1000 } });
    const id = sandbox.addClient({ userId: 7, fioF: 'а' });
    await comment(system, id, 'Звонил');
    ctx.clock.advance(60_000);
    expect(await comment(system, id, 'Звонил дважды')).toMatchObject([{ kind: 'applied' }]);
    expect(valuesOf(sandbox, id)).toEqual(['Звонил', 'Звонил дважды']);
  });

  test('need a user, and nothing else of a client can be changed', async () => {
    const { sandbox, system } = await setUp();
    const id = sandbox.addClient({ fioF: 'а' });
    expect(await comment(system, id, 'б')).toMatchObject([{ kind: 'rejected', reason: expect.stringContaining('userId') }]);
    const results = await pushAll(streamOf(system, 'clients'), [operation({ action: 'update', key: String(id), fields: { fioF: 'б' } })]);
    expect(results).toMatchObject([{ outcome: { kind: 'rejected', code: 'UNSUPPORTED' } }]);
    expect(sandbox.writes).toEqual([]);
  });
});

describe('places and defaults of a new client', () => {
  const insert = (system: System, ...fields: WireBody[]) =>
    pushAll(
      streamOf(system, 'clients'),
      fields.map((one, index) => operation({ id: `op-${index}`, action: 'create', fields: one })),
    );
  const placeOf = (sandbox: LotinfoSandbox) => [...sandbox.clients.values()].map(({ fields }) => [fields.regionName, fields.cityName]);

  test('go by name, or by the ids of the settings; a city alone is not sent by its name', async () => {
    const { sandbox, system } = await setUp({
      settings: { regions: { 'Московская обл.': 77 }, cities: { Бийск: 1201 }, clientDefaults: { userCategory: [10], clientc: 3 } },
    });
    const results = await insert(
      system,
      { fioF: 'а', regionName: 'Ростовская область', cityName: 'Ростов-на-Дону' },
      { fioF: 'б', regionName: 'Московская обл.', cityName: 'Одинцово' },
      { fioF: 'в', cityName: 'Бийск' },
      { fioF: 'г', cityName: 'Барнаул', clientc: 1 },
    );
    expect(results.map(({ outcome }) => outcome.kind)).toEqual(Array(4).fill('applied'));
    expect(placeOf(sandbox)).toEqual([
      ['Ростовская область', 'Ростов-на-Дону'],
      ['Москва', 'Одинцово'],
      ['Алтайский край', 'Бийск'],
      [undefined, undefined],
    ]);
    expect([...sandbox.clients.values()].map(({ userCategory, fields }) => [userCategory, fields.clientc])).toEqual([
      ...Array(3).fill([['10'], '3']),
      [['10'], '1'],
    ]);
  });

  test('that the vendor does not know keep no client out', async () => {
    const { sandbox, system } = await setUp();
    const results = await insert(
      system,
      { fioF: 'а', regionName: 'Нигдевская область' },
      { fioF: 'б', regionName: 'Москва', cityName: 'Нигдеград' },
      { fioF: 'в' },
    );
    expect(results.map(({ operationId, outcome }) => [operationId, outcome.kind])).toEqual(['op-0', 'op-1', 'op-2'].map((id) => [id, 'applied']));
    expect(JSON.stringify(results[0]?.outcome)).toContain('left out');
    expect(results[2]?.outcome).not.toHaveProperty('notices');
    expect(placeOf(sandbox)).toEqual(Array(3).fill([undefined, undefined]));
    expect([...sandbox.clients.values()].map(({ fields }) => fields.fioF)).toEqual(['а', 'б', 'в']);
  });
});
