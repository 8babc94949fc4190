/**
 * What the machine itself can do: a loader for these five tables and nothing else. Usage: `floor.js load|insert VENDOR_URL
 * DATABASE_URL PAGES_IN_FLIGHT`. `load`: LOAD DATA LOCAL INFILE into staging tables, merged by INSERT … SELECT … ON DUPLICATE KEY UPDATE;
 * `insert`: multi-row INSERT … ON DUPLICATE KEY UPDATE. All else is the same in both.
 */
import { Agent, get } from 'node:http';
import { Readable } from 'node:stream';
import { type Connection, createConnection } from 'mysql2/promise';
import type { Customer } from './customers.ts';
import { BenchFailure } from './failure.ts';
import { convert, SQL, type Take, TSV } from './floor-rows.ts';
import { FLOOR_TABLES, type FloorTable, overwriting, stagingDdl } from './floor-tables.ts';

const TABLES: readonly FloorTable[] = FLOOR_TABLES;
const PAGE_SIZE = 200;
const PAGES_IN_FLIGHT = Number(process.argv[5]);
const PAGES_PER_BATCH = 50;
const ROWS_PER_INSERT = 1_000;

/** Collects the rows of some pages and writes them. */
interface Batch {
  add(customers: readonly Customer[]): void;
  /** Writes the rows of the tables that belong to connection `nth`. */
  write(connection: Connection, nth: number): Promise<void>;
}

class LoadBatch implements Batch {
  private readonly pieces: Buffer[][] = TABLES.map(() => []);

  add(customers: readonly Customer[]): void {
    const texts = ['', '', '', '', ''];
    const take: Take = (table, row) => {
      texts[table] += row;
    };
    for (const one of customers) convert(one, TSV, take);
    texts.forEach((text, table) => {
      this.pieces[table]?.push(Buffer.from(text));
    });
  }

  async write(connection: Connection, nth: number): Promise<void> {
    for (const [at, table] of TABLES.entries()) {
      if (table.connection !== nth) continue;
      const stage = `stage_${table.name}`;
      const columns = table.columns.map(([name]) => name).join(', ');
      await connection.query(`TRUNCATE TABLE ${stage}`);
      await connection.query({
        sql: `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${stage} CHARACTER SET utf8mb4 (${columns})`,
        infileStreamFactory: () => Readable.from(this.pieces[at] ?? []),
      });
      await connection.query(`INSERT INTO ${table.name} (${columns}) SELECT ${columns} FROM ${stage} ${overwriting(table)}`);
    }
  }
}

class InsertBatch implements Batch {
  private readonly statements: string[][] = TABLES.map(() => []);
  private readonly texts: string[] = TABLES.map(() => '');
  private readonly counts: number[] = TABLES.map(() => 0);

  add(customers: readonly Customer[]): void {
    const take: Take = (table, row) => {
      this.texts[table] += row;
      const count = (this.counts[table] ?? 0) + 1;
      this.counts[table] = count;
      if (count === ROWS_PER_INSERT) this.close(table);
    };
    for (const one of customers) convert(one, SQL, take);
  }

  async write(connection: Connection, nth: number): Promise<void> {
    await connection.query('START TRANSACTION');
    for (const [at, table] of TABLES.entries()) {
      if (table.connection !== nth) continue;
      this.close(at);
      for (const sql of this.statements[at] ?? []) await connection.query(sql);
    }
    await connection.query('COMMIT');
  }

  private close(at: number): void {
    const table = TABLES[at];
    const text = this.texts[at] ?? '';
    if (table === undefined || text === '') return;
    const columns = table.columns.map(([name]) => name).join(', ');
    // The last tuple ends with a comma.
    this.statements[at]?.push(`INSERT INTO ${table.name} (${columns}) VALUES ${text.slice(0, -1)} ${overwriting(table)}`);
    this.texts[at] = '';
    this.counts[at] = 0;
  }
}

interface PageBody {
  readonly customers: readonly Customer[];
  readonly total_count: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: PAGES_IN_FLIGHT });

function fetchPage(vendor: string, page: number): Promise<PageBody> {
  const url = `${vendor}/api/customer?apikey=key&format=json&cards=true&bonuses=true&page_size=${PAGE_SIZE}&page=${page}`;
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode !== 200) return reject(new BenchFailure(`the vendor answered ${response.statusCode}`));
        resolve(JSON.parse(Buffer.concat(pieces).toString('utf8')) as PageBody);
      });
    }).on('error', reject);
  });
}

/** Fetches the pages of one batch, four at a time, and converts each as it comes. */
async function gather(vendor: string, from: number, to: number, batch: Batch): Promise<void> {
  let next = from;
  const worker = async (): Promise<void> => {
    while (next <= to) batch.add((await fetchPage(vendor, next++)).customers);
  };
  await Promise.all(Array.from({ length: PAGES_IN_FLIGHT }, worker));
}

async function main(kind: string, vendor: string, database: string): Promise<void> {
  const connections = await Promise.all([0, 1].map(() => createConnection({ uri: database, charset: 'utf8mb4' })));
  if (kind === 'load') {
    for (const table of TABLES) await connections[table.connection]?.query(stagingDdl(table));
  }
  const first = await fetchPage(vendor, 1);
  const pages = Math.ceil(Number(first.total_count) / PAGE_SIZE);
  let writing: Promise<unknown> = Promise.resolve();
  for (let from = 1; from <= pages; from += PAGES_PER_BATCH) {
    const batch: Batch = kind === 'load' ? new LoadBatch() : new InsertBatch();
    if (from === 1) batch.add(first.customers);
    await gather(vendor, Math.max(2, from), Math.min(pages, from + PAGES_PER_BATCH - 1), batch);
    // The next batch is fetched and converted while this one is written.
    await writing;
    writing = Promise.all(connections.map((connection, nth) => batch.write(connection, nth)));
    writing.catch(() => undefined);
  }
  await writing;
  await Promise.all(connections.map((connection) => connection.end()));
  agent.destroy();
}

await main(process.argv[2] ?? '', process.argv[3] ?? '', process.argv[4] ?? '');
