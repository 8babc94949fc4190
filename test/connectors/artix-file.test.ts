import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { artix } from '../../connectors/artix/index.ts';
import type { Context } from '../../core/context.ts';
import type { Outcome, PushResult } from '../../core/contract.ts';
import { ConnectionError } from '../../core/errors.ts';
import { operation, pullAll, push, type Rig, rig, type Settings, signal, streamOf } from './artix-support.ts';

const byFile = (test: Rig, settings: Settings = {}) => test.open({ route: 'file', rest: null, accounts: null, ...settings });

const handleOf = (result: PushResult | undefined): string => {
  if (result?.outcome.kind !== 'accepted') throw new Error(`not accepted but ${result?.outcome.kind}`);
  return result.outcome.handle;
};

const dataOf = async (test: Rig): Promise<string> => {
  const [name] = (await readdir(test.directory)).filter((one) => one.endsWith('.aif'));
  return readFile(join(test.directory, name ?? ''), 'utf8');
};

const confirm = (test: ReturnType<Rig['open']>, stream: string, handle: string): Promise<Outcome | 'pending'> | undefined =>
  streamOf(test, stream).confirm?.(handle, signal);

describe('artix by file: the format', () => {
  it('writes commands byte by byte, each closed by its separator', async () => {
    const test = await rig();
    const results = await push(
      byFile(test),
      'clients',
      operation({
        action: 'create',
        reference: 'sv-1',
        fields: {
          name: 'Пётр',
          sex: '0',
          birthday: null,
          options: 3,
          communications: { call: true, sms: '1' },
          phonenumber: '79000000000',
        },
      }),
      operation({ action: 'update', key: '004', fields: { address: 'a\n---\nb' } }),
      operation({ action: 'delete', key: '12' }),
    );
    expect(await dataOf(test)).toBe(
      [
        '{"command":"addClient","client":{"idclient":"sv-1","name":"Пётр","sex":0,"birthday":"","options":{"sendchecktoemail":1,"emailconfirmed":1},"communications":{"call":1,"sms":1},"phonenumber":"79000000000"}}',
        '---',
        '{"command":"updateClient","client":{"idclient":"004","address":"a\\n---\\nb"}}',
        '---',
        '{"command":"deleteClient","idclient":"12"}',
        '---',
        '',
      ].join('\n'),
    );
    expect(results.map(({ outcome }) => outcome.kind)).toEqual(['accepted', 'accepted', 'accepted']);
  });

  it('writes groups, cards and their accounts', async () => {
    const test = await rig();
    const system = byFile(test);
    await push(system, 'cards', operation({ action: 'create', parentKey: '4', fields: { number: '15', blocked: '1' } }));
    expect(await dataOf(test)).toBe(
      [
        '{"command":"addCard","card":{"blocked":true,"idcardgroup":"1","number":"15","idcard":"15","idclient":"4"}}',
        '---',
        '{"command":"addChangeCardAccount","ChangeCardAccount":{"cardNumber":"15","accountnumber":"15","cardstatus":"EARN_PAY"}}',
        '---',
        '',
      ].join('\n'),
    );
    test.sandbox.takeFiles();
    await push(system, 'card-types', operation({ action: 'create', fields: { idcardgroup: 2, name: 'Gold', cardmode: '1' } }));
    expect(await dataOf(test)).toBe('{"command":"addCardGroup","cardGroup":{"idcardgroup":"2","name":"Gold","cardmode":1}}\n---\n');
    expect(test.sandbox.cards.get('15')).toMatchObject({ idclient: '4', blocked: 1 });
    expect(test.sandbox.accounts.cards.get('15')).toMatchObject({ accountNumber: '15', status: 'EARN_PAY' });
  });

  it('writes what the settings say: markers, phone spelling, masks, null', async () => {
    const test = await rig();
    const file = { markers: true, phoneKey: 'phonenumbr', bitMasks: 'integer', version: '2' };
    const fields = {
      phonenumber: '7',
      options: { emailconfirmed: 1 },
      communications: { sms: 1, email: 0, call: 1 },
      email: null,
    };
    await push(byFile(test, { file }), 'clients', operation({ action: 'update', key: '4', fields }));
    expect(await dataOf(test)).toBe(
      [
        '### data begin ###',
        '{"command":"updateClient","client":{"idclient":"4","phonenumbr":"7","options":2,"communications":9,"email":null}}',
        '---',
        '### data end ###',
        '',
      ].join('\n'),
    );
  });

  it('is loaded by the vendor as it was meant', async () => {
    const test = await rig();
    test.sandbox.addClient({ idclient: '4', name: 'Old', inn: '1', phonenumber: '2' });
    test.sandbox.addClient({ idclient: '12' });
    await push(
      byFile(test),
      'clients',
      operation({ action: 'update', key: '4', fields: { name: 'New', phonenumber: null, options: 1 } }),
      operation({ action: 'delete', key: '12' }),
    );
    expect(test.sandbox.takeFiles()).toMatchObject([{ status: 'STATUS_READY', commands: 2 }]);
    expect([...test.sandbox.clients.keys()]).toEqual(['4']);
    const { update_time: _, ...client } = test.sandbox.clients.get('4') ?? {};
    expect(client).toEqual({ idclient: '4', name: 'New', inn: '1', options: 1 });
  });
});

describe('artix by file: a loader of version 2', () => {
  it('finds every key in its exact spelling', async () => {
    const test = await rig({ formatVersion: 2, skipsMarkers: true });
    test.sandbox.addClient({ idclient: '4', name: 'Old', email: 'a@b.ru' });
    const system = byFile(test, { file: { version: '2', markers: true } });
    const fields = { phonenumber: '7', email: null, options: { sendCheckToEmail: 1 } };
    await push(system, 'clients', operation({ action: 'update', key: '4', fields }));
    await push(system, 'cards', operation({ action: 'create', parentKey: '4', fields: { number: '15', cardSum: 1.5 } }));
    expect(test.sandbox.takeFiles().map(({ status }) => status)).toEqual(['STATUS_READY', 'STATUS_READY']);
    const { update_time: _, ...client } = test.sandbox.clients.get('4') ?? {};
    expect(client).toEqual({ idclient: '4', name: 'Old', phonenumber: '7', options: 1 });
    expect(test.sandbox.cards.get('15')).toMatchObject({ cardSum: 1.5 });
    expect(test.sandbox.accounts.cards.has('15')).toBe(true);
  });
});

describe('artix by file: the pair', () => {
  it('writes the flag after the data, both whole and for our eyes only', async () => {
    const test = await rig();
    const names: string[] = [];
    const files: Context['files'] = {
      ...test.ctx.files,
      async writeNew(directory, name, content) {
        names.push(`${name}|${content === '' ? 'empty' : 'data'}`);
        await test.ctx.files.writeNew(directory, name, content);
      },
    };
    const settings = artix.settings.parse({ route: 'file', file: { directory: test.directory } });
    await push(artix.open(settings, { ...test.ctx, files }), 'clients', operation({ action: 'delete', key: '1' }));
    expect(names.map((name) => name.replace(/\d+/, '#'))).toEqual(['pos#.aif|data', 'pos#.flz|empty']);
    expect(names[0]).toMatch(/^pos2024011509\d{4}\d{3}\d{3}\.aif/);
  });

  it('splits operations into files of a batch, with names in rising order, and none that is taken', async () => {
    const test = await rig();
    const system = byFile(test, { file: { batch: 2 } });
    // The clock stands still: only the counter tells the names apart.
    const frozen = test.ctx.clock.now() + 1;
    test.ctx.clock.now = () => frozen;
    const stamp = new Date(frozen).toISOString().replace(/\D/g, '');
    await writeFile(join(test.directory, `pos${stamp}001.aif`), 'of somebody else');
    await writeFile(join(test.directory, `pos${stamp}002.flz`), '');
    const list = Array.from({ length: 5 }, (_, index) => operation({ action: 'delete', key: String(index) }));
    const results = await push(system, 'clients', ...list);
    const handles = results.map(handleOf);
    expect(handles.map((handle) => handle.slice(-3))).toEqual(['000', '000', '003', '003', '004']);
    expect([...handles].sort()).toEqual(handles);
    expect(await readFile(join(test.directory, `pos${stamp}001.aif`), 'utf8')).toBe('of somebody else');
  });

  it('gives no stamp twice, also not when the system is opened again and the file is gone', async () => {
    const test = await rig();
    const frozen = Date.UTC(2024, 0, 1);
    test.ctx.clock.now = () => frozen;
    const handles: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      handles.push(handleOf((await push(byFile(test), 'clients', operation({ action: 'delete', key: '1' })))[0]));
      test.sandbox.takeFiles();
    }
    expect(new Set(handles).size).toBe(3);
  });

  it('counts on in seconds where the name has nothing finer', async () => {
    const test = await rig();
    const frozen = Date.UTC(2024, 0, 1);
    test.ctx.clock.now = () => frozen;
    const system = byFile(test, { file: { batch: 1, pattern: 'pos{stamp}' } });
    const list = Array.from({ length: 3 }, (_, index) => operation({ action: 'delete', key: String(index) }));
    expect((await push(system, 'clients', ...list)).map(handleOf)).toEqual(['pos20240101000000', 'pos20240101000001', 'pos20240101000002']);
  });

  it('leaves operations to be tried again when the directory cannot be written', async () => {
    const test = await rig();
    const system = byFile(test, { file: { directory: join(test.directory, 'none') } });
    expect(await push(system, 'clients', operation({ action: 'delete', key: '1' }))).toMatchObject([
      { outcome: { kind: 'retry', code: 'EXCHANGE_DIRECTORY' } },
    ]);
    await expect(system.check(signal)).rejects.toMatchObject({ code: 'EXCHANGE_DIRECTORY' });
  });

  it('does not know what became of data whose flag could not be written', async () => {
    const test = await rig();
    const frozen = test.ctx.clock.now();
    test.ctx.clock.now = () => frozen;
    const files: Context['files'] = {
      ...test.ctx.files,
      async writeNew(directory, name, content) {
        if (name.endsWith('.flz')) await mkdir(join(directory, name));
        await test.ctx.files.writeNew(directory, name, content);
      },
    };
    const settings = artix.settings.parse({ route: 'file', file: { directory: test.directory } });
    const system = artix.open(settings, { ...test.ctx, files });
    expect(await push(system, 'clients', operation({ action: 'delete', key: '1' }))).toMatchObject([
      { outcome: { kind: 'unknown', code: 'EXCHANGE_DIRECTORY' } },
    ]);
  });

  it('refuses what it has no command for, and sends the rest', async () => {
    const test = await rig();
    const system = byFile(test);
    const results = await push(
      system,
      'cards',
      operation({ action: 'delete', key: '1' }),
      operation({ action: 'create', fields: {} }),
      operation({ action: 'create', fields: { number: '9' } }),
    );
    expect(results.map(({ outcome }) => ('code' in outcome ? outcome.code : outcome.kind))).toEqual(['UNSUPPORTED', 'CARD_NUMBER_MISSING', 'accepted']);
    expect(test.sandbox.takeFiles()).toMatchObject([{ commands: 2 }]);
  });
});

describe('artix by file: what became of it', () => {
  it('waits while either file lies there, and knows the key of what it made', async () => {
    const test = await rig();
    const system = byFile(test);
    const handle = handleOf((await push(system, 'clients', operation({ action: 'create', reference: 'a:b', fields: {} })))[0]);
    expect(await confirm(system, 'clients', handle)).toBe('pending');
    const [flag = ''] = (await readdir(test.directory)).filter((name) => name.endsWith('.flz'));
    await rename(join(test.directory, flag), join(test.directory, 'elsewhere'));
    expect(await confirm(system, 'clients', handle)).toBe('pending');
    await rename(join(test.directory, 'elsewhere'), join(test.directory, flag));
    test.sandbox.takeFiles();
    expect(await confirm(system, 'clients', handle)).toEqual({ kind: 'applied', key: 'a:b' });
  });

  it('takes a pair back after the time-out, for every operation in it, so that it is not loaded late', async () => {
    const test = await rig();
    test.sandbox.addClient({ idclient: '1' });
    const system = byFile(test, { file: { timeoutSeconds: 100 } });
    const handles = (await push(system, 'clients', operation({ action: 'delete', key: '1' }), operation({ action: 'delete', key: '2' }))).map(handleOf);
    test.ctx.clock.advance(98_000);
    expect(await confirm(system, 'clients', handles[0] ?? '')).toBe('pending');
    test.ctx.clock.advance(4000);
    // Another process may ask about the second one.
    for (const [index, asked] of [system, byFile(test, { file: { timeoutSeconds: 100 } })].entries()) {
      expect(await confirm(asked, 'clients', handles[index] ?? '')).toEqual({ kind: 'retry', ms: 0, code: 'EXCHANGE_NOT_TAKEN' });
    }
    expect(test.sandbox.takeFiles()).toEqual([]);
    expect(test.sandbox.clients.has('1')).toBe(true);
    expect((await readdir(test.directory)).map((name) => name.replace(/\d+/, '#'))).toEqual(['pos#.back']);
    test.ctx.clock.advance(31 * 86_400_000);
    await push(system, 'clients', operation({ action: 'delete', key: '1' }));
    expect((await readdir(test.directory)).map((name) => name.replace(/\d+/, '#')).sort()).toEqual(['pos#.aif', 'pos#.flz']);
  });

  it('does not know after the time-out where half a pair is gone: it may have been taken', async () => {
    for (const gone of ['.flz', '.aif']) {
      const test = await rig();
      const system = byFile(test, { file: { timeoutSeconds: 100 } });
      const handle = handleOf((await push(system, 'clients', operation({ action: 'delete', key: '1' })))[0]);
      const [half = ''] = (await readdir(test.directory)).filter((name) => name.endsWith(gone));
      await rm(join(test.directory, half));
      test.ctx.clock.advance(102_000);
      expect(await confirm(system, 'clients', handle)).toEqual({ kind: 'unknown', code: 'VENDOR_LOST_ANSWER' });
    }
  });

  it('counts a pair that cannot be taken back as still under way', async () => {
    const test = await rig();
    const files: Context['files'] = {
      ...test.ctx.files,
      async remove() {
        throw new ConnectionError('EXCHANGE_DIRECTORY', 'not allowed');
      },
    };
    const settings = artix.settings.parse({ route: 'file', file: { directory: test.directory } });
    const system = artix.open(settings, { ...test.ctx, files });
    const handle = handleOf((await push(system, 'clients', operation({ action: 'delete', key: '1' })))[0]);
    test.ctx.clock.advance(200_000);
    expect(await confirm(system, 'clients', handle)).toBe('pending');
  });

  it('notices a refused file where the cash server can be read', async () => {
    const test = await rig();
    const blind = byFile(test);
    const seeing = byFile(test, { rest: {} });
    const create = () => operation({ action: 'create', reference: 'sv-1', fields: { name: 'x' } });
    const send = async () => handleOf((await push(seeing, 'clients', create()))[0]);
    const refused = await send();
    test.sandbox.exchange?.addFault({ kind: 'reject' });
    expect(test.sandbox.takeFiles()).toMatchObject([{ status: 'STATUS_ERROR' }]);
    expect(await confirm(blind, 'clients', refused)).toEqual({ kind: 'applied', key: 'sv-1' });
    expect(await confirm(seeing, 'clients', refused)).toBe('pending');
    test.ctx.clock.advance(200_000);
    expect(await confirm(seeing, 'clients', refused)).toEqual({ kind: 'unknown', code: 'VENDOR_LOST_ANSWER' });
    const taken = await send();
    test.sandbox.takeFiles();
    expect(await confirm(seeing, 'clients', taken)).toEqual({ kind: 'applied', key: 'sv-1' });
  });

  it('waits for a load that is only queued when its file is gone', async () => {
    const test = await rig({ asyncLoad: true });
    const system = byFile(test, { rest: {} });
    const create = operation({ action: 'create', reference: 'sv-1', fields: { name: 'x' } });
    const handle = handleOf((await push(system, 'clients', create))[0]);
    test.sandbox.takeFiles();
    expect(await confirm(system, 'clients', handle)).toBe('pending');
    test.sandbox.exchange?.finishLoads();
    expect(await confirm(system, 'clients', handle)).toEqual({ kind: 'applied', key: 'sv-1' });
    expect(await push(system, 'clients', create)).toMatchObject([{ outcome: { kind: 'applied', key: 'sv-1' } }]);
  });

  it('binds a card that lies there without parting it from its account', async () => {
    const test = await rig();
    test.sandbox.addCard({ idcard: '70', number: '70', pincode: '1', idcardgroup: 9 });
    test.sandbox.addAccountCard({ number: '70', accountNumber: 'shared' }, 500);
    const system = byFile(test, { rest: {} });
    await push(system, 'cards', operation({ action: 'create', parentKey: '8', fields: { number: '70' } }));
    test.sandbox.takeFiles();
    expect(test.sandbox.cards.get('70')).toMatchObject({ idclient: '8', pincode: '1', idcardgroup: 9 });
    expect(test.sandbox.accounts.cards.get('70')?.accountNumber).toBe('shared');
  });

  it('never adds over somebody else where the cash server can be read', async () => {
    const test = await rig();
    test.sandbox.addClient({ idclient: '7', name: 'Other' });
    test.sandbox.addCard({ idcard: '70', number: '70', idclient: '7', pincode: '1' });
    const system = byFile(test, { rest: {} });
    const [client] = await push(system, 'clients', operation({ action: 'create', reference: '7', fields: { name: 'x' } }));
    const [card] = await push(system, 'cards', operation({ action: 'create', parentKey: '8', fields: { number: '70' } }));
    for (const result of [client, card]) expect(result?.outcome).toMatchObject({ kind: 'rejected', code: 'KEY_TAKEN' });
    expect(test.sandbox.takeFiles()).toEqual([]);
  });
});

describe('artix by file: reading', () => {
  it('is write-only without REST, and says so', async () => {
    const test = await rig();
    const system = byFile(test);
    expect(system.readings.map(({ mode }) => mode)).toEqual(['none', 'none', 'none', 'none']);
    expect(system.readings[0]?.remark).toMatch(/write-only/);
    await expect(pullAll(system, 'clients')).rejects.toMatchObject({ code: 'VENDOR_UNREADABLE' });
    expect(streamOf(system, 'clients').find).toBeUndefined();
    expect(streamOf(system, 'bonuses').push).toBeUndefined();
    const { remarks } = await system.check(signal);
    expect(remarks.join()).toMatch(/write-only/);
  });

  it('reads back over REST what it sent by file', async () => {
    const test = await rig();
    const system = byFile(test, { rest: {}, accounts: {} });
    expect(streamOf(system, 'clients').capabilities).toMatchObject({
      update: 'patch',
      confirmsLater: true,
      findBy: ['key', 'reference'],
    });
    expect(streamOf(system, 'cards').capabilities.update).toBe('replace');
    await push(system, 'clients', operation({ action: 'create', reference: '1', fields: { name: 'x' } }));
    await push(system, 'cards', operation({ action: 'create', parentKey: '1', fields: { number: '5' } }));
    test.sandbox.takeFiles();
    expect((await pullAll(system, 'clients')).records).toEqual([{ key: '1', body: { idclient: '1', name: 'x' } }]);
    expect((await pullAll(system, 'bonuses')).records).toMatchObject([{ key: '5', body: { balance: 0 } }]);
    const update = operation({
      action: 'update',
      key: '5',
      fields: { blocked: 1 },
      body: { idcard: '5', number: '5', idcardgroup: '1', idclient: '1', blocked: 1 },
    });
    await push(system, 'cards', update);
    test.sandbox.takeFiles();
    expect(test.sandbox.cards.get('5')).toMatchObject({ blocked: 1, idclient: '1', idcardgroup: 1 });
  });
});
