/** The tables that the schema keeps of itself. They are there before the first version, and not part of any. */
import type { Dialect } from '../dialect.ts';
import { createStatements } from './ddl.ts';
import { flag, instant, int, short, type TableSpec, table, text } from './table.ts';

const schemaVersions: TableSpec = table(
  'schema_versions',
  'Schema versions of this database.',
  {
    version: int('Number of the version.'),
    name: short('Name of the version.', 100),
    statements_done: int('How many of its statements have been run; the next start goes on from there.'),
    finished: flag('1 once all of them have been.'),
    applied_at: instant('When it was begun.'),
  },
  { primary: ['version'] },
);

/** SQLite has no comments of its own. */
const schemaComments: TableSpec = table(
  'schema_comments',
  'What every table and column means (SQLite only: MySQL keeps it in the schema itself).',
  {
    table_name: short('Table.', 64),
    column_name: short('Column; empty for the table itself.', 64),
    comment: text('Meaning.'),
  },
  { primary: ['table_name', 'column_name'] },
);

/** Statements that may be run on every start. */
export function bookkeepingStatements(dialect: Dialect): string[] {
  const specs = dialect.kind === 'sqlite' ? [schemaComments, schemaVersions] : [schemaVersions];
  return specs.flatMap((spec) => createStatements(spec, dialect)).map((sql) => sql.replace(/^CREATE TABLE /, 'CREATE TABLE IF NOT EXISTS '));
}
