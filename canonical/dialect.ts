/** Which database a connection speaks to, and what matters of it to those who write SQL. */
import type { Knex } from 'knex';
import { InvariantError } from '../core/errors.ts';

export interface SqliteDialect {
  readonly kind: 'sqlite';
}

export interface MysqlDialect {
  readonly kind: 'mysql';
  readonly flavour: 'mysql' | 'mariadb';
  /** As the server says it. */
  readonly version: string;
  /** Compares texts character by character, trailing blanks included: as SQLite does. */
  readonly collation: 'utf8mb4_0900_bin' | 'utf8mb4_nopad_bin';
  /** Many rows go in packets of MariaDB's bulk protocol (`executeEach`). */
  readonly bulk: boolean;
}

export type Dialect = SqliteDialect | MysqlDialect;

/** What may be bound to a statement. No booleans and no dates: the databases store them differently. */
export type Value = string | number | null;

/** By the configuration that a connection shares with its transactions, at any depth. */
const dialects = new WeakMap<object, Dialect>();

/** Notes the dialect of a connection that was opened. */
export function setDialect(db: Knex, dialect: Dialect): void {
  dialects.set(configOf(db), dialect);
}

/** The dialect of a connection opened by `openStore`, or of one of its transactions. */
export function dialectOf(db: Knex): Dialect {
  const dialect = dialects.get(configOf(db));
  if (dialect === undefined) throw new InvariantError('INVARIANT_BROKEN', 'this connection was not opened by the store');
  return dialect;
}

function configOf(db: Knex): object {
  const client: Knex.Client = db.client;
  return client.config;
}

/** A name of a table or column, as both databases quote it. */
export function quote(name: string): string {
  return `\`${name}\``;
}

/** Throws `InvariantError` for what is no `Value`: drivers would store it differently, or end the process. */
export function assertValues(values: readonly unknown[]): void {
  for (const value of values) {
    if (typeof value === 'string' || value === null) continue;
    if (typeof value === 'number' && Number.isFinite(value)) continue;
    throw new InvariantError('INVARIANT_BROKEN', `a value of type ${typeof value} cannot be stored`);
  }
}
