import { afterEach, describe, expect, test } from 'vitest';
import { lotinfo } from '../../connectors/lotinfo/index.ts';
import type { Batch, Json, PushOperation, PushResult, System, VendorRecord, WireBody } from '../../core/contract.ts';
import { type LotinfoOptions, LotinfoSandbox } from '../../sandbox/lotinfo/index.ts';
import { type TestContext, testContext } from '../support/context.ts';

const never = new AbortController().signal;
const running: LotinfoSandbox[] = [];
afterEach(async () => {
  for (const sandbox of running.splice(0)) await sandbox.stop();
});

interface Setup {
  readonly sandbox?: Partial<LotinfoOptions>;
  readonly settings?: Record<string, unknown>;
  readonly ask?: () => Promise<string | null>;
}

interface Rig {
  readonly sandbox: LotinfoSandbox;
  readonly ctx: TestContext;
  readonly system: System;
  /** Opens the same installation once more. */
  open(): System;
}

async function setUp(setup: Setup = {}): Promise<Rig> {
  // A code that somebody gave is kept by the name of the system, for as long as the process lives.
  const ctx = testContext(setup.ask === undefined ? {} : { ask: setup.ask, system: 'asked' });
  const sandbox = new LotinfoSandbox(setup.sandbox, () => ctx.clock.now());
  running.push(sandbox);
  const { url } = await sandbox.start();
  const settings = { url: `${url}/v1/`, token: sandbox.options.token, code: '101010', pageSize: 4, ...setup.settings };
  const open = (): System => lotinfo.open(lotinfo.settings.parse(settings), ctx);
  return { sandbox, ctx, open, system: open() };
}

async function pull(system: System, full = true, checkpoint: Json | null = null, since?: number): Promise<Batch[]> {
  const batches: Batch[] = [];
  const request = { reading: 'clients', full, ...(since === undefined ? {} : { since }) };
  for await (const batch of system.pull(request, checkpoint, never)) batches.push(batch);
  return batches;
}

const recordsOf = (batches: readonly Batch[]): VendorRecord[] => batches.flatMap(({ records }) => records.get('clients') ?? []);
const keysOf = (batches: readonly Batch[]): string[] => recordsOf(batches).map(({ key }) => key);

const create = (id: string, fields: WireBody, reference?: string): PushOperation => ({
  id,
  action: 'create',
  fields,
  idempotencyKey: `key-${id}`,
  ...(reference === undefined ? {} : { reference }),
});

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function push(system: System, operations: readonly PushOperation[]): Promise<Map<string, PushResult['outcome']>> {
  const outcomes = new Map<string, PushResult['outcome']>();
  for await (const { operationId, outcome } of system.streams[0]?.push?.(each(operations), never) ?? []) {
    expect(outcomes.has(operationId)).toBe(false);
    outcomes.set(operationId, outcome);
  }
  return outcomes;
}

const inserts = (sandbox: LotinfoSandbox): number => sandbox.requests.filter(({ method }) => method === 'PUT').length;

describe('reading clients', () => {
  test.each(['absent', 'empty-values'] as const)('field objects become plain values, empty fields %s', async (emptyFields) => {
    const { sandbox, system } = await setUp({ sandbox: { emptyFields } });
    sandbox.addClient(
      {
        userId: 7,
        fioF: 'Иванов',
        sex: 'male',
        birthday: '10.01.1985',
        userCategory: [10, 12],
        contacts: [{ type: 'mobile', value: 79998886655, spy: 1, comment: 'рабочий' }],
        comments: [{ value: 'первый' }],
        objects: [{ id: 234, lpr: 1, doled: '1/2' }],
      },
      1_700_000_000_000,
    );
    const [batch] = await pull(system);
    const [record] = recordsOf(batch === undefined ? [] : [batch]);
    expect(record?.key).toBe('101');
    expect(record?.body).toMatchObject({
      id: '101',
      userId: '7',
      fioF: 'Иванов',
      fioI: '',
      sex: 'male',
      birthday: '10.01.1985',
      userCategory: ['10', '12'],
      contacts: [{ type: 'mobile', value: '79998886655', general: '1', spy: '1', comment: 'рабочий' }],
      comments: [{ value: 'первый', date: '1700000000', userId: '7' }],
      objects: [{ id: '234', name: '', lpr: '1', doled: '1/2' }],
      addDate: '1700000000',
      agency: '',
    });
    // The page on reading shows neither, so their absence says nothing.
    expect(record?.covers).not.toContain('passport');
    expect(record?.covers).not.toContain('orders');
    expect(record?.covers).toContain('fioI');
    expect(Object.keys(record?.body ?? {}).sort()).toEqual([...(record?.covers ?? [])].sort());
  });

  test('a whole reading takes every page and ends as a snapshot', async () => {
    const { sandbox, system } = await setUp({ sandbox: { maxLimit: 3 }, settings: { pageSize: 50 } });
    const ids = Array.from({ length: 11 }, (_, index) => String(sandbox.addClient({ fioF: `Ф${index}` })));
    const batches = await pull(system);
    expect(keysOf(batches)).toEqual(ids);
    expect(batches.map(({ complete }) => complete).filter((complete) => complete === 'snapshot')).toHaveLength(1);
    expect(batches.at(-1)?.complete).toBe('snapshot');
    expect(batches.at(-1)?.checkpoint).toEqual({ since: batches[0]?.began });
    expect(batches[0]?.checkpoint).toBeNull();
  });

  test.each([0, 1, 2, 4, 5, 7, 8])('%i clients are all seen, at every edge of a page', async (count) => {
    const { sandbox, system } = await setUp();
    const ids = Array.from({ length: count }, () => String(sandbox.addClient({ fioF: 'Ф' })));
    const batches = await pull(system);
    expect(keysOf(batches)).toEqual(ids);
    expect(batches.at(-1)?.complete).toBe('snapshot');
  });

  test.each(['shift-page', 'duplicate-page'] as const)('%s: the list is read again, and nobody is lost', async (kind) => {
    const { sandbox, system } = await setUp();
    const ids = Array.from({ length: 14 }, () => String(sandbox.addClient({ fioF: 'Ф' })));
    sandbox.faults.add({ kind, skip: 2 });
    const batches = await pull(system);
    expect(new Set(keysOf(batches))).toEqual(new Set(ids));
    expect(batches.at(-1)?.complete).toBe('snapshot');
  });

  test('a list that never holds still is no snapshot, and the checkpoint stays', async () => {
    const { sandbox, system } = await setUp();
    for (let index = 0; index < 14; index += 1) sandbox.addClient({ fioF: 'Ф' });
    sandbox.faults.add({ kind: 'shift-page', times: Number.POSITIVE_INFINITY });
    const batches = await pull(system, true, { since: 5 });
    expect(batches.every(({ complete }) => complete === 'page')).toBe(true);
    expect(batches.every(({ checkpoint }) => JSON.stringify(checkpoint) === '{"since":5}')).toBe(true);
  });

  test('changes since the checkpoint, deleted ones marked', async () => {
    const { sandbox, system, ctx } = await setUp();
    const [kept, edited, removed] = ['а', 'б', 'в'].map((fioF) => sandbox.addClient({ fioF }));
    ctx.clock.advance(3_600_000);
    const checkpoint = (await pull(system)).at(-1)?.checkpoint ?? null;
    ctx.clock.advance(3_600_000);
    sandbox.editClient(edited ?? 0, { fields: { fioI: 'Пётр' } });
    sandbox.removeClient(removed ?? 0);
    const batches = await pull(system, false, checkpoint);
    expect(recordsOf(batches).map(({ key, deleted }) => [key, deleted ?? false])).toEqual([
      [String(edited), false],
      [String(removed), true],
    ]);
    expect(keysOf(batches)).not.toContain(String(kept));
    expect(batches.every(({ complete }) => complete === 'page')).toBe(true);
    expect(batches.at(-1)?.checkpoint).toEqual({ since: batches[0]?.began });
  });

  test('a bound of a person behind which the checkpoint would leave a gap does not move it', async () => {
    const { sandbox, system, ctx } = await setUp();
    sandbox.addClient({ fioF: 'а' });
    const checkpoint = { since: ctx.clock.now() - 1000 };
    const later = await pull(system, false, checkpoint, ctx.clock.now() + 1000);
    expect(later.at(-1)?.checkpoint).toEqual(checkpoint);
    const earlier = await pull(system, false, checkpoint, 1);
    expect(earlier.at(-1)?.checkpoint).not.toEqual(checkpoint);
    expect(keysOf(earlier)).toHaveLength(1);
  });

  test.each([400, 200] as const)('an error with HTTP %i stops the reading', async (errorStatus) => {
    const { sandbox, system } = await setUp({ sandbox: { errorStatus } });
    sandbox.faults.add({ kind: 'silent-error' });
    await expect(pull(system)).rejects.toMatchObject({ name: 'ContractError', code: 'VENDOR_ERROR' });
  });

  test('a refused code says so, and is not used again', async () => {
    const { sandbox, system } = await setUp();
    expect(system.readings[0]?.mode).toBe('changes');
    sandbox.issueCode();
    await expect(pull(system)).rejects.toMatchObject({ code: 'VENDOR_REFUSED', name: 'ConnectionError' });
    expect(system.readings[0]).toMatchObject({ mode: 'none', remark: 'write-only: no SMS code' });
  });

  test('without a code the system is write-only', async () => {
    const { sandbox, system } = await setUp({ settings: { code: undefined } });
    expect(system.readings[0]).toEqual({
      name: 'clients',
      streams: ['clients'],
      mode: 'none',
      remark: 'write-only: no SMS code',
    });
    expect((await system.check(never)).remarks).toEqual(['write-only: no SMS code']);
    expect(system.streams[0]?.capabilities.findBy).toEqual([]);
    await expect(pull(system)).rejects.toMatchObject({ code: 'VENDOR_UNREADABLE' });
    expect((await push(system, [create('1', { fioF: 'а' })])).get('1')).toEqual({ kind: 'applied', key: '101' });
    expect(sandbox.clients.size).toBe(1);
  });

  test('a person is asked once, for all systems opened in this process', async () => {
    let asked = 0;
    const ask = async (): Promise<string> => {
      asked += 1;
      return ' 101010 ';
    };
    const { system, ctx, sandbox, open } = await setUp({ settings: { code: undefined }, ask });
    sandbox.addClient({ fioF: 'а' });
    expect((await system.check(never)).remarks).toEqual([]);
    expect(system.readings[0]?.mode).toBe('changes');
    expect(system.streams[0]?.capabilities.findBy).toEqual(['key', 'reference']);
    const again = open();
    expect(again.readings[0]?.mode).toBe('changes');
    expect(keysOf(await pull(again))).toEqual(['101']);
    expect(asked).toBe(1);
    expect(JSON.stringify(ctx.lines)).not.toContain('101010');
  });

  test('looks up by id and by our reference', async () => {
    const { sandbox, system } = await setUp();
    sandbox.addClient({ fioF: 'а', apiIdExchange: 55 });
    sandbox.addClient({ fioF: 'б' });
    const find = async (probe: { key?: string; reference?: string }): Promise<string[]> => {
      const found = await system.streams[0]?.find?.(probe, never);
      return (found?.records.get('clients') ?? []).map(({ key }) => key);
    };
    expect(await find({ key: '102' })).toEqual(['102']);
    expect(await find({ reference: '55' })).toEqual(['101']);
    expect(await find({ reference: '56' })).toEqual([]);
    expect(await find({ reference: 'guid-1' })).toEqual([]);
  });
});

describe('adding clients', () => {
  const full: WireBody = {
    fioF: 'Васильев',
    fioO: '',
    deeps: '3',
    userCategory: ['10', '12'],
    contacts: [
      { type: 'mobile', value: '79998886644', general: '1', spy: '1', comment: '' },
      { type: 'email', value: 'v@example.test', spy: '' },
    ],
    comments: [{ id: '5', value: 'Первый', date: '1700000000' }],
    passport: { serial: '0399', number: '000456', sended: '', dateSended: '05.09.2010' },
    addDate: '1700000000',
  };

  test('a client as the table of the document wants it', async () => {
    const { sandbox, system } = await setUp({ settings: { userId: 123 } });
    const outcomes = await push(system, [create('1', full, '4711')]);
    expect(outcomes.get('1')).toEqual({ kind: 'applied', key: '101' });
    const made = sandbox.clients.get(101);
    expect(made?.fields).toEqual({ userId: '123', apiIdExchange: '4711', fioF: 'Васильев', deeps: '3' });
    expect(made?.passport).toEqual({ serial: '0399', number: '000456', dateSended: '05.09.2010' });
    expect(made?.contacts.map(({ type, value, general, spy }) => [type, value, general, spy])).toEqual([
      ['mobile', '79998886644', true, true],
      ['email', 'v@example.test', true, false],
    ]);
    expect(made?.comments.map(({ value }) => value)).toEqual(['Первый']);
  });

  test.each(['guid-1', '007', '12345678901234567890'])('a reference %s is no integer and is left out', async (reference) => {
    const { sandbox, system } = await setUp();
    await push(system, [create('1', { fioF: 'а' }, reference)]);
    expect(sandbox.clients.get(101)?.fields.apiIdExchange).toBeUndefined();
  });

  test('where the field belongs to another system no reference is written', async () => {
    const { sandbox, system } = await setUp({ settings: { useReference: false } });
    expect(system.streams[0]?.capabilities.reference).toBeUndefined();
    await push(system, [create('1', { fioF: 'а', apiIdExchange: '12' }, '4711')]);
    expect(sandbox.clients.get(101)?.fields.apiIdExchange).toBeUndefined();
  });

  test('batches are filled, and results keep the order of the operations', async () => {
    const { sandbox, system } = await setUp({ settings: { batchSize: 10 } });
    const outcomes = await push(
      system,
      Array.from({ length: 25 }, (_, index) => create(String(index), { fioF: `Ф${index}` })),
    );
    expect(sandbox.writes.map(({ ids }) => ids.length)).toEqual([10, 10, 5]);
    for (const [id, outcome] of outcomes) {
      expect(outcome.kind === 'applied' ? sandbox.clients.get(Number(outcome.key))?.fields.fioF : null).toBe(`Ф${id}`);
    }
  });

  test('a source that waits for an outcome is not waited for', async () => {
    const { sandbox, system } = await setUp();
    let settle = (): void => undefined;
    const settled = new Promise<void>((resolve) => {
      settle = resolve;
    });
    async function* operations(): AsyncGenerator<PushOperation> {
      yield create('1', { fioF: 'а' });
      await settled;
      yield create('2', { fioF: 'б' });
    }
    const seen: string[] = [];
    for await (const { operationId } of system.streams[0]?.push?.(operations(), never) ?? []) {
      seen.push(operationId);
      settle();
    }
    expect(seen).toEqual(['1', '2']);
    expect(inserts(sandbox)).toBe(2);
  });

  test('a notice belongs to the client it speaks of', async () => {
    const { system } = await setUp();
    const outcomes = await push(system, [
      create('1', { fioF: 'а', objects: [{ id: '9', lpr: '1' }] }),
      create('2', { fioF: 'б' }),
      create('3', { fioF: 'в', objects: [{ id: '9', lpr: '1' }] }),
    ]);
    expect(outcomes.get('1')).toEqual({ kind: 'applied', key: '101' });
    expect(outcomes.get('2')).toEqual({ kind: 'applied', key: '102' });
    expect(outcomes.get('3')).toEqual({ kind: 'applied', key: '103', notices: ['notice 5 in field lpr'] });
  });

  test.each([400, 200] as const)('bad rows are refused (HTTP %i), the others go in once', async (errorStatus) => {
    const { sandbox, system } = await setUp({ sandbox: { errorStatus } });
    const outcomes = await push(system, [
      create('1', { fioF: 'а' }),
      create('2', { fioF: 'Секретов', sex: 'мужской' }),
      create('3', { fioF: 'в' }),
      create('4', { fioF: 'г', contacts: [{ type: 'mobile', value: '89990001122' }] }),
    ]);
    expect(outcomes.get('1')).toEqual({ kind: 'applied', key: '101' });
    expect(outcomes.get('3')).toEqual({ kind: 'applied', key: '102' });
    expect(outcomes.get('2')).toEqual({ kind: 'rejected', code: 'VENDOR_ERROR', reason: 'error 1 in field sex' });
    expect(outcomes.get('4')).toEqual({ kind: 'rejected', code: 'VENDOR_ERROR', reason: 'error 2 in field value' });
    expect(inserts(sandbox)).toBe(2);
    expect(sandbox.clients.size).toBe(2);
  });

  test('where a refusal says nothing of the other rows, they stay unknown', async () => {
    const { sandbox, system } = await setUp({ settings: { refusedBatch: 'unknown' } });
    const outcomes = await push(system, [create('1', { fioF: 'а' }), create('2', { sex: 'x' })]);
    expect(outcomes.get('1')).toMatchObject({ kind: 'unknown' });
    expect(outcomes.get('2')).toMatchObject({ kind: 'rejected' });
    expect(inserts(sandbox)).toBe(1);
  });

  test('a refusal that names no row halves the batch', async () => {
    const { sandbox, system } = await setUp({ sandbox: { maxBatch: 2 } });
    const operations = Array.from({ length: 5 }, (_, index) => create(String(index), { fioF: `Ф${index}` }));
    const outcomes = await push(system, operations);
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(Array(5).fill('applied'));
    expect(sandbox.clients.size).toBe(5);
  });

  test('a refused token rejects, and names no secret', async () => {
    const { system } = await setUp({ settings: { token: 'wrong-token' } });
    const outcomes = await push(system, [create('1', { fioF: 'а' }), create('2', { fioF: 'б' })]);
    expect(outcomes.get('2')).toEqual({ kind: 'rejected', code: 'VENDOR_ERROR', reason: 'error 1' });
  });

  test('fewer ids than clients: nobody knows whose they are', async () => {
    const { sandbox, system } = await setUp({ sandbox: { badRow: 'leave-out' } });
    const outcomes = await push(system, [create('1', { fioF: 'а' }), create('2', { sex: 'x' }), create('3', { fioF: 'в' })]);
    expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(inserts(sandbox)).toBe(1);
  });

  test.each([{ kind: 'reset-after' }, { kind: 'truncate', clean: true }, { kind: 'html', effect: true }, { kind: 'status', status: 503 }] as const)(
    'a lost answer ($kind) is unknown, and nothing is sent twice',
    async (fault) => {
      const { sandbox, system } = await setUp();
      sandbox.faults.add({ ...fault, match: { method: 'PUT' } });
      const outcomes = await push(system, [create('1', { fioF: 'а' }), create('2', { fioF: 'б' })]);
      expect([...outcomes.values()].map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
      expect(inserts(sandbox)).toBe(1);
      expect(sandbox.clients.size).toBe(fault.kind === 'status' ? 0 : 2);
    },
  );

  test('updates and deletions are refused, not turned into doubles', async () => {
    const { sandbox, system } = await setUp();
    const outcomes = await push(system, [
      { id: '1', action: 'update', key: '101', fields: { fioF: 'а' }, idempotencyKey: 'k' },
      { id: '2', action: 'delete', key: '101', fields: {}, idempotencyKey: 'k' },
    ]);
    expect(outcomes.get('1')).toMatchObject({ kind: 'rejected', code: 'UNSUPPORTED' });
    expect(outcomes.get('2')).toMatchObject({ kind: 'rejected', code: 'UNSUPPORTED' });
    expect(inserts(sandbox)).toBe(0);
  });
});
