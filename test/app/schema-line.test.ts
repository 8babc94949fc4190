import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../app/project.ts';
import { withSchemaLine } from '../../app/schema-line.ts';

const pathIn = (text: string): string => /^# yaml-language-server: \$schema=(.*)\n/.exec(text)?.[1] ?? '';

it('names a schema that is there, relative where Sverka is installed below', () => {
  const above = join(projectRoot(), '..');
  const path = pathIn(withSchemaLine('store:\n', 'config', above));
  expect(path.startsWith('./')).toBe(true);
  expect(existsSync(join(above, path))).toBe(true);
});

it('names it absolutely elsewhere, and nothing remote', () => {
  const path = pathIn(withSchemaLine('vendor: v\n', 'mapping', join(projectRoot(), 'some', 'where')));
  expect(isAbsolute(path)).toBe(true);
  expect(existsSync(path)).toBe(true);
});

it('stands in the place of a line that is there, and leaves the rest', () => {
  const once = withSchemaLine('cases: []\n', 'cases', projectRoot());
  expect(withSchemaLine(once, 'cases', projectRoot())).toBe(once);
  expect(once.endsWith('cases: []\n')).toBe(true);
});
