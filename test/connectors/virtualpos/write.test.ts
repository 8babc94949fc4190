import { afterEach, describe, expect, it } from 'vitest';
import { virtualpos } from '../../../connectors/virtualpos/index.ts';
import type { Found, Outcome, Probe, PushOperation, System } from '../../../core/contract.ts';
import type { VirtualPosSetup } from '../../../sandbox/virtualpos/index.ts';
import { testContext } from '../../support/context.ts';
import { operation, pushAll, streamOf } from '../kit.ts';
import { startVirtualpos, type VirtualposRig } from './rig.ts';

const rigs: VirtualposRig[] = [];
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.stop();
});

async function start(setup: VirtualPosSetup = {}, settings: Record<string, unknown> = {}): Promise<{ rig: VirtualposRig; system: System }> {
  const rig = await startVirtualpos(setup, settings);
  rigs.push(rig);
  return { rig, system: virtualpos.open(virtualpos.settings.parse(rig.settings), testContext()) };
}

async function push(system: System, stream: string, part: Partial<PushOperation> & Pick<PushOperation, 'action'>): Promise<Outcome> {
  const [result] = await pushAll(streamOf(system, stream), [operation(part)]);
  if (result === undefined) throw new Error('no result');
  return result.outcome;
}

async function find(system: System, stream: string, probe: Probe): Promise<Found> {
  const { find: look } = streamOf(system, stream);
  if (look === undefined) throw new Error('cannot look up');
  return look(probe, new AbortController().signal);
}

const keys = (found: Found): Record<string, string[]> =>
  Object.fromEntries([...found.records].map(([stream, records]) => [stream, records.map((record) => record.key)]));

describe('writing', () => {
  it('sends only what differs, never age, and keeps the key out of the address', async () => {
    const { rig, system } = await start({}, { update: 'changed' });
    const fields = { fname: 'Иван', age: '40', send_sms: false, id: '9' };
    expect(await push(system, 'clients', { action: 'update', key: '3', fields })).toEqual({
      kind: 'applied',
      key: '3',
    });
    expect(rig.machine.writes.at(-1)?.params).toEqual({
      id: '3',
      create_if_not_exist: '0',
      fname: 'Иван',
      send_sms: '0',
    });
    expect(rig.machine.requests.at(-1)?.query).not.toContain('apikey');
    const calls = rig.machine.requests.length;
    expect(await push(system, 'clients', { action: 'update', key: '3', fields: { age: '41' } })).toEqual({
      kind: 'unchanged',
    });
    expect(rig.machine.requests.length).toBe(calls);
  });

  it('sends all that the customer and the card hold, but for what is not ours to send, where nobody knows whether the rest is kept', async () => {
    for (const partialUpdate of [true, false]) {
      const { rig, system } = await start({ partialUpdate });
      const customer = { ...rig.machine.customers.get('3') };
      const card = { ...rig.machine.cards.get('3') };
      rig.machine.editCard('3', { barcode: '4600000000001' });
      expect(streamOf(system, 'clients').capabilities.update).toBe('replace');
      await push(system, 'clients', { action: 'update', key: '3', fields: { email: 'new@example.com' } });
      expect(rig.machine.customers.get('3')).toEqual({
        ...customer,
        email: 'new@example.com',
        last_update_date: expect.any(String),
        last_update_by: expect.any(String),
      });
      const sent = Object.keys(rig.machine.writes.at(-1)?.params ?? {});
      for (const name of ['age', 'accumulated_sales', 'register_date', 'created_date', 'created_by', 'last_update_date', 'last_update_by', 'external_id'])
        expect(sent).not.toContain(name);
      await push(system, 'cards', { action: 'update', key: '3', parentKey: '3', fields: { status: 'BLOCKED' } });
      expect(rig.machine.cards.get('3')).toEqual({ ...card, status: 'BLOCKED', barcode: '4600000000001' });
    }
  });

  it('a group of ours goes by its name alone: the id that was read would win over it', async () => {
    const { rig, system } = await start({ partialUpdate: false }, { createGroups: true });
    await push(system, 'clients', { action: 'update', key: '3', fields: { group_name: 'Новые' } });
    const { groups, customers } = rig.machine.state;
    expect(groups.get(customers.get('3')?.group_id ?? '')).toBe('Новые');
    expect(customers.get('3')).toMatchObject({ lname: 'Меченый' });
  });

  it('leaves a customer alone who has our reference from somebody else, and makes the new one without it', async () => {
    const { rig, system } = await start();
    const before = { ...rig.machine.customers.get('2') };
    const outcome = await push(system, 'clients', { action: 'create', reference: 'ext-2', fields: { fname: 'Иван' } });
    expect(outcome).toEqual({ kind: 'applied', key: '8' });
    expect(rig.machine.customers.get('2')).toEqual(before);
    expect(rig.machine.customers.get('8')).toMatchObject({ fname: 'Иван', external_id: '' });
  });

  it('changes our reference by the query, where it is a "get only" parameter', async () => {
    const { rig, system } = await start();
    await push(system, 'clients', { action: 'update', key: '3', fields: { external_id: 'ours' } });
    expect(rig.machine.customers.get('3')?.external_id).toBe('ours');
  });

  it('refuses what has no form: nested values, a card without a number, another number for a card', async () => {
    const { rig, system } = await start();
    const outcomes = [
      await push(system, 'clients', { action: 'update', key: '3', fields: { fname: ['x'] } }),
      await push(system, 'clients', { action: 'update', fields: { fname: 'x' } }),
      await push(system, 'clients', { action: 'delete', key: '3' }),
      await push(system, 'cards', { action: 'create', parentKey: '3', fields: {} }),
      await push(system, 'cards', { action: 'update', key: '77', fields: { uid: '200001', status: 'BLOCKED' } }),
      await push(system, 'bonuses', { action: 'adjust', adjust: { delta: 1, target: 1 } }),
    ];
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(Array(6).fill('rejected'));
    expect(rig.machine.requests).toHaveLength(0);
  });

  it('a card that is gone counts as deleted', async () => {
    const { system } = await start();
    expect((await push(system, 'cards', { action: 'delete', key: '2' })).kind).toBe('applied');
    expect((await push(system, 'cards', { action: 'delete', key: '2' })).kind).toBe('unchanged');
  });

  it('inserts cards where the configuration says so', async () => {
    const { rig, system } = await start({}, { createCardBy: 'insertCard', cardDefaults: { status: 'NEW' } });
    const create = { action: 'create', parentKey: '7', fields: { uid: '555', customer_id: 'x' } } as const;
    expect((await push(system, 'cards', create)).kind).toBe('applied');
    expect(rig.machine.writes.at(-1)).toMatchObject({
      call: 'insertCard',
      params: { uid: '555', status: 'NEW', customer_id: '7' },
    });
    expect(await push(system, 'cards', create)).toMatchObject({ kind: 'rejected', code: 'VENDOR_ERROR' });
  });

  it('sets balances by value where the configuration says so', async () => {
    const { rig, system } = await start({}, { balanceBy: 'value', booleans: '1' });
    expect(streamOf(system, 'bonuses').capabilities).toMatchObject({ repeat: 'safe', balance: { by: 'value' } });
    rig.faults.add({ kind: 'reset-after', match: { path: /updateBonus/ } });
    const adjust = { delta: -1, target: 4200 };
    expect(await push(system, 'bonuses', { action: 'adjust', key: '1:1', adjust })).toEqual({
      kind: 'applied',
      key: '1:1',
    });
    expect(rig.machine.balance('1', '1')).toBe(4200);
    expect(rig.machine.writes.at(-1)?.params).toEqual({
      customer_id: '1',
      bonus_id: '1',
      amount: '42.00',
      overwrite: '1',
    });
  });

  it('a refused key is no refused record', async () => {
    const { rig, system } = await start();
    rig.machine.options.apikey = 'changed';
    const outcome = await push(system, 'clients', { action: 'update', key: '3', fields: { fname: 'x' } });
    expect(outcome).toMatchObject({ kind: 'unsent', trouble: { code: 'VENDOR_REFUSED' } });
  });
});

describe('looking up', () => {
  it('gives the whole unit by id, phone, e-mail or our reference', async () => {
    for (const format of ['json', 'xml']) {
      const { system } = await start({ returnsExternalId: format === 'json' }, { format });
      const unit = { clients: ['1'], cards: ['1', '6'], bonuses: ['1:1'] };
      expect(keys(await find(system, 'clients', { key: '1' }))).toEqual(unit);
      expect(keys(await find(system, 'clients', { reference: 'ext-1' }))).toEqual(unit);
      expect(keys(await find(system, 'clients', { phone: '+79130000771' }))).toEqual(unit);
      expect(keys(await find(system, 'clients', { email: 'Client1@example.com' }))).toEqual(unit);
      expect(keys(await find(system, 'bonuses', { key: '1:1' }))).toEqual(unit);
    }
  });

  it('nobody is an answer, however it is given', async () => {
    for (const missing of ['empty', 'error'] as const) {
      const { system } = await start({ missing });
      expect(keys(await find(system, 'clients', { key: '99' }))).toEqual({ clients: [], cards: [], bonuses: [] });
      expect(keys(await find(system, 'clients', { reference: 'nobody' }))).toEqual({
        clients: [],
        cards: [],
        bonuses: [],
      });
    }
  });

  it('a filter that the vendor ignores gives no stranger', async () => {
    const { rig, system } = await start({ returnsExternalId: false });
    // Without their index the machine's filters find nothing to narrow by, and list everybody.
    rig.machine.state.idsByPhone = () => rig.machine.state.ids();
    rig.machine.state.idsByExternalId = () => rig.machine.state.ids();
    expect(keys(await find(system, 'clients', { phone: '+79130000779' })).clients).toEqual([]);
    for (let number = 0; number < 20; number += 1) rig.machine.addCustomer({});
    await expect(find(system, 'clients', { reference: 'ext-1' })).rejects.toMatchObject({ code: 'VENDOR_ANSWER' });
  });

  it('an error of the vendor is not "nobody"', async () => {
    const { rig, system } = await start();
    rig.faults.add({ kind: 'silent-error' });
    await expect(find(system, 'clients', { key: '1' })).rejects.toMatchObject({ code: 'VENDOR_ERROR' });
  });
});
