import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { projectRoot } from '../../app/project.ts';
import { sqliteStores } from '../support/stores.ts';

const openFresh = sqliteStores();

const SCRIPT = `
const database = new (require('libsql'))(process.argv[1]);
database.prepare("insert into bonus_programmes (id, name) values (?, ?)").run([Number(process.argv[2]), 'made elsewhere ' + process.argv[2]]);
console.log(database.prepare('select count(*) as n from bonus_programmes').get().n);
database.close();
`;

it('connections of one process keep their locks when one more is opened and another process comes and goes', async () => {
  const store = await openFresh();
  const place = openFresh.place(store);
  const file = place.kind === 'sqlite' ? place.file : '';
  const elsewhere = (id: number): number => {
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', SCRIPT, file, String(id)], { cwd: projectRoot(), encoding: 'utf8' });
    expect(stderr).toBe('');
    return Number(stdout);
  };
  const seen = async (): Promise<number> => (await store.db('bonus_programmes').select('id')).length;
  expect([elsewhere(1), await seen()]).toEqual([1, 1]);
  const other = await openFresh.again(store);
  expect([elsewhere(2), await seen()]).toEqual([2, 2]);
  await other.close();
  // What this connection writes is where others look.
  await store.db('bonus_programmes').insert({ id: 3, name: 'made here' });
  expect([elsewhere(4), await seen()]).toEqual([4, 4]);
});
