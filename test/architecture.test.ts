/** The import matrix and the other rules of the architecture, checked on the sources as they stand, and the checker on samples that break them. */
import { expect, test } from 'vitest';
import { moduleOf } from './architecture/modules.ts';
import { project } from './architecture/project.ts';
import { violationsOf } from './architecture/rules.ts';

const whole = project();

test('no rule is broken', () => {
  const lines = violationsOf(whole).map(({ rule, path, line, what }) => `${path}:${line} ${rule}: ${what}`);
  expect(lines).toEqual([]);
});

test('the sources were really read, with their types', () => {
  const imports = whole.modules.flatMap((module) => module.imports);
  const targets = new Set(imports.map(({ target }) => target));
  expect(whole.modules.length).toBeGreaterThan(250);
  expect(imports.length).toBeGreaterThan(1000);
  expect(whole.vendors).toEqual(['artix', 'lotinfo', 'virtualpos', 'vodyanoy']);
  // Only types are imported from here.
  expect(targets).toContain('core/contract.ts');
  // Only reached by `await import(…)`.
  expect(targets).toContain('app/adapters/http.ts');
});

test('every dependency is used by the product', () => {
  const product = whole.modules.filter(({ path }) => !/^(test|bench)\//.test(path)).map(({ text }) => text);
  const unused = [...whole.packages].filter((name) => !product.some((text) => text.includes(`'${name}`)));
  expect(unused).toEqual([]);
});

const SAMPLES: readonly { readonly rule: string; readonly path: string; readonly text: string }[] = [
  { rule: 'matrix', path: 'core/bad.ts', text: `import { plan } from '../pipeline/ok.ts';` },
  { rule: 'matrix', path: 'core/bad.ts', text: `import type { A } from '../config/ok.ts';` },
  { rule: 'matrix', path: 'core/bad.ts', text: `export type A = import('../config/ok.ts').A;` },
  { rule: 'matrix', path: 'pipeline/bad.ts', text: `export * from '../connectors/shared/ok.ts';` },
  { rule: 'matrix', path: 'pipeline/bad.ts', text: `export { a } from '../config/ok.ts';` },
  { rule: 'matrix', path: 'connectors/artix/bad.ts', text: `import { a } from '../lotinfo/ok.ts';` },
  { rule: 'matrix', path: 'connectors/shared/bad.ts', text: `import { a } from '../lotinfo/ok.ts';` },
  { rule: 'matrix', path: 'canonical/bad.ts', text: `import { a } from '../mappings/engine/ok.ts';` },
  { rule: 'matrix', path: 'sandbox/bad.ts', text: `import { a } from '../core/ok.ts';` },
  { rule: 'matrix', path: 'app/bad.ts', text: `const { a } = await import('../sandbox/artix/ok.ts');` },
  { rule: 'matrix', path: 'mappings/engine/bad.ts', text: `import { a } from '../../canonical/ok.ts';` },
  { rule: 'matrix', path: 'config/bad.ts', text: `import { a } from '../app/ok.ts';` },
  { rule: 'folder', path: 'utils/bad.ts', text: '' },
  { rule: 'unresolved', path: 'core/bad.ts', text: `import { a } from './nowhere.ts';` },
  { rule: 'computed-import', path: 'app/bad.ts', text: 'export const load = (name: string) => import(name);' },
  { rule: 'knex', path: 'pipeline/bad.ts', text: `import type { Knex } from 'knex';` },
  { rule: 'dependency', path: 'app/bad.ts', text: `import { test } from 'vitest';` },
  { rule: 'dependency', path: 'test/bad.ts', text: `import { debounce } from 'lodash/debounce';` },
  { rule: 'environment', path: 'app/bad.ts', text: `export const home = process.env['HOME'];` },
  { rule: 'environment', path: 'pipeline/bad.ts', text: 'const { env } = process; export const home = env;' },
  { rule: 'environment', path: 'core/bad.ts', text: `import { env } from 'node:process'; export const home = env;` },
  { rule: 'world', path: 'pipeline/bad.ts', text: 'export const now = Date.now();' },
  { rule: 'world', path: 'core/bad.ts', text: 'export const now = new Date();' },
  { rule: 'world', path: 'connectors/artix/bad.ts', text: 'export const dice = () => Math.random();' },
  { rule: 'world', path: 'canonical/bad.ts', text: 'setTimeout(() => {}, 1);' },
  { rule: 'world', path: 'canonical/bad.ts', text: `import { setTimeout as wait } from 'node:timers/promises'; await wait(1);` },
  { rule: 'world', path: 'pipeline/bad.ts', text: `import { randomUUID } from 'node:crypto'; export const id = randomUUID();` },
  { rule: 'bare-error', path: 'pipeline/bad.ts', text: `throw new Error('no code, no hint');` },
  { rule: 'vendor', path: 'pipeline/bad.ts', text: '// As Lotinfo does.' },
  { rule: 'vendor', path: 'canonical/bad.ts', text: `export const special = 'artix';` },
  { rule: 'default-export', path: 'core/bad.ts', text: 'export default 1;' },
  { rule: 'length', path: 'core/bad.ts', text: '\n'.repeat(401) },
  { rule: 'length', path: 'core/contract.ts', text: '\n'.repeat(221) },
  { rule: 'name', path: 'core/badName.ts', text: '' },
];

const GOOD = [
  ...[
    'core/ok.ts',
    'pipeline/ok.ts',
    'config/ok.ts',
    'connectors/artix/ok.ts',
    'connectors/lotinfo/ok.ts',
    'connectors/shared/ok.ts',
    'canonical/ok.ts',
    'mappings/engine/ok.ts',
    'sandbox/index.ts',
    'sandbox/artix/ok.ts',
    'app/ok.ts',
  ].map((path) => ({ path, text: '' })),
  {
    path: 'pipeline/good.ts',
    text: `import { a } from '../canonical/ok.ts'; import type { B } from '../mappings/engine/ok.ts'; export const date = new Date(0);`,
  },
  { path: 'connectors/artix/good.ts', text: `import { a } from '../shared/ok.ts'; import { z } from 'zod'; import { join } from 'node:path';` },
  { path: 'app/good.ts', text: `import { a } from '../sandbox/index.ts'; import { b } from '../connectors/artix/ok.ts'; export const now = Date.now();` },
  { path: 'config/good.ts', text: 'export const home = process.env;' },
  { path: 'canonical/good.ts', text: `import knex from 'knex'; export const text = "import '../app/ok.ts'; process.env";` },
];

const check = (files: readonly { path: string; text: string }[]) => violationsOf({ ...whole, modules: [...GOOD, ...files].map(moduleOf) });

test('what is allowed passes', () => {
  expect(check([])).toEqual([]);
});

test.each(SAMPLES)('$rule is found in $path: $text', ({ rule, path, text }) => {
  const found = check([{ path, text }]);
  expect(found.map((violation) => [violation.rule, violation.path])).toEqual([[rule, path]]);
});

test('cycles are found, of types too', () => {
  const found = check([
    { path: 'core/a.ts', text: `import { b } from './b.ts';` },
    { path: 'core/b.ts', text: `import type { C } from './c.ts';` },
    { path: 'core/c.ts', text: `import type { A } from './a.ts';` },
  ]);
  expect(found.map(({ rule, what }) => [rule, what])).toEqual([['cycle', 'core/a.ts → core/b.ts → core/c.ts → core/a.ts']]);
});
