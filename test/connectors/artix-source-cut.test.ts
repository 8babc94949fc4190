/** Command files that broke off: what is certain in them is read, and nothing is taken for gone because of them. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { System } from '../../core/contract.ts';
import { add, CLEAR, file, lies, type Read, read, remove, update } from './artix-source-support.ts';
import { signal, streamOf } from './artix-support.ts';

const BEGIN = '### data begin ###\n';
const END = '### data end ###\n';

/** What a look-up answers: whether there is one, or that nobody can tell. */
async function found(system: System, key: string): Promise<boolean | 'nobody can tell'> {
  try {
    return ((await streamOf(system, 'clients').find?.({ key }, signal))?.records.get('clients') ?? []).length > 0;
  } catch (error) {
    expect(error).toMatchObject({ code: 'VENDOR_ANSWER' });
    return 'nobody can tell';
  }
}

const live = ({ records }: Read): string[] => records.filter(({ deleted }) => deleted !== true).map(({ key }) => key);
const gone = ({ records }: Read): string[] => records.filter(({ deleted }) => deleted === true).map(({ key }) => key);

describe('a command file that broke off', () => {
  const long = file(CLEAR, add('1', { name: 'a' }), add('2', { name: 'b' }), add('3', { name: 'c' }));
  const tail = long.slice(0, long.indexOf('"3"'));

  it.each([
    ['within a command', tail, /line 7: text after the last "---"/],
    ['between two commands, begun with a marker', `${BEGIN}${file(CLEAR, add('1', { name: 'a' }))}`, /line 1: "### data begin ###" without/],
    ['in the marker that ends it', `${BEGIN}${file(CLEAR, add('1', { name: 'a' }))}### data e`, /line 6: text after/],
    ['and was begun anew', `${BEGIN}${file(CLEAR)}${BEGIN}${file(add('1', { name: 'a' }))}${END}`, /line 1: "### data begin ###" without/],
  ])('%s proves nothing absent', async (_where, content, rule) => {
    const { put, open } = await lies();
    await put('pos1', file(CLEAR, add('1', { name: 'old' }), add('2'), add('3'), add('4')));
    await put('pos2', content);
    const system = open();
    const cut = await read(system);
    expect(live(cut)).toEqual(['1', '2', '3', '4']);
    expect(cut.bodies[1]).toMatchObject({ name: 'a' });
    expect([cut.complete, cut.remark]).toEqual(['page', expect.stringMatching(rule)]);
    expect(cut.rules).toEqual([cut.remark]);
    expect(cut.remark).toMatch(/^pos2\.aif.*let its writer finish it/);
    expect(await found(system, '4')).toBe(true);
    expect(await found(system, '9')).toBe('nobody can tell');
    // No dictionary is whole: what was lost may speak of any.
    expect((await read(open({ wholeHistory: true }), 'cards')).complete).toBe('page');
    await put('pos2', long);
    expect(await read(system)).toMatchObject({ complete: 'snapshot', rules: [], bodies: { 1: { name: 'a' }, 3: { name: 'c' } } });
    expect(await found(system, '4')).toBe(false);
  });

  it('in the middle of a character is not malformed', async () => {
    const { put, open } = await lies();
    const bytes = Buffer.from(`${file(add('1'))}{"command":"addClient","client":{"idclient":"2","name":"Пётр😀`);
    for (const lost of [1, 2, 3, 4, 5]) {
      await put('pos1', bytes.subarray(0, bytes.length - lost));
      const { bodies, rules } = await read(open());
      expect([bodies, rules]).toEqual([{ 1: { idclient: '1' } }, [expect.stringContaining('line 3: text after')]]);
    }
    await put('pos1', Buffer.concat([Buffer.from(file(add('1'))), Buffer.from([0xd0])]));
    expect((await read(open())).rules).toEqual([expect.stringContaining('line 3: text after')]);
    for (const bad of [[0xd0, 0x7b], [0x80], [0xff], [0xc0, 0x80]]) {
      await put('pos1', Buffer.concat([Buffer.from(file(add('1'))), Buffer.from(bad)]));
      expect((await read(open())).rules).toEqual([expect.stringContaining('no JSON')]);
    }
  });

  it('takes nothing for deleted that it may have been about to add again', async () => {
    const { put, open } = await lies();
    await put('pos1', file(CLEAR, add('1'), add('2'), add('3'), remove('3')));
    await put('pos2', `${file(remove('1'), add('4'), remove('4'), add('5'), update('7', { name: 'x' }))}{"command":`);
    const system = open();
    const cut = await read(system);
    expect([live(cut), gone(cut), cut.rules.length]).toEqual([['1', '2', '5'], [], 1]);
    for (const key of ['3', '4']) expect(await found(system, key)).toBe('nobody can tell');
  });

  it('keeps nothing back that a later file says', async () => {
    const { put, open } = await lies();
    await put('pos1', file(CLEAR, add('1'), add('2')));
    await put('pos2', `${file(CLEAR)}{"command":`);
    await put('pos3', file(add('3'), remove('2'), update('1', { name: 'x' }), update('8', { name: 'y' })));
    const system = open();
    const cut = await read(system);
    expect([live(cut), gone(cut), cut.complete, cut.rules.length]).toEqual([['1', '3'], ['2'], 'page', 1]);
    expect(cut.bodies[1]).toMatchObject({ name: 'x' });
    expect(await found(system, '2')).toBe(false);
    // What came before a clear matters no more, though it is told.
    await put('pos4', file(CLEAR, add('4')));
    expect(await read(system)).toMatchObject({ complete: 'snapshot', bodies: { 4: {} }, rules: [expect.stringContaining('pos2.aif')] });
    expect(await found(system, '1')).toBe(false);
  });

  it('of one shop leaves in doubt what another deletes', async () => {
    const [here, there] = [await lies(), await lies()];
    await here.put('pos1', file(CLEAR, add('1'), remove('1')));
    await there.put('pos1', `${file(CLEAR)}{"command":`);
    const system = here.open({ directory: [here.directory, there.directory] });
    const cut = await read(system);
    expect([gone(cut), cut.complete, cut.remark]).toEqual([[], 'page', expect.stringContaining(`${there.directory}/pos1.aif`)]);
    expect(await found(system, '1')).toBe('nobody can tell');
  });

  it('never makes one seem gone that the whole file leaves, wherever it broke off', async () => {
    const key = fc.constantFrom('1', '2', '3', '4');
    const value = fc.constantFrom('а', '😀', 'b');
    const command = fc.oneof(
      { weight: 4, arbitrary: fc.tuple(key, value).map(([id, name]) => add(id, { name })) },
      { weight: 3, arbitrary: fc.tuple(key, value).map(([id, name]) => update(id, { name })) },
      { weight: 3, arbitrary: key.map(remove) },
      fc.constant(CLEAR),
    );
    const commands = fc.array(command, { maxLength: 6 });
    const { put, open, directory } = await lies();
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.tuple(commands, commands, commands), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), async (files, part, all) => {
        tried += 1;
        const prefix = `pos${tried}`;
        const contents = files.map((one) => Buffer.from(`${BEGIN}${file(...one)}${END}`));
        const [, second = Buffer.alloc(0)] = contents;
        // Without its end marker; the line break behind it is no loss.
        const at = 1 + Math.floor(part * (second.length - 3));
        const source = { prefix, wholeHistory: all };
        const system = open(source);
        for (const [index, content] of contents.entries()) await put(`${prefix}-${index}`, index === 1 ? content.subarray(0, at) : content);
        const cut = await read(system);
        const cutFound = new Map<string, unknown>();
        for (const id of ['1', '2', '3', '4']) cutFound.set(id, await found(system, id));
        await put(`${prefix}-1`, second);
        const whole = await read(system);
        for (const extension of ['aif', 'flz']) for (const index of [0, 1, 2]) await rm(join(directory, `${prefix}-${index}.${extension}`));
        const there = live(whole);
        expect(gone(cut).filter((id) => there.includes(id))).toEqual([]);
        expect([...cutFound].filter(([id, answer]) => answer === false && there.includes(id))).toEqual([]);
        if (cut.complete === 'snapshot') expect(cut.bodies).toEqual(whole.bodies);
        expect(cut.rules.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a command file whose name is not plain', () => {
  it('is not opened: it is named, and proves nothing absent until a later file clears', async () => {
    const { put, open, directory } = await lies();
    await put('pos1', file(CLEAR, add('1')));
    await put('pos2"q\u001b', file(CLEAR, add('2')));
    await put('pos3', file(add('3')));
    const system = open();
    const odd = await read(system);
    expect([live(odd), odd.complete, odd.rules]).toEqual([['1', '3'], 'page', [odd.remark]]);
    expect(odd.remark).toMatch(/^"pos2\\"q\\u001b\.aif": a file whose name is not plain/);
    expect(await found(system, '9')).toBe('nobody can tell');
    await put('pos4', file(CLEAR, add('4')));
    expect(await read(system)).toMatchObject({ complete: 'snapshot', bodies: { 4: {} } });
    // What no source reads has no say.
    await writeFile(join(directory, 'other"q.aif'), 'x');
    await writeFile(join(directory, 'pos5"q.txt'), 'x');
    await rm(join(directory, 'pos2"q\u001b.aif'));
    await rm(join(directory, 'pos2"q\u001b.flz'));
    expect(await read(system)).toMatchObject({ complete: 'snapshot', rules: [] });
  });
});
