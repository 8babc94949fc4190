/**
 * A process of `mapping activate` and of `mapping rollback` that is killed (SIGKILL) before statements spread over all that it sends to
 * the database: either nothing of it is there afterwards or everything, and the same command, typed again, ends where an undisturbed one does.
 */
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { projectRoot, shippedMappings } from '../../app/project.ts';
import type { Store } from '../../canonical/open.ts';
import { startTrial, sverka, type Trial } from '../cli/support.ts';
import { differences, everything } from '../pipeline/activation-kit.ts';
import { describeStores, type FreshStores } from '../support/stores.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

// SVERKA_TEST_POINTS stops at more points than fit into every run of the suite.
const wanted = Number(process.env['SVERKA_TEST_POINTS'] ?? 1);

const ACTIVATE = ['mapping', 'activate', '--yes'];
const ROLLBACK = ['mapping', 'rollback'];

/** A reconciled base with an edit on the disk. */
async function edited(openFresh: FreshStores): Promise<{ one: Trial; store: Store }> {
  const store = await openFresh({ schema: false });
  const place = openFresh.place(store);
  const text = place.kind === 'sqlite' ? `sqlite: ${place.file}` : 'mysql:\n    url: { env: SVERKA_MYSQL_URL }';
  const one = await startTrial({ people: 12 }, (yaml) => `mappings: ./mine\n${yaml.replace('sqlite: ./sverka.db', text)}`);
  stops.push(() => one.stop());
  if (place.kind === 'mysql') appendFileSync(join(one.directory, '.env'), `SVERKA_MYSQL_URL=${place.url}\n`);
  cpSync(join(shippedMappings(), 'virtualpos'), join(one.directory, 'mine/virtualpos'), { recursive: true });
  for (let n = 0; n < 2; n++) expect([0, 3]).toContain((await one.run('sync')).code);
  const file = join(one.directory, 'mine/virtualpos/clients.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('lname, fname', 'fname, lname').replace('M: male', 'M: female').replace('F: female', 'F: male'));
  return { one, store };
}

/** Runs a command as a process of its own that dies before its nth statement, 0: never. Answers how many it sent; null where it died. */
async function until({ directory }: Trial, args: readonly string[], nth: number): Promise<number | null> {
  const counted = join(directory, 'count');
  const { code, stderr } = await sverka(args, {
    cwd: directory,
    env: {
      NODE_OPTIONS: `--import ${pathToFileURL(join(projectRoot(), 'test/adversary/die-at-statement.mjs')).href}`,
      SVERKA_TEST_ROOT: projectRoot(),
      SVERKA_TEST_DIE_AT: String(nth),
      SVERKA_TEST_COUNT_TO: counted,
    },
  });
  if (code === null) return null;
  expect([0, 3], stderr).toContain(code);
  return Number(readFileSync(counted, 'utf8'));
}

/** Spread over all statements; the last ones are those around the commit. */
function pointsOf(total: number): number[] {
  const spread = Array.from({ length: wanted }, (_, at) => Math.max(1, Math.round((total * (at + 0.5)) / wanted)));
  return [...new Set([...spread, total - 1, total])];
}

describeStores('a process that puts a mapping into use, or takes it back, and is killed', (openFresh) => {
  it(
    'has done nothing, or everything',
    async () => {
      const { one, store } = await edited(openFresh);
      const before = await everything(store);
      const statements = (await until(one, ACTIVATE, 0)) ?? 0;
      expect(statements).toBeGreaterThan(50);
      const done = differences(store, before, await everything(store));
      expect(Object.keys(done)).toEqual(expect.arrayContaining(['records', 'clients', 'operations', 'mapping_undo']));
      const back = (await until(one, ROLLBACK, 0)) ?? 0;
      expect(await everything(store)).toEqual(before);
      const ends: string[] = [];
      for (const nth of pointsOf(statements)) {
        expect([nth, await until(one, ACTIVATE, nth)]).toEqual([nth, null]);
        const found = differences(store, before, await everything(store));
        const whole = Object.keys(found).length > 0;
        expect([nth, found]).toEqual([nth, whole ? done : {}]);
        ends.push(whole ? 'everything' : 'nothing');
        if (!whole) expect([0, 3]).toContain((await one.run(...ACTIVATE)).code);
        expect([nth, differences(store, before, await everything(store))]).toEqual([nth, done]);
        expect((await one.run(...ROLLBACK)).code).toBe(0);
        expect(await everything(store)).toEqual(before);
      }
      expect(ends[0]).toBe('nothing');
      for (const nth of pointsOf(back)) {
        expect([0, 3]).toContain((await one.run(...ACTIVATE)).code);
        const active = await everything(store, []);
        expect([nth, await until(one, ROLLBACK, nth)]).toEqual([nth, null]);
        const now = await everything(store, []);
        if (Object.keys(differences(store, active, now)).length > 0) expect([nth, await everything(store)]).toEqual([nth, before]);
        else expect((await one.run(...ROLLBACK)).code).toBe(0);
        expect(await everything(store)).toEqual(before);
      }
    },
    240_000 + wanted * 120_000,
  );
});
