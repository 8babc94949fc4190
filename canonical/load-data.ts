/** LOAD DATA LOCAL INFILE: the fastest way for many rows into MySQL. */
import { Readable } from 'node:stream';
import type { Knex } from 'knex';
import { StoreError } from '../core/errors.ts';
import { assertValues, quote, type Value } from './dialect.ts';
import { type Effect, execute, queryObjects } from './execute.ts';

/** Text of one statement: the driver holds it in memory, since the socket does not slow it down. */
const LOAD_BYTES = 8 * 1024 * 1024;
/** Text of one network packet. */
const PIECE_CHARS = 128 * 1024;

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL must be escaped too
const SPECIAL = /[\\\t\n\r\u0000]/;
const ESCAPES: readonly (readonly [string, string])[] = [
  ['\\', '\\\\'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\0', '\\0'],
];

/** One row as a line of tab-separated text. */
export function tsvLine(row: readonly Value[]): string {
  let line = '';
  for (let at = 0; at < row.length; at += 1) {
    const value = row[at];
    if (at > 0) line += '\t';
    if (value === null) line += '\\N';
    else if (typeof value === 'string') line += SPECIAL.test(value) ? escaped(value) : value;
    else if (typeof value === 'number' && Number.isFinite(value)) line += value;
    else assertValues(row);
  }
  return `${line}\n`;
}

function escaped(text: string): string {
  let result = text;
  for (const [from, to] of ESCAPES) result = result.replaceAll(from, to);
  return result;
}

/**
 * Sends the rows; answers how many were written. `ignore` leaves out rows whose key is there; otherwise they are an error,
 * as is every value that the server would have changed. Must run in a transaction: what is wrong is known only afterwards.
 */
export async function loadData(
  trx: Knex,
  table: string,
  columns: readonly string[],
  rows: Iterator<readonly Value[]>,
  duplicates: 'fail' | 'ignore',
): Promise<number> {
  const sql =
    `LOAD DATA LOCAL INFILE '${FILE}' ${duplicates === 'ignore' ? 'IGNORE ' : ''}INTO TABLE ${quote(table)} ` +
    "CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' " +
    `(${columns.map(quote).join(', ')})`;
  let written = 0;
  for (let part = nextPart(rows); part !== null; part = nextPart(rows)) {
    const { pieces } = part;
    const effect = await execute(trx, sql, [], { infileStreamFactory: (name) => ownStream(name, pieces) });
    written += await check(trx, table, part.rows, effect, duplicates);
  }
  return written;
}

/** What our statements call the stream. A server that asks for any other name gets nothing. */
const FILE = 'sverka:rows';

function ownStream(name: string, pieces: readonly Buffer[]): Readable {
  if (name === FILE) return Readable.from(pieces);
  const refused = new StoreError('STORE_FAILED', 'the database server asked for a file that was not offered');
  return new Readable({
    read() {
      this.destroy(refused);
    },
  });
}

interface Part {
  readonly pieces: readonly Buffer[];
  readonly rows: number;
}

function nextPart(rows: Iterator<readonly Value[]>): Part | null {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let count = 0;
  let text = '';
  while (bytes < LOAD_BYTES) {
    const next = rows.next();
    if (next.done === true) break;
    text += tsvLine(next.value);
    count += 1;
    if (text.length < PIECE_CHARS) continue;
    bytes += addPieces(pieces, text);
    text = '';
  }
  if (text !== '') addPieces(pieces, text);
  return count === 0 ? null : { pieces, rows: count };
}

/** A line may be longer than a packet of 16 MB may be. */
function addPieces(pieces: Buffer[], text: string): number {
  const whole = Buffer.from(text, 'utf8');
  for (let at = 0; at < whole.length; at += LOAD_BYTES) pieces.push(whole.subarray(at, at + LOAD_BYTES));
  return whole.length;
}

/** LOCAL makes the server swallow errors as warnings, whatever its mode; here they become errors again. */
async function check(trx: Knex, table: string, rows: number, effect: Effect, duplicates: 'fail' | 'ignore'): Promise<number> {
  const count = (name: string): number => Number(new RegExp(`${name}: (\\d+)`).exec(effect.info)?.[1] ?? Number.NaN);
  const skipped = count('Skipped');
  const allowed = duplicates === 'ignore' ? skipped : 0;
  const warnings = Math.max(count('Warnings'), effect.warnings);
  if (count('Records') === rows && skipped === allowed && warnings <= allowed) {
    if (warnings === 0) return rows - skipped;
    const listed = await warningsOf(trx);
    if (listed.every((warning) => warning.Code === DUPLICATE)) return rows - skipped;
  }
  const listed = await warningsOf(trx);
  const worst = listed.find((warning) => warning.Code !== DUPLICATE) ?? listed[0];
  const column = /for (?:column|key) '?([\w.`]+)'?/.exec(worst?.Message ?? '')?.[1] ?? null;
  const code = worst?.Code === DUPLICATE ? 'ER_DUP_ENTRY' : 'LOAD_DATA_WARNING';
  const fault = { code, errno: worst?.Code ?? null, name: column };
  throw new StoreError('STORE_FAILED', `table ${table} did not take a row (${code} ${fault.errno} ${column})`, {
    cause: fault,
  });
}

const DUPLICATE = 1062;

function warningsOf(trx: Knex): Promise<{ Code: number; Message: string }[]> {
  return queryObjects(trx, 'SHOW WARNINGS');
}
