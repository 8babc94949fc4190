/** A vendor without a connector: the example of docs/mappings.md works as it stands there, and what is wrong is told with its line. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { projectRoot } from '../../app/project.ts';
import { type Finished, here, temporary } from './support.ts';

const PAGE = readFileSync(join(projectRoot(), 'docs/mappings.md'), 'utf8');
const SECTION = PAGE.slice(PAGE.indexOf('## A vendor of your own'));
const FILES = new Map([...SECTION.matchAll(/```yaml\n# (mappings\/ladya\/\S+)\n([\s\S]*?)```/g)].map(([, name = '', text = '']) => [name, text]));
const SAMPLE = /```json\n(\[[\s\S]*?)```/.exec(SECTION)?.[1] ?? '';

const { path, remove } = temporary();
afterAll(remove);

function write(name: string, text: string): void {
  mkdirSync(dirname(join(path, name)), { recursive: true });
  writeFileSync(join(path, name), text);
}

beforeEach(() => {
  rmSync(join(path, 'mappings'), { recursive: true, force: true });
  for (const [name, text] of FILES) write(name, text);
  write('sample.json', SAMPLE);
});

/** Runs a command line of the page in the directory, without a configuration. */
const run = (line: string): Promise<Finished> =>
  here(
    line
      .split(' ')
      .slice(1)
      .map((word) => word.replace(/^\.\//, `${path}/`)),
    { cwd: path },
  );

const check = async (): Promise<readonly { readonly file: string; readonly line: number; readonly message: string }[]> => {
  const { code, stdout } = await run('sverka mapping check --mappings ./mappings --json');
  const checks = JSON.parse(stdout) as { problems: { file: string; line: number; message: string }[] }[];
  const problems = checks.flatMap((one) => one.problems);
  expect(code).toBe(problems.length > 0 ? 2 : 0);
  return problems;
};

describe('the example of the page', () => {
  test('has its three files and a sample', () => {
    expect([...FILES.keys()]).toEqual(['mappings/ladya/ladya.wire.yaml', 'mappings/ladya/clients.yaml', 'mappings/ladya/clients.cases.yaml']);
    expect(SAMPLE).toContain('"guid"');
  });

  const lines = (/```\n(sverka mapping check[\s\S]*?)```/.exec(SECTION)?.[1] ?? '').trim().split('\n');
  test.each(lines)('%s', async (line) => {
    const { code, stdout, stderr } = await run(line);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(/UNREADABLE|broken|fail/);
    expect(stdout).not.toMatch(/Иванова|\+?[78]9131234567/);
  });

  test('an empty mapping lists what is to be done', async () => {
    write('mappings/ladya/clients.yaml', 'vendor: ladya\nstream: clients\nentity: client\nkey: guid\nfields: {}\n');
    const fields = ['fio', 'born', 'sex', 'contacts', 'address', 'level', 'spent', 'promo', 'changed', 'created', 'rank'];
    expect((await check()).map(({ message }) => message)).toEqual(fields.map((field) => expect.stringContaining(`"${field}" is neither mapped nor ignored`)));
  });
});

describe('what a person gets wrong', () => {
  test('a vendor that nobody knows, a stream that the wire file does not know, a stream without a mapping', async () => {
    write('mappings/virtualpso/clients.yaml', '# mine\nvendor: virtualpso\n');
    write('mappings/ladya/client.yaml', 'vendor: ladya\nstream: client\n');
    write(
      'mappings/ladya/ladya.wire.yaml',
      `${FILES.get('mappings/ladya/ladya.wire.yaml')?.replace('$defs:', '  cards: { type: object, properties: { id: {} } }\n$defs:')}`,
    );
    const problems = (await check()).map(({ file, line, message }) => `${file.slice(path.length)}:${line} ${message}`);
    expect(problems).toEqual([
      expect.stringMatching(/^\/mappings\/ladya\/client\.yaml:2 ladya\.wire\.yaml knows no stream "client"; did you mean "clients"\?/),
      expect.stringMatching(/^\/mappings\/virtualpso\/clients\.yaml:2 nobody knows the records of "virtualpso".*; did you mean "virtualpos"\?/),
      expect.stringMatching(/^\/mappings\/ladya\/ladya\.wire\.yaml:1 there is no mapping ladya\/cards\.yaml yet/),
    ]);
  });

  test('a wire file of a vendor that has a connector', async () => {
    write('mappings/virtualpos/virtualpos.wire.yaml', 'vendor: virtualpos\n');
    expect((await check()).map(({ message }) => message)).toEqual([expect.stringContaining('take this file away')]);
  });
});

describe('sample records', () => {
  const preview = (file: string, more = ''): Promise<Finished> => run(`sverka mapping preview ladya/clients --records ./${file} --mappings ./mappings${more}`);

  test('what cannot be read, does not fit, or would not fit when written is counted and shown; exit code 3', async () => {
    write(
      'some.jsonl',
      '{"guid":"1","fio":"Иванов","born":"31.02.1990","promo":"да","more":1}\n\n{"guid":"2","fio":7,"sex":9}\n{"guid":"3","fio":"Петров Пётр"}\n',
    );
    const { code, stdout } = await preview('some.jsonl', ' --json');
    expect(code).toBe(3);
    const view = JSON.parse(stdout) as Record<string, unknown> & { fields: { field: string }[]; shown: { breaks: unknown }[] };
    expect(view).toMatchObject({ records: 3, broken: 2, unreadable: 2, miswritten: 0 });
    expect(view.fields.find(({ field }) => field === 'birthDate')).toMatchObject({ filled: 0, notSaid: 2, unreadable: 1, rules: ['there is no such day'] });
    expect(view.shown[0]?.breaks).toEqual({ field: 'promo', rule: 'expected boolean' });
    const mapping = FILES.get('mappings/ladya/clients.yaml') ?? '';
    write('mappings/ladya/clients.yaml', mapping.replace(', wireAs: true', '').replace(', empty: 0', ''));
    const text = (await preview('sample.json')).stdout;
    expect(text).toMatch(/as written, not as the wire schema says: promo: expected boolean/);
    expect(text).toMatch(/2 records would not be as the wire schema says/);
  });

  test('by stream, with a byte order mark, with long numbers as texts', async () => {
    write('by-stream.json', `\uFEFF{"clients":[{"guid":12345678901234567890,"fio":"Петров"}],"cards":[]}`);
    const { stdout } = await preview('by-stream.json', ' --json');
    expect(JSON.parse(stdout)).toMatchObject({ records: 1, broken: 0, shown: [{ key: '12345678901234567890' }] });
  });

  test.each([
    ['', /there is no record/],
    ['{"guid":"1"}\n{"guid":"Секрет"', /:2: this is no JSON/],
    ['[1]', /record 1 is no JSON object/],
    ['[]', /there is no record/],
  ])('a file that is none: %s', async (text, expected) => {
    write('bad.json', text);
    const { code, stderr } = await preview('bad.json');
    expect([code, stderr]).toEqual([2, expect.stringMatching(expected)]);
    expect(stderr).not.toContain('Секрет');
  });

  test('a mapping that is not there, and no configuration', async () => {
    const astray = await run('sverka mapping preview ladja/clients --records ./sample.json --mappings ./mappings');
    expect([astray.code, astray.stderr]).toEqual([2, expect.stringContaining('did you mean "ladya/clients"?')]);
    const bare = await run('sverka mapping preview --records ./sample.json');
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('--mappings')]);
    const nowhere = await preview('none.json');
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('cannot be read (ENOENT)')]);
  });
});
