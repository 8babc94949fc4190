/** Broken and hostile mapping files through the command line: exit 2, the place, nothing changed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shippedMappings } from '../../app/project.ts';
import { SHOP_CONFIG as CONFIG, here, temporary } from './support.ts';

const RIGHT = readFileSync(join(shippedMappings(), 'virtualpos/clients.yaml'), 'utf8');
/** Of a part of the shipped mapping, counted from 1. */
const lineOf = (part: string): number => RIGHT.slice(0, RIGHT.indexOf(part)).split('\n').length;
const SEX = lineOf('  sex:');

let directory: ReturnType<typeof temporary>;
beforeEach(() => {
  directory = temporary();
  mkdirSync(join(directory.path, 'mappings/virtualpos'), { recursive: true });
});
afterEach(() => directory.remove());

async function check(mapping: string | Buffer, config = CONFIG) {
  writeFileSync(join(directory.path, 'mappings/virtualpos/clients.yaml'), mapping);
  writeFileSync(join(directory.path, 'sverka.yaml'), config);
  const finished = await here(['mapping', 'check'], { cwd: directory.path, env: { KEY: 'k' } });
  expect(existsSync(join(directory.path, 'sverka.db'))).toBe(false);
  return { code: finished.code, said: finished.stdout + finished.stderr };
}

const edited = (from: string, to: string): string => {
  expect(RIGHT.split(from)).toHaveLength(2);
  return RIGHT.replace(from, () => to);
};

describe('a broken mapping file on the command line', () => {
  it.each([
    ['a tab', () => edited('  sex:', '\tsex:'), `:${SEX}:1: a tab`],
    ['a key twice', () => edited('  sex:', '  email:'), 'stands here twice'],
    ['an unknown code', () => edited('F: female', 'F: femal'), `:${SEX}:`],
    ['a YAML bomb', () => edited('age: the vendor', 'age: &a [x, x]\n  b: [*a, *a]\n  c: the vendor'), 'an anchor (&a) is not allowed here'],
    ['an anchor cycle', () => edited('key: id', 'key: &a [*a]'), 'an anchor (&a) is not allowed here'],
    ['10,000 levels', () => edited('key: id', `key: ${'['.repeat(10_000)}`), 'levels deep'],
    ['NUL', () => edited('key: id', 'key: i\0d'), 'a control character (U+0000)'],
    ['10 MB', () => `${RIGHT}# ${'x'.repeat(10 * 1024 * 1024)}`, ':1:1: the file is larger than 1 MB'],
    ['bytes that are no UTF-8', () => Buffer.from(`${edited('  sex:', '  s\u00e9x:')}`, 'latin1'), 'not UTF-8'],
    ['__proto__', () => edited('  sex:', '  __proto__:'), `:${SEX}:3: "__proto__" cannot be a name`],
    ['constructor.prototype', () => edited('from: gender', 'from: constructor.prototype'), `:${SEX}:16: "constructor" cannot be part of a wire path`],
    ['another vendor', () => edited('vendor: virtualpos', 'vendor: virtualposs'), 'did you mean "virtualpos"?'],
  ])('%s', async (_, text, words) => {
    const { code, said } = await check(text());
    expect(said).toContain(words);
    expect(said).toContain(`mappings/virtualpos/clients.yaml:`);
    expect(code).toBe(2);
  });

  it.each([
    ['a BOM', () => `\ufeff${RIGHT}`],
    ['CRLF', () => RIGHT.replaceAll('\n', '\r\n')],
  ])('but not with %s', async (_, text) => {
    expect(await check(text())).toMatchObject({ code: 0 });
  });

  it.each([
    ['an alias inside itself', '    overrides: &o { clients: *o }\n', 'sverka.yaml:8:30: *o stands inside'],
    [
      '__proto__ in overrides',
      '    overrides:\n      clients:\n        fields:\n          __proto__: gender\n',
      'sverka.yaml:11:11: "__proto__" cannot be a name',
    ],
    ['constructor in lookups', '    lookups:\n      constructor: { a: b }\n', 'sverka.yaml:9:7: "constructor" cannot be a name'],
    [
      'an unknown codec',
      '    overrides:\n      clients:\n        fields:\n          notes: { from: custom_information, as: txt }\n',
      'sverka.yaml:11:50: "txt" is no codec',
    ],
  ])('%s in the configuration', async (_, more, words) => {
    const { code, said } = await check(RIGHT, CONFIG + more);
    expect(said).toContain(words);
    expect(code).toBe(2);
  });
});
