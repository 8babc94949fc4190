/** DDL of a table, for both databases, from its one declaration. */
import { type Dialect, quote } from '../dialect.ts';
import type { NamedColumn, TableSpec } from './table.ts';

/** The statements that create the table, its indexes and its comments; to be run one after another. */
export function createStatements(spec: TableSpec, dialect: Dialect): string[] {
  return dialect.kind === 'mysql' ? [mysqlTable(spec, dialect.collation)] : sqliteTable(spec);
}

/** The statements that add a column to a table of an earlier version. The column is nullable or has a default. */
export function addColumnStatements(tableName: string, column: NamedColumn, dialect: Dialect): string[] {
  if (dialect.kind === 'mysql') return [`ALTER TABLE ${quote(tableName)} ADD COLUMN ${mysqlColumn(column)}`];
  return [`ALTER TABLE ${quote(tableName)} ADD COLUMN ${sqliteColumn(column)}`, comment(tableName, column.name, column.doc)];
}

/** The statements that add an index, unique or not. */
export function addIndexStatements(tableName: string, columns: readonly string[], unique = false): string[] {
  return [`CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${quote(indexName(tableName, columns, unique))} ON ${quote(tableName)} ${list(columns)}`];
}

/** Name of an index: both databases take 64 characters at most. */
export function indexName(tableName: string, columns: readonly string[], unique: boolean): string {
  return `${unique ? 'u' : 'i'}_${tableName}_${columns.join('_')}`.slice(0, 64);
}

function list(columns: readonly string[]): string {
  return `(${columns.map(quote).join(', ')})`;
}

function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** SQLite knows no escape but the doubled quote. */
function sqliteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function mysqlTable(spec: TableSpec, collation: string): string {
  const lines = [
    ...spec.columns.map(mysqlColumn),
    `PRIMARY KEY ${list(spec.primary)}`,
    ...spec.unique.map((columns) => `UNIQUE KEY ${quote(indexName(spec.name, columns, true))} ${list(columns)}`),
    ...spec.indexes.map((columns) => `KEY ${quote(indexName(spec.name, columns, false))} ${list(columns)}`),
  ];
  return (
    `CREATE TABLE ${quote(spec.name)} (\n  ${lines.join(',\n  ')}\n) ENGINE=InnoDB ROW_FORMAT=DYNAMIC ` +
    `DEFAULT CHARSET=utf8mb4 COLLATE=${collation} COMMENT=${literal(spec.doc)}`
  );
}

const MYSQL_TYPES: Readonly<Record<NamedColumn['type'], string>> = {
  id: 'BIGINT',
  int: 'INT',
  bigint: 'BIGINT',
  instant: 'BIGINT',
  minor: 'BIGINT',
  flag: 'TINYINT',
  short: 'VARCHAR',
  key: 'VARCHAR',
  text: 'LONGTEXT',
  json: 'LONGTEXT',
};

function mysqlColumn(column: NamedColumn): string {
  const size = column.length === undefined ? '' : `(${column.length})`;
  return [
    `${quote(column.name)} ${MYSQL_TYPES[column.type]}${size}`,
    column.nullable ? 'NULL' : 'NOT NULL',
    ...defaultOf(column, literal),
    `COMMENT ${literal(column.doc)}`,
  ].join(' ');
}

/** A default in brackets is an expression: the only form that both MySQL and MariaDB take for long texts. */
function defaultOf(column: NamedColumn, write: (text: string) => string): string[] {
  if (column.default === undefined) return [];
  const value = typeof column.default === 'number' ? String(column.default) : write(column.default);
  return [`DEFAULT (${value})`];
}

const isText = (column: NamedColumn): boolean => ['short', 'key', 'text', 'json'].includes(column.type);

function sqliteTable(spec: TableSpec): string[] {
  const lines = [...spec.columns.map(sqliteColumn), `PRIMARY KEY ${list(spec.primary)}`];
  return [
    `CREATE TABLE ${quote(spec.name)} (\n  ${lines.join(',\n  ')}\n) ${sqliteOptions(spec)}`,
    ...spec.unique.flatMap((columns) => addIndexStatements(spec.name, columns, true)),
    ...spec.indexes.flatMap((columns) => addIndexStatements(spec.name, columns)),
    comment(spec.name, '', spec.doc),
    ...spec.columns.map((column) => comment(spec.name, column.name, column.doc)),
  ];
}

/** Narrow tables under a key of their own are stored in that key, which saves a second tree. */
function sqliteOptions(spec: TableSpec): string {
  const wide = spec.columns.some((column) => column.type === 'text' || column.type === 'json');
  const [first] = spec.primary;
  const rowid = spec.primary.length === 1 && spec.columns.some((column) => column.name === first && !isText(column));
  return wide || rowid ? 'STRICT' : 'STRICT, WITHOUT ROWID';
}

/** Lengths are checked here as MySQL checks them, so that what one database takes the other takes too. */
function sqliteColumn(column: NamedColumn): string {
  const name = quote(column.name);
  const bound =
    column.length !== undefined
      ? [`CHECK (length(${name}) <= ${column.length})`]
      : column.type === 'flag'
        ? [`CHECK (${name} BETWEEN -128 AND 127)`]
        : column.type === 'int'
          ? [`CHECK (${name} BETWEEN -2147483648 AND 2147483647)`]
          : [];
  return [`${name} ${isText(column) ? 'TEXT' : 'INTEGER'}`, ...(column.nullable ? [] : ['NOT NULL']), ...defaultOf(column, sqliteLiteral), ...bound].join(' ');
}

function comment(tableName: string, columnName: string, text: string): string {
  const values = [tableName, columnName, text].map(sqliteLiteral).join(', ');
  return `INSERT OR REPLACE INTO schema_comments (table_name, column_name, comment) VALUES (${values})`;
}
