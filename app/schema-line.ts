/** The line by which editors find the JSON Schema of a file that we write: they then complete names and underline slips. */
import { existsSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { projectRoot } from './project.ts';

/** Schemas shipped in `schemas/`. */
export type SchemaName = 'config' | 'mapping' | 'cases';

const LINE = /^# yaml-language-server: \$schema=.*\n/m;

/** The line at the beginning of a text, with its end; empty where there is none. */
export const schemaLineOf = (text: string): string => /^# yaml-language-server:.*\n/.exec(text)?.[0] ?? '';

/**
 * The text with such a line at its beginning, in the place of one that it has; `directory`: absolute, where the file will stand. The path is
 * relative where Sverka is installed below it, so that the directory can be moved, and absolute elsewhere.
 */
export function withSchemaLine(text: string, name: SchemaName, directory: string): string {
  const schema = join(projectRoot(), 'schemas', `${name}.schema.json`);
  const bare = text.replace(LINE, '');
  if (!existsSync(schema)) return bare;
  const below = relative(directory, schema);
  const path = below.startsWith('..') ? schema : `.${sep}${below}`;
  return `# yaml-language-server: $schema=${path.split(sep).join('/')}\n${bare}`;
}
