/** Where the processes agree on calls to vendors: short transactions of their own, whatever transaction the asker is in. */
import type { Knex } from 'knex';
import type { Dialect } from './dialect.ts';
import { execute } from './execute.ts';
import { bookkeepingStatements } from './schema/bookkeeping.ts';
import { createStatements } from './schema/ddl.ts';
import { CALL_TABLES } from './schema/tables/calls.ts';
import { type RetryPause, Transactions } from './transaction.ts';

export interface CallStore {
  /** A transaction of its own: it stands even where the flow that asks is in a dry run, which is undone. Throws `StoreError`. */
  run<T>(fn: (trx: Knex.Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** MySQL: further connections of the same pool. */
export function mysqlCalls(root: Knex, pause: RetryPause | null): CallStore {
  const transactions = new Transactions(root, pause);
  return { run: (fn) => transactions.run(fn), close: async () => undefined };
}

/** SQLite: a file beside the store's, since a dry run holds the one lock for writing that a file has. Made when it is first used. */
export function sqliteCalls(file: string, pause: RetryPause | null): CallStore {
  let opened: Promise<{ readonly root: Knex; readonly transactions: Transactions }> | null = null;
  const open = async (): Promise<{ root: Knex; transactions: Transactions }> => {
    const { openSqlite } = await import('./sqlite-client.ts');
    const root = await openSqlite(`${file}-calls`);
    const transactions = new Transactions(root, pause);
    await transactions.run(makeTables);
    return { root, transactions };
  };
  return {
    async run(fn) {
      opened ??= open();
      return (await opened).transactions.run(fn);
    },
    async close() {
      if (opened !== null) await (await opened).root.destroy();
    },
  };
}

async function makeTables(trx: Knex.Transaction): Promise<void> {
  const sqlite: Dialect = { kind: 'sqlite' };
  if (await trx.schema.hasTable('call_days')) return;
  for (const sql of [...bookkeepingStatements(sqlite), ...CALL_TABLES.flatMap((spec) => createStatements(spec, sqlite))]) await execute(trx, sql);
}
