/** Command files read back as a source: what the loader would have made of them, and what it would not. */
import { mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { artix } from '../../connectors/artix/index.ts';
import { ArtixSandbox } from '../../sandbox/artix/index.ts';
import { add, CLEAR, file, lies, read, remove, update } from './artix-source-support.ts';
import { signal, streamOf } from './artix-support.ts';

describe('artix from command files: replay', () => {
  it('carries out adds, updates, deletes and clears in the order of the names', async () => {
    const { put, open } = await lies();
    await put('pos2', file(update('1', { name: 'Новый' }), remove(2), add('4', { inn: '5' })));
    await put('pos1', file(add('9'), CLEAR, add('1', { name: 'Старый', inn: '7' }), add('2'), add('3')));
    await put('pos3', file(add('1', { name: 'Целиком' })));
    const { records, bodies, complete } = await read(open());
    expect(bodies).toEqual({ 1: { idclient: '1', name: 'Целиком' }, 2: {}, 3: { idclient: '3' }, 4: { idclient: '4', inn: '5' } });
    expect(records.find(({ key }) => key === '2')).toMatchObject({ deleted: true, covers: [] });
    expect(complete).toBe('snapshot');
  });

  it('knows only what the files say, where none of them clears', async () => {
    const { put, open } = await lies();
    await put('pos1', file(update('1', { name: 'Новый', phonenumbr: '8913' }), update('1', { phonenumber: '8914' }), add('2')));
    const { records, complete, remark } = await read(open());
    expect(records).toEqual([
      { key: '1', body: { idclient: '1', name: 'Новый', phonenumber: '8914' }, covers: ['phonenumber', 'idclient', 'name'] },
      { key: '2', body: { idclient: '2' } },
    ]);
    expect([complete, remark]).toEqual(['page', expect.stringContaining('may still be there')]);
    expect((await read(open({ wholeHistory: true }))).complete).toBe('snapshot');
    await expect(streamOf(open(), 'clients').find?.({ key: '7' }, signal)).rejects.toMatchObject({ code: 'VENDOR_ANSWER' });
    expect((await streamOf(open({ wholeHistory: true }), 'clients').find?.({ key: '7' }, signal))?.records.get('clients')).toEqual([]);
  });

  it('reads cards, groups and additional cards, with their clients', async () => {
    const { put, open } = await lies();
    const card = { idcard: '2000000000000015', idclient: 4, number: '2000000000000015', cardSum: 1.5 };
    await put(
      'pos1',
      file(
        { command: 'addCardGroup', cardGroup: { idcardgroup: 2, name: 'Gold', cardmode: 1 } },
        { command: 'addCard', card },
        { command: 'addAdditionalCard', additionalcard: { additionalnumber: '79', idcardgroup: 2, cardnumber: card.number, idclient: '5', isactive: 1 } },
        { command: 'addInventItem', invent: { inventcode: '1' } },
        { command: 'addChangeCardAccount', ChangeCardAccount: { cardNumber: card.number, accountnumber: '1', cardstatus: 'EARN_PAY' } },
      ),
    );
    const system = open();
    const parent = { stream: 'clients', key: '4' };
    expect((await read(system, 'cards')).records).toMatchObject([{ key: card.number, parent, body: { cardSum: 1.5, idclient: '4' } }]);
    expect((await read(system, 'card-types')).bodies).toMatchObject({ 2: { name: 'Gold' } });
    // "cardnumber wins": its client is the client of the card.
    expect((await read(system, 'additional-cards')).records).toMatchObject([{ key: '79', parent }]);
  });

  it('tells keys apart as the version of the loader does', async () => {
    const command = { COMMAND: 'addClient', Client: { IdClient: '1', Name: 'Пётр', inn: null, options: { SendCheckToEmail: 1 }, okpo: [] } };
    const one = await lies();
    await one.put('pos1', file(command));
    expect((await read(one.open())).bodies).toEqual({ 1: { idclient: '1', name: 'Пётр', options: { sendchecktoemail: 1 } } });
    const two = await lies();
    await two.put('pos1', file({ command: 'addClient', client: { idclient: '1', inn: null, options: { sendCheckToEmail: 1 } } }));
    await two.put('pos2', file(command));
    const read2 = await read(two.open({ version: '2' }));
    expect(read2.bodies).toEqual({ 1: { idclient: '1', inn: null, options: { sendCheckToEmail: 1 } } });
    expect(read2.rules).toEqual(['pos2.aif, line 1: expected a command']);
  });

  it('passes over markers, a byte order mark, CRLF and blanks around separators', async () => {
    const { put, open } = await lies();
    const text = `\ufeff### data begin ###\r\n${JSON.stringify(add('1', { name: 'a\n---\nb' }), null, 2).replaceAll('\n', '\r\n')}\r\n  --- \r\n---\r\n### data end ###\r\n`;
    await put('pos1', text);
    const { bodies, rules } = await read(open());
    expect([bodies, rules]).toEqual([{ 1: { idclient: '1', name: 'a\n---\nb' } }, []]);
  });

  it('carries out the directories of several shops each by itself: one clears only its own', async () => {
    const [here, there] = [await lies(), await lies()];
    await here.put('pos1', file(CLEAR, add('1', { name: 'a' }), add('2'), add('3')));
    await there.put('pos2', file(CLEAR, add('1', { name: 'b' }), add('4'), add('3'), remove('3')));
    await here.put('pos3', file(remove('2')));
    const directory = [here.directory, there.directory];
    const found = await read(here.open({ directory }));
    // Where they differ, the directory named first says what the record is.
    expect(found.bodies).toEqual({ 1: { idclient: '1', name: 'a' }, 2: {}, 3: { idclient: '3' }, 4: { idclient: '4' } });
    expect(found.records.filter(({ deleted }) => deleted).map(({ key }) => key)).toEqual(['2']);
    expect(found.complete).toBe('snapshot');
    expect((await read(here.open({ directory: directory.toReversed() }))).bodies[1]).toEqual({ idclient: '1', name: 'b' });
  });

  it('takes nothing for gone that a shop may hold whose files do not clear', async () => {
    const [here, there] = [await lies(), await lies()];
    await here.put('pos1', file(CLEAR, remove('1'), update('2', { name: 'a' })));
    await there.put('pos2', file(update('2', { name: 'part' })));
    const system = here.open({ directory: [there.directory, here.directory] });
    const found = await read(system);
    expect([found.bodies, found.complete]).toEqual([{ 2: { idclient: '2', name: 'part' } }, 'page']);
    expect(found.remark).toContain('some directory');
    await expect(streamOf(system, 'clients').find?.({ key: '1' }, signal)).rejects.toMatchObject({ code: 'VENDOR_ANSWER' });
  });

  it('leaves of each key what the vendor leaves, whatever the commands', async () => {
    const value = fc.constantFrom('a', 'b', '');
    const key = fc.constantFrom('1', '2', '3');
    const command = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(key, value, value).map(([id, name, inn]) => add(id, { name, inn })) },
      { weight: 4, arbitrary: fc.tuple(key, value).map(([id, name]) => update(id, { name })) },
      { weight: 2, arbitrary: key.map(remove) },
      fc.constant(CLEAR),
    );
    const { put, directory, open } = await lies();
    const vendor = await mkdtemp(join(tmpdir(), 'artix-vendor-'));
    onTestFinished(() => rm(vendor, { recursive: true, force: true }));
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 12 }), async (commands) => {
        tried += 1;
        const base = `pos${tried}`;
        const text = file(CLEAR, ...commands);
        const sandbox = new ArtixSandbox();
        sandbox.watch(vendor);
        await writeFile(join(vendor, `${base}.aif`), text);
        await writeFile(join(vendor, `${base}.flz`), '');
        sandbox.takeFiles();
        await put(base, text);
        const filled = (body: object): object => Object.fromEntries(Object.entries(body).filter(([name, one]) => one !== '' && name !== 'update_time'));
        const { records } = await read(open({ prefix: base }));
        await rm(join(directory, `${base}.flz`));
        await rm(join(directory, `${base}.aif`));
        const ours = records.filter(({ deleted }) => deleted !== true).map(({ key: id, body }): [string, object] => [id, filled(body)]);
        const theirs = [...sandbox.clients].map(([id, client]): [string, object] => [id, filled(client)]);
        expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs));
      }),
      { numRuns: 40 },
    );
  });
});

describe('artix from command files: what is not as it should be', () => {
  it('notices a tail that the loader loses, and takes the rest', async () => {
    const { put, open, ctx } = await lies();
    await put('pos1', `${file(add('1'))}${JSON.stringify(add('2', { name: 'Тайный' }))}\n`);
    const { bodies, batches, rules } = await read(open());
    expect(Object.keys(bodies)).toEqual(['1']);
    expect(rules).toEqual([expect.stringMatching(/^pos1\.aif, line 3: text after the last "---"/)]);
    expect(batches[0]?.rejected[0]).toMatchObject({ stream: 'clients', key: null, body: { file: 'pos1.aif', text: expect.stringContaining('addClient') } });
    expect(JSON.stringify(ctx.lines)).toContain('pos1.aif, line 3');
    expect(JSON.stringify(ctx.lines)).not.toContain('Тайный');
  });

  it('takes nothing of a file with a malformed command, as the loader does', async () => {
    const { put, open } = await lies();
    await put('pos1', file(add('1')));
    await put('pos2', `${file(add('2'))}{"command":"addClient",\n---\n${file(add('3'))}`);
    await put('pos3', Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
    await put('pos4', file(add('4')));
    const { bodies, rules } = await read(open());
    expect(Object.keys(bodies)).toEqual(['1', '4']);
    expect(rules).toEqual([expect.stringMatching(/^pos2\.aif, line 3/), expect.stringMatching(/^pos3\.aif, line 1/)]);
  });

  it('sets a command aside that nobody can carry out', async () => {
    const { put, open } = await lies();
    await put('pos1', file(CLEAR, update('1', { name: 'x' }), { command: 'addClient' }, add(''), { nothing: 1 }, add('2', { sex: 'он' })));
    const { bodies, rules } = await read(open());
    expect(bodies).toEqual({});
    expect(rules).toHaveLength(5);
    expect(rules[1]).toMatch(/^pos1\.aif, line 3: it changes 1/);
  });

  it('waits for a file without its flag, and for a flag without its file', async () => {
    const { put, open, directory } = await lies();
    await put('pos1', file(CLEAR, add('1')));
    expect((await read(open())).complete).toBe('snapshot');
    await put('pos2', file(add('2')), false);
    expect(await read(open())).toMatchObject({ complete: 'page', remark: 'pos2.aif has no flag yet', bodies: { 1: {} } });
    await writeFile(join(directory, 'pos2.flz'), '');
    expect(await read(open())).toMatchObject({ complete: 'snapshot', bodies: { 1: {}, 2: {} } });
    await writeFile(join(directory, 'pos3.flz'), '');
    expect(await read(open())).toMatchObject({ complete: 'page', remark: 'the flag pos3.flz lies there without its file' });
  });

  it('waits for a file that is still being written, and for what comes after it', async () => {
    const { put, open, directory, ctx } = await lies();
    const at = (name: string, before: number): Promise<void> => {
      const seconds = (ctx.clock.now() - before) / 1000;
      return utimes(join(directory, name), seconds, seconds);
    };
    const backup = { flags: 'none', quietSeconds: 60 };
    for (const [name, id] of [
      ['pos1', '1'],
      ['pos2', '2'],
      ['pos3', '3'],
    ] as const)
      await put(name, file(add(id)), false);
    await at('pos1.aif', 3_600_000);
    await at('pos2.aif', 5_000);
    await at('pos3.aif', 3_600_000);
    const system = open(backup);
    expect(await read(system)).toMatchObject({ complete: 'page', remark: 'pos2.aif is still being written', bodies: { 1: {} } });
    ctx.clock.advance(120_000);
    expect(Object.keys((await read(system)).bodies)).toEqual(['1', '2', '3']);
  });

  it('waits for a file that is written on after its flag', async () => {
    const { put, open, directory, ctx } = await lies();
    await put('pos1', file(add('1')));
    const now = ctx.clock.now() / 1000;
    await utimes(join(directory, 'pos1.flz'), now - 3, now - 3);
    await utimes(join(directory, 'pos1.aif'), now - 1, now - 1);
    const system = open();
    expect(await read(system)).toMatchObject({ complete: 'page', remark: 'pos1.aif is still being written', bodies: {} });
    ctx.clock.advance(120_000);
    expect(Object.keys((await read(system)).bodies)).toEqual(['1']);
  });

  it('follows no symlink and reads no huge file', async () => {
    const { open, directory, put } = await lies();
    const outside = await mkdtemp(join(tmpdir(), 'artix-outside-'));
    onTestFinished(() => rm(outside, { recursive: true, force: true }));
    await writeFile(join(outside, 'secret'), file(add('1')));
    await symlink(join(outside, 'secret'), join(directory, 'pos1.aif'));
    await writeFile(join(directory, 'pos1.flz'), '');
    await expect(read(open())).rejects.toMatchObject({ code: 'EXCHANGE_DIRECTORY', message: expect.stringContaining('"pos1.aif" is a symlink') });
    await rm(join(directory, 'pos1.aif'));
    await put('pos1', `${file(add('1'))}${' '.repeat(1_100_000)}`);
    await expect(read(open({ maxFileMb: 1 }))).rejects.toMatchObject({ code: 'EXCHANGE_TOO_LARGE' });
  });

  it('knows a file that was rewritten under its name', async () => {
    const { put, open } = await lies();
    const system = open();
    await put('pos1', file(add('1', { name: 'a' })));
    expect((await read(system)).bodies).toEqual({ 1: { idclient: '1', name: 'a' } });
    await put('pos1', file(add('1', { name: 'bb' })));
    expect((await read(system)).bodies).toEqual({ 1: { idclient: '1', name: 'bb' } });
  });

  it('is no source beside the cash server itself', () => {
    const rest = { url: 'http://127.0.0.1:1/', login: 'a', password: 'b' };
    expect(artix.settings.safeParse({ rest, source: { directory: '/tmp' } }).success).toBe(false);
  });
});
