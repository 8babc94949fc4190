/** What a fresh store looks like: made once in a worker as an operator makes it, then copied for each test. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { openStore, type StoreOptions } from '../../canonical/open.ts';
import { schemaUp } from '../../canonical/schema/up.ts';

/** A clock for `schemaUp`, where the time does not matter. */
export const ANY_TIME = { now: (): number => 1_700_000_000_000 };

async function withSchema(place: StoreOptions): Promise<void> {
  const store = await openStore(place);
  await schemaUp(store, ANY_TIME);
  // Into the file that is copied, out of the one beside it.
  if (place.kind === 'sqlite') await store.db.raw('PRAGMA wal_checkpoint(TRUNCATE)');
  await store.close();
}

let sqliteFile: Promise<Buffer> | null = null;

/** Writes a SQLite file with the schema of this installation. */
export async function writeSqlite(file: string): Promise<void> {
  sqliteFile ??= readSqlite();
  writeFileSync(file, await sqliteFile, { mode: 0o600, flag: 'wx' });
}

async function readSqlite(): Promise<Buffer> {
  const directory = mkdtempSync(join(tmpdir(), 'sverka-template-'));
  try {
    const file = join(directory, 'store.db');
    await withSchema({ kind: 'sqlite', file });
    return readFileSync(file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const mysqlScripts = new Map<string, Promise<string>>();

/** Makes an empty database; `schema`: with the schema of this installation. */
export async function createMysql(serverUrl: string, database: string, schema: boolean): Promise<void> {
  if (!schema) return onServer(serverUrl, async (server) => void (await server.query(`CREATE DATABASE ${database}`)));
  const script = mysqlScripts.get(serverUrl) ?? readMysql(serverUrl, `${database}_template`);
  mysqlScripts.set(serverUrl, script);
  const text = await script;
  await onServer(serverUrl, async (server) => void (await server.query(`CREATE DATABASE ${database}; USE ${database}; ${text}`)));
}

export function dropMysql(serverUrl: string, database: string): Promise<void> {
  return onServer(serverUrl, async (server) => void (await server.query(`DROP DATABASE ${database}`)));
}

/** The statements that make the same tables, as the server tells them, in one text: two hundred answers less to wait for. */
async function readMysql(serverUrl: string, database: string): Promise<string> {
  await createMysql(serverUrl, database, false);
  try {
    const url = new URL(serverUrl);
    url.pathname = `/${database}`;
    await withSchema({ kind: 'mysql', url: url.toString() });
    const statements: string[] = [];
    await onServer(url.toString(), async (server) => {
      const [tables] = await server.query<RowDataPacket[]>('SHOW TABLES');
      for (const name of tables.map((row) => String(Object.values(row)[0]))) {
        const [[made]] = await server.query<RowDataPacket[]>(`SHOW CREATE TABLE ${name}`);
        statements.push(String(made?.['Create Table']));
        // Only what the schema itself puts in: its versions.
        const [rows] = await server.query<RowDataPacket[]>(`SELECT * FROM ${name}`);
        for (const row of rows) statements.push(server.format('INSERT INTO ?? SET ?', [name, row]));
      }
    });
    return statements.join(';\n');
  } finally {
    await dropMysql(serverUrl, database);
  }
}

async function onServer(url: string, work: (server: Connection) => Promise<void>): Promise<void> {
  const connection = await createConnection({ uri: url, multipleStatements: true });
  try {
    await work(connection);
  } finally {
    await connection.end();
  }
}
