/** Rows by INSERT statements of many rows: for SQLite, for few rows, and where LOAD DATA is not allowed. */
import type { Knex } from 'knex';
import { StoreError } from '../core/errors.ts';
import { dialectOf, quote, type Value } from './dialect.ts';
import { type Effect, execute, executeEach, queryObjects } from './execute.ts';
import type { Row } from './rows.ts';

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
/** Characters of a statement's values; well under any server's packet limit. */
const MYSQL_CHARS = 1_000_000;

/** Inserts the rows; answers how many were written. Throws `StoreError`. Must run in a transaction. */
export function insertInStatements(trx: Knex, target: InsertTarget, rows: Iterator<Row>): Promise<number> {
  return dialectOf(trx).kind === 'sqlite' ? insertSqlite(trx, target, rows) : insertMysql(trx, target, rows);
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
    if (batches.length > 0) written += await executeEach(trx, many, batches);
    const width = target.columns.length;
    const left = Array.from({ length: inOpen }, (_, at) => open.slice(at * width, (at + 1) * width));
    if (left.length > 0) written += await executeEach(trx, single, left);
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

async function insertMysql(trx: Knex, target: InsertTarget, rows: Iterator<Row>): Promise<number> {
  const tuple = `(${target.columns.map(() => '?').join(',')})`;
  const changes = target.update.map((name) => `${quote(name)} = VALUES(${quote(name)})`).join(', ');
  const tail = target.onDuplicate === 'update' ? ` ON DUPLICATE KEY UPDATE ${changes}` : '';
  let written = 0;
  for (let more = true; more; ) {
    const values: Value[] = [];
    let count = 0;
    for (let chars = 0; count < MYSQL_ROWS && chars < MYSQL_CHARS; count += 1) {
      const next = rows.next();
      if (next.done === true) {
        more = false;
        break;
      }
      values.push(...next.value);
      for (const value of next.value) chars += typeof value === 'string' ? value.length + 3 : 10;
    }
    if (count === 0) break;
    const sql = `${into(target, target.onDuplicate === 'ignore')} VALUES ${Array(count).fill(tuple).join(',')}${tail}`;
    const effect = await execute(trx, sql, values);
    written += target.onDuplicate === 'ignore' ? await inserted(trx, target, count, effect) : count;
  }
  return written;
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
