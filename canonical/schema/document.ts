/** The schema as a page of documentation. */
import type { NamedColumn, TableSpec } from './table.ts';

/** Markdown of `docs/schema.md`. */
export function schemaDocument(tables: readonly TableSpec[]): string {
  const contents = tables.map((spec) => `- [${spec.name}](#${spec.name}): ${firstSentence(spec.doc)}`);
  return [
    '# Schema',
    '',
    'Made from `canonical/schema/tables/`; the same texts are comments in the database itself (SQLite: table `schema_comments`).',
    'Times are UTC milliseconds, amounts are in 1/100, texts compare character by character.',
    '',
    ...contents,
    '',
    ...tables.flatMap(section),
  ].join('\n');
}

function section(spec: TableSpec): string[] {
  const keys = [
    `Primary key: ${names(spec.primary)}.`,
    ...spec.unique.map((columns) => `Unique: ${names(columns)}.`),
    ...spec.indexes.map((columns) => `Index: ${names(columns)}.`),
  ];
  const rows = spec.columns.map((one) => `| \`${one.name}\` | ${typeOf(one)} | ${cell(one.doc)} |`);
  return [`## ${spec.name}`, '', spec.doc, '', '| column | type | meaning |', '|---|---|---|', ...rows, '', keys.join(' '), ''];
}

function typeOf(column: NamedColumn): string {
  const size = column.type === 'short' ? `(${column.length})` : '';
  const fallback = column.default === undefined ? '' : `, default ${JSON.stringify(column.default)}`;
  return `${column.type}${size}${column.nullable ? ', may be null' : ''}${fallback}`;
}

const names = (columns: readonly string[]): string => columns.map((name) => `\`${name}\``).join(', ');
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const firstSentence = (text: string): string => /^.*?[.](?=\s|$)/s.exec(text)?.[0] ?? text;
