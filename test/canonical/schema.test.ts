import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../canonical/dialect.ts';
import { queryArrays, queryObjects } from '../../canonical/execute.ts';
import type { Store } from '../../canonical/open.ts';
import { bookkeepingStatements } from '../../canonical/schema/bookkeeping.ts';
import { addColumnStatements, addIndexStatements, createStatements } from '../../canonical/schema/ddl.ts';
import { schemaDocument } from '../../canonical/schema/document.ts';
import { int, key, type TableSpec, table, text } from '../../canonical/schema/table.ts';
import { TABLES, tablesOf } from '../../canonical/schema/tables.ts';
import { assertSchema, schemaStatus, schemaUp } from '../../canonical/schema/up.ts';
import type { SchemaVersion } from '../../canonical/schema/version.ts';
import { SCHEMA_VERSIONS } from '../../canonical/schema/versions.ts';
import { ANY_TIME, describeStores } from '../support/stores.ts';
import { THINGS } from './fixture.ts';

const version = (number: number, statements: (dialect: Dialect) => string[]): SchemaVersion => ({
  number,
  name: `v${number}`,
  statements,
});
const extra = { name: 'extra', ...int('Extra.', { default: 3 }) };
const first = version(1, (dialect) => createStatements(THINGS, dialect));
const second = version(2, (dialect) => [...addColumnStatements('things', extra, dialect), ...addIndexStatements('things', ['extra'])]);

interface Shape {
  readonly columns: readonly (readonly unknown[])[];
  readonly indexes: readonly string[];
  readonly comment: unknown;
}

/** What the database itself says of a table: name, type, nullable and comment of its columns; its indexes; its comment. */
async function shapeOf(store: Store, name: string): Promise<Shape> {
  if (store.dialect.kind === 'sqlite') {
    const columns = await queryArrays(
      store.db,
      `SELECT p.name, p.type, 1 - p."notnull", c.comment FROM pragma_table_info('${name}') p
      LEFT JOIN schema_comments c ON c.table_name = '${name}' AND c.column_name = p.name ORDER BY p.cid`,
    );
    const indexes = await queryArrays(
      store.db,
      `SELECT l.origin || l."unique" || ':' || (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i)
      FROM pragma_index_list('${name}') l`,
    );
    const comment = await queryArrays(store.db, `SELECT comment FROM schema_comments WHERE table_name = '${name}' AND column_name = ''`);
    return { columns, indexes: indexes.map(String).sort(), comment: comment[0]?.[0] };
  }
  const columns = await queryArrays(
    store.db,
    `SELECT column_name, column_type, is_nullable = 'YES', column_comment, collation_name
    FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '${name}' ORDER BY ordinal_position`,
  );
  const indexes = await queryArrays(
    store.db,
    `SELECT CONCAT(1 - MIN(non_unique), IF(index_name = 'PRIMARY', 'p', ''), ':', GROUP_CONCAT(column_name ORDER BY seq_in_index))
    FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = '${name}' GROUP BY index_name`,
  );
  const comment = await queryArrays(store.db, `SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '${name}'`);
  return { columns, indexes: indexes.map(String).sort(), comment: comment[0]?.[0] };
}

describeStores('the schema', (openFresh) => {
  const open = (): Promise<Store> => openFresh({ schema: false });

  it('says what a database has, from empty to current', async () => {
    const store = await open();
    expect(await schemaStatus(store)).toMatchObject({
      current: 0,
      state: 'empty',
      pending: SCHEMA_VERSIONS.map(({ number, name }) => ({ number, name })),
    });
    await expect(assertSchema(store)).rejects.toMatchObject({ code: 'STORE_SCHEMA_OLD' });
    const applied = await schemaUp(store, ANY_TIME);
    expect(applied.map((one) => one.number)).toEqual(SCHEMA_VERSIONS.map((one) => one.number));
    expect(await schemaStatus(store)).toMatchObject({ current: SCHEMA_VERSIONS.length, state: 'current', pending: [] });
    await assertSchema(store);
    expect(await schemaUp(store, ANY_TIME)).toEqual([]);
    const rows = await queryObjects<{ applied_at: number }>(store.db, 'SELECT applied_at FROM schema_versions');
    expect(rows.map((row) => row.applied_at)).toEqual(SCHEMA_VERSIONS.map(() => ANY_TIME.now()));
  });

  it('makes every declared table as it is declared, with a comment on all of it', async () => {
    const store = await openFresh();
    for (const spec of tablesOf(store.dialect)) {
      const shape = await shapeOf(store, spec.name);
      expect(
        shape.columns.map(([name]) => name),
        spec.name,
      ).toEqual(spec.columns.map((column) => column.name));
      expect(
        shape.columns.map((column) => column[2]),
        spec.name,
      ).toEqual(spec.columns.map((column) => (column.nullable ? 1 : 0)));
      expect(
        shape.columns.map((column) => column[3]),
        spec.name,
      ).toEqual(spec.columns.map((column) => column.doc));
      expect(shape.comment, spec.name).toBe(spec.doc);
      const keys = new Set(shape.indexes.map((index) => index.replace(/^.*:/, '')));
      for (const columns of [...spec.indexes, ...spec.unique]) expect(keys, spec.name).toContain(columns.join(','));
      if (store.dialect.kind !== 'mysql') continue;
      for (const column of shape.columns) expect([null, store.dialect.collation]).toContain(column[4]);
    }
  });

  it('is the same fresh and upgraded', async () => {
    const fresh = await open();
    await schemaUp(fresh, ANY_TIME, [first, second]);
    const upgraded = await open();
    await schemaUp(upgraded, ANY_TIME, [first]);
    await upgraded.db('things').insert({ id: 1 });
    expect((await schemaUp(upgraded, ANY_TIME, [first, second])).map((one) => one.number)).toEqual([2]);
    const shape = await shapeOf(upgraded, 'things');
    expect(shape).toEqual(await shapeOf(fresh, 'things'));
    expect(shape.columns.at(-1)?.slice(0, 1)).toEqual(['extra']);
    expect(await upgraded.db('things').first('extra')).toEqual({ extra: 3 });
  });

  it('refuses a newer database, and leaves it alone', async () => {
    const store = await open();
    await schemaUp(store, ANY_TIME, [first, second]);
    expect(await schemaStatus(store, [first])).toMatchObject({ state: 'new', current: 2, known: 1 });
    await expect(schemaUp(store, ANY_TIME, [first])).rejects.toMatchObject({ code: 'STORE_SCHEMA_NEW' });
    const newer = await openFresh();
    await newer.db('schema_versions').insert({ version: 999, name: 'later', statements_done: 1, finished: 0, applied_at: 0 });
    await expect(assertSchema(newer)).rejects.toMatchObject({ code: 'STORE_SCHEMA_NEW' });
  });

  it('completes a version that was cut off, whether or not its last statement was noted', async () => {
    const store = await open();
    const statements = [...createStatements(THINGS, store.dialect), ...second.statements(store.dialect)];
    const broken = version(1, () => [...statements.slice(0, -1), 'CREATE NONSENSE']);
    await expect(schemaUp(store, ANY_TIME, [broken])).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect((await schemaStatus(store, [broken])).state).toBe('empty');
    if (store.dialect.kind === 'mysql') await store.db('schema_versions').decrement('statements_done', 1);
    const mended = version(1, () => statements);
    await schemaUp(store, ANY_TIME, [mended]);
    expect(await schemaStatus(store, [mended])).toMatchObject({ state: 'current' });
    expect((await shapeOf(store, 'things')).indexes.join()).toContain('extra');
  });

  it('may be brought up by two processes at one time', async () => {
    const store = await open();
    const others = [await openFresh.again(store), await openFresh.again(store)];
    const script = `
      import { openStore } from './canonical/open.ts';
      import { schemaUp } from './canonical/schema/up.ts';
      const store = await openStore(${JSON.stringify(openFresh.place(store))});
      console.log((await schemaUp(store, { now: () => 1 })).length);
      await store.close();`;
    const inProcess = Promise.all([store, ...others].map((one) => schemaUp(one, ANY_TIME)));
    const children = [0, 1].map(async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
      await once(child, 'close');
      return Number(said);
    });
    const applied = [...(await inProcess).map((list) => list.length), ...(await Promise.all(children))];
    expect(applied.sort()).toEqual([0, 0, 0, 0, SCHEMA_VERSIONS.length]);
    expect((await schemaStatus(store)).state).toBe('current');
  });
});

describe('declarations', () => {
  const wrong: readonly (readonly [string, () => TableSpec])[] = [
    ['no primary key', () => table('t', 'T.', { a: int('A.') }, { primary: [] })],
    ['an index of no column', () => table('t', 'T.', { a: int('A.') }, { primary: ['a'], indexes: [['b']] })],
    ['an index of a long text', () => table('t', 'T.', { a: int('A.'), b: text('B.') }, { primary: ['a'], indexes: [['b']] })],
    [
      'an index too wide',
      () => table('t', 'T.', { a: key('A.'), b: key('B.'), c: key('C.'), d: key('D.'), e: key('E.') }, { primary: ['a', 'b', 'c', 'd', 'e'] }),
    ],
    ['a name with a blank', () => table('t', 'T.', { 'a b': int('A.') }, { primary: ['a b'] })],
  ];
  it.each(wrong)('refuse %s', (_, make) => {
    expect(make).toThrow();
  });

  it('have names of their own, and texts that fit a comment', () => {
    const all = TABLES.map((spec) => spec.name);
    expect(new Set(all).size).toBe(all.length);
    for (const spec of TABLES) {
      expect(spec.doc.length, spec.name).toBeLessThanOrEqual(2048);
      for (const column of spec.columns) expect(column.doc.length, `${spec.name}.${column.name}`).toBeLessThanOrEqual(1024);
    }
    expect(bookkeepingStatements({ kind: 'sqlite' }).every((sql) => /IF NOT EXISTS|INSERT OR REPLACE/.test(sql))).toBe(true);
  });

  /** Write it anew with `npx vitest run test/canonical/schema.test.ts -u`. */
  it('are what docs/schema.md says', async () => {
    await expect(schemaDocument(TABLES)).toMatchFileSnapshot('../../docs/schema.md');
  });
});
