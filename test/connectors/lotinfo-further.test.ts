/** Archived and deleted clients, comments and places of Lotinfo. */
import { afterEach, describe, expect, test } from 'vitest';
import { lotinfo } from '../../connectors/lotinfo/index.ts';
import type { Batch, Json, System, VendorRecord } from '../../core/contract.ts';
import { type LotinfoOptions, LotinfoSandbox } from '../../sandbox/lotinfo/index.ts';
import { type TestContext, testContext } from '../support/context.ts';

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
