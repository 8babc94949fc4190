/** LOAD DATA LOCAL INFILE: the fastest way for many rows into MySQL. */
import { Readable } from 'node:stream';
import type { Knex } from 'knex';
import { StoreError } from '../core/errors.ts';
import { quote } from './dialect.ts';
import { type Effect, execute, queryObjects } from './execute.ts';
import { LoadText } from './load-text.ts';
import type { RowSource } from './rows.ts';

/** Text of one statement: the driver holds it in memory, since the socket does not slow it down. */
const LOAD_BYTES = 8 * 1024 * 1024;

/**
 * Sends the rows; answers how many were written. `ignore` leaves out rows whose key is there; otherwise they are an error,
 * as is every value that the server would have changed. Must run in a transaction: what is wrong is known only afterwards.
 */
export async function loadData(trx: Knex, table: string, columns: readonly string[], rows: RowSource, duplicates: 'fail' | 'ignore'): Promise<number> {
  // `binary` takes our UTF-8 as it is, where `utf8mb4` would have the server look at each character while it searches for tabs.
  const sql =
    `LOAD DATA LOCAL INFILE '${FILE}' ${duplicates === 'ignore' ? 'IGNORE ' : ''}INTO TABLE ${quote(table)} ` +
    "CHARACTER SET binary FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' " +
    `(${columns.map(quote).join(', ')})`;
  let written = 0;
  for (let at = 0; at < rows.length; ) {
    const text = new LoadText();
    const from = at;
    for (; at < rows.length && text.bytes < LOAD_BYTES; at += 1) {
      rows.cells(at, text);
      text.endLine();
    }
    const pieces = text.end().flatMap(packets);
    const effect = await execute(trx, sql, [], { infileStreamFactory: (name) => ownStream(name, pieces) });
    text.release();
    written += await check(trx, table, at - from, effect, duplicates);
  }
  return written;
}

/** One value may be longer than a packet of 16 MB may be. */
function packets(piece: Buffer): Buffer[] {
  if (piece.length <= LOAD_BYTES) return [piece];
  return Array.from({ length: Math.ceil(piece.length / LOAD_BYTES) }, (_, at) => piece.subarray(at * LOAD_BYTES, (at + 1) * LOAD_BYTES));
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
