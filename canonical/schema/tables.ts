/** Every table of the store, as it is in the last schema version. */
import type { TableSpec } from './table.ts';
import { ENTITY_TABLES } from './tables/entities.ts';
import { LANDING_TABLES } from './tables/landing.ts';
import { LEDGER_TABLES } from './tables/ledger.ts';
import { WORK_TABLES } from './tables/work.ts';

export const TABLES: readonly TableSpec[] = [...LANDING_TABLES, ...ENTITY_TABLES, ...LEDGER_TABLES, ...WORK_TABLES];
