/** The first schema: every table as it is declared. */
import type { Dialect } from '../dialect.ts';
import { createStatements } from './ddl.ts';
import { tablesOf } from './tables.ts';
import type { SchemaVersion } from './version.ts';

export const initial: SchemaVersion = {
  number: 1,
  name: 'initial',
  statements: (dialect: Dialect) => tablesOf(dialect).flatMap((spec) => createStatements(spec, dialect)),
};
