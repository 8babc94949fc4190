import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GENERATED } from '../../app/docs/pages.ts';
import { projectRoot } from '../../app/project.ts';
import { ERROR_CATALOGUE } from '../../core/error-catalogue.ts';

test.each(Object.keys(GENERATED))('docs/%s is fresh (npm run docs)', (name) => {
  expect(readFileSync(join(projectRoot(), 'docs', name), 'utf8')).toBe(GENERATED[name]?.());
});

test('every error code is in the page of errors', () => {
  const page = GENERATED['errors.md']?.() ?? '';
  for (const code of Object.keys(ERROR_CATALOGUE)) expect(page).toContain(`\`${code}\``);
});

test('every key of the configuration has a meaning', () => {
  const page = GENERATED['configuration.md']?.() ?? '';
  const keys = page
    .slice(page.indexOf('## Keys'), page.indexOf('## Settings by vendor'))
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(keys.length).toBeGreaterThan(40);
  expect(keys.filter((line) => /\|\s*\|$/.test(line))).toEqual([]);
});
