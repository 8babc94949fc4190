/** Who is measured: the two floors and the product, each with a database of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Facts } from './customers.ts';
import { createFloorTables, floorDigest } from './floor-tables.ts';
import type { Database } from './mariadb.ts';
import { type Command, measure } from './measure.ts';
import { checkOurs, highestChange } from './ours-check.ts';
import { writeOursConfig } from './ours-config.ts';
import type { Phase } from './phases.ts';
import { program } from './programs.ts';
import { connected, countRows, numberOf } from './query.ts';

export type Name = 'floor-load' | 'floor-insert' | 'ours';

export interface Contestant {
  readonly name: Name;
  /** Empty tables, and whatever else may be made before the clock starts. */
  reset(): Promise<void>;
  command(): Command;
  /** What is there just before a run, as far as `check` needs it. */
  before(): Promise<void>;
  /** What is wrong with the tables after a run; empty: nothing. */
  check(phase: Phase, facts: Facts): Promise<string[]>;
  /** A fingerprint of the tables where contestants must hold the same; null where they cannot. */
  digest(): Promise<string | null>;
  /** Rows in all its tables. */
  rows(): Promise<number>;
  drop(): Promise<void>;
}

export function floor(kind: 'load' | 'insert', database: Database, vendorUrl: string, pages: number): Contestant {
  const base = `floor_${kind}`;
  const url = database.url(base);
  return {
    name: `floor-${kind}`,
    async reset() {
      await recreate(database, base);
      await connected(url, createFloorTables);
    },
    command: () => ({ program: process.execPath, args: [program('floor'), kind, vendorUrl, url, String(pages)] }),
    before: async () => {},
    check: async (_phase, facts) => {
      const clients = await connected(url, (db) => numberOf(db, 'SELECT COUNT(*) FROM clients'));
      return clients === facts.clients ? [] : [`${base}: ${clients} clients instead of ${facts.clients}`];
    },
    digest: () => connected(url, async (db) => JSON.stringify([...(await floorDigest(db))])),
    rows: () => connected(url, countRows),
    drop: () => drop(database, base),
  };
}

export interface OursOptions {
  /** Command lines with the place-holder `{config}`; words are split at blanks. */
  readonly setup: string;
  readonly run: string;
  readonly concurrency: number;
  readonly format: 'json' | 'xml';
}

export function ours(database: Database, vendorUrl: string, options: OursOptions): Contestant & { close(): void } {
  const base = 'ours';
  const url = database.url(base);
  const directory = mkdtempSync(join(tmpdir(), 'sverka-bench-config-'));
  // Also when the benchmark is broken off.
  const close = (): void => rmSync(directory, { recursive: true, force: true });
  process.once('exit', close);
  const config = writeOursConfig(directory, { vendorUrl, databaseUrl: url, concurrency: options.concurrency, format: options.format });
  let highest = 0;
  return {
    name: 'ours',
    async reset() {
      await recreate(database, base);
      await measure(parse(options.setup, config), database.pid);
    },
    command: () => parse(options.run, config),
    async before() {
      highest = await connected(url, highestChange);
    },
    check: (phase, facts) => connected(url, (db) => checkOurs(db, phase, facts, highest)),
    digest: async () => null,
    rows: () => connected(url, countRows),
    drop: () => drop(database, base),
    close,
  };
}

function parse(template: string, config: string): Command {
  const words = template
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll('{config}', config));
  const [name = '', ...args] = words;
  return { program: name === 'node' ? process.execPath : name, args };
}

async function recreate(database: Database, name: string): Promise<void> {
  await drop(database, name);
  await connected(database.url(''), (db) => db.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`));
}

async function drop(database: Database, name: string): Promise<void> {
  await connected(database.url(''), (db) => db.query(`DROP DATABASE IF EXISTS ${name}`));
}
