/** The further doors of Artix in whole runs: the exchange service with its callbacks, command files as a source, additional cards. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { listen } from '../../app/listener.ts';
import { freePort } from '../support/free-port.ts';
import { describeStores } from '../support/stores.ts';
import { configOf, policiesOf, type World } from '../support/world.ts';
import { addShopClient, inWorld, PETROV, quiet } from './kit.ts';

const TWO = ['shop', 'tills'] as const;
const base = configOf(TWO, policiesOf(TWO));

/** The tills by the exchange service of the sandbox; `$AIF` stands beside `$CS`. */
const overHttp = (port: number): string =>
  base.replace(
    'settings: { rest: { url: $CS,',
    `settings: { route: http, http: { url: $AIF, login: $LOGIN, password: { env: TILLS }, shops: ["1"], statuses: { listen: "127.0.0.1:${port}", waitSeconds: 0 } }, rest: { url: $CS,`,
  );

async function hears(world: World): Promise<void> {
  const { systems, log } = await world.setup();
  const listening = await listen(systems, { log, signal: new AbortController().signal, inUse: 'fail' });
  onTestFinished(() => listening.close());
}

describeStores('the exchange service of Artix', (openFresh) => {
  it('takes clients, then their cards, each confirmed by what is called back and by reading', async () => {
    await inWorld(await openFresh(), { config: overHttp(await freePort()) }, async (world) => {
      await hears(world);
      const { machine } = world.sandbox.artix;
      addShopClient(world, PETROV);
      for (let n = 0; n < 6; n += 1) {
        await world.sync();
        await machine.aif.calledBack();
        world.clock.jump(60_000);
      }
      expect([...machine.clients.values()].map(({ lastname }) => lastname)).toEqual(['Петров']);
      expect(machine.aif.loads.every(({ status }) => status === 'STATUS_READY')).toBe(true);
      expect(machine.aif.callbacks.every(({ status }) => status === 200)).toBe(true);
      world.sandbox.virtualpos.machine.editCustomer('1', { email: 'new@x.ru' });
      for (let n = 0; n < 2; n += 1) {
        await world.sync();
        await machine.aif.calledBack();
      }
      expect([...machine.clients.values()].map(({ email }) => email)).toEqual(['new@x.ru']);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('is read back where nobody hears the callbacks, and nothing is sent twice', async () => {
    await inWorld(await openFresh(), { config: overHttp(await freePort()) }, async (world) => {
      const { machine } = world.sandbox.artix;
      addShopClient(world, PETROV);
      for (let n = 0; n < 8; n += 1) {
        await world.sync();
        await machine.aif.calledBack();
        world.clock.jump(700_000);
      }
      const made = machine.writes.filter(({ call }) => call === 'addClient');
      expect(made).toHaveLength(1);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });
});

const bySource = base
  .replace(
    /settings: \{ rest: .*?defaultCardGroup: "2" \},/,
    'settings: { route: file, file: { directory: $DIRECTORY }, source: { directory: $DIRECTORY, prefix: "src" }, defaultCardGroup: "2" },',
  )
  .replace(
    /streams: \{ clients: \{ push: auto, create: all \}, cards: \{ push: auto, create: all \}, bonuses: \{ push: auto, create: all \} \}, guards: (?=[^\n]*\n?policies)/,
    'streams: { clients: { push: off }, cards: { push: plan, create: all } }, guards: ',
  );

describeStores('command files of Artix as a source', (openFresh) => {
  const put = (world: World, name: string, ...commands: readonly object[]): void => {
    const directory = world.sandbox.artix.directory ?? '';
    writeFileSync(join(directory, `${name}.aif`), commands.map((command) => `${JSON.stringify(command)}\n---\n`).join(''));
    writeFileSync(join(directory, `${name}.flz`), '');
  };
  const client = (idclient: string, lastname: string, phone: string) => ({
    command: 'addClient',
    client: { idclient, name: 'Пётр', lastname, patronymic: 'Ильич', phonenumber: phone },
  });
  const shopNames = (world: World): unknown[] => [...world.sandbox.virtualpos.machine.customers.values()].map(({ lname }) => lname).sort();
  const states = async (world: World): Promise<Record<string, string>> => {
    const rows = await world.store.db('records').select('record_key', 'state', 'stream').whereIn('stream', ['clients', 'additional-cards']);
    return Object.fromEntries(rows.map((row) => [`${row.stream} ${row.record_key}`, String(row.state)]));
  };

  it('brings clients to the shop, is quiet in a second run, and tells what was deleted', async () => {
    await inWorld(await openFresh(), { config: bySource }, async (world) => {
      put(
        world,
        'src1',
        { command: 'clearClient' },
        client('t1', 'Петров', '89130000001'),
        client('t2', 'Сидоров', '89130000002'),
        client('t3', 'Иванов', '89130000003'),
      );
      put(world, 'src2', { command: 'updateClient', client: { idclient: 't1', email: 'a@x.ru' } }, { command: 'deleteClient', idclient: 't3' });
      const first = await world.sync();
      expect(first.problems).toEqual([]);
      expect(shopNames(world)).toEqual(['Петров', 'Сидоров']);
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      // A deletion that is told, and one that follows from a clear.
      put(world, 'src3', { command: 'deleteClient', idclient: 't2' });
      await world.sync();
      expect(await states(world)).toMatchObject({ 'clients t1': 'live', 'clients t2': 'deleted' });
      // It is told at every reading, and is no news.
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
      expect(await states(world)).toMatchObject({ 'clients t2': 'deleted' });
      put(world, 'src4', { command: 'clearClient' }, client('t4', 'Орлов', '89130000004'));
      await world.sync();
      expect(await states(world)).toMatchObject({ 'clients t1': 'deleted', 'clients t4': 'live' });
      // The files are gone, one after the other: what they said is not unsaid.
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it('reports a lost tail once, and goes on', async () => {
    await inWorld(await openFresh(), { config: bySource }, async (world) => {
      put(world, 'src1', client('t1', 'Петров', '89130000001'));
      const directory = world.sandbox.artix.directory ?? '';
      writeFileSync(join(directory, 'src2.aif'), `${JSON.stringify(client('t2', 'Сидоров', '8'))}\n`);
      writeFileSync(join(directory, 'src2.flz'), '');
      const report = await world.sync();
      expect(report.waiting).toMatchObject({ quarantined: 1 });
      const [row] = await world.store.db('quarantine').select('rule', 'code');
      expect(row).toMatchObject({ code: 'RECORD_WIRE', rule: expect.stringContaining('src2.aif, line 1: text after the last') });
      expect((await world.sync()).waiting).toMatchObject({ quarantined: 1, fresh: 0 });
      rmSync(join(directory, 'src2.aif'));
      rmSync(join(directory, 'src2.flz'));
    });
  });

  it('knows an additional card for what it is: no second card of the till', async () => {
    await inWorld(await openFresh(), { config: bySource }, async (world) => {
      put(
        world,
        'src1',
        client('t1', 'Петров', '89130000001'),
        { command: 'addCard', card: { idcard: '15', number: '15', idclient: 't1', idcardgroup: 2 } },
        { command: 'addAdditionalCard', additionalcard: { additionalnumber: '78', idcardgroup: 2, cardnumber: '15', idclient: 't1', isactive: 1 } },
      );
      const report = await world.sync();
      expect(report.problems).toEqual([]);
      expect(await states(world)).toMatchObject({ 'additional-cards 78': 'live' });
      const [card] = await world.store.db('cards').select('main_number', 'status').where({ number: '78' });
      expect(card).toMatchObject({ main_number: '15', status: 'active' });
      const made = await world.store
        .db('operations')
        .select('stream')
        .where({ stream: 'cards', action: 'create' })
        .join('systems', 'systems.id', 'operations.system_id')
        .where('systems.name', 'tills');
      expect(made).toEqual([]);
    });
  });
});
