/** Opens the store: one of two databases behind the same words. */
import type { Knex } from 'knex';
import { type CallStore, mysqlCalls, sqliteCalls } from './call-store.ts';
import { type Dialect, dialectOf } from './dialect.ts';
import { type RetryPause, Transactions } from './transaction.ts';
import type { WrittenRows } from './written.ts';

export interface SqliteStoreOptions {
  readonly kind: 'sqlite';
  /** Made, readable by its owner alone, when it is not there. */
  readonly file: string;
  readonly pause?: RetryPause;
}

export interface MysqlStoreOptions {
  readonly kind: 'mysql';
  /** `mysql://user:password@host:port/database`; with `?socket=/path` the server is reached there. */
  readonly url: string;
  /** `off`: many rows go by statements of many rows, as they do to MySQL, also where the server knows MariaDB's bulk protocol. */
  readonly bulk?: 'auto' | 'off';
  /** Connections at one time; 8 when silent. */
  readonly poolSize?: number;
  readonly pause?: RetryPause;
}

export type StoreOptions = SqliteStoreOptions | MysqlStoreOptions;

export interface Store {
  /**
   * For queries. Inside `transaction` or `dryRun` it is the open transaction of that flow, so that a query can neither miss
   * it nor wait for the connection it holds.
   */
  readonly db: Knex;
  readonly dialect: Dialect;
  /** What the processes share about calls to vendors. */
  readonly calls: Pick<CallStore, 'run'>;
  /** Has something done before the store closes: what is held in it by this process is given back. */
  beforeClose(work: () => Promise<void>): void;
  /** Waits for the connections to end. */
  close(): Promise<void>;
  /**
   * Commits when `fn` resolves and undoes when it rejects. `fn` is run again, up to `tries` times in all (5), when the
   * database undid it for a deadlock or a lock. Inside another transaction it is a savepoint of it and not retried by
   * itself. Throws `StoreError` for what the database refuses.
   */
  transaction<T>(fn: (trx: Knex.Transaction) => Promise<T>, tries?: number): Promise<T>;
  /**
   * Runs `fn` in one transaction, with all transactions of its flow joined to it, and undoes it at the end. Calls that were
   * under way before, or come from elsewhere (a console request), are not part of it. DDL must not be run inside.
   */
  dryRun<T>(fn: () => Promise<T>): Promise<T>;
  /**
   * As `dryRun`, but all of it is kept, at once, when `fn` says `commit` at its end. `written` answers what may have been written to
   * since it was last asked.
   */
  whole<T>(fn: (written: () => WrittenRows) => Promise<{ readonly result: T; readonly commit: boolean }>): Promise<T>;
  /** Runs `fn` with a connection of its own, outside whatever transaction is open: it sees what is committed. */
  beside<T>(fn: (db: Knex) => Promise<T>): Promise<T>;
}

const POOL_SIZE = 8;

/** Opens the store; its schema is left as it is. Throws `StoreError` `STORE_UNREACHABLE`; no message holds a password. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const root = await connect(options);
  const pause = options.pause ?? null;
  const transactions = new Transactions(root, pause);
  const calls = options.kind === 'sqlite' ? sqliteCalls(options.file, pause) : mysqlCalls(root, pause);
  const last: (() => Promise<void>)[] = [];
  return {
    get db() {
      return transactions.current();
    },
    dialect: dialectOf(root),
    calls,
    beforeClose: (work) => void last.push(work),
    async close() {
      for (const work of last.splice(0)) await work();
      await calls.close();
      await root.destroy();
    },
    transaction: (fn, tries) => transactions.run(fn, tries),
    dryRun: (fn) => transactions.dryRun(fn),
    whole: (fn) => transactions.whole(fn),
    async beside(fn) {
      const db = await connect(options.kind === 'mysql' ? { ...options, poolSize: 1 } : options);
      try {
        return await fn(db);
      } finally {
        await db.destroy();
      }
    },
  };
}

/** Only the driver that is needed is loaded: a command line starts sooner. */
async function connect(options: StoreOptions): Promise<Knex> {
  if (options.kind === 'sqlite') {
    const { openSqlite } = await import('./sqlite-client.ts');
    return openSqlite(options.file);
  }
  const { openMysql } = await import('./mysql-client.ts');
  return openMysql({ url: options.url, bulk: options.bulk ?? 'auto', poolSize: options.poolSize ?? POOL_SIZE });
}
