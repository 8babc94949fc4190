/** `sverka mapping try`: every save is answered, however an editor writes it, and nothing that is broken ends it. */
import { setMaxListeners } from 'node:events';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Io } from '../../app/cli/host.ts';
import { runCommandLine } from '../../app/cli/run.ts';
import { shippedMappings } from '../../app/project.ts';
import { here, startTrial, type Trial, temporary } from './support.ts';

interface Document {
  readonly mapping?: string;
  readonly problems?: readonly { readonly message: string }[];
  readonly cases?: readonly { readonly name: string; readonly passed: boolean }[];
  readonly against?: string | null;
  readonly changes?: {
    readonly records: number;
    readonly changed: number;
    readonly read: readonly { readonly field: string; readonly records: number }[];
  } | null;
  readonly error?: { readonly code: string };
}

/** The command under way, with the documents it gives. */
function trying(args: readonly string[]) {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const documents: Document[] = [];
  let waiting: (() => void) | null = null;
  let said = '';
  const io: Io = {
    out(text) {
      documents.push(
        ...text
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Document),
      );
      waiting?.();
    },
    err(text) {
      said += text;
    },
    outTty: false,
    errTty: false,
    inTty: false,
    ask: async () => null,
    env: {},
  };
  const ended = runCommandLine(['mapping', 'try', ...args, '--json'], io, controller.signal);
  let taken = 0;
  return {
    said: () => said,
    /** The next document that fits; those before it are passed over: a save may be seen in two halves. */
    async next(fits: (document: Document) => boolean): Promise<Document> {
      for (;;) {
        for (; taken < documents.length; taken += 1) {
          const document = documents[taken];
          if (document !== undefined && fits(document)) {
            taken += 1;
            return document;
          }
        }
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      }
    },
    async end(): Promise<number> {
      controller.abort();
      return ended;
    },
  };
}

const CLIENTS = readFileSync(join(shippedMappings(), 'virtualpos/clients.yaml'), 'utf8');
const CASES = readFileSync(join(shippedMappings(), 'virtualpos/clients.cases.yaml'), 'utf8');
const SWAPPED = CLIENTS.replace('{ M: male, F: female }', '{ M: female, F: male }');
const isGood = ({ problems, cases = [] }: Document): boolean => problems?.length === 0 && cases.length > 0 && cases.every(({ passed }) => passed);
const isBroken = ({ problems = [] }: Document): boolean => problems.length > 0;

test('without a store: cases, and records out of a file, with each save', async () => {
  const { path, remove } = temporary();
  const file = join(path, 'virtualpos/clients.yaml');
  mkdirSync(join(path, 'virtualpos'));
  writeFileSync(file, CLIENTS);
  writeFileSync(join(path, 'virtualpos/clients.cases.yaml'), CASES);
  writeFileSync(join(path, 'sample.json'), '[{"id":"1","gender":"M"},{"id":"2","gender":""}]');
  const attempt = trying(['virtualpos/clients', '--mappings', path, '--records', join(path, 'sample.json')]);
  expect(await attempt.next(isGood)).toMatchObject({ mapping: 'virtualpos/clients', changes: null });

  // As editors do: another file, and a rename.
  writeFileSync(`${file}.tmp`, SWAPPED);
  renameSync(`${file}.tmp`, file);
  const swapped = await attempt.next((one) => one.cases?.some(({ passed }) => !passed) === true);
  expect(swapped).toMatchObject({ against: 'the file as it was at the start', changes: { records: 2, changed: 1, read: [{ field: 'sex', records: 1 }] } });
  expect(swapped.cases?.filter(({ passed }) => !passed).map(({ name }) => name)).toEqual(["the sample of the vendor's page", 'what is written of a client']);

  // Saved half, and broken.
  writeFileSync(file, CLIENTS.slice(0, 600));
  await attempt.next(isBroken);
  writeFileSync(file, `${CLIENTS}\n  - [`);
  await attempt.next(isBroken);
  writeFileSync(join(path, 'virtualpos/clients.cases.yaml'), 'cases: 7');
  writeFileSync(file, CLIENTS);
  expect((await attempt.next((one) => isBroken(one) && one.changes != null)).changes).toMatchObject({ changed: 0 });
  writeFileSync(join(path, 'virtualpos/clients.cases.yaml'), CASES);
  expect(await attempt.next(isGood)).toMatchObject({ changes: { changed: 0, read: [] } });

  // Taken away: the shipped one counts; and put there again.
  rmSync(file);
  renameSync(join(path, 'virtualpos/clients.cases.yaml'), join(path, 'virtualpos/x.cases.yaml'));
  writeFileSync(file, SWAPPED);
  expect(await attempt.next((one) => one.changes?.changed === 1)).toMatchObject({ cases: [] });
  expect(await attempt.end()).toBe(0);
  expect(attempt.said()).toContain('Watching');
  remove();
}, 120_000);

test('a mapping that is not there is an error at once', async () => {
  const { path, remove } = temporary();
  mkdirSync(join(path, 'virtualpos'));
  writeFileSync(join(path, 'virtualpos/clients.yaml'), CLIENTS);
  const { code, stderr } = await here(['mapping', 'try', 'virtualpos/cleints', '--mappings', path], { cwd: path });
  expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean "virtualpos/clients"?')]);
  remove();
});

let trial: Trial;
beforeAll(async () => {
  trial = await startTrial({ people: 20 }, (yaml) => yaml.replace(/^systems:/m, 'mappings: ./mappings\nsystems:'));
  mkdirSync(join(trial.directory, 'mappings/virtualpos'), { recursive: true });
  writeFileSync(join(trial.directory, 'mappings/virtualpos/clients.yaml'), CLIENTS);
});
afterAll(() => trial.stop());

test('with a store: stored records, masked, and a configuration that is saved broken', async () => {
  await trial.run('sync');
  const attempt = trying(['shop/clients', '--config', join(trial.directory, 'sverka.yaml')]);
  await attempt.next(({ problems }) => problems?.length === 0);
  writeFileSync(
    join(trial.directory, 'mappings/virtualpos/clients.yaml'),
    CLIENTS.replace('notes: custom_information', 'notes: fname').replace('name: { from: [lname, fname, mname]', 'name: { from: [lname, mname]'),
  );
  const edited = await attempt.next(({ problems, changes }) => problems !== undefined && (problems.length > 0 || (changes?.changed ?? 0) > 0));
  expect(edited.problems?.length).toBeGreaterThan(0);
  writeFileSync(join(trial.directory, 'mappings/virtualpos/clients.yaml'), SWAPPED);
  const { changes } = await attempt.next((one) => (one.changes?.changed ?? 0) > 0);
  expect(changes?.records).toBeGreaterThan(5);
  expect(changes?.read.map(({ field }) => field)).toEqual(['sex']);
  trial.configure((yaml) => `${yaml}\nbogus: 1\n`);
  expect((await attempt.next(({ error }) => error !== undefined)).error?.code).toBe('CONFIG_INVALID');
  trial.configure((yaml) => yaml.replace(/^systems:/m, 'mappings: ./mappings\nsystems:').replace('zone: Europe/Moscow', 'zone: Asia/Tokyo'));
  expect((await attempt.next((one) => (one.changes?.read.length ?? 0) > 1)).changes?.read.map(({ field }) => field)).toContain('registeredAt');
  expect(await attempt.end()).toBe(0);
}, 120_000);
