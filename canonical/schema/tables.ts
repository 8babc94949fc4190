/** Every table of the store, as it is in the last schema version. */
import type { Dialect } from '../dialect.ts';
import type { TableSpec } from './table.ts';
import { CALL_TABLES } from './tables/calls.ts';
import { ENTITY_TABLES } from './tables/entities.ts';
import { IDENTITY_TABLES } from './tables/identity.ts';
import { LANDING_TABLES } from './tables/landing.ts';
import { LEDGER_TABLES } from './tables/ledger.ts';
import { SERVICE_TABLES } from './tables/service.ts';
import { WORK_TABLES } from './tables/work.ts';

export const TABLES: readonly TableSpec[] = [
  ...LANDING_TABLES,
  ...ENTITY_TABLES,
  ...IDENTITY_TABLES,
  ...LEDGER_TABLES,
  ...WORK_TABLES,
  ...SERVICE_TABLES,
  ...CALL_TABLES,
];

/** The tables of the database itself: SQLite keeps those about calls in a file of their own. */
export function tablesOf(dialect: Pick<Dialect, 'kind'>): readonly TableSpec[] {
  return dialect.kind === 'mysql' ? TABLES : TABLES.filter((spec) => !CALL_TABLES.includes(spec));
}
