import { expect, it } from 'vitest';
import { bulkInsert, bulkUpdate } from '../../canonical/bulk.ts';
import { databaseFault, isDuplicate } from '../../canonical/database-error.ts';
import type { Store } from '../../canonical/open.ts';
import type { Row } from '../../canonical/rows.ts';
import { selectIn, selectObjectsIn } from '../../canonical/select-in.ts';
import { InvariantError } from '../../core/errors.ts';
import { describeStores } from '../support/stores.ts';
import { create, PAIRS, THINGS } from './fixture.ts';

const NASTY = [
  '',
  ' ',
  'a\tb',
  'a\nb\r\nc\r',
  'back\\slash\\\\',
  '\\N',
  'N',
  '\\',
  'tab at end\t',
  "it's",
  '"quoted"',
  '`;-- DROP',
  '? ?? :name \\?',
  '😀👨‍👩‍👧 Ёё İı ß',
  '1234567890123456789',
  '0001',
  '9e99',
  '\u0001\u0008\u001a\u001b\u007f',
  '\u2028\u2029\ufeff',
  'NULL',
  '%s $1',
  'x'.repeat(300_000),
];
const COLUMNS = ['id', 'name', 'vendor_key', 'amount', 'body'];
/** Enough to go the way of many rows. */
const rowsOf = (count: number): Row[] =>
  Array.from({ length: count }, (_, at) => [at + 1, NASTY[at % NASTY.length] ?? '', at % 3 === 0 ? null : `k${at}`, at * 100 - 5, '{}']);

const count = async (store: Store, table = 'things'): Promise<number> => Number((await store.db(table).count({ n: '*' }))[0]?.['n']);

for (const bulk of ['auto', 'off'] as const) {
  describeStores(`bulk writes, bulk protocol ${bulk}`, (openFresh) => {
    const open = async (): Promise<Store> => {
      const store = await openFresh({ schema: false, bulk });
      if (store.dialect.kind === 'mysql') expect(store.dialect.bulk).toBe(bulk === 'auto' && store.dialect.flavour === 'mariadb');
      await create(store, THINGS, PAIRS);
      return store;
    };

    it.each([1, NASTY.length, 49, 50, 51, 1777])('gives back %i rows as they were', async (size) => {
      const store = await open();
      const rows = rowsOf(size).map((row) => (size > 100 ? row.with(1, String(row[1]).slice(0, 50)) : row));
      expect(await bulkInsert(store.db, 'things', COLUMNS, rows)).toBe(size);
      const found = await selectIn(
        store.db,
        'things',
        COLUMNS,
        'id',
        rows.map((row) => Number(row[0])),
      );
      expect(found.sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual(rows);
    });

    it('keeps null apart from the empty text, and 0 from null, and takes 53 bits', async () => {
      const store = await open();
      const rows: Row[] = [
        [1, null, null, null, '{}'],
        [2, '', '', 0, ''],
        [3, 'x', 'x', Number.MAX_SAFE_INTEGER, '{}'],
        [4, 'x', 'y', Number.MIN_SAFE_INTEGER, '{}'],
      ];
      const many = [...rows, ...rowsOf(60).map((row) => row.with(0, Number(row[0]) + 100))];
      await bulkInsert(store.db, 'things', COLUMNS, many);
      const found = await selectObjectsIn(store.db, 'things', COLUMNS, 'id', [1, 2, 3, 4]);
      expect(found.map((row) => Object.values(row as object)).sort((a, b) => a[0] - b[0])).toEqual(rows);
    });

    it('takes a NUL character whole or not at all', async () => {
      const store = await open();
      const name = 'a\0b';
      for (const size of [1, 80]) {
        const rows = Array.from({ length: size }, (_, at): Row => [at + size * 100, name]);
        const write = bulkInsert(store.db, 'things', ['id', 'name'], rows);
        if (openFresh.kind === 'sqlite') await expect(write).rejects.toMatchObject({ code: 'STORE_FAILED' });
        else {
          expect(await write).toBe(size);
          expect(await selectIn(store.db, 'things', ['name'], 'id', [size * 100])).toEqual([[name]]);
        }
      }
    });

    it.each([true, undefined, Number.NaN, new Date(0), 1n])('refuses %s as a value', async (bad) => {
      const store = await open();
      for (const size of [1, 80]) {
        const rows = Array.from({ length: size }, (_, at) => [at + 1, bad]) as unknown as Row[];
        await expect(bulkInsert(store.db, 'things', ['id', 'amount'], rows)).rejects.toThrow(InvariantError);
      }
      expect(await count(store)).toBe(0);
    });

    it('fills silent columns with their defaults', async () => {
      const store = await open();
      await bulkInsert(store.db, 'things', ['id'], [[1]]);
      expect(await store.db('things').first()).toEqual({
        id: 1,
        name: null,
        code: "it's \\",
        vendor_key: null,
        amount: null,
        level: 7,
        active: 0,
        body: '{}',
      });
    });

    it.each([2, 200])('refuses %i rows with a key that is there, all of them', async (size) => {
      const store = await open();
      await bulkInsert(store.db, 'things', ['id', 'name'], [[size, 'first']]);
      const rows: Row[] = Array.from({ length: size }, (_, at) => [at + 1, 'second']);
      const error = await bulkInsert(store.db, 'things', ['id', 'name'], rows).catch((thrown: unknown) => thrown);
      expect(isDuplicate(error)).toBe(true);
      expect(await store.db('things').select('name')).toEqual([{ name: 'first' }]);
    });

    it.each([3, 200])('passes over keys that are there among %i rows, and counts', async (size) => {
      const store = await open();
      await bulkInsert(
        store.db,
        'pairs',
        ['system', 'key', 'value'],
        [
          ['s', 'k0', -1],
          ['s', 'k1', -2],
        ],
      );
      const rows: Row[] = Array.from({ length: size }, (_, at) => ['s', `k${at}`, at]);
      expect(await bulkInsert(store.db, 'pairs', ['system', 'key', 'value'], rows, { onDuplicate: 'ignore' })).toBe(size - 2);
      expect(await selectIn(store.db, 'pairs', ['value'], 'key', ['k0', 'k1', 'k2'], { system: 's' })).toEqual([[-1], [-2], [2]]);
    });

    it.each([3, 200])('updates what is there among %i rows; the later of two rows wins', async (size) => {
      const store = await open();
      await bulkInsert(
        store.db,
        'things',
        ['id', 'name', 'level'],
        [
          [1, 'old', 3],
          [2, 'old', 3],
        ],
      );
      const rows: Row[] = [...Array.from({ length: size }, (_, at): Row => [at + 1, `new ${at}`, 9]), [2, 'last', 10]];
      await bulkInsert(store.db, 'things', ['id', 'name', 'level'], rows, { onDuplicate: 'update', update: ['name'] });
      expect(await count(store)).toBe(size);
      expect(await selectIn(store.db, 'things', ['id', 'name', 'level'], 'id', [1, 2, 3])).toEqual([
        [1, 'new 0', 3],
        [2, 'last', 3],
        [3, 'new 2', 9],
      ]);
    });

    it.each([
      ['a code that is too long', 'code', '123456789'],
      ['a key that is too long', 'vendor_key', 'k'.repeat(192)],
      ['a text for a number', 'amount', 'a lot'],
      ['a flag out of range', 'active', 300],
      ['null where none may be', 'code', null],
    ])('refuses %s, among few and many rows, however duplicates are treated', async (_, column, bad) => {
      const store = await open();
      for (const size of [1, 120]) {
        for (const onDuplicate of ['fail', 'ignore', 'update'] as const) {
          const good = column === 'active' || column === 'amount' ? 1 : 'ok';
          const rows = Array.from({ length: size }, (_, at): Row => [at + 1, at === size - 1 ? bad : good]);
          const error = await bulkInsert(store.db, 'things', ['id', column], rows, { onDuplicate }).catch((thrown: unknown) => thrown);
          expect(error, `${size} ${onDuplicate}`).toMatchObject({ code: 'STORE_FAILED' });
          expect(await count(store), `${size} ${onDuplicate}`).toBe(0);
        }
      }
    });

    it('tells texts apart by case, accent, width and trailing blanks', async () => {
      const store = await open();
      const keys = ['a', 'A', 'á', 'a ', ' a', 'ａ', 'е', 'ё', 'Ё', 'ß', 'ss', 'a\u0301', '', ' '];
      expect(
        await bulkInsert(
          store.db,
          'pairs',
          ['system', 'key', 'value'],
          keys.map((key, at) => ['s', key, at]),
        ),
      ).toBe(keys.length);
      for (const [at, key] of keys.entries()) {
        expect(await selectIn(store.db, 'pairs', ['value'], 'key', [key])).toEqual([[at]]);
      }
      const ordered = await store.db('pairs').orderBy('key').pluck('key');
      expect(ordered).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    });

    it('is undone with its transaction, by every way in', async () => {
      const store = await open();
      await bulkInsert(store.db, 'things', ['id', 'name'], [[1, 'kept']]);
      const many = rowsOf(300).map((row): Row => [Number(row[0]) + 1, row[2] ?? null]);
      await expect(
        store.transaction(async (trx) => {
          await bulkInsert(trx, 'things', ['id', 'name'], many);
          await bulkInsert(trx, 'things', ['id', 'name'], [[1, 'lost'], ...many], { onDuplicate: 'update' });
          await bulkInsert(trx, 'things', ['id', 'name'], [...many, [999, 'lost']], { onDuplicate: 'ignore' });
          await bulkUpdate(trx, 'things', 'id', ['name'], [[1, 'lost'], ...many]);
          expect(await selectIn(trx, 'things', ['name'], 'id', [999])).toEqual([['lost']]);
          throw new Error('undo');
        }),
      ).rejects.toThrow('undo');
      expect(await store.db('things').select('id', 'name')).toEqual([{ id: 1, name: 'kept' }]);
    });

    it.each([3, 400])('updates %i rows by key and answers how many were there', async (size) => {
      const store = await open();
      const rows = Array.from({ length: size }, (_, at): Row => [at + 1, `n${at}`, NASTY[at % 12] ?? null]);
      await bulkInsert(
        store.db,
        'things',
        ['id', 'vendor_key', 'name'],
        rows.map((row) => row.with(2, null)),
      );
      expect(await bulkUpdate(store.db, 'things', 'id', ['vendor_key', 'name'], [...rows, [size + 1, 'x', 'y']])).toBe(size);
      const found = await selectIn(
        store.db,
        'things',
        ['id', 'vendor_key', 'name'],
        'id',
        rows.map((row) => Number(row[0])),
      );
      expect(found.sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual(rows);
      expect(await bulkUpdate(store.db, 'things', ['id', 'vendor_key'], ['name'], rows)).toBe(size);
      expect(await bulkUpdate(store.db, 'things', 'id', ['name'], [])).toBe(0);
    });

    it('answers conditions, repeated keys, unknown keys and no keys', async () => {
      const store = await open();
      await bulkInsert(
        store.db,
        'things',
        ['id', 'name', 'vendor_key'],
        [
          [1, 'a', 'k'],
          [2, null, 'k'],
          [3, 'a', 'other'],
        ],
      );
      expect(await selectIn(store.db, 'things', ['id'], 'vendor_key', ['k', 'k', 'none'], { name: 'a' })).toEqual([[1]]);
      expect(await selectIn(store.db, 'things', ['id'], 'vendor_key', ['k'], { name: null })).toEqual([[2]]);
      expect(await selectIn(store.db, 'things', ['id'], 'vendor_key', [])).toEqual([]);
      expect(await selectObjectsIn(store.db, 'things', ['id', 'name'], 'id', [2])).toEqual([{ id: 2, name: null }]);
      const rows = Array.from({ length: 3000 }, (_, at): Row => [at + 10]);
      await bulkInsert(store.db, 'things', ['id'], rows);
      expect(
        await selectIn(
          store.db,
          'things',
          ['id'],
          'id',
          rows.map((row) => Number(row[0])),
        ),
      ).toHaveLength(3000);
    });

    it('says what was refused without saying any value', async () => {
      const store = await open();
      await bulkInsert(store.db, 'pairs', ['system', 'key', 'value'], [['s', 'Ivanov', 1]]);
      for (const rows of [[['s', 'Ivanov', 2]], Array.from({ length: 99 }, (_, at) => ['s', 'Ivanov', at + 5])] as Row[][]) {
        const error = await bulkInsert(store.db, 'pairs', ['system', 'key', 'value'], rows).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ code: 'STORE_FAILED' });
        expect(JSON.stringify([String(error), databaseFault(error)])).not.toContain('Ivanov');
        expect(isDuplicate(error)).toBe(true);
      }
      const query = await store
        .db('pairs')
        .where({ nothing: 'Ivanov' })
        .catch((thrown: unknown) => thrown);
      expect(query).toMatchObject({ code: 'STORE_FAILED' });
      expect(String(query)).not.toContain('Ivanov');
    });
  });
}
