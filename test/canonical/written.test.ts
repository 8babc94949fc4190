/** A comparison of two states looks at no more rows than may have been written to, and at no fewer. */
import { expect, it } from 'vitest';
import { bulkInsert, bulkUpdate } from '../../canonical/bulk.ts';
import { changedRows, type RowChange } from '../../canonical/compare.ts';
import type { Db } from '../../canonical/db.ts';
import { TABLES } from '../../canonical/schema/tables.ts';
import { writeEntities } from '../../canonical/stores/entities.ts';
import type { WrittenRows } from '../../canonical/written.ts';
import { describeStores } from '../support/stores.ts';

const ROWS = 200;
const COLUMNS = ['id', 'client_id', 'run_id'];
const run = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at);
const rowsOf = (ids: readonly number[]): number[][] => ids.map((id) => [id, 5, 2]);

/** Ways to write, with the keys that are known to be written to; null: none are. */
const WAYS: readonly [what: string, write: (db: Db) => Promise<unknown>, keys: readonly number[] | null][] = [
  ['inserts of many', (db) => bulkInsert(db, 'former_clients', COLUMNS, rowsOf(run(1001, 1300))), run(1001, 1300)],
  ['inserts of few', (db) => bulkInsert(db, 'former_clients', ['run_id', 'id', 'client_id'], [[9, 1001, 5]]), [1001]],
  ['writing over what is there', (db) => bulkInsert(db, 'former_clients', COLUMNS, rowsOf(run(150, 100)), { onDuplicate: 'update' }), run(150, 100)],
  ['passing over what is there', (db) => bulkInsert(db, 'former_clients', COLUMNS, rowsOf(run(150, 100)), { onDuplicate: 'ignore' }), run(150, 100)],
  ['updates of many', (db) => bulkUpdate(db, 'former_clients', 'id', ['run_id', 'client_id'], rowsOf(run(20, 100))), run(20, 100)],
  ['updates of few', (db) => bulkUpdate(db, 'former_clients', 'id', ['run_id'], [[7, 3]]), [7]],
  ['updates found by something else', (db) => bulkUpdate(db, 'former_clients', 'client_id', ['run_id'], [[1, 3]]), null],
  ['another key for a row', (db) => bulkUpdate(db, 'former_clients', 'id', ['id'], [[7, 5007]]), null],
  ['statements of other kinds', (db) => db('former_clients').where({ id: 7 }).update({ run_id: 3 }), null],
  ['removals', (db) => db('former_clients').whereIn('id', [7, 8]).delete(), null],
];

async function all(changes: AsyncGenerator<readonly RowChange[]>): Promise<RowChange[]> {
  const found: RowChange[] = [];
  for await (const some of changes) found.push(...some);
  return found;
}

describeStores('rows that a transaction may have written to', (openFresh) => {
  it.each(WAYS)('are those with a change: %s', async (_, write, keys) => {
    const store = await openFresh();
    const spec = TABLES.find(({ name }) => name === 'former_clients');
    if (spec === undefined) throw new Error('there is no such table');
    await bulkInsert(
      store.db,
      spec.name,
      COLUMNS,
      run(1, ROWS).map((id) => [id, 1, 1]),
    );
    await store.whole(async (written) => {
      await write(store.db);
      const rows = written().get(spec.name);
      const isNamed = store.dialect.kind === 'sqlite' || store.dialect.bulk;
      if (isNamed) expect(rows === null || rows === undefined ? rows : [...rows]).toEqual(keys);
      const [everywhere, there] = await store.beside(async (outside) => [
        await all(changedRows(outside, store.db, spec, null)),
        await all(changedRows(outside, store.db, spec, rows ?? null)),
      ]);
      expect(everywhere.length).toBeGreaterThan(0);
      expect(there).toEqual(everywhere);
      expect(written()).toEqual(new Map());
      return { result: null, commit: false };
    });
  });

  it('are any of a table whose rows are known by something else as well', async () => {
    const store = await openFresh();
    await store.db('groups').insert({ id: 1, name: 'VIP' });
    await store.whole(async (written) => {
      await bulkInsert(store.db, 'groups', ['id', 'name'], [[2, 'VIP']], { onDuplicate: 'update', update: ['name'] });
      expect(written().get('groups')).toBeNull();
      await bulkInsert(store.db, 'groups', ['id', 'name'], [[3, 'new']]);
      expect(written().get('groups')).toEqual(new Set([3]));
      return { result: null, commit: false };
    });
  });

  it('do not include contacts of a client that stay', async () => {
    const store = await openFresh();
    const client = (name: string, phones: string[]) => ({
      ...{ id: 1, provenance: '{}', digest: 'd', createdRun: 1, changedRun: 1 },
      values: { 'name.last': name, phones },
    });
    const write = (name: string, phones: string[], replaced: number[]) => writeEntities(store.db, 'client', [client(name, phones)], replaced, 1, new Map());
    await write('Lee', ['+79990000001', '+79990000002'], []);
    const written = (phones: string[]): Promise<WrittenRows> =>
      store.whole(async (rows) => {
        await write('Li', phones, [1]);
        return { result: rows(), commit: true };
      });
    expect([...(await written(['+79990000001', '+79990000002'])).keys()]).toEqual(['clients']);
    expect([...(await written(['+79990000002', '+79990000003'])).keys()].sort()).toEqual(['clients', 'contacts']);
    expect(await store.db('contacts').orderBy('value').pluck('value')).toEqual(['+79990000002', '+79990000003']);
    expect(await store.db('clients').pluck('name_last')).toEqual(['Li']);
  });
});
