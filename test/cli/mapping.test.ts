/** `sverka mapping …`: proofs, cases, coverage, and cases made of stored records. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MappingCheck } from '../../app/console/mapping-check.ts';
import type { MappingView } from '../../app/console/mapping-coverage.ts';
import type { MappingTest } from '../../app/console/mapping-test.ts';
import { projectRoot } from '../../app/project.ts';
import { startTrial, type Trial } from './support.ts';

const PERSON = {
  lname: 'Проверкина',
  fname: 'Анна',
  mname: 'Львовна',
  phone: '+79130000117',
  email: 'anna.proverkina@mail.test',
  birth_year: '1984',
  birth_month: '7',
  birth_day: '9',
  gender: 'F',
};

let trial: Trial;
let key: string;
let file: string;
let casesFile: string;

beforeAll(async () => {
  trial = await startTrial({ people: 4, seed: 5 }, (yaml) => `${yaml.replaceAll('push: auto', 'push: plan')}\nmappings: ./mine\n`);
  key = trial.sandbox.virtualpos.machine.addCustomer(PERSON).id;
  const folder = join(trial.directory, 'mine', 'virtualpos');
  mkdirSync(folder, { recursive: true });
  [file, casesFile] = [join(folder, 'clients.yaml'), join(folder, 'clients.cases.yaml')];
  copyFileSync(join(projectRoot(), 'mappings/virtualpos/clients.yaml'), file);
  writeFileSync(casesFile, `# of our own\n${readFileSync(join(projectRoot(), 'mappings/virtualpos/clients.cases.yaml'), 'utf8')}# below\n`);
});
afterAll(() => trial.stop());

/** The system of VirtualPOS in the trial's configuration. */
async function shop(): Promise<string> {
  const { data } = await trial.json<MappingView[]>('mapping', 'coverage');
  return data.find(({ vendor }) => vendor === 'virtualpos')?.system ?? '';
}

async function edited<T>(from: string, to: string, run: () => Promise<T>): Promise<T> {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
  try {
    return await run();
  } finally {
    writeFileSync(file, text);
  }
}

describe('mapping check', () => {
  test('finds nothing wrong with what is shipped, and prints the share of each line', async () => {
    const { code, stdout } = await trial.run('mapping', 'check', '--runs', '60');
    expect(stdout).toMatch(/consents\.sms +send_sms +consent +\d+ %/);
    expect(stdout).toContain('values generated from seed');
    expect(code).toBe(0);
  });

  test('exits 2 for a fault, with its place, its example and what to do', async () => {
    const system = await shop();
    const args = ['mapping', 'check', '--system', system, '--stream', 'clients', '--loss'];
    const { code, stdout } = await edited('form: e164', 'form: 7, wireAs: number', () => trial.run(...args));
    expect(code).toBe(2);
    expect(stdout).toContain(`FAULT wire-type ${file}:19:3: phone: phone writes into "phone" a number, where the wire has a text`);
    expect(stdout).toMatch(/example: .* → \d{11}\n {4}say how it is written/);
    expect(stdout).toMatch(/read +age +ignored/);
    const { data } = await edited('form: e164', 'form: 7, wireAs: number', () => trial.json<MappingCheck[]>(...args));
    expect(data[0]?.findings.map(({ rule, field, line }) => [rule, field, line])).toEqual([['wire-type', 'phone', 19]]);
  });
});

describe('mapping test', () => {
  test('shows expected and got, field by field', async () => {
    const system = await shop();
    const { code, stdout } = await edited('M: male, F: female', 'M: female, F: male', () => trial.run('mapping', 'test', '--system', system));
    expect(code).toBe(2);
    expect(stdout).toContain('read sex  expected  "female"\n              got       "male"');
    expect((await trial.run('mapping', 'test', '--system', system)).code).toBe(0);
  });

  test('adds a case out of a stored record, without anything of the person, and it holds', async () => {
    await trial.run('sync');
    const system = await shop();
    const before = readFileSync(casesFile, 'utf8');
    const printed = await trial.run('mapping', 'test', '--from-record', `${system}/clients/${key}`, '--print');
    expect(printed.stdout).toContain('name: a stored record of clients, its values replaced');
    expect(readFileSync(casesFile, 'utf8')).toBe(before);
    const { code, stdout } = await trial.run('mapping', 'test', '--from-record', `${system}/clients/${key}`);
    expect([code, stdout]).toEqual([0, expect.stringContaining('added the case')]);
    const after = readFileSync(casesFile, 'utf8');
    expect(after.startsWith('# of our own\n')).toBe(true);
    expect(after).toContain('# below');
    const added = after.replace(before.replace('# below\n', ''), '');
    expect(added.length).toBeLessThan(after.length);
    for (const value of ['Проверкин', 'Анна', 'Львовн', '9130000117', 'proverkina', 'mail.test', '1984-07-09']) expect(added).not.toContain(value);
    expect(added).toMatch(/email: \S+@example\.com/);
    const { data } = await trial.json<MappingTest[]>('mapping', 'test', '--system', system, '--stream', 'clients');
    expect(data[0]?.cases.at(-1)).toMatchObject({ passed: true, name: 'a stored record of clients, its values replaced' });
  });

  test('tests the edit, says that it is not in use, and what is in use with --active', async () => {
    const system = await shop();
    const args = ['mapping', 'test', '--system', system, '--stream', 'clients'];
    const own = await trial.json<MappingTest[]>(...args);
    expect([own.code, own.data[0]?.tested, own.data[0]?.inUse]).toEqual([0, 'disk', true]);
    await edited('M: male, F: female', 'M: female, F: male', async () => {
      const edit = await trial.run(...args);
      expect([edit.code, edit.stdout]).toEqual([2, expect.stringContaining('the file, not in use')]);
      expect(edit.stdout).toContain('sverka mapping test --active');
      const active = await trial.json<MappingTest[]>(...args, '--active');
      expect([active.code, active.data[0]?.tested, active.data[0]?.inUse]).toEqual([0, 'active', false]);
      const record = ['mapping', 'test', '--from-record', `${system}/clients/${key}`, '--print'];
      const sexOf = async (...more: string[]) => /^ +sex: (\w+)$/m.exec((await trial.run(...record, ...more)).stdout)?.[1];
      expect(new Set([await sexOf(), await sexOf('--active')])).toEqual(new Set(['male', 'female']));
    });
    expect(await trial.run('mapping', 'test', '--vendor', 'artix', '--active')).toMatchObject({ code: 2, stderr: expect.stringContaining('--active') });
  });

  test('says which record there is not', async () => {
    const system = await shop();
    expect(await trial.run('mapping', 'test', '--from-record', `${system}/clients/none`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no record'),
    });
    expect(await trial.run('mapping', 'test', '--from-record', 'clients')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('<system>/<stream>/<key>'),
    });
  });
});

describe('mapping coverage', () => {
  test('says of every wire field where it goes, for systems and vendors', async () => {
    const { data } = await trial.json<MappingView[]>('mapping', 'coverage', '--vendor', 'artix');
    const card = data.find(({ stream }) => stream === 'cards')?.coverage ?? [];
    expect(card.find(({ wire }) => wire === 'pincode')).toMatchObject({ state: 'ignored', reason: 'a secret of the card holder' });
    expect(card.find(({ wire }) => wire === 'blocked')?.lost).toContain('written: "new" has no value here');
    expect((await trial.run('mapping', 'coverage', '--vendor', 'artx')).stderr).toContain('did you mean "artix"?');
  });
});
