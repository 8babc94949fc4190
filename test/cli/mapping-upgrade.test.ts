/** After an upgrade newer shipped mappings are offered, never applied: with no file of the operator's, an unedited copy, an edited one, a conflict. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { copyOf, isUntouched, splitCopy } from '../../app/mapping-copy.ts';
import { shippedMappings } from '../../app/project.ts';
import { openStore } from '../../canonical/open.ts';
import { startTrial, type Trial } from './support.ts';

const shipped = (name: string): string => readFileSync(join(shippedMappings(), name), 'utf8');
const NOW = shipped('virtualpos/clients.yaml');
const CASES = shipped('virtualpos/clients.cases.yaml');
/** What an earlier Sverka shipped: another code, and a field that it did not map yet. */
const OLDER = NOW.replace('{ M: male, F: female }', '{ M: male, F: female, W: female }')
  .replace('  notes: custom_information\n', '')
  .replace('ignored:\n', 'ignored:\n  custom_information: nobody has read it yet\n');

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial({ people: 15 }, (yaml) => yaml.replace(/^systems:/m, 'mappings: ./mappings\nsystems:'));
  mkdirSync(join(trial.directory, 'mappings/virtualpos'), { recursive: true });
  await trial.run('sync');
});
afterAll(() => trial.stop());

/** As if the active version had been made by the earlier Sverka. */
async function upgraded(source = OLDER): Promise<void> {
  const store = await openStore({ kind: 'sqlite', file: join(trial.directory, 'sverka.db') });
  await store.db('mapping_versions').where('source', 'like', 'vendor%virtualpos%').update({ source, shipped: OLDER });
  const changed = await store
    .db('mapping_versions')
    .where('stream', 'clients')
    .where('source', 'like', '%vendor: virtualpos%')
    .update({ source, shipped: OLDER });
  await store.close();
  expect(changed).toBeGreaterThan(0);
}

const own = (): string => join(trial.directory, 'mappings/virtualpos/clients.yaml');
const ownCases = (): string => join(trial.directory, 'mappings/virtualpos/clients.cases.yaml');
const read = (file: string): string => readFileSync(file, 'utf8');
const copy = (text: string): string => copyOf(text, 'virtualpos/clients.yaml', '0.0.9');
const EDIT = (text: string): string =>
  text.replace('consents.sms: { from: send_sms, as: consent }', 'consents.sms: { from: send_sms, as: consent, zeroIsRefusal: true }');

interface Upgrade {
  readonly system: string;
  readonly state: string;
  readonly file: string | null;
  readonly written: boolean;
  readonly cases: string;
  readonly conflicts: readonly { readonly from: number }[];
  readonly fault: string | null;
}
const upgrade = async (...args: readonly string[]): Promise<{ code: number | null; data: readonly Upgrade[] }> =>
  trial.json<readonly Upgrade[]>('mapping', 'upgrade', ...args);
const pending = async (): Promise<readonly { readonly what: string; readonly message: string }[]> =>
  (await trial.json<{ pending: { what: string; message: string }[] }>('status')).data.pending;

beforeEach(async () => {
  rmSync(join(trial.directory, 'mappings/virtualpos'), { recursive: true });
  mkdirSync(join(trial.directory, 'mappings/virtualpos'));
  await upgraded();
});

test('nothing is said where nothing is new, or only a comment', async () => {
  await upgraded(NOW);
  const store = await openStore({ kind: 'sqlite', file: join(trial.directory, 'sverka.db') });
  await store
    .db('mapping_versions')
    .where({ stream: 'clients' })
    .where('source', NOW)
    .update({ shipped: `# An older comment.\n${NOW}` });
  await store.close();
  expect(await upgrade()).toMatchObject({ code: 0, data: [] });
  expect(await pending()).toEqual([]);
});

test('without a file the active version stays in use, and status, doctor and runs say that a newer one is there', async () => {
  expect(await pending()).toMatchObject([{ what: 'shipped', message: expect.stringContaining('shop/clients shipped with Sverka') }]);
  expect((await trial.run('doctor')).stdout).toMatch(/note +mapping shop\/clients[\s\S]*sverka mapping upgrade/);
  const sync = await trial.json<{ mappings: { pending: { what: string }[] } }>('sync', '--system', 'shop');
  expect(sync.data.mappings.pending).toMatchObject([{ what: 'shipped' }]);
  const { code, data } = await upgrade();
  expect([code, data]).toEqual([3, [expect.objectContaining({ system: 'shop', state: 'offered', file: null, written: false })]]);
  expect(await upgrade('--write')).toMatchObject({ code: 3, data: [{ written: false }] });
  await trial.run('mapping', 'activate', '--yes');
  expect(await upgrade()).toMatchObject({ code: 0, data: [] });
  expect(await pending()).toEqual([]);
});

test('an unedited copy becomes the newer one, with its cases, and counts once it is activated', async () => {
  writeFileSync(own(), copy(OLDER));
  writeFileSync(ownCases(), copyOf(`${CASES}# older\n`, 'virtualpos/clients.cases.yaml', '0.0.9'));
  expect(await pending()).toMatchObject([{ what: 'shipped' }]);
  expect(await upgrade()).toMatchObject({ code: 3, data: [{ state: 'unedited', written: false }] });
  expect(read(own())).toBe(copy(OLDER));
  expect(await upgrade('shop/clients', '--write')).toMatchObject({ code: 0, data: [{ state: 'unedited', written: true, cases: 'renewed' }] });
  expect([splitCopy(read(own())).body, isUntouched(read(own())), splitCopy(read(ownCases())).body]).toEqual([NOW, true, CASES]);
  expect(await pending()).toMatchObject([{ what: 'edited' }]);
  await trial.run('mapping', 'activate', '--yes');
  expect(await pending()).toEqual([]);
});

test('what is new goes into an edited file, which keeps its edit, its line ends and its own cases', async () => {
  const edited = EDIT(copy(OLDER)).replaceAll('\n', '\r\n');
  writeFileSync(own(), edited);
  writeFileSync(ownCases(), `${copyOf(CASES, 'x', '1')}# mine\n`);
  const seen = await trial.run('mapping', 'upgrade');
  expect(seen.stdout).toMatch(/What is new[\s\S]*\+ {2}notes: custom_information[\s\S]*What you changed[\s\S]*\+.*zeroIsRefusal/);
  expect(read(own())).toBe(edited);
  expect(await upgrade('--write')).toMatchObject({ code: 0, data: [{ state: 'merged', written: true, cases: 'edited' }] });
  expect(splitCopy(read(own())).body).toBe(EDIT(NOW).replaceAll('\n', '\r\n'));
  expect(read(ownCases())).toMatch(/# mine/);
  expect(await upgrade()).toMatchObject({ code: 0, data: [] });
});

test('what is new beside a line that the operator edited goes into the file too', async () => {
  const edit = (text: string): string => text.replace('email: { from: email, as: email }', 'email: { from: email, as: email, emptyWhen: "-" }');
  writeFileSync(own(), edit(copy(OLDER)));
  expect(await upgrade('--write')).toMatchObject({ code: 0, data: [{ state: 'merged', written: true, conflicts: [] }] });
  expect(splitCopy(read(own())).body).toBe(edit(NOW));
});

test('a conflict is placed, nothing is written; once it is settled by hand that is noted', async () => {
  const edited = copy(OLDER.replace('W: female', 'X: female'));
  writeFileSync(own(), edited);
  const line = edited.split('\n').findIndex((text) => text.includes('X: female')) + 1;
  expect(await upgrade('--write')).toMatchObject({ code: 3, data: [{ state: 'conflict', written: false, conflicts: [{ from: line }] }] });
  expect(read(own())).toBe(edited);
  expect((await trial.run('mapping', 'upgrade')).stdout).toContain(`${own()}:${line}: line ${line}`);
  expect((await trial.run('mapping', 'upgrade', '--taken')).code).toBe(2);
  writeFileSync(own(), edited.replace('X: female', 'Y: female'));
  expect(await upgrade('shop/clients', '--taken')).toMatchObject({ code: 0, data: [{ written: true }] });
  expect(splitCopy(read(own())).body).toContain('Y: female');
  expect(await upgrade()).toMatchObject({ code: 0, data: [] });
});

test('two right halves that make a wrong whole are not written', async () => {
  const edited = copy(OLDER)
    .replace('  custom_information: nobody has read it yet\n', '')
    .replace('reference: external_id', 'occupation: custom_information\n  reference: external_id');
  writeFileSync(own(), edited);
  expect(await upgrade('--write')).toMatchObject({
    code: 3,
    data: [{ state: 'broken', written: false, fault: expect.stringContaining('write the same wire path') }],
  });
  expect(read(own())).toBe(edited);
});

test('what an upgrade brought is still offered after something else was activated', async () => {
  writeFileSync(own(), EDIT(OLDER));
  await trial.run('mapping', 'activate', '--yes');
  expect(await upgrade()).toMatchObject({ code: 3, data: [{ state: 'merged' }] });
  // A file without a head is given one.
  expect(await upgrade('--write')).toMatchObject({ code: 0 });
  expect(splitCopy(read(own())).body).toBe(EDIT(NOW));
  await trial.run('mapping', 'activate', '--yes');
  expect(await upgrade()).toMatchObject({ code: 0, data: [] });
});

test('a stored version is used although this Sverka knows of further wire fields', async () => {
  await upgraded(OLDER.replace('  custom_information: nobody has read it yet\n', ''));
  const { code, stderr } = await trial.run('plan');
  expect([0, 3], stderr).toContain(code);
});
