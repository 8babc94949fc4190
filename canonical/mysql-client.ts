/** Knex on mysql2, for MySQL 8 and MariaDB 10.6 and later. */
import type { Readable } from 'node:stream';
import knex, { type Knex } from 'knex';
import KnexDialect from 'knex/lib/dialects/mysql2/index.js';
import { StoreError } from '../core/errors.ts';
import { connectionError, SILENT, storeError } from './database-error.ts';
import { assertValues, type MysqlDialect, setDialect, type Value } from './dialect.ts';
import { idleLimit } from './idle-limit.ts';

export interface MysqlOptions {
  /** `mysql://user:password@host:port/database`; with `?socket=/path` the server is reached there. */
  readonly url: string;
  readonly localInfile: 'auto' | 'off';
  readonly poolSize: number;
}

/** Options of one query beyond what Knex knows; given by `.options()`, as are those of mysql2. */
export interface MysqlQueryOptions {
  readonly rowsAsArray?: boolean;
  /** Bindings that Knex need not look at. */
  readonly values?: readonly Value[];
  readonly infileStreamFactory?: (name: string) => Readable;
}

interface Query {
  readonly sql: string;
  bindings?: readonly Value[];
  readonly options?: MysqlQueryOptions;
}

interface Connection {
  query(sql: string, done: (error: unknown) => void): void;
  destroy(): void;
}

/** The part of Knex's mysql2 dialect that is changed here; Knex has no types for its dialects. */
interface BaseClient {
  acquireRawConnection(): Promise<Connection>;
  query(connection: Connection, query: Query | string): Promise<unknown>;
  _query(connection: Connection, query: Query): Promise<unknown>;
}

const Base = KnexDialect as new (config: Knex.Config) => BaseClient;

/** Set on every connection, so that neither the server's settings nor its version change what a statement means. */
const SESSION = [
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', " +
    "time_zone = '+00:00', innodb_lock_wait_timeout = 20" +
    idleLimit(),
];

class MysqlClient extends Base {
  override async acquireRawConnection(): Promise<Connection> {
    try {
      const connection = await super.acquireRawConnection();
      for (const sql of SESSION) await run(connection, sql);
      return connection;
    } catch (thrown) {
      throw storeError(thrown);
    }
  }

  override async query(connection: Connection, query: Query | string): Promise<unknown> {
    try {
      return await super.query(connection, query);
    } catch (thrown) {
      throw storeError(thrown, typeof query === 'string' ? query : query.sql);
    }
  }

  override async _query(connection: Connection, query: Query): Promise<unknown> {
    if (query.options?.values !== undefined) query.bindings = query.options.values;
    assertValues(query.bindings ?? []);
    return super._query(connection, query);
  }
}

function run(connection: Connection, sql: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.query(sql, (error) => {
      if (error === null || error === undefined) return resolve();
      connection.destroy();
      reject(error);
    });
  });
}

/** Connects. Throws `StoreError` when the server cannot be reached or refuses us; the message holds no password. */
export async function openMysql(options: MysqlOptions): Promise<Knex> {
  const address = addressOf(options.url);
  const db = knex({
    client: MysqlClient as unknown as typeof Knex.Client,
    connection: {
      ...address,
      charset: 'utf8mb4_bin',
      timezone: 'Z',
      dateStrings: true,
      supportBigNumbers: true,
      multipleStatements: false,
      connectTimeout: 10_000,
      flags: options.localInfile === 'off' ? ['-LOCAL_FILES'] : [],
    },
    compileSqlOnError: false,
    pool: { min: 0, max: options.poolSize },
    acquireConnectionTimeout: 60_000,
    log: SILENT,
  });
  try {
    setDialect(db, await recognise(db, options.localInfile));
  } catch (thrown) {
    await db.destroy();
    const place = 'socketPath' in address ? address.socketPath : `${address.host}:${address.port}`;
    throw connectionError(thrown, `${address.database} at ${place}`);
  }
  return db;
}

interface Address {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

function addressOf(url: string): Address & ({ host: string; port: number } | { socketPath: string }) {
  if (!URL.canParse(url)) throw new StoreError('STORE_UNREACHABLE', 'the address of the database is no URL');
  const parsed = new URL(url);
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (!/^(mysql|mariadb):$/.test(parsed.protocol) || database === '') {
    throw new StoreError('STORE_UNREACHABLE', 'the address of the database is not mysql://user:password@host:port/database');
  }
  const login = { user: decodeURIComponent(parsed.username), password: decodeURIComponent(parsed.password), database };
  const socketPath = parsed.searchParams.get('socket');
  if (socketPath !== null) return { ...login, socketPath };
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return { ...login, host, port: parsed.port === '' ? 3306 : Number(parsed.port) };
}

async function recognise(db: Knex, localInfile: 'auto' | 'off'): Promise<MysqlDialect> {
  const answer: unknown = await db.raw('SELECT VERSION() AS version, @@GLOBAL.local_infile AS local_infile');
  const [[row]] = answer as [{ version: string; local_infile: number }[]];
  const { version = '', local_infile = 0 } = row ?? {};
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
    localInfile: localInfile === 'auto' && local_infile === 1,
  };
}
