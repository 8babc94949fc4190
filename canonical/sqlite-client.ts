/** Knex on libsql: its better-sqlite3 dialect with another driver, prepared statements kept, and many rows to one statement. */
import { chmodSync, closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';
import knex, { type Knex } from 'knex';
import KnexDialect from 'knex/lib/dialects/better-sqlite3/index.js';
import type Libsql from 'libsql';
import { StoreError } from '../core/errors.ts';
import { connectionError, isDeadlock, SILENT, storeError } from './database-error.ts';
import { assertValues, setDialect, type Value } from './dialect.ts';

/** Options of one query beyond what Knex knows; given by `.options()`. */
export interface SqliteQueryOptions {
  /** Rows as arrays, in the order of the columns. */
  readonly rowsAsArray?: boolean;
  /** Bindings that Knex need not look at. */
  readonly values?: readonly Value[];
  /** Runs the statement once for each of these bindings, prepared once. */
  readonly batches?: readonly (readonly Value[])[];
}

interface Query {
  readonly sql: string;
  readonly bindings?: Value[];
  readonly options?: SqliteQueryOptions;
  response?: unknown;
  context?: unknown;
}

type Statement = Libsql.Statement<Value[][]>;
type Connection = Libsql.Database & { statements?: Map<string, Statement> };

interface Transaction {
  begin(connection: Connection): Promise<unknown>;
}

/** The part of Knex's better-sqlite3 dialect that is changed here; Knex has no types for its dialects. */
interface BaseClient {
  driver: typeof Libsql;
  readonly connectionSettings: { readonly filename: string };
  transaction(...given: unknown[]): Transaction;
  query(connection: Connection, query: Query | string): Promise<unknown>;
}

const load = createRequire(import.meta.url);
const Base = KnexDialect as new (config: Knex.Config) => BaseClient;

/**
 * How long a writer waits for another one. The driver waits with the whole process, so it waits shortly and often: between
 * two waits the other writer, if it is in this process, can go on.
 */
const BUSY_MS = 100;
const BUSY_WAITS = 150;
const KEPT_STATEMENTS = 200;

/** What to do where the database is a file; nobody has to start anything. */
function fileHint(code: string): { readonly hint?: string } {
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT')
    return { hint: 'The file is no database of SQLite, or a damaged one: mend the path in `store`, or put the file back from a backup.' };
  if (/^(SQLITE_(CANTOPEN|READONLY|IOERR|PERM|AUTH)|EACCES|EPERM|EROFS|ENOENT|ENOTDIR|EISDIR|ENOSPC)/.test(code))
    return { hint: 'Mend the path in `store`: its directory must be there, with room in it, and this user must be allowed to write to it and to the file.' };
  return {};
}

class LibsqlClient extends Base {
  _driver(): unknown {
    return load('libsql');
  }

  async acquireRawConnection(): Promise<Connection> {
    const file = this.connectionSettings.filename;
    try {
      makePrivate(file);
      const connection: Connection = new this.driver(file);
      connection.pragma(`busy_timeout = ${BUSY_MS}`);
      await patiently(() => connection.pragma('journal_mode = WAL'));
      connection.pragma('synchronous = NORMAL');
      connection.pragma('foreign_keys = OFF');
      connection.pragma('cache_size = -32000');
      connection.pragma('temp_store = MEMORY');
      connection.statements = new Map();
      return connection;
    } catch (thrown) {
      throw connectionError(thrown, file, fileHint);
    }
  }

  /** A transaction that may write takes the write lock at once: a later upgrade fails without waiting. */
  override transaction(...given: unknown[]): Transaction {
    const transaction = super.transaction(...given);
    transaction.begin = (connection) => patiently(() => connection.exec('BEGIN IMMEDIATE'), 'BEGIN IMMEDIATE');
    return transaction;
  }

  override async query(connection: Connection, query: Query | string): Promise<unknown> {
    const sql = typeof query === 'string' ? query : query.sql;
    // Inside a transaction a wait cannot help.
    return patiently(() => super.query(connection, query), sql, connection.inTransaction ? 0 : BUSY_WAITS);
  }

  async _query(connection: Connection, query: Query): Promise<Query> {
    const statement = prepare(connection, query.sql);
    const { batches, rowsAsArray } = query.options ?? {};
    if (batches !== undefined) {
      let changes = 0;
      for (const batch of batches) changes += statement.run(checked(batch)).changes;
      query.response = { changes };
      return query;
    }
    const bindings = checked(query.options?.values ?? query.bindings ?? []);
    if (statement.reader) {
      query.response = statement.raw(rowsAsArray === true).all(bindings);
      return query;
    }
    const response = statement.run(bindings);
    query.response = response;
    query.context = { lastID: response.lastInsertRowid, changes: response.changes };
    return query;
  }
}

/**
 * Made here so that it is never readable by others, not even for a moment. A file that is there is not opened: closing it again would give
 * up the locks that other connections of this process have on it, and another process would take away the log that they write to.
 */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    chmodSync(file, 0o600);
  }
}

/** The driver gives back a text only up to its first NUL character. */
function checked(values: readonly Value[]): Value[] {
  assertValues(values);
  if (values.some((value) => typeof value === 'string' && value.includes('\0'))) {
    throw new StoreError('STORE_FAILED', 'a text with a NUL character cannot be stored in SQLite');
  }
  return values as Value[];
}

/** Does it again while another writer holds the lock. Throws `StoreError`. */
async function patiently<T>(work: () => T | Promise<T>, sql = '', waits = BUSY_WAITS): Promise<T> {
  for (let left = waits; ; left -= 1) {
    try {
      return await work();
    } catch (thrown) {
      const error = storeError(thrown, sql);
      if (left <= 0 || !isDeadlock(error)) throw error;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function prepare(connection: Connection, sql: string): Statement {
  if (/^\s*(create|alter|drop)\b/i.test(sql)) connection.statements?.clear();
  const kept = connection.statements?.get(sql);
  if (kept !== undefined) return kept;
  const statement = connection.prepare<Value[][]>(sql);
  if (connection.statements !== undefined) {
    if (connection.statements.size >= KEPT_STATEMENTS) connection.statements.clear();
    connection.statements.set(sql, statement);
  }
  return statement;
}

/** Opens the file, which is made when it is not there. Throws `StoreError` when it cannot be opened. */
export async function openSqlite(file: string): Promise<Knex> {
  const db = knex({
    client: LibsqlClient as unknown as typeof Knex.Client,
    connection: { filename: file },
    useNullAsDefault: true,
    compileSqlOnError: false,
    pool: { min: 1, max: 1 },
    log: SILENT,
  });
  setDialect(db, { kind: 'sqlite' });
  try {
    await db.raw('SELECT 1');
  } catch (thrown) {
    await db.destroy();
    throw connectionError(thrown, file, fileHint);
  }
  return db;
}
