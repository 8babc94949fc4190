/** `sverka init`: a newcomer sets up two systems by questions or flags, and doctor and sync run on what it wrote. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Prompts } from '../../app/cli/prompts.ts';
import { isUntouched, splitCopy } from '../../app/mapping-copy.ts';
import { shippedMappings } from '../../app/project.ts';
import { TransientError } from '../../core/errors.ts';
import { type RunningSandbox, startSandbox } from '../../sandbox/index.ts';
import { type Finished, here, temporary, typedAt } from './support.ts';

let sandbox: RunningSandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ people: 12, seed: 4 });
});
afterAll(() => sandbox.stop());

const SHIPPED_FILES = readdirSync(shippedMappings(), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .sort();

const CTRL_C = Symbol('Ctrl-C');

interface Typed extends Finished {
  /** Questions asked, and what was found wrong with a text. */
  readonly asked: readonly string[];
}

/** A person at a terminal, who types these answers one after the other: texts, secrets, yes and no, and values of choices. */
async function typing(answers: readonly (string | boolean | typeof CTRL_C)[], args: readonly string[], cwd: string, env = {}): Promise<Typed> {
  const left = [...answers];
  const asked: string[] = [];
  const next = (question: string): string | boolean => {
    asked.push(question);
    const answer = left.shift();
    if (answer === CTRL_C || answer === undefined) throw new TransientError('RUN_INTERRUPTED', answer === undefined ? `no answer to: ${question}` : 'Ctrl-C');
    return answer;
  };
  const prompts: Prompts = {
    async text(question, { preset, check } = {}) {
      for (;;) {
        const typed = String(next(question));
        const text = typed === '' ? (preset ?? '') : typed;
        const verdict = (await check?.(text)) ?? true;
        if (verdict === true) return text;
        asked.push(`! ${verdict}`);
      }
    },
    secret: async (question) => String(next(question)),
    yes: async (question) => next(question) === true,
    async choose(question, choices) {
      const answer = next(question);
      const chosen = choices.find(({ value }) => value === answer);
      if (chosen === undefined) throw new Error(`"${question}" does not offer ${String(answer)}, but ${choices.map(({ value }) => value).join(', ')}`);
      return chosen.value;
    },
  };
  const finished = await typedAt({ inTty: true, prompts: async () => prompts, env }, ['init', ...args, '--config', join(cwd, 'sverka.yaml')]);
  expect(left).toEqual([]);
  return { ...finished, asked };
}

test('by questions: wrong answers are told at once, and doctor and sync run on what is written', async () => {
  const { path, remove } = temporary();
  const { virtualpos, artix } = sandbox;
  const shop = ['virtualpos', '', 'no address', 'http://127.0.0.1:9', false, virtualpos.url, 'a wrong key', 'again', '', virtualpos.apikey];
  const tills = ['artix', 'shop', 'tills', artix.csUrl, '', 'same', artix.password, '2'];
  const { code, stdout, stderr, asked } = await typing(
    ['Moon/Sea', 'Europe/Moscow', 'sqlite', '/nowhere/x.db', '', ...shop, ...tills, 'done', '*/15 * * * *'],
    [],
    path,
  );
  expect(stderr).toMatch(/BAD +VENDOR_REFUSED/);
  expect(asked.filter((line) => line.startsWith('!') || line.includes('nothing listens'))).toEqual([
    expect.stringContaining('no time zone'),
    expect.stringContaining('/nowhere cannot be written'),
    expect.stringContaining('an http or https address'),
    expect.stringContaining('127.0.0.1:9: nothing listens there'),
    expect.stringContaining('there is a system "shop" already'),
  ]);
  expect(stdout).toMatch(/Who gets what[\s\S]*All is well/);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/By itself, from then on: sverka serve --config .*$/m);
  const jobs = await here(['jobs', 'list', '--json'], { cwd: path });
  expect(jobs.stdout, jobs.stderr).toMatch(/"regular"[\s\S]*"nightly"|"nightly"[\s\S]*"regular"/);
  for (const name of ['sverka.yaml', '.env']) expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
  const yaml = readFileSync(join(path, 'sverka.yaml'), 'utf8');
  expect(yaml).toMatch(/^ {6}defaultCardGroup: "2"/m);
  expect(yaml + stdout + stderr + asked.join()).not.toMatch(new RegExp(`a wrong key|${virtualpos.apikey}|${artix.password}`));
  expect(yaml.match(/#/g)?.length).toBeGreaterThan(6);
  const names = readdirSync(join(path, 'mappings'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
  expect(names.sort()).toEqual(SHIPPED_FILES.filter((name) => /^(artix|virtualpos)\//.test(name)));
  expect((await here(['doctor'], { cwd: path })).code).toBe(0);
  const sync = await here(['sync', '--json'], { cwd: path });
  expect([0, 3], sync.stderr).toContain(sync.code);
  expect(JSON.parse(sync.stdout)).toMatchObject({ problems: [], delivered: 0 });
  remove();
});

test('what does not work can be kept or left out; a secret in the environment is not asked for', async () => {
  const { path, remove } = temporary();
  const { lotinfo, vodyanoy, artix } = sandbox;
  const answers = ['sqlite', '', 'vodyanoy', '', vodyanoy.url, 'keep', 'lotinfo', '', `${lotinfo.url}/v1/`, lotinfo.token];
  const leftOut = ['artix', '', artix.csUrl, 'nobody', 'none', 'x', 'out', 'done', 'never'];
  const { code, stdout, stderr, asked } = await typing([...answers, ...leftOut], ['--zone', 'UTC'], path, { DELIVERY_TOKEN: 'wrong' });
  expect(stderr).toContain('DELIVERY_TOKEN is taken from the environment');
  expect(asked.at(-2)).toBe('Another system?');
  expect(asked.at(-1)).toMatch(/^How often/);
  expect(stdout).toMatch(/BAD +delivery[\s\S]*Mend what is marked BAD/);
  expect(code).toBe(3);
  const yaml = readFileSync(join(path, 'sverka.yaml'), 'utf8');
  expect([...yaml.matchAll(/^ {2}(\w+):\n {4}vendor/gm)].map(([, name]) => name)).toEqual(['delivery', 'crm']);
  remove();
});

test('Ctrl-C at a question writes nothing', async () => {
  const { path, remove } = temporary();
  const { code, stderr } = await typing(['UTC', CTRL_C], [], path);
  expect(code).toBe(1);
  expect(stderr).toMatch(/RUN_INTERRUPTED/);
  expect(existsSync(join(path, 'sverka.yaml')) || existsSync(join(path, '.env'))).toBe(false);
  remove();
});

test('mappings are written beside the configuration, and a file that is there is never replaced', async () => {
  const { path, remove } = temporary();
  const args = ['init', '--zone', 'UTC', '--no-try', '--add', 'shop=virtualpos=http://127.0.0.1:9', '--add', 'crm=lotinfo=http://127.0.0.1:9', '--json'];
  mkdirSync(join(path, 'mappings/virtualpos'), { recursive: true });
  writeFileSync(join(path, 'mappings/virtualpos/cards.yaml'), '# mine\n');
  const env = { SHOP_APIKEY: 'a-key', CRM_TOKEN: 'a-token' };
  const first = await here(args, { cwd: path, env });
  expect(JSON.parse(first.stdout)).toMatchObject({ mappings: { kept: ['virtualpos/cards.cases.yaml', 'virtualpos/cards.yaml'] } });
  expect(existsSync(join(path, 'mappings/virtualpos/cards.cases.yaml'))).toBe(false);
  expect(readFileSync(join(path, 'mappings/virtualpos/cards.yaml'), 'utf8')).toBe('# mine\n');
  for (const name of ['virtualpos/clients.yaml', 'lotinfo/clients.cases.yaml']) {
    const text = readFileSync(join(path, 'mappings', name), 'utf8');
    expect(text).toMatch(new RegExp(`^# yaml-language-server: .*\n# ${name}, as shipped with Sverka`));
    expect(splitCopy(text).body).toBe(readFileSync(join(shippedMappings(), name), 'utf8'));
    expect([isUntouched(text), isUntouched(`${text}#`), isUntouched(text.replace('as shipped', 'as it was shipped'))]).toEqual([true, false, true]);
  }
  const clients = join(path, 'mappings/lotinfo/clients.yaml');
  writeFileSync(clients, 'vendor: mine');
  const again = await here([...args, '--force'], { cwd: path, env });
  expect(JSON.parse(again.stdout)).toMatchObject({ mappings: { written: [] } });
  expect(readFileSync(clients, 'utf8')).toBe('vendor: mine');
  rmSync(clients);
  rmSync(join(path, 'mappings/virtualpos/cards.yaml'));
  const check = await here(['mapping', 'check', '--json'], { cwd: path });
  const files = (JSON.parse(check.stdout) as { file: string }[]).map(({ file }) => file);
  expect([check.code, check.stderr]).toEqual([0, '']);
  // What is not there is taken from those shipped.
  expect(files).toContain(join(shippedMappings(), 'lotinfo/clients.yaml'));
  expect(files).toContain(join(path, 'mappings/virtualpos/clients.yaml'));
  remove();
});

test('by flags, without a terminal: what has its secret is tried', async () => {
  const { path, remove } = temporary();
  const { virtualpos, artix } = sandbox;
  const host = new URL(artix.csUrl).origin;
  const args = ['init', '--zone', 'Europe/Moscow', '--add', `shop=virtualpos=${virtualpos.url}`, '--add', `tills=artix=${host}`, '--login', 'tills=admin'];
  const wrong = await here([...args, '--json'], { cwd: path, env: { SHOP_APIKEY: 'wrong' } });
  expect(wrong.code).toBe(3);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ toFillIn: ['TILLS_PASSWORD'], tried: [{ what: 'shop', state: 'bad' }] });
  const right = await here([...args, '--force'], { cwd: path, env: { SHOP_APIKEY: virtualpos.apikey, TILLS_PASSWORD: artix.password } });
  expect(right.code, right.stdout).toBe(0);
  expect(right.stdout).toMatch(/tills: .*CARD_GROUP_MISSING/);
  const grouped = await here([...args, '--force', '--card-group', 'tills=2'], {
    cwd: path,
    env: { SHOP_APIKEY: virtualpos.apikey, TILLS_PASSWORD: artix.password },
  });
  expect(grouped.stdout).not.toMatch(/CARD_GROUP_MISSING/);
  expect((await here(['doctor'], { cwd: path })).code).toBe(0);
  // Without a schedule nothing runs by itself; what to take the sign away from is written.
  expect(readFileSync(join(path, 'sverka.yaml'), 'utf8')).toMatch(/^# jobs:\n# {3}regular: [\s\S]*\n# endpoints: /m);
  const never = await here([...args, '--force', '--schedule', '0 0 31 2 *'], { cwd: path });
  expect([never.code, never.stderr]).toEqual([2, expect.stringContaining('31 February never comes')]);
  const scheduled = await here([...args, '--force', '--no-try', '--schedule', '0 * * * *'], { cwd: path });
  expect(scheduled.stdout).toContain('By itself, from then on: sverka serve');
  const jobs = await here(['jobs', 'list', '--json'], { cwd: path, env: { SHOP_APIKEY: virtualpos.apikey, TILLS_PASSWORD: artix.password } });
  expect(jobs.stdout, jobs.stderr).toContain('regular');
  expect((await here(['init', '--help'], { cwd: path })).stdout).not.toContain('[object');
  const untried = await here([...args, '--force', '--no-try'], { cwd: path, env: { SHOP_APIKEY: 'wrong', TILLS_PASSWORD: 'wrong' } });
  expect(untried.code).toBe(0);
  const nobody = await here([...args, '--force', '--login', 'crm=x'], { cwd: path });
  expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('which no --add names')]);
  remove();
});

test.each([
  ['.env is a symlink', /\.env cannot be written: it is a symlink/, (path: string) => symlinkSync('/nowhere/secrets', join(path, '.env'))],
  ['.env is a directory', /\.env cannot be written: it is no file/, (path: string) => mkdirSync(join(path, '.env'))],
  ['the configuration is a symlink', /sverka\.yaml cannot be written: it is a symlink/, (path: string) => symlinkSync('x.yaml', join(path, 'sverka.yaml'))],
])('where %s nothing is written, not with --force either', async (_, words, put) => {
  const { path, remove } = temporary();
  onTestFinished(remove);
  put(path);
  const before = readdirSync(path, { recursive: true });
  const args = ['init', '--zone', 'Europe/Moscow', '--add', 'shop=virtualpos=http://127.0.0.1:9', '--no-try', '--force'];
  const { code, stderr } = await here(args, { cwd: path, env: { SHOP_APIKEY: 'key' } });
  expect(code).toBe(2);
  expect(stderr).toMatch(words);
  expect(readdirSync(path, { recursive: true })).toEqual(before);
});
