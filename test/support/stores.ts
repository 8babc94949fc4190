/** Runs one suite on both databases, each test with a store of its own. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mariadb';
import { afterEach, describe, inject } from 'vitest';
import { addressOf } from '../../canonical/mysql-client.ts';
import { type MysqlStoreOptions, openStore, type Store, type StoreOptions } from '../../canonical/open.ts';
import { schemaUp } from '../../canonical/schema/up.ts';

export interface FreshStores {
  /** A store with an empty database of its own, closed and dropped after the test. */
  (options?: FreshOptions): Promise<Store>;
  readonly kind: StoreOptions['kind'];
  /** A second connection to the database of a store made here, closed after the test. */
  again(store: Store, options?: FreshOptions): Promise<Store>;
  /** Where a store made here is, for a process of its own. */
  place(store: Store): StoreOptions;
}

export interface FreshOptions {
  readonly bulk?: MysqlStoreOptions['bulk'];
  /** The schema of this installation is put in first, unless `false`. */
  readonly schema?: boolean;
  readonly poolSize?: number;
}

/** A clock for `schemaUp`, where the time does not matter. */
export const ANY_TIME = { now: (): number => 1_700_000_000_000 };

/** Registers `fn` twice: for SQLite, and for MySQL (skipped, with the reason in its name, under SVERKA_TEST_SQLITE_ONLY=1). */
export function describeStores(name: string, fn: (openFresh: FreshStores) => void): void {
  describe(`${name} (SQLite)`, () => fn(freshSqlite()));
  const url = inject('mysqlUrl');
  if (url === null) {
    describe.skip(`${name} (MySQL): LEFT OUT by SVERKA_TEST_SQLITE_ONLY=1`, () => fn(freshMysql('mysql://none')));
  } else {
    describe(`${name} (MySQL)`, () => fn(freshMysql(url)));
  }
}

/** SQLite stores for tests in which the database does not matter; registers their end after each test. */
export function sqliteStores(): FreshStores {
  return freshSqlite();
}

type Undo = () => Promise<void>;

function fresh(kind: StoreOptions['kind'], make: (undo: Undo[]) => Promise<StoreOptions>): FreshStores {
  const undo: Undo[] = [];
  const places = new Map<Store, StoreOptions>();
  afterEach(async () => {
    places.clear();
    for (const step of undo.splice(0).reverse()) await step();
  });
  const placeOf = (store: Store): StoreOptions => {
    const place = places.get(store);
    if (place === undefined) throw new Error('this store was not made here');
    return place;
  };
  const open = async (place: StoreOptions, options: FreshOptions): Promise<Store> => {
    const { bulk, poolSize } = options;
    const store = await openStore(place.kind === 'sqlite' ? place : { ...place, ...(bulk && { bulk }), ...(poolSize && { poolSize }) });
    places.set(store, place);
    undo.push(() => store.close());
    return store;
  };
  const openFresh = async (options: FreshOptions = {}): Promise<Store> => {
    const store = await open(await make(undo), options);
    if (options.schema !== false) await schemaUp(store, ANY_TIME);
    return store;
  };
  return Object.assign(openFresh, {
    kind,
    again: (store: Store, options: FreshOptions = {}) => open(placeOf(store), options),
    place: placeOf,
  });
}

function freshSqlite(): FreshStores {
  return fresh('sqlite', async (undo) => {
    const directory = mkdtempSync(join(tmpdir(), 'sverka-store-'));
    undo.push(async () => rmSync(directory, { recursive: true, force: true }));
    return { kind: 'sqlite', file: join(directory, 'store.db') };
  });
}

function freshMysql(serverUrl: string): FreshStores {
  return fresh('mysql', async (undo) => {
    const database = `sverka_test_${randomBytes(6).toString('hex')}`;
    await onServer(serverUrl, `CREATE DATABASE ${database}`);
    undo.push(() => onServer(serverUrl, `DROP DATABASE ${database}`));
    const url = new URL(serverUrl);
    url.pathname = `/${database}`;
    return { kind: 'mysql', url: url.toString() };
  });
}

async function onServer(url: string, sql: string): Promise<void> {
  const connection = await createConnection(addressOf(url));
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}
