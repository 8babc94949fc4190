import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type ArtixOptions, ArtixSandbox } from '../../sandbox/artix/index.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

describe('the exchange directory', () => {
  const exchange = async (setup: Partial<ArtixOptions> = {}) => {
    const directory = mkdtempSync(join(tmpdir(), 'artix-'));
    cleanups.push(() => rmSync(directory, { recursive: true }));
    const artix = new ArtixSandbox(setup, () => 0);
    const files = artix.watch(directory);
    const put = (name: string, text: string, flag = true) => {
      writeFileSync(join(directory, `${name}.aif`), text);
      if (flag) writeFileSync(join(directory, `${name}.flz`), '');
    };
    const send = (name: string, ...commands: object[]) => put(name, commands.map((command) => `${JSON.stringify(command)}\n---\n`).join(''));
    const names = () => readdirSync(directory).sort();
    return { artix, files, directory, put, send, names };
  };
  const add = (client: object) => ({ command: 'addClient', client });

  test('takes complete pairs in the order of names and deletes both files', async () => {
    const { artix, put, send, names } = await exchange();
    put('pos1', '', false);
    send('pos3', { command: 'updateClient', client: { idclient: 4, name: 'Второе', phonenumbr: '88005559999' } });
    send(
      'pos2',
      { command: 'addCardGroup', cardGroup: { idcardgroup: '2', name: 'Бонусные', cardmode: 1 } },
      add({
        idclient: 4,
        name: 'Пётр',
        sex: 0,
        birthday: '1966-05-20',
        specialdate1: '',
        subscriptionadj: '1',
        options: { sendCheckToEmail: 1, emailconfirmed: true },
        communications: { call: 1, telegram: 0, sms: 1 },
      }),
      {
        command: 'addCard',
        card: { idcard: 'c', idcardgroup: '2', idclient: '4', number: 'n', blocked: false, cardSum: 0 },
      },
      {
        command: 'addChangeCardAccount',
        ChangeCardAccount: { cardNumber: 'n', accountnumber: 'n', cardstatus: 'EARN_ONLY' },
      },
      { command: 'addAdditionalCard', additionalcard: { additionalnumber: 'x', idcardgroup: 2, cardnumber: 'n' } },
      { command: 'addInventItem', invent: {} },
    );
    expect(artix.takeFiles()).toMatchObject([
      { file: 'pos2.aif', status: 'STATUS_READY', commands: 6, errors: [] },
      { file: 'pos3.aif', status: 'STATUS_READY' },
    ]);
    expect(names()).toEqual(['pos1.aif']);
    expect(artix.clients.get('4')).toMatchObject({
      idclient: '4',
      name: 'Второе',
      options: 3,
      communications: 9,
      birthday: '1966-05-20',
      phonenumber: '88005559999',
      subscriptionadj: 1,
    });
    expect(artix.cards.get('c')).toMatchObject({ idcardgroup: 2, blocked: 0 });
    expect(artix.accounts.cards.get('n')?.status).toBe('EARN_ONLY');
    expect(artix.writes.map((write) => write.call)).toEqual([
      'addCardGroup',
      'addClient',
      'addCard',
      'addChangeCardAccount',
      'addAdditionalCard',
      'updateClient',
    ]);
  });

  test('the tail after the last separator is lost; malformed JSON refuses all', async () => {
    const { artix, put, names } = await exchange();
    const one = JSON.stringify(add({ idclient: '1' }));
    put('pos1', `\ufeff${JSON.stringify(add({ idclient: '0' }), null, 2)}\r\n --- \r\n---\n${one}`);
    expect(artix.takeFiles()).toMatchObject([{ status: 'STATUS_READY', commands: 1 }]);
    expect([...artix.clients.keys()]).toEqual(['0']);
    put('pos2', `${one}\n---\n{"command":"addCl\n---\n`);
    expect(artix.takeFiles()).toMatchObject([{ status: 'STATUS_ERROR', errors: [{ line: 3 }] }]);
    expect(artix.clients.size).toBe(1);
    expect(names()).toEqual(['backup']);
  });

  test('record errors leave the rest of the load alone', async () => {
    const { artix, send } = await exchange();
    send(
      'pos1',
      add({ idclient: '1', birthday: '1900-01-01' }),
      add({ idclient: '2', name: 'x'.repeat(201) }),
      { command: 'updateClient', client: { idclient: '9' } },
      { command: 'deleteClient', idclient: 9 },
      { command: 'deleteCard', idcard: '9' },
      { command: 'toString' },
      add({ idclient: '3' }),
    );
    const [load] = artix.takeFiles();
    expect(load?.status).toBe('STATUS_READY_WITH_ERROR');
    expect(load?.errors.map((error) => error.index)).toEqual([0, 1, 2, 4, 5]);
    expect([...artix.clients.keys()]).toEqual(['3']);
  });

  test('version 1 drops null, version 2 keeps it and minds the case', async () => {
    const change = {
      command: 'updateClient',
      client: { idclient: '1', email: null, options: { sendCheckToEmail: 1 } },
    };
    const first = await exchange();
    const second = await exchange({ formatVersion: 2 });
    for (const { artix, send } of [first, second]) {
      artix.addClient({ idclient: '1', email: 'a@b.ru' });
      send('pos1', change);
      artix.takeFiles();
    }
    expect(first.artix.clients.get('1')).toMatchObject({ email: 'a@b.ru', options: 1 });
    expect(second.artix.clients.get('1')).toMatchObject({ options: 0 });
    expect(second.artix.clients.get('1')).not.toHaveProperty('email');
  });

  test('addClient replaces, clearClient empties the clients and leaves the cards', async () => {
    const { artix, send } = await exchange();
    artix.addClient({ idclient: '1', email: 'a@b.ru' });
    artix.addClient({ idclient: '2' });
    artix.addCard({ idcard: 'c' });
    send('pos1', add({ idclient: '1', name: 'А' }));
    artix.takeFiles();
    expect(artix.clients.get('1')).not.toHaveProperty('email');
    send('pos1', { command: 'clearClient' }, add({ idclient: '5' }));
    artix.takeFiles();
    expect([[...artix.clients.keys()], artix.cards.size]).toEqual([['5'], 1]);
  });

  test('faults of the file route', async () => {
    const { artix, files, send, names } = await exchange();
    files.addFault({ kind: 'late', times: 2 });
    send('pos1', add({ idclient: '1' }));
    expect([artix.takeFiles().length, artix.takeFiles().length, artix.takeFiles().length]).toEqual([0, 0, 1]);
    files.addFault({ kind: 'reject' });
    send('pos2', add({ idclient: '2' }));
    expect(artix.takeFiles()).toMatchObject([{ status: 'STATUS_ERROR' }]);
    files.addFault({ kind: 'leave' });
    files.addFault({ kind: 'report-error' });
    send('pos3', add({ idclient: '3' }));
    send('pos4', add({ idclient: '4' }));
    expect(artix.takeFiles().map((load) => load.status)).toEqual(['STATUS_READY', 'STATUS_READY_WITH_ERROR']);
    expect(artix.takeFiles()).toEqual([]);
    files.addFault({ kind: 'never-take' });
    send('pos5', add({ idclient: '5' }));
    expect([artix.takeFiles(), artix.takeFiles()]).toEqual([[], []]);
    expect([...artix.clients.keys()]).toEqual(['1', '3', '4']);
    expect(names()).toEqual(['backup', 'pos3.aif', 'pos3.flz', 'pos5.aif', 'pos5.flz']);
    expect(files.loads).toHaveLength(4);
  });

  test('a queued load is carried out later', async () => {
    const { artix, files, send, directory } = await exchange({ asyncLoad: true });
    send('pos1', add({ idclient: '1' }));
    expect(artix.takeFiles()).toMatchObject([{ status: 'STATUS_DURING' }]);
    expect([existsSync(join(directory, 'pos1.aif')), artix.clients.size]).toEqual([false, 0]);
    files.finishLoads();
    expect([files.loads[0]?.status, artix.clients.size]).toEqual(['STATUS_READY', 1]);
  });

  test('a started server polls the directory by itself', async () => {
    const { artix, directory, send } = await exchange();
    cleanups.push(() => artix.stop());
    await artix.start(0, { directory, pollMs: 5 });
    send('pos1', add({ idclient: '1' }));
    await expect.poll(() => artix.clients.size, { interval: 5, timeout: 5_000 }).toBe(1);
  });
});
