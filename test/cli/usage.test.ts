import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import type { Io } from '../../app/cli/host.ts';
import { buildProgram } from '../../app/cli/program.ts';
import { projectRoot } from '../../app/project.ts';
import { here, sverka, temporary } from './support.ts';

// Runs dist/app/cli/main.js, which the global set-up builds.

const place = temporary();
afterAll(() => place.remove());
const run = (...args: readonly string[]) => here(args, { cwd: place.path });
const spawned = (...args: readonly string[]) => sverka(args, { cwd: place.path });

const USAGE: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['an unknown command', ['synk'], /unknown command 'synk'[\s\S]*Did you mean sync/],
  ['an unknown option', ['sync', '--ful'], /unknown option '--ful'[\s\S]*Did you mean --full/],
  ['a time that is none', ['sync', '--since', 'yesterday'], /expected a date such as/],
  ['a date that does not exist', ['sync', '--since', '2026-13-01'], /expected a date such as/],
  ['a number that is none', ['demo', '--people', 'many'], /expected a whole number/],
  ['a missing argument', ['client', 'show'], /missing required argument 'id'/],
  ['too many arguments', ['client', 'show', '1', '2'], /too many arguments/],
  ['a store that there is not', ['init', '--store', 'oracle'], /expected sqlite or mysql/],
  ['a system in a wrong form', ['init', '--add', 'shop'], /expected name=vendor=url/],
  ['a vendor that there is not', ['init', '--add', 'shop=sap=http://x'], /expected name=vendor=url/],
];

describe('wrong usage', () => {
  test.each(USAGE)('%s: exit 2 and words', async (_what, args, words) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toMatch(words);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('with --json is a document too', async () => {
    const { code, stdout } = await spawned('synk', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'CONFIG_USAGE' } });
  });

  test('no configuration: exit 2, its name and what to do', async () => {
    const { code, stderr } = await spawned('status');
    expect(code).toBe(2);
    expect(stderr).toMatch(/CONFIG_UNREADABLE: .*sverka\.yaml.*\n.*sverka init/);
    const { stdout } = await run('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'CONFIG_UNREADABLE', hint: expect.stringContaining('sverka init') },
    });
  });
});

test('--version is that of package.json', async () => {
  const { code, stdout } = await spawned('--version');
  const manifest = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string };
  expect(stdout.trim()).toBe(manifest.version);
  expect(code).toBe(0);
});

describe('help', () => {
  const io: Io = {
    out: () => undefined,
    err: () => undefined,
    outTty: false,
    errTty: false,
    inTty: false,
    ask: async () => null,
    env: {},
  };
  const commands: { path: string[]; command: Command }[] = [];
  const walk = (command: Command, path: string[]): void => {
    commands.push({ path, command });
    for (const child of command.commands) if (child.name() !== 'help') walk(child, [...path, child.name()]);
  };
  walk(
    buildProgram(() => async () => undefined, io),
    [],
  );

  test('there are all commands', () => {
    const names = commands.filter(({ path }) => path.length === 1).map(({ path }) => path[0]);
    expect(names.sort()).toEqual([
      'alerts',
      'apply',
      'bonus',
      'client',
      'completion',
      'demo',
      'doctor',
      'init',
      'jobs',
      'mapping',
      'migrate',
      'plan',
      'prune',
      'quarantine',
      'review',
      'run',
      'runs',
      'sandbox',
      'schema',
      'serve',
      'status',
      'sync',
      'system',
    ]);
  });

  test.each(commands.map(({ path }) => path.join(' ')))('of "%s" shows examples that the command line takes', async (name) => {
    let text = '';
    let ran = '';
    const program = buildProgram(
      () =>
        async (...args) => {
          const command = args.at(-1) as Command;
          ran = command.name();
        },
      { ...io, out: (piece) => (text += piece) },
    );
    await expect(program.parseAsync([...name.split(' ').filter((part) => part !== ''), '--help'], { from: 'user' })).rejects.toMatchObject({ exitCode: 0 });
    const examples = [...text.matchAll(/^ {2}\$ sverka (.+)$/gm)].map((match) => match[1] ?? '');
    expect(examples.length, text).toBeGreaterThan(0);
    for (const example of examples) {
      await program.parseAsync(example.split(' '), { from: 'user' });
      expect(example.split(' ')).toContain(ran);
    }
  });
});

describe('init', () => {
  test('writes a private configuration and what is to be filled in', async () => {
    const place = temporary();
    const args = [
      'init',
      '--zone',
      'Europe/Moscow',
      '--add',
      'shop=virtualpos=http://127.0.0.1:9',
      '--add',
      'tills=artix=http://127.0.0.1:9',
      '--add',
      'crm=lotinfo=https://api.lotinfo.ru/v1',
      '--add',
      'delivery=vodyanoy=http://127.0.0.1:9/',
    ];
    const first = await here([...args, '--json'], { cwd: place.path });
    expect(first.code, first.stderr).toBe(0);
    expect(JSON.parse(first.stdout)).toMatchObject({
      systems: ['shop', 'tills', 'crm', 'delivery'],
      toFillIn: ['SHOP_APIKEY', 'TILLS_PASSWORD', 'CRM_TOKEN', 'DELIVERY_TOKEN'],
    });
    for (const name of ['sverka.yaml', '.env']) expect(statSync(join(place.path, name)).mode & 0o777).toBe(0o600);
    const missing = await here(['doctor'], { cwd: place.path });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toMatch(/CONFIG_SECRET_MISSING[\s\S]*SHOP_APIKEY is empty/);
    const again = await here(args, { cwd: place.path });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/exists[\s\S]*--force/);
    const secrets = { SHOP_APIKEY: 'key with blanks', TILLS_PASSWORD: "it's", CRM_TOKEN: 't0ken', DELIVERY_TOKEN: 'x' };
    expect((await here([...args, '--force', '--no-try'], { cwd: place.path, env: secrets })).code).toBe(0);
    const schema = await here(['schema', 'status', '--json'], { cwd: place.path });
    expect(schema.code, schema.stderr).toBe(0);
    expect(JSON.parse(schema.stdout)).toMatchObject({ state: 'empty' });
    place.remove();
  });

  test('without a system says what is missing', async () => {
    const place = temporary();
    const { code, stderr } = await here(['init', '--zone', 'UTC'], { cwd: place.path });
    expect(code).toBe(2);
    expect(stderr).toMatch(/no system was named[\s\S]*--add/);
    const zone = await here(['init', '--zone', 'Moon/Sea', '--add', 'shop=virtualpos=http://x'], { cwd: place.path });
    expect(zone.code).toBe(2);
    expect(zone.stderr).toMatch(/no time zone "Moon\/Sea"/);
    place.remove();
  });
});

test('a broken configuration: exit 2, every fault with its line', async () => {
  const place = temporary();
  await here(['init', '--zone', 'UTC', '--add', 'shop=virtualpos=http://127.0.0.1:9'], {
    cwd: place.path,
    env: { SHOP_APIKEY: 'secret-of-the-shop' },
  });
  const { writeFileSync } = await import('node:fs');
  const file = join(place.path, 'sverka.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('zone: UTC', 'zone: UTCC').replace('push: plan', 'push: planned'));
  const { code, stderr } = await here(['sync'], { cwd: place.path });
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /sverka\.yaml:8:7: zone: expected an IANA time zone|sverka\.yaml:\d+:\d+: systems\.shop\.streams\.clients\.push: expected one of off, plan, auto/,
  );
  expect(stderr).not.toContain('secret-of-the-shop');
  place.remove();
});
