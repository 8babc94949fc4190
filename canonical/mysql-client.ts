/** Knex on the MariaDB connector, for MySQL 8 and MariaDB 10.6 and later. */
import knex, { type Knex } from 'knex';
import KnexDialect from 'knex/lib/dialects/mysql/index.js';
import { type Connection, type ConnectionConfig, createConnection } from 'mariadb';
import { StoreError } from '../core/errors.ts';
import { connectionError, SILENT, storeError } from './database-error.ts';
import { assertValues, type MysqlDialect, setDialect, type Value } from './dialect.ts';
import { idleLimit } from './idle-limit.ts';
import { addressOf } from './mysql-address.ts';
import { giveOneType } from './one-type.ts';

export interface MysqlOptions {
  /** `mysql://user:password@host:port/database`; with `?socket=/path` the server is reached there. */
  readonly url: string;
  readonly bulk: 'auto' | 'off';
  readonly poolSize: number;
}

/** Options of one query beyond what Knex knows; given by `.options()`. */
export interface MysqlQueryOptions {
  readonly rowsAsArray?: boolean;
  /** Bindings that Knex need not look at. */
  readonly values?: readonly Value[];
  /** The statement is run for each of these rows of bindings, which are the driver's from then on: in one packet of MariaDB's bulk protocol. */
  readonly batches?: Value[][];
}

interface Query {
  readonly sql: string;
  readonly bindings?: readonly Value[];
  readonly options?: MysqlQueryOptions;
  response?: [rows: unknown, columns: unknown];
}

/** The part of Knex's mysql dialect that is changed here; Knex has no types for its dialects. */
interface Transaction {
  /** Runs a statement of its own; with status 1 or 2 it resolves or rejects the transaction, with 2 also when the statement fails. */
  query(connection: Connection, sql: string, status?: 1 | 2, value?: unknown): Promise<unknown>;
  begin(connection: Connection): Promise<unknown>;
  commit(connection: Connection, value: unknown): Promise<unknown>;
  rollback(connection: Connection, error: unknown): Promise<unknown>;
}

interface BaseClient {
  readonly connectionSettings: ConnectionConfig;
  transaction(...given: unknown[]): Transaction;
  query(connection: Connection, query: Query | string): Promise<unknown>;
}

const Base = KnexDialect as new (config: Knex.Config) => BaseClient;

/** Set on every connection, so that neither the server's settings nor its version change what a statement means. */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', " +
    "time_zone = '+00:00', innodb_lock_wait_timeout = 20" +
    idleLimit(),
];

/** One count for all rows, not one for each; the driver's types do not know of it. */
const COUNTED = { fullResult: false };

/** Commits what is open, and sets the limit again that a long transaction may have lifted. */
const END = `SET SESSION autocommit = 1 ${idleLimit()}`;

class MysqlClient extends Base {
  /** Knex asks for the driver; it is used here directly. */
  _driver(): object {
    return { createConnection };
  }

  async acquireRawConnection(): Promise<Connection> {
    try {
      const connection = await createConnection(this.connectionSettings);
      // A connection that ends by itself is found by `validateConnection`; without a listener it would end the process.
      connection.on('error', () => undefined);
      return connection;
    } catch (thrown) {
      throw storeError(thrown);
    }
  }

  async destroyRawConnection(connection: Connection): Promise<void> {
    if (!connection.isValid()) return connection.destroy();
    await connection.end().catch(() => connection.destroy());
  }

  validateConnection(connection: Connection): boolean {
    return connection.isValid();
  }

  /**
   * A transaction is the time in which nothing is committed by itself. One begun by BEGIN ends where the server undoes it for a deadlock, and
   * statements already sent behind the one that failed would then be committed one by one.
   */
  override transaction(...given: unknown[]): Transaction {
    const transaction = super.transaction(...given);
    transaction.begin = (connection) => transaction.query(connection, 'SET SESSION autocommit = 0');
    transaction.commit = (connection, value) => transaction.query(connection, END, 1, value);
    transaction.rollback = async (connection, error) => {
      // A connection that cannot undo is not used again, least of all to commit.
      await this.query(connection, 'ROLLBACK').catch(() => connection.destroy());
      return transaction.query(connection, END, 2, error);
    };
    return transaction;
  }

  override async query(connection: Connection, query: Query | string): Promise<unknown> {
    try {
      return await super.query(connection, query);
    } catch (thrown) {
      const sql = typeof query === 'string' ? query : query.sql;
      // It would be given to the next transaction with what this one left open.
      if (sql === END) connection.destroy();
      throw storeError(thrown, sql);
    }
  }

  async _query(connection: Connection, query: Query): Promise<Query> {
    const { rowsAsArray = false, values = query.bindings ?? [], batches } = query.options ?? {};
    if (batches === undefined) {
      assertValues(values);
      query.response = [await connection.query({ sql: query.sql, rowsAsArray }, values), undefined];
    } else {
      for (const row of batches) assertValues(row);
      giveOneType(batches);
      query.response = [await connection.batch({ sql: query.sql, ...COUNTED }, batches), undefined];
    }
    return query;
  }
}

/** Connects. Throws `StoreError` when the server cannot be reached or refuses us; the message holds no password. */
export async function openMysql(options: MysqlOptions): Promise<Knex> {
  const address = addressOf(options.url);
  const db = knex({
    client: MysqlClient as unknown as typeof Knex.Client,
    connection: {
      ...address,
      charset: 'utf8mb4',
      collation: 'utf8mb4_bin',
      timezone: 'Z',
      dateStrings: true,
      // Numbers, and texts where a number would not be exact.
      supportBigNumbers: true,
      insertIdAsNumber: true,
      multipleStatements: false,
      // The server may not ask for files of ours.
      permitLocalInfile: false,
      connectTimeout: 10_000,
      initSql: SESSION,
    } as ConnectionConfig as Knex.StaticConnectionConfig,
    compileSqlOnError: false,
    pool: { min: 0, max: options.poolSize },
    acquireConnectionTimeout: 60_000,
    log: SILENT,
  });
  try {
    setDialect(db, await recognise(db, options.bulk));
  } catch (thrown) {
    await db.destroy();
    const place = 'socketPath' in address ? address.socketPath : `${address.host}:${address.port}`;
    throw connectionError(thrown, `${address.database} at ${place}`);
  }
  return db;
}

async function recognise(db: Knex, bulk: 'auto' | 'off'): Promise<MysqlDialect> {
  const answer: unknown = await db.raw('SELECT VERSION() AS version');
  const [[row]] = answer as [{ version: string }[]];
  const { version = '' } = row ?? {};
  const flavour = /mariadb/i.test(version) ? 'mariadb' : 'mysql';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = flavour === 'mariadb' ? major > 10 || (major === 10 && minor >= 6) : major >= 8;
  if (!enough) {
    throw new StoreError('STORE_UNREACHABLE', `the database server is ${version}`, {
      hint: 'Use MySQL 8 or MariaDB 10.6, or later.',
    });
  }
  return {
    kind: 'mysql',
    flavour,
    version,
    collation: flavour === 'mariadb' ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin',
    bulk: bulk === 'auto' && flavour === 'mariadb',
  };
}
