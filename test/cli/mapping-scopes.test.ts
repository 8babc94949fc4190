/** One verdict: whatever a broken mapping is asked for by (system, vendor, directory, cases, coverage), its faults and their places are the same. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shippedMappings } from '../../app/project.ts';
import { SHOP_CONFIG as CONFIG, here, temporary } from './support.ts';

const shipped = (name: string): string => readFileSync(join(shippedMappings(), name), 'utf8');
const RIGHT = shipped('virtualpos/clients.yaml');
const CASES = shipped('virtualpos/clients.cases.yaml');

/** `DIR`: the directory of mappings. Few generated records: what is tried here breaks before the proofs. */
const WAYS: readonly string[] = [
  'check --runs 5',
  'check --system shop --stream clients --runs 5',
  'check --vendor virtualpos --runs 5',
  'check --mappings DIR --runs 5',
  'check --mappings DIR --vendor virtualpos --runs 5',
  'test',
  'test --system shop',
  'test --vendor virtualpos',
  'test --mappings DIR',
  'coverage shop clients',
  'coverage --vendor virtualpos',
  'coverage --mappings DIR --vendor virtualpos',
  'loss --vendor virtualpos',
  'preview shop/clients --records RECORDS',
  'preview virtualpos/clients --records RECORDS --mappings DIR',
];

let directory: ReturnType<typeof temporary>;
beforeEach(() => {
  directory = temporary();
  mkdirSync(join(directory.path, 'mappings/virtualpos'), { recursive: true });
  write('sverka.yaml', CONFIG);
  write('records.json', '[{ "id": "1", "lname": "Иванов" }]');
});
afterEach(() => directory.remove());

const write = (name: string, text: string): void => writeFileSync(join(directory.path, name), text);

interface Said {
  readonly code: number | null;
  /** `file:line:column: message` of every fault, each once. */
  readonly faults: readonly string[];
  readonly all: string;
}

async function ask(way: string): Promise<Said> {
  const paths: Readonly<Record<string, string>> = { DIR: join(directory.path, 'mappings'), RECORDS: join(directory.path, 'records.json') };
  const words = way.split(' ').map((word) => paths[word] ?? word);
  const { code, stdout, stderr } = await here(['mapping', ...words], { cwd: directory.path, env: { KEY: 'k' } });
  const all = stdout + stderr;
  const told = all.replace(/^note .*$/gm, '');
  const faults = [...told.matchAll(/(\w[\w./-]*\.yaml:\d+:\d+: [^\n]+)/g)].map((match) => (match[1] ?? '').replace(/^.*mappings\//, ''));
  return { code, faults: [...new Set(faults)], all };
}

async function expectEverywhere(faults: readonly string[]): Promise<void> {
  for (const way of WAYS) {
    const said = await ask(way);
    expect([way, said.code, said.faults]).toEqual([way, 2, faults.map((fault) => expect.stringContaining(fault))]);
    expect(said.all).not.toMatch(/\\u000a|readable cases/);
  }
}

const edited = (from: string, to: string): string => {
  expect(RIGHT.split(from)).toHaveLength(2);
  return RIGHT.replace(from, () => to);
};

describe('a broken mapping is broken however it is asked for:', () => {
  it.each<[what: string, text: () => string, ...faults: string[]]>([
    ['another vendor', () => edited('vendor: virtualpos', 'vendor: artix'), 'virtualpos/clients.yaml:3:9: the vendor is "artix" here'],
    ['another stream', () => edited('stream: clients', 'stream: cards'), 'virtualpos/clients.yaml:4:9: the stream is "cards" here'],
    [
      'a setting that the vendor does not have',
      () => edited('form: e164', 'form: { setting: aipkey, default: e164 }'),
      'virtualpos/clients.yaml:19:53: there is no setting "aipkey"; did you mean "apikey"?',
    ],
    [
      'two faults',
      () => edited('as: code,', 'as: cod,').replace('from: email,', 'from: emial,'),
      'virtualpos/clients.yaml:15:28: "cod" is no codec',
      'virtualpos/clients.yaml:20:18: "emial" is no wire field',
    ],
    [
      'an attribute of another vendor',
      () => edited('attributes.virtualpos.group_id', 'attributes.artix.group_id'),
      'virtualpos/clients.yaml:32:3: "attributes.artix.group_id" is no attribute of virtualpos; did you mean "attributes.virtualpos.group_id"?',
    ],
    ['a tab', () => edited('  sex:', '\tsex:'), 'virtualpos/clients.yaml:15:1: a tab'],
    ['no key', () => edited('key: id\n', ''), 'virtualpos/clients.yaml:3:1: "key" is missing'],
  ])('%s', async (_, text, ...faults) => {
    write('mappings/virtualpos/clients.yaml', text());
    write('mappings/virtualpos/clients.cases.yaml', CASES);
    await expectEverywhere(faults);
  });

  it('and a right one is right', async () => {
    write('mappings/virtualpos/clients.yaml', RIGHT);
    write('mappings/virtualpos/clients.cases.yaml', CASES);
    for (const way of WAYS) expect([way, await ask(way)]).toMatchObject([way, { code: 0, faults: [] }]);
  });
});

describe('a file of cases that cannot be read', () => {
  it('is told with its own line by check and by test', async () => {
    write('mappings/virtualpos/clients.yaml', RIGHT);
    write('mappings/virtualpos/clients.cases.yaml', CASES.replace('email: ivanov', 'emial: ivanov'));
    for (const way of WAYS.filter((one) => /^(?:check|test)/.test(one))) {
      const { code, faults } = await ask(way);
      expect([way, code]).toEqual([way, 2]);
      expect(faults[0]).toMatch(/^virtualpos\/clients\.cases\.yaml:\d+:\d+: "emial".*"email"/);
    }
  });
});

describe('a file that stands for no mapping', () => {
  it('is told by check, test and coverage', async () => {
    mkdirSync(join(directory.path, 'mappings/virtualpoz'));
    write('mappings/virtualpoz/clients.yaml', RIGHT);
    for (const way of ['check --runs 5', 'check --vendor virtualpoz', 'test', 'test --vendor virtualpoz', 'coverage', 'coverage --vendor virtualpoz']) {
      const { code, faults } = await ask(way);
      expect([way, code, faults]).toEqual([way, 2, [expect.stringContaining('virtualpoz/clients.yaml')]]);
    }
    expect(await ask('test --system shop')).toMatchObject({ code: 0, faults: [] });
  });
});
