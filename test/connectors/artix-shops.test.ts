/** Several shops under one system, additional cards, look-ups of the online-card service, the journal of assets, full loads. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Outcome, PushOperation, System } from '../../core/contract.ts';
import { ConnectionError } from '../../core/errors.ts';
import type { JournalEntry } from '../../core/journal.ts';
import { cancelOthers, operation, push, type Rig, rig, signal, streamOf } from './artix-support.ts';

/** A rig with a second shop, whose directory is watched apart. */
async function twoShops(): Promise<Rig & { readonly second: string; readonly system: System }> {
  const test = await rig();
  const second = await mkdtemp(join(tmpdir(), 'artix-shop-'));
  onTestFinished(() => rm(second, { recursive: true, force: true }));
  const system = test.open({ route: 'file', file: { directory: [test.directory, second] }, accounts: null });
  return { ...test, second, system };
}

const handleOf = (outcome: Outcome | undefined): string => {
  if (outcome?.kind !== 'accepted') throw new Error(`not accepted but ${outcome?.kind}`);
  return outcome.handle;
};
const confirm = (system: System, handle: string): Promise<Outcome | 'pending'> | undefined => streamOf(system, 'clients').confirm?.(handle, signal);
const create = (): PushOperation => operation({ action: 'create', reference: 'sv-1', fields: { name: 'Пётр' } });

describe('artix with several shops', () => {
  it('writes the same pair for each, and is done when all have taken it', async () => {
    const { sandbox, directory, second, system } = await twoShops();
    const [result] = await push(system, 'clients', create());
    expect(await readdir(second)).toEqual(await readdir(directory));
    sandbox.takeFiles();
    expect(await confirm(system, handleOf(result?.outcome))).toBe('pending');
    sandbox.watch(second).takeFiles();
    expect(await confirm(system, handleOf(result?.outcome))).toEqual({ kind: 'applied', key: 'sv-1' });
  });

  it('sends once more to all where one shop never took it', async () => {
    const { sandbox, ctx, second, system } = await twoShops();
    const [result] = await push(system, 'clients', create());
    sandbox.takeFiles();
    ctx.clock.advance(200_000);
    expect(await confirm(system, handleOf(result?.outcome))).toMatchObject({ kind: 'retry', code: 'EXCHANGE_NOT_TAKEN' });
    expect((await readdir(second)).map((name) => name.split('.')[1])).toEqual(['back']);
    // The first shop has the client already; the second still lacks it.
    const again = await push(system, 'clients', create());
    sandbox.takeFiles();
    sandbox.watch(second).takeFiles();
    expect(await confirm(system, handleOf(again[0]?.outcome))).toEqual({ kind: 'applied', key: 'sv-1' });
  });

  it('leaves operations to be tried again where one directory is not there', async () => {
    const { second, system } = await twoShops();
    await rm(second, { recursive: true });
    expect(await push(system, 'clients', create())).toMatchObject([{ outcome: { kind: 'retry', code: 'EXCHANGE_DIRECTORY' } }]);
  });
});

describe('artix, additional cards', () => {
  it('writes them whole, with their client and group', async () => {
    const { sandbox, open } = await rig();
    const system = open({ route: 'file', accounts: null });
    const body = { additionalnumber: '79', idcardgroup: '2', cardnumber: '15', idclient: '4', isactive: 1, note: 'theirs' };
    await push(
      system,
      'additional-cards',
      operation({ action: 'create', parentKey: '4', fields: { additionalnumber: '78' } }),
      operation({ action: 'update', key: '79', fields: { isactive: false }, body }),
    );
    sandbox.takeFiles();
    const { additional } = sandbox.state;
    expect(additional.get('78')).toMatchObject({ idcardgroup: 1, idclient: '4' });
    expect(additional.get('79')).toMatchObject({ idcardgroup: 2, cardnumber: '15', isactive: 0 });
  });

  it('are no stream over REST, which does not know them', async () => {
    const { open } = await rig();
    expect(open().streams.map(({ name }) => name)).toEqual(['clients', 'card-types', 'cards', 'bonuses']);
    expect(open({ route: 'file' }).readings.map(({ name }) => name)).not.toContain('additional-cards');
  });
});

describe('artix, look-ups of online cards', () => {
  const ONLINE = { login: 'admin', password: 'sandbox-artix-password' };

  it('finds a card with its client by its number, and the cards of a phone', async () => {
    const { sandbox, url, open } = await rig();
    sandbox.addClient({ idclient: '4', name: 'Пётр', phonenumber: '89130000001', inn: '77' });
    for (const number of ['15', '16']) sandbox.addCard({ idcard: `c-${number}`, number, idclient: '4', idcardgroup: 1 });
    const system = open({ onlineCard: { url, ...ONLINE } });
    const clients = streamOf(system, 'clients');
    expect(clients.capabilities.findBy).toEqual(['key', 'reference', 'phone', 'cardNumber']);
    expect(streamOf(system, 'cards').capabilities.findBy).toEqual(['key', 'cardNumber']);
    const byNumber = await streamOf(system, 'cards').find?.({ cardNumber: '15' }, signal);
    expect(byNumber?.records.get('cards')).toMatchObject([{ key: 'c-15', parent: { stream: 'clients', key: '4' } }]);
    // A part of the client alone is shown: nothing is said of the rest.
    const [client] = byNumber?.records.get('clients') ?? [];
    expect(client).toMatchObject({ key: '4', body: { name: 'Пётр' }, covers: expect.arrayContaining(['name', 'phonenumber']) });
    expect(client?.covers).not.toContain('inn');
    const byPhone = await clients.find?.({ phone: '+79130000001' }, signal);
    expect(byPhone?.records.get('cards')?.map(({ key }) => key)).toEqual(['c-15', 'c-16']);
    expect(byPhone?.records.get('clients')).toHaveLength(1);
    expect((await clients.find?.({ phone: '+79990000000' }, signal))?.records.size).toBe(0);
    expect((await clients.find?.({ cardNumber: '99' }, signal))?.records.size).toBe(0);
  });

  it('tries the forms in which a phone may be kept', async () => {
    const { sandbox, url, open } = await rig({ onlinePhones: 'digits-7' });
    sandbox.addClient({ idclient: '4', phonenumber: '+7 913 000-00-01' });
    sandbox.addCard({ idcard: '15', number: '15', idclient: '4' });
    const found = await streamOf(open({ onlineCard: { url, ...ONLINE } }), 'clients').find?.({ phone: '+79130000001' }, signal);
    expect(found?.records.get('clients')).toHaveLength(1);
  });
});

describe('artix, what doctor asks', () => {
  const dead = 'http://127.0.0.1:1/';
  const login = { login: 'a', password: 'b' };

  it('tries every configured part, and names each that failed', async () => {
    const { open } = await rig();
    const http = { url: dead, ...login, shops: ['1'], statuses: {} };
    const system = open({ route: 'http', http, onlineCard: { url: dead, ...login } });
    const error = await system.check(signal).then(
      () => null,
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ code: 'VENDOR_UNREACHABLE', message: expect.stringMatching(/`onlineCard`: .*; `http`: /) });
    expect(error?.message).not.toMatch(/`rest`|`accounts`/);
  });

  it('loads nothing, leaves nothing behind, and says what new cards lack', async () => {
    const { open, url, sandbox, directory } = await rig();
    const overHttp = open({
      route: 'http',
      http: { url: `${url}/aifexchange/`, login: 'admin', password: 'sandbox-artix-password', shops: ['1'], statuses: {} },
    });
    expect((await overHttp.check(signal)).remarks.join()).not.toMatch(/404|defaultCardGroup/);
    expect(sandbox.aif.loads).toEqual([]);
    const { remarks } = await open({ route: 'file', file: { directory }, defaultCardGroup: undefined }).check(signal);
    expect(remarks.join()).toContain('CARD_GROUP_MISSING');
    expect(await readdir(directory)).toEqual([]);
  });

  it('finds a directory that nothing can be written into', async () => {
    const { open, directory, ctx } = await rig();
    const written: string[] = [];
    const writeNew = async (_directory: string, name: string): Promise<void> => {
      written.push(name);
      throw new ConnectionError('EXCHANGE_DIRECTORY', 'not writable');
    };
    Object.assign(ctx, { files: { ...ctx.files, writeNew } });
    await expect(open({ route: 'file', file: { directory } }).check(signal)).rejects.toMatchObject({ message: expect.stringContaining('`file`: ') });
    expect(written.join()).not.toMatch(/\.(aif|flz)$/);
  });
});

describe('artix, the journal of assets', () => {
  const journal = async (system: System, cardNumber: string): Promise<JournalEntry[]> => {
    const entries: JournalEntry[] = [];
    for await (const entry of streamOf(system, 'bonuses').journal?.({ cardNumber }, signal) ?? []) entries.push(entry);
    return entries;
  };

  it('gives every movement with its direction, the newest first, ours under our own key', async () => {
    const { sandbox, open } = await rig();
    sandbox.addAccountCard({ number: '15' }, 1000);
    sandbox.spend('15', 300);
    const system = open();
    await push(system, 'bonuses', operation({ action: 'adjust', key: '15', idempotencyKey: 'ours', adjust: { delta: 50, target: 750, cardNumber: '15' } }));
    const entries = await journal(system, '15');
    expect(entries.map(({ type, delta, state }) => [type, delta, state])).toEqual([
      ['ADD', 50, 'COMMITED'],
      ['PAY', -300, 'COMMITED'],
      ['ADD', 1000, 'COMMITED'],
    ]);
    expect(entries[0]).toMatchObject({ id: 'ours', cardNumber: '15', at: expect.any(Number) });
    expect(entries.reduce((sum, { delta }) => sum + (delta ?? 0), 0)).toBe(sandbox.balance('15'));
  });

  it('tells what is cancelled from what counts', async () => {
    const { sandbox, open, url } = await rig();
    sandbox.addAccountCard({ number: '15' }, 1000);
    await cancelOthers(url, '15');
    const entries = await journal(open(), '15');
    expect(entries.map(({ delta, state, booked }) => [delta, state, booked])).toEqual([
      [7, 'COMMITED', true],
      [1000, 'CANCELLED', false],
    ]);
  });

  it('goes on over pages that hold less than was asked for', async () => {
    const { sandbox, open } = await rig({ assetCap: 3 });
    sandbox.addAccountCard({ number: '15' });
    for (let at = 1; at <= 8; at += 1) sandbox.earn('15', at);
    expect((await journal(open(), '15')).map(({ delta }) => delta)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await journal(open(), 'none')).toEqual([]);
  });
});

describe('artix, full loads', () => {
  it('clears and adds in one file, keeps the keys, and says which create is which', async () => {
    const { sandbox, directory, open } = await rig();
    for (const idclient of ['1', '2', 'gone']) sandbox.addClient({ idclient, name: idclient });
    const clients = streamOf(open({ route: 'file', accounts: null }), 'clients');
    const records = (async function* () {
      yield { kept: { key: '1', body: { idclient: '1', name: 'a', codeword: 'theirs', options: 3 } } };
      yield { changed: operation({ id: 'op-2', action: 'update', key: '2', fields: { name: 'b' }, body: { idclient: '2', name: 'b', inn: '7' } }) };
      yield { changed: operation({ id: 'op-3', action: 'create', reference: 'sv-3', fields: { name: 'c' } }) };
    })();
    const sent = await clients.load?.send(records, signal);
    expect(sent?.outcome.kind).toBe('accepted');
    const names = (await readdir(directory)).filter((name) => name.endsWith('.aif'));
    expect(names).toHaveLength(1);
    const text = await readFile(join(directory, names[0] ?? ''), 'utf8');
    expect(text.split('\n---\n').map((command) => (command === '' ? '' : JSON.parse(command).command))).toEqual([
      'clearClient',
      'addClient',
      'addClient',
      'addClient',
      '',
    ]);
    sandbox.takeFiles();
    expect([...sandbox.clients.keys()]).toEqual(['1', '2', 'sv-3']);
    expect(sandbox.clients.get('2')).toMatchObject({ name: 'b', inn: '7' });
    expect(await clients.confirm?.(sent?.handles.get('op-3') ?? '', signal)).toEqual({ kind: 'applied', key: 'sv-3' });
    expect(clients.load?.takes).not.toContain('codeword');
  });

  it('is no way of REST', async () => {
    expect(streamOf((await rig()).open(), 'clients').load).toBeUndefined();
  });
});
