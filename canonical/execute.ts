/** One statement with values, without Knex's own look at them, answered alike by both databases. */
import type { Knex } from 'knex';
import { dialectOf, type Value } from './dialect.ts';

/** What a statement that is no query did. */
export interface Effect {
  /** Rows found (update), written (insert) or removed. */
  readonly affected: number;
  /** MySQL: warnings, at most 65,535. */
  readonly warnings: number;
}

/** Runs a statement that gives no rows. Throws `StoreError`. */
export async function execute(db: Knex, sql: string, values: readonly Value[] = []): Promise<Effect> {
  return effectOf(db, await db.raw(sql).options({ values }));
}

/**
 * Runs a statement for each row of values in one call, and adds up what they did: SQLite, and MariaDB by its bulk protocol. Throws `StoreError` when one
 * of them fails; what the others did is undone with the transaction.
 */
export async function executeEach(db: Knex, sql: string, batches: readonly (readonly Value[])[]): Promise<Effect> {
  return effectOf(db, await db.raw(sql).options({ batches }));
}

function effectOf(db: Knex, answer: unknown): Effect {
  if (dialectOf(db).kind === 'sqlite') {
    const { changes = 0 } = (answer ?? {}) as { changes?: number };
    return { affected: changes, warnings: 0 };
  }
  const [{ affectedRows = 0, warningStatus = 0 }] = answer as [{ affectedRows?: number; warningStatus?: number }];
  return { affected: affectedRows, warnings: warningStatus };
}

/** Runs a query; its rows are arrays in the order of the columns. Throws `StoreError`. */
export async function queryArrays(db: Knex, sql: string, values: readonly Value[] = []): Promise<Value[][]> {
  const answer: unknown = await db.raw(sql).options({ rowsAsArray: true, values });
  return (dialectOf(db).kind === 'sqlite' ? answer : (answer as [Value[][]])[0]) as Value[][];
}

/** Runs a query; its rows are objects. Throws `StoreError`. */
export async function queryObjects<Row>(db: Knex, sql: string, values: readonly Value[] = []): Promise<Row[]> {
  const answer: unknown = await db.raw(sql).options({ values });
  return (dialectOf(db).kind === 'sqlite' ? answer : (answer as [Row[]])[0]) as Row[];
}
