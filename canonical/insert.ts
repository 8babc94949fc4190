/**
 * Rows into a table, the fastest way each database has: SQLite by prepared statements of many rows, MariaDB by its bulk protocol (the
 * server reads a row's bytes by their length, where LOAD DATA looks at each of them), MySQL by statements of many rows.
 */
import type { Knex } from 'knex';
import { StoreError } from '../core/errors.ts';
import { dialectOf, quote, type Value } from './dialect.ts';
import { type Effect, execute, executeEach, queryObjects } from './execute.ts';
import { type Cells, listsOf, type Row, type RowSource } from './rows.ts';

export interface InsertTarget {
  readonly table: string;
  readonly columns: readonly string[];
  readonly onDuplicate: 'fail' | 'ignore' | 'update';
  readonly update: readonly string[];
}

/** Rows of one statement. More gain nothing. */
const MYSQL_ROWS = 1000;
const SQLITE_ROWS = 50;
/** Variables that SQLite takes in one statement. */
const SQLITE_VARIABLES = 32_766;
/** Statements of SQLite run in one go before other work of the process has its turn. */
const SQLITE_STATEMENTS = 40;
/** Characters of the values of a statement or packet; well under any server's packet limit. */
const MYSQL_CHARS = 1_000_000;
/** Fewer go in one statement: a packet needs its statement prepared first. */
const FEW = 50;

/** Inserts the rows; answers how many were written. Throws `StoreError`. Must run in a transaction. */
export function insertRows(trx: Knex, target: InsertTarget, rows: RowSource): Promise<number> {
  const dialect = dialectOf(trx);
  return dialect.kind === 'sqlite' ? insertSqlite(trx, target, listsOf(rows)) : insertMysql(trx, target, rows, dialect.bulk && rows.length >= FEW);
}

async function insertSqlite(trx: Knex, target: InsertTarget, rows: Iterator<Row>): Promise<number> {
  const perStatement = Math.max(1, Math.min(SQLITE_ROWS, Math.floor(SQLITE_VARIABLES / target.columns.length)));
  const many = sqliteStatement(target, perStatement);
  const single = sqliteStatement(target, 1);
  let written = 0;
  for (let more = true; more; ) {
    const batches: Value[][] = [];
    let open: Value[] = [];
    let inOpen = 0;
    while (batches.length < SQLITE_STATEMENTS) {
      const next = rows.next();
      if (next.done === true) {
        more = false;
        break;
      }
      open.push(...next.value);
      inOpen += 1;
      if (inOpen < perStatement) continue;
      batches.push(open);
      open = [];
      inOpen = 0;
    }
    if (batches.length > 0) written += (await executeEach(trx, many, batches)).affected;
    const width = target.columns.length;
    const left = Array.from({ length: inOpen }, (_, at) => open.slice(at * width, (at + 1) * width));
    if (left.length > 0) written += (await executeEach(trx, single, left)).affected;
  }
  return written;
}

function sqliteStatement(target: InsertTarget, rows: number): string {
  const values = Array(rows)
    .fill(`(${target.columns.map(() => '?').join(',')})`)
    .join(',');
  const changes = target.update.map((name) => `${quote(name)} = excluded.${quote(name)}`).join(', ');
  const conflict = {
    fail: '',
    ignore: ' ON CONFLICT DO NOTHING',
    update: ` ON CONFLICT DO UPDATE SET ${changes}`,
  };
  return `${into(target)} VALUES ${values}${conflict[target.onDuplicate]}`;
}

async function insertMysql(trx: Knex, target: InsertTarget, rows: RowSource, bulk: boolean): Promise<number> {
  const tuple = `(${target.columns.map(() => '?').join(',')})`;
  const changes = target.update.map((name) => `${quote(name)} = VALUES(${quote(name)})`).join(', ');
  const tail = target.onDuplicate === 'update' ? ` ON DUPLICATE KEY UPDATE ${changes}` : '';
  const statement = (count: number): string => `${into(target, target.onDuplicate === 'ignore')} VALUES ${Array(count).fill(tuple).join(',')}${tail}`;
  let written = 0;
  for (let at = 0; at < rows.length; ) {
    const part = packetOf(rows, at);
    at += part.length;
    const effect = bulk ? await executeEach(trx, statement(1), part) : await execute(trx, statement(part.length), part.flat());
    written += target.onDuplicate === 'ignore' ? await inserted(trx, target, part.length, effect) : part.length;
  }
  return written;
}

/** The rows from a place on that go together. */
export function packetOf(rows: RowSource, from: number): Value[][] {
  const taken: Value[][] = [];
  let row: Value[] = [];
  let chars = 0;
  const into: Cells = {
    add(value) {
      row.push(value);
      chars += typeof value === 'string' ? value.length + 3 : 10;
    },
  };
  for (let at = from; at < rows.length && taken.length < MYSQL_ROWS && chars < MYSQL_CHARS; at += 1) {
    row = [];
    rows.cells(at, into);
    taken.push(row);
  }
  return taken;
}

const DUPLICATE = 1062;

/** INSERT IGNORE also cuts values to fit, with a warning: only a key that is there may be passed over. */
async function inserted(trx: Knex, target: InsertTarget, count: number, effect: Effect): Promise<number> {
  if (effect.warnings > 0) {
    const listed = await queryObjects<{ Code: number }>(trx, 'SHOW WARNINGS');
    const other = listed.find((warning) => warning.Code !== DUPLICATE);
    if (other !== undefined || effect.warnings > count - effect.affected) {
      const fault = { code: 'INSERT_WARNING', errno: other?.Code ?? null, name: null };
      throw new StoreError('STORE_FAILED', `table ${target.table} did not take a row (${fault.code} ${fault.errno})`, {
        cause: fault,
      });
    }
  }
  return effect.affected;
}

/** IGNORE only for MySQL: SQLite's own form passes over missing values as well. */
function into(target: InsertTarget, ignore = false): string {
  return `INSERT ${ignore ? 'IGNORE ' : ''}INTO ${quote(target.table)} (${target.columns.map(quote).join(',')})`;
}
