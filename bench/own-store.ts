/** A store with an empty schema for one measurement, gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../app/adapters/clock.ts';
import { openStore, type StoreOptions } from '../canonical/open.ts';
import { schemaUp } from '../canonical/schema/up.ts';
import type { Database } from './mariadb.ts';
import { connected } from './query.ts';

/** Name of its database. */
export const NAME = 'service';

/** Answers what `work` found in it. */
export async function withStore<T>(kind: StoreOptions['kind'], database: Database, work: (place: StoreOptions) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'sverka-bench-store-'));
  const server = (sql: string): Promise<unknown> => connected(database.url(''), (db) => db.query(sql));
  if (kind === 'mysql') await server(`CREATE DATABASE ${NAME} CHARACTER SET utf8mb4`);
  const place: StoreOptions = kind === 'sqlite' ? { kind, file: join(directory, 'store.db') } : { kind, url: database.url(NAME) };
  try {
    const store = await openStore(place);
    await schemaUp(store, systemClock);
    await store.close();
    return await work(place);
  } finally {
    rmSync(directory, { recursive: true, force: true });
    if (kind === 'mysql') await server(`DROP DATABASE ${NAME}`);
  }
}
