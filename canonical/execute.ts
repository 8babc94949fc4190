/** One statement with values, without Knex's own look at them, answered alike by both databases. */
import type { Knex } from 'knex';
import { dialectOf, type Value } from './dialect.ts';
import type { MysqlQueryOptions } from './mysql-client.ts';

/** What a statement that is no query did. */
export interface Effect {
  /** Rows found (update), written (insert) or removed. */
  readonly affected: number;
  /** MySQL: warnings, at most 65,535. */
  readonly warnings: number;
  /** MySQL: the server's own counts as text. */
  readonly info: string;
}

/** Runs a statement that gives no rows. Throws `StoreError`. */
export async function execute(
  db: Knex,
  sql: string,
  values: readonly Value[] = [],
  options: Pick<MysqlQueryOptions, 'infileStreamFactory'> = {},
): Promise<Effect> {
  const answer: unknown = await db.raw(sql).options({ ...options, values });
  if (dialectOf(db).kind === 'sqlite') {
    const { changes = 0 } = (answer ?? {}) as { changes?: number };
    return { affected: changes, warnings: 0, info: '' };
  }
  const [header] = answer as [{ affectedRows?: number; warningStatus?: number; info?: string }];
  return { affected: header.affectedRows ?? 0, warnings: header.warningStatus ?? 0, info: header.info ?? '' };
}

/** SQLite: prepares the statement once and runs it for each of the bindings; answers the rows it changed in all. */
export async function executeEach(db: Knex, sql: string, batches: readonly (readonly Value[])[]): Promise<number> {
  const answer: unknown = await db.raw(sql).options({ batches });
  return (answer as { changes: number }).changes;
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
