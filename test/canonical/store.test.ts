import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bulkInsert } from '../../canonical/bulk.ts';
import { isDeadlock } from '../../canonical/database-error.ts';
import { openStore, type Store } from '../../canonical/open.ts';
import { StoreError } from '../../core/errors.ts';
import { together } from '../../core/together.ts';
import { describeStores } from '../support/stores.ts';
import { create, PAIRS, THINGS } from './fixture.ts';

const names = (store: Store): Promise<string[]> => store.db('things').orderBy('id').pluck('name');

describeStores('transactions', (openFresh) => {
  const open = async (): Promise<Store> => {
    const store = await openFresh({ schema: false });
    await create(store, THINGS, PAIRS);
    await store.db('things').insert([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]);
    return store;
  };

  it('commit what resolves and undo what rejects', async () => {
    const store = await open();
    expect(await store.transaction(async (trx) => trx('things').where({ id: 1 }).update({ name: 'c' }))).toBe(1);
    const failing = store.transaction(async (trx) => {
      await trx('things').insert({ id: 3, name: 'lost' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await names(store)).toEqual(['c', 'b']);
  });

  it('are joined by those inside, which can fail alone', async () => {
    const store = await open();
    await store.transaction(async () => {
      await store.db('things').insert({ id: 3, name: 'outer' });
      const inner = store.transaction(async (trx) => {
        await trx('things').insert({ id: 4, name: 'inner' });
        await store.transaction(async () => store.db('things').insert({ id: 5, name: 'innermost' }));
        expect(await names(store)).toEqual(['a', 'b', 'outer', 'inner', 'innermost']);
        throw new Error('inner');
      });
      await expect(inner).rejects.toThrow('inner');
      await store.transaction(async (trx) => trx('things').insert({ id: 6, name: 'second' }));
    });
    expect(await names(store)).toEqual(['a', 'b', 'outer', 'second']);
  });

  it('run one beside another', async () => {
    const store = await open();
    await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        store.transaction(async (trx) => {
          const [row] = await trx('things').where({ id: 1 }).select('amount').forUpdate();
          await trx('things')
            .where({ id: 1 })
            .update({ amount: Number(row?.amount ?? 0) + at });
        }),
      ),
    );
    expect(await store.db('things').where({ id: 1 }).first('amount')).toEqual({ amount: 66 });
  });

  it('count rows found by an update, not rows changed', async () => {
    const store = await open();
    expect(await store.db('things').where({ id: 1 }).update({ name: 'a' })).toBe(1);
  });

  it('leave no trace of a dry run, and see all of it inside', async () => {
    const store = await open();
    const result = await store.dryRun(async () => {
      await store.db('things').insert({ id: 3, name: 'dry' });
      await store.transaction(async (trx) => {
        await bulkInsert(
          trx,
          'things',
          ['id', 'name'],
          Array.from({ length: 300 }, (_, at) => [at + 10, 'dry']),
        );
        await store.transaction(async (inner) => inner('things').where({ id: 1 }).delete());
      });
      await bulkInsert(
        store.db,
        'things',
        ['id', 'name'],
        Array.from({ length: 300 }, (_, at) => [at + 10, 'x']),
        { onDuplicate: 'update' },
      );
      await expect(
        store.transaction(async () => {
          throw new Error('caught');
        }),
      ).rejects.toThrow('caught');
      return (await names(store)).length;
    });
    expect(result).toBe(302);
    expect(await names(store)).toEqual(['a', 'b']);
    await store.transaction(async (trx) => trx('things').insert({ id: 3, name: 'kept' }));
    await store.db('things').insert({ id: 4, name: 'kept too' });
    expect(await names(await openFresh.again(store))).toEqual(['a', 'b', 'kept', 'kept too']);
  });

  it('leave no trace of a dry run that fails', async () => {
    const store = await open();
    const failing = store.dryRun(async () => {
      await store.transaction(async (trx) => trx('things').delete());
      throw new Error('dry');
    });
    await expect(failing).rejects.toThrow('dry');
    expect(await names(store)).toEqual(['a', 'b']);
  });

  it('refuse a dry run inside one', async () => {
    const store = await open();
    await expect(store.transaction(async () => store.dryRun(async () => 1))).rejects.toThrow('dry run');
  });

  it('are tried again whole after a deadlock, with a pause handed in', async () => {
    const store = await open();
    const pauses: number[] = [];
    const patient = await openStore({
      ...openFresh.place(store),
      pause: { random: () => 0.5, clock: { sleep: async (ms) => void pauses.push(ms) } },
    });
    try {
      let runs = 0;
      const done = await patient.transaction(async (trx) => {
        runs += 1;
        await trx('things').insert({ id: 10 + runs, name: 'try' });
        if (runs < 4)
          throw new StoreError('STORE_FAILED', 'deadlock', {
            cause: { code: 'ER_LOCK_DEADLOCK', errno: 1213, name: null },
          });
        return 'done';
      });
      expect([done, runs]).toEqual(['done', 4]);
      expect(pauses).toEqual([20, 40, 80]);
      expect(await names(store)).toEqual(['a', 'b', 'try']);
      await expect(
        patient.transaction(async () => {
          runs += 1;
          throw new StoreError('STORE_FAILED', 'deadlock', { cause: { code: 'SQLITE_BUSY', errno: null, name: null } });
        }, 2),
      ).rejects.toThrow('deadlock');
      expect(runs).toBe(6);
    } finally {
      await patient.close();
    }
  });

  if (openFresh.kind !== 'mysql') return;

  /** Two transactions lock two rows crosswise: the server undoes one of them. */
  async function crosswise(store: Store, around: (fn: () => Promise<void>) => Promise<unknown>): Promise<number> {
    let tries = 0;
    let arrived = 0;
    let open = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    const one = (first: number, second: number) => async () => {
      tries += 1;
      await store
        .db('things')
        .where({ id: first })
        .update({ level: 50 + first });
      arrived += 1;
      if (arrived === 2) open();
      await both;
      await store
        .db('things')
        .where({ id: second })
        .update({ level: 50 + first });
    };
    await Promise.all([store.transaction(one(1, 2)), around(one(2, 1))]);
    return tries;
  }

  it('outlive a real deadlock', async () => {
    const store = await open();
    expect(await crosswise(store, (fn) => store.transaction(fn))).toBe(3);
    const levels: number[] = await store.db('things').orderBy('id').pluck('level');
    expect(new Set(levels).size).toBe(1);
  });

  it('outlive a real deadlock of one inside another, even if the outer one swallows it', async () => {
    const store = await open();
    let outer = 0;
    await crosswise(store, (fn) =>
      store.transaction(async () => {
        outer += 1;
        await store.db('pairs').insert({ system: 's', key: `k${outer}`, value: outer });
        await store.transaction(fn).catch(() => undefined);
        await store.db('pairs').insert({ system: 't', key: `k${outer}`, value: -outer });
      }),
    );
    // Whichever of the two was undone: its first try left nothing.
    expect(await store.db('pairs').orderBy('system').pluck('value')).toEqual([outer, -outer]);
  });

  it('keep a dry run dry when the server ends its transaction', async () => {
    const store = await open();
    const error = await store
      .dryRun(async () => {
        await store.db('things').insert({ id: 7, name: 'dry' });
        // What a deadlock does, at a moment that can be chosen.
        await store.db.raw('ROLLBACK');
        await store.db('things').insert({ id: 8, name: 'after' });
        return 'end';
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toBe('end');
    expect(await names(store)).toEqual(['a', 'b']);
    const own = await openFresh.again(store, { poolSize: 1 });
    await own.dryRun(async () => own.db('things').delete());
    await own.db('things').insert({ id: 9, name: 'kept' });
    expect(await names(store)).toEqual(['a', 'b', 'kept']);
  });

  it('keep nothing of what was sent behind a statement for which the server ended them', async () => {
    const store = await openFresh.again(await open(), { poolSize: 1 });
    const sent = store.transaction((trx) =>
      together([
        Promise.resolve(trx('things').insert({ id: 7, name: 'before' })),
        // What a deadlock does, at a moment that can be chosen.
        Promise.resolve(trx.raw('ROLLBACK')),
        Promise.resolve(trx.raw('NO STATEMENT')),
        Promise.resolve(trx('things').insert({ id: 8, name: 'behind' })),
      ]),
    );
    await expect(sent).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await names(store)).toEqual(['a', 'b']);
    // The connection commits by itself again, and the next transaction is its own.
    await store.db('things').insert({ id: 9, name: 'kept' });
    await store.transaction((trx) => trx('things').insert({ id: 10, name: 'too' }));
    expect(await names(await openFresh.again(store))).toEqual(['a', 'b', 'kept', 'too']);
  });

  it('read only what is committed, in strict mode, whatever the server is set to', async () => {
    const store = await open();
    const [[row]] = await store.db
      .raw('SELECT @@tx_isolation AS isolation, @@sql_mode AS mode, @@time_zone AS zone')
      .catch(() => store.db.raw('SELECT @@transaction_isolation AS isolation, @@sql_mode AS mode, @@time_zone AS zone'));
    expect(row).toMatchObject({ isolation: 'READ-COMMITTED', zone: '+00:00' });
    expect(row.mode).toContain('STRICT_ALL_TABLES');
  });

  it('give long integers exactly', async () => {
    const store = await open();
    const [[row]] = await store.db.raw("SELECT CAST('9223372036854775807' AS SIGNED) AS big, CAST(9007199254740991 AS SIGNED) AS exact");
    expect(row).toEqual({ big: '9223372036854775807', exact: 9007199254740991 });
  });
});

describe('opening', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  const directory = (): string => {
    const made = mkdtempSync(join(tmpdir(), 'sverka-open-'));
    undo.push(() => rmSync(made, { recursive: true, force: true }));
    return made;
  };
  const serve = async (server: Server): Promise<number> => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    undo.push(() => void server.close());
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };

  it('makes a file that only its owner reads', async () => {
    const file = join(directory(), 'a.db');
    const store = await openStore({ kind: 'sqlite', file });
    undo.push(() => store.close());
    await store.db.raw('CREATE TABLE t (a INTEGER)');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
  });

  it('says that a directory cannot be used', async () => {
    await expect(openStore({ kind: 'sqlite', file: join(directory(), 'none', 'a.db') })).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      hint: expect.stringMatching(/its directory must be there/),
    });
  });

  it('says that a file is no database', async () => {
    const file = join(directory(), 'a.txt');
    writeFileSync(file, 'Something else altogether, and long enough to have been a database.'.repeat(20));
    await expect(openStore({ kind: 'sqlite', file })).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      hint: expect.stringMatching(/no database of SQLite/),
    });
  });

  it('says that nobody listens, without the password', async () => {
    const port = await serve(createServer());
    await undo.pop()?.();
    const error = await openStore({ kind: 'mysql', url: `mysql://root:s3cret-pw@127.0.0.1:${port}/x` }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(String(error)).toContain(`127.0.0.1:${port}`);
    expect(`${error} ${JSON.stringify(error)} ${(error as Error).stack}`).not.toContain('s3cret-pw');
  });

  it.each(['no url s3cret', 'http://root:s3cret@localhost/x', 'mysql://root:s3cret@localhost'])('refuses %s as an address', async (url) => {
    const error = await openStore({ kind: 'mysql', url }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).not.toContain('s3cret');
  });

  it('loads one driver only', async () => {
    const file = join(directory(), 'a.db');
    const script = `
      import { createRequire } from 'node:module';
      import { openStore } from './canonical/open.ts';
      const store = await openStore({ kind: 'sqlite', file: ${JSON.stringify(file)} });
      await store.close();
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(loaded.some((path) => path.includes('/libsql/')), loaded.some((path) => path.includes('/mysql2/lib/')));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
    await once(child, 'close');
    expect(said.trim()).toBe('true false');
  });
});

describeStores('a store that was lost', (openFresh) => {
  if (openFresh.kind !== 'mysql') {
    it('is no matter for a file', () => undefined);
    return;
  }
  it('is said to be so, and found again', async () => {
    const store = await openFresh({ schema: false, poolSize: 1 });
    const other = await openFresh.again(store);
    await create(store, THINGS);
    const [[row]] = await store.db.raw('SELECT CONNECTION_ID() AS id');
    const error = await store
      .transaction(async (trx) => {
        await other.db.raw(`KILL ${row.id}`);
        await trx('things').insert({ id: 1 });
      })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(isDeadlock(error)).toBe(false);
    expect(await store.db('things').pluck('id')).toEqual([]);
  });
});
