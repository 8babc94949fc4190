/** Brings the schema to the version of this installation, and says which version a database has. */
import type { Knex } from 'knex';
import type { Clock } from '../../core/context.ts';
import { StoreError } from '../../core/errors.ts';
import { databaseFault } from '../database-error.ts';
import { execute, queryObjects } from '../execute.ts';
import type { Store } from '../open.ts';
import { bookkeepingStatements } from './bookkeeping.ts';
import type { SchemaVersion } from './version.ts';
import { SCHEMA_VERSIONS } from './versions.ts';

export interface SchemaStatus {
  /** Last finished version; 0 for an empty database. */
  readonly current: number;
  /** Last version that this installation knows. */
  readonly known: number;
  readonly state: 'empty' | 'old' | 'current' | 'new';
  /** Versions that `schemaUp` would apply. */
  readonly pending: readonly { readonly number: number; readonly name: string }[];
}

/** Reads the version; changes nothing. Throws `StoreError`. */
export async function schemaStatus(store: Store, versions: readonly SchemaVersion[] = SCHEMA_VERSIONS): Promise<SchemaStatus> {
  const rows = (await store.db.schema.hasTable('schema_versions')) ? await readVersions(store.db) : [];
  const current = Math.max(0, ...rows.filter((row) => row.finished === 1).map((row) => row.version));
  const highest = Math.max(0, ...rows.map((row) => row.version));
  const known = lastOf(versions);
  const state = highest > known ? 'new' : current === known ? 'current' : current === 0 ? 'empty' : 'old';
  const pending = versions.filter((one) => one.number > current).map(({ number, name }) => ({ number, name }));
  return { current, known, state, pending };
}

/** Throws `StoreError` `STORE_SCHEMA_OLD` or `STORE_SCHEMA_NEW` unless the database has exactly the schema of this installation. */
export async function assertSchema(store: Store): Promise<void> {
  const { current, known, state } = await schemaStatus(store);
  if (state === 'new') throw newer(known);
  if (state !== 'current') {
    throw new StoreError('STORE_SCHEMA_OLD', `the database has schema version ${current}, and ${known} is needed`);
  }
}

/**
 * Applies the versions that are missing; answers those it applied. May be started twice at one time: the second waits and finds
 * nothing to do. What a crash left half done is completed. Throws `StoreError`, `STORE_SCHEMA_NEW` for a newer database.
 */
export async function schemaUp(store: Store, clock: Pick<Clock, 'now'>, versions: readonly SchemaVersion[] = SCHEMA_VERSIONS): Promise<SchemaVersion[]> {
  if (store.dialect.kind === 'sqlite') {
    return store.transaction((trx) => apply({ store, db: trx, run: (sql) => execute(trx, sql), clock }, versions));
  }
  const client: Knex.Client = store.db.client;
  const connection: unknown = await client.acquireConnection();
  const raw = (sql: string): Knex.Raw => store.db.raw(sql).connection(connection);
  try {
    const answer: unknown = await raw(`SELECT GET_LOCK(${LOCK}, ${LOCK_SECONDS}) AS got`);
    if ((answer as [[{ got: number | null }]])[0][0].got !== 1)
      throw new StoreError('STORE_FAILED', 'another process has been changing the schema for minutes');
    const applied = await apply({ store, db: store.db, run: raw, clock }, versions);
    await raw(`SELECT RELEASE_LOCK(${LOCK})`);
    return applied;
  } catch (error) {
    await raw(`SELECT RELEASE_LOCK(${LOCK})`).then(undefined, () => undefined);
    throw error;
  } finally {
    await client.releaseConnection(connection);
  }
}

/** Locks are of the whole server: the name holds the database. */
const LOCK = "CONCAT('sverka:', LEFT(SHA1(DATABASE()), 16))";
const LOCK_SECONDS = 300;

interface Work {
  readonly store: Store;
  readonly db: Knex;
  readonly clock: Pick<Clock, 'now'>;
  run(sql: string): PromiseLike<unknown>;
}

interface VersionRow {
  readonly version: number;
  readonly statements_done: number;
  readonly finished: number;
}

async function apply(work: Work, versions: readonly SchemaVersion[]): Promise<SchemaVersion[]> {
  for (const sql of bookkeepingStatements(work.store.dialect)) await work.run(sql);
  const rows = new Map((await readVersions(work.db)).map((row) => [row.version, row]));
  const known = lastOf(versions);
  if (Math.max(0, ...rows.keys()) > known) throw newer(known);
  const applied: SchemaVersion[] = [];
  for (const version of versions) {
    const row = rows.get(version.number);
    if (row?.finished === 1) continue;
    await applyOne(work, version, row);
    applied.push(version);
  }
  return applied;
}

/** MySQL commits every DDL statement at once, so progress is kept by statement. */
async function applyOne(work: Work, version: SchemaVersion, row: VersionRow | undefined): Promise<void> {
  const { db } = work;
  if (row === undefined) {
    await execute(db, 'INSERT INTO schema_versions (version, name, statements_done, finished, applied_at) VALUES (?, ?, 0, 0, ?)', [
      version.number,
      version.name,
      work.clock.now(),
    ]);
  }
  const statements = version.statements(work.store.dialect);
  const resumed = row?.statements_done ?? -1;
  for (let at = Math.max(0, resumed); at < statements.length; at += 1) {
    try {
      await work.run(statements[at] ?? '');
    } catch (error) {
      // Run before a crash, which came before it was noted.
      if (at !== resumed || !alreadyThere(error)) throw error;
    }
    await execute(db, 'UPDATE schema_versions SET statements_done = ? WHERE version = ?', [at + 1, version.number]);
  }
  await execute(db, 'UPDATE schema_versions SET finished = 1 WHERE version = ?', [version.number]);
}

/** Table, column or index exists; column or index to be dropped does not. */
function alreadyThere(error: unknown): boolean {
  return [1050, 1060, 1061, 1091].includes(databaseFault(error)?.errno ?? 0);
}

function readVersions(db: Knex): Promise<VersionRow[]> {
  return queryObjects(db, 'SELECT version, statements_done, finished FROM schema_versions');
}

function lastOf(versions: readonly SchemaVersion[]): number {
  return Math.max(0, ...versions.map((one) => one.number));
}

function newer(known: number): StoreError {
  return new StoreError('STORE_SCHEMA_NEW', `the database was made by a newer Sverka; this one knows schema version ${known}`);
}
