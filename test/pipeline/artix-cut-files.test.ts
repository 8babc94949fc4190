/** A cut command file in whole runs: nothing is deleted anywhere because of it, and all is as it should be once it is whole. */
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reportText } from '../../app/cli/output/report.ts';
import { describeStores } from '../support/stores.ts';
import { policiesOf, SYSTEMS, type World } from '../support/world.ts';
import { inWorld, quiet } from './kit.ts';

const OFF = '{ push: off }';
/** What the files say goes to the cash server, deletions too. */
const config = `systems:
  old: { vendor: artix, settings: { route: file, file: { directory: $DIRECTORY }, source: { directory: $DIRECTORY, prefix: src, quietSeconds: 1 } },
    streams: { clients: ${OFF}, cards: ${OFF}, card-types: ${OFF}, additional-cards: ${OFF} } }${SYSTEMS.tills.replace('clients: { push: auto, create: all }', 'clients: { push: auto, create: all, delete: propagate }')}
${policiesOf(['tills'])}`.replace('authority: [tills]', 'authority: [old, tills]');

const NAMES = ['Алов', 'Белов', 'Вилов', 'Глов', 'Дулов', 'Елов', 'Жилов', 'Зулов'];
const CLEAR = { command: 'clearClient' };

const client = (name: string) => {
  const n = NAMES.indexOf(name) + 1;
  return { command: 'addClient', client: { idclient: `t${n}`, name: 'Пётр', lastname: name, patronymic: 'Ильич', phonenumber: `8913000000${n}` } };
};
const commands = (...list: readonly object[]): string => list.map((one) => `${JSON.stringify(one)}\n---\n`).join('');
const whole = commands(CLEAR, ...NAMES.map(client));
const lateCut = whole.slice(0, whole.indexOf('Дулов') + 2);
const marked = (text: string, end = true): string => `### data begin ###\n${text}${end ? '### data end ###\n' : ''}`;

const pathIn = (world: World, name: string): string => join(world.sandbox.artix.directory ?? '', name);

function put(world: World, name: string, content: string): void {
  writeFileSync(pathIn(world, `${name}.aif`), content);
  writeFileSync(pathIn(world, `${name}.flz`), '');
  const now = world.clock.now() / 1000 - 60;
  for (const extension of ['aif', 'flz']) utimesSync(pathIn(world, `${name}.${extension}`), now, now);
}

const atTills = (world: World): unknown[] => [...world.sandbox.artix.machine.clients.values()].map(({ lastname }) => lastname).sort();
const told = async (world: World): Promise<unknown[]> => (await world.store.db('quarantine').where({ state: 'open' }).select('rule')).map(({ rule }) => rule);

async function states(world: World): Promise<Record<string, number>> {
  const rows = await world.store
    .db('records')
    .select('state')
    .join('systems', 'systems.id', 'records.system_id')
    .where({ stream: 'clients', 'systems.name': 'old' });
  return Object.fromEntries([...new Set(rows.map(({ state }) => state))].map((state) => [state, rows.filter((row) => row.state === state).length]));
}

describeStores('a command file that broke off', (openFresh) => {
  it.each([
    ['within a command', lateCut, whole.replace(commands(client('Зулов')), ''), /src2\.aif, line 11: text after the last "---"/],
    [
      'between two commands, after a marker',
      marked(commands(CLEAR, client('Алов')), false),
      marked(commands(CLEAR, ...NAMES.slice(0, 7).map(client))),
      /src2\.aif, line 1: "### data begin ###" without/,
    ],
  ])('%s deletes nobody, holds nothing else up, and is done with when it is whole', async (_where, cut, mended, rule) => {
    await inWorld(await openFresh(), { config }, async (world) => {
      put(world, 'src1', whole);
      await world.sync();
      expect(atTills(world)).toEqual(NAMES);
      put(world, 'src2', cut);
      put(world, 'src3', commands({ command: 'updateClient', client: { idclient: 't1', email: 'a@x.ru' } }));
      for (let n = 0; n < 3; n++) {
        const report = await world.sync();
        expect(atTills(world)).toEqual(NAMES);
        expect(await states(world)).toEqual({ live: 8 });
        expect(report.readings.find(({ system, reading }) => system === 'old' && reading === 'clients')).toMatchObject({
          result: 'partial',
          message: expect.stringMatching(rule),
        });
        expect(reportText(report)).toContain('let its writer finish it');
        expect(await told(world)).toEqual([expect.stringMatching(rule)]);
        world.clock.jump(3_600_000);
      }
      expect([...world.sandbox.artix.machine.clients.values()].find(({ lastname }) => lastname === 'Алов')).toMatchObject({ email: 'a@x.ru' });
      // Its writer ends it, and what it does not name is gone indeed.
      put(world, 'src2', mended);
      await world.sync();
      expect(await states(world)).toEqual({ live: 7, deleted: 1 });
      expect(await told(world)).toEqual([]);
      expect(atTills(world)).toEqual(NAMES.slice(0, 7));
      expect(await quiet(world)).toMatchObject({ writes: 0, changed: false });
    });
  });

  it.each(['flz', 'aif'])('whose .%s is still missing deletes nobody whom a file before it deleted: it may say that he is back', async (missing) => {
    await inWorld(await openFresh(), { config }, async (world) => {
      put(world, 'src1', whole);
      await world.sync();
      put(world, 'src2', commands({ command: 'deleteClient', idclient: 't1' }));
      put(world, 'src3', commands(client('Алов')));
      const late = pathIn(world, `src3.${missing}`);
      renameSync(late, `${late}.part`);
      await world.sync();
      expect([atTills(world), await states(world)]).toEqual([NAMES, { live: 8 }]);
      renameSync(`${late}.part`, late);
      await world.sync();
      expect([atTills(world), await states(world)]).toEqual([NAMES, { live: 8 }]);
      rmSync(pathIn(world, 'src3.aif'));
      rmSync(pathIn(world, 'src3.flz'));
      await world.sync();
      expect([atTills(world), await states(world)]).toEqual([NAMES.slice(1), { live: 7, deleted: 1 }]);
    });
  });

  it('is told until it is mended, where no file clears and no reading is ever whole', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      put(world, 'src1', commands(client('Алов')));
      put(world, 'src2', `${commands(client('Белов'))}{"command":`);
      await world.sync();
      await world.sync();
      expect(await told(world)).toEqual([expect.stringContaining('src2.aif, line 3')]);
      // A longer tail is the same trouble, told anew.
      put(world, 'src2', `${commands(client('Белов'))}{"command":"addClient"`);
      await world.sync();
      expect(await told(world)).toHaveLength(1);
      put(world, 'src2', commands(client('Белов'), client('Вилов')));
      await world.sync();
      expect(await told(world)).toEqual([]);
      expect(atTills(world)).toEqual(NAMES.slice(0, 3));
    });
  });

  it('and one whose name is not plain are named in the report; renamed, it is read', async () => {
    await inWorld(await openFresh(), { config }, async (world) => {
      put(world, 'src1', whole);
      put(world, 'src2"q', commands(CLEAR, client('Алов')));
      const report = await world.sync();
      expect(report.readings.find(({ system, reading }) => system === 'old' && reading === 'clients')).toMatchObject({
        result: 'partial',
        message: expect.stringContaining('"src2\\"q.aif": a file whose name is not plain'),
      });
      expect(atTills(world)).toEqual(NAMES);
      expect(await told(world)).toHaveLength(1);
      for (const extension of ['aif', 'flz']) renameSync(pathIn(world, `src2"q.${extension}`), pathIn(world, `src2.${extension}`));
      await world.sync();
      expect([await told(world), atTills(world)]).toEqual([[], ['Алов']]);
      rmSync(pathIn(world, 'src2.flz'));
    });
  });
});
