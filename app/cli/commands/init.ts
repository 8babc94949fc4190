/** `sverka init`: a first configuration, from flags or from questions on a terminal. */
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { parseCron } from '../../../core/cron.ts';
import { ConfigError } from '../../../core/errors.ts';
import { assertZone } from '../../../core/zone.ts';
import type { Check } from '../../console/check.ts';
import { withSchemaLine } from '../../schema-line.ts';
import { isAddress } from '../address.ts';
import { configText, type NewConfig, type NewSystem, secretName, VENDORS, type Vendor } from '../config-text.ts';
import { envText } from '../env-text.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Runner } from '../host.ts';
import { assertWritable, makeDirectory, writePrivate } from '../write-file.ts';

/** What is said of single systems, by their names. */
type Said = ReadonlyMap<string, Partial<Pick<NewSystem, 'login' | 'cardGroup'>>>;

interface InitOptions {
  readonly zone?: string;
  readonly store?: 'sqlite' | 'mysql';
  readonly add: readonly NewSystem[];
  readonly login?: Said;
  readonly cardGroup?: Said;
  readonly schedule?: string;
  readonly try: boolean;
  readonly force: boolean;
}

export function initCommand(run: Runner): Command {
  const command = new Command('init')
    .description(
      'Write a first configuration (--config says where), a .env for its secrets (mode 0600), and copies of the mappings of its vendors to edit (mappings/). On a terminal it asks, and tries each answer at once; with --add, or without a terminal, it takes flags, and secrets from the environment.',
    )
    .option('--zone <zone>', 'IANA zone of the systems, such as Europe/Moscow')
    .option('--store <kind>', 'sqlite or mysql', parseStore)
    .option('--add <name=vendor=url>', 'a system (may be given several times); vendor: virtualpos, artix, lotinfo, vodyanoy', addSystem, [])
    .option('--login <name=user>', 'the user of a system, where it is not admin (may be given several times)', (value: string, all?: Said) =>
      say('login', value, all),
    )
    .option('--card-group <name=id>', 'the card group of new cards in a system of Artix (may be given several times)', (value: string, all?: Said) =>
      say('cardGroup', value, all),
    )
    .option('--schedule <cron>', 'when `sverka serve` synchronises, such as "*/15 * * * *"; in the zone', parseSchedule)
    .option('--no-try', 'do not try what is given')
    .option('--force', 'replace files that are there', false);
  return withExample(
    command.action(run(init)),
    'sverka init --zone Europe/Moscow --add shop=virtualpos=http://127.0.0.1:7101 --add tills=artix=http://127.0.0.1:7102 --config ./my-sverka.yaml',
  );
}

function parseSchedule(value: string): string {
  try {
    return parseCron(value).text;
  } catch (error) {
    throw new InvalidArgumentError(error instanceof ConfigError ? error.message : 'expected a cron line');
  }
}

function parseStore(value: string): 'sqlite' | 'mysql' {
  if (value !== 'sqlite' && value !== 'mysql') throw new InvalidArgumentError('expected sqlite or mysql');
  return value;
}

function addSystem(value: string, previous: readonly NewSystem[]): readonly NewSystem[] {
  const [name = '', vendor = '', ...rest] = value.split('=');
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || !Object.hasOwn(VENDORS, vendor) || rest.length === 0)
    throw new InvalidArgumentError('expected name=vendor=url, such as shop=virtualpos=https://company.myvirtualpos.ru');
  if (previous.some((one) => one.name === name)) throw new InvalidArgumentError(`there are two systems "${name}"`);
  const url = rest.join('=');
  if (!isAddress(url)) throw new InvalidArgumentError('the url is an http or https address');
  return [...previous, { name, vendor: vendor as Vendor, url }];
}

function say(what: 'login' | 'cardGroup', value: string, before: Said = new Map()): Said {
  const [, name = '', said = ''] = /^([^=]+)=(.+)$/.exec(value) ?? [];
  if (name === '') throw new InvalidArgumentError(`expected name=${what === 'login' ? 'user, such as tills=exchange' : 'id, such as tills=2'}`);
  return new Map([...before, [name, { [what]: said }]]);
}

async function init(invocation: Invocation, options: InitOptions): Promise<Answer> {
  const file = resolve(invocation.options.config);
  const envFile = join(dirname(file), '.env');
  // Before anything is asked.
  await assertWritable([file, envFile], { replace: options.force });
  const { config, secrets, prompted } = await answers(invocation, options, dirname(file));
  if (config.systems.length === 0)
    throw new ConfigError('CONFIG_USAGE', 'no system was named', {
      hint: 'Say --add name=vendor=url for each system, or run `sverka init` on a terminal.',
    });
  const tried = prompted || !options.try ? [] : await tryAll(invocation, config, secrets);
  const env = envText(secrets);
  const mappings = await writeMappings(
    join(dirname(file), MAPPINGS),
    config.systems.map(({ vendor }) => vendor),
  );
  // The secrets first: a configuration without them would be half of one.
  await writePrivate(envFile, env, { replace: options.force });
  await writePrivate(file, withSchemaLine(configText({ ...config, mappings: `./${MAPPINGS}` }), 'config', dirname(file)), { replace: options.force });
  const toFillIn = Object.entries(secrets)
    .filter(([, value]) => value === '')
    .map(([name]) => name);
  const written = { config: file, env: envFile, systems: config.systems.map((system) => system.name), mappings, toFillIn };
  const more = invocation.options.config === './sverka.yaml' ? '' : ` --config ${invocation.options.config}`;
  const kept = mappings.kept.length === 0 ? '' : ` ${mappings.kept.length} were there and are left as they are.`;
  const head = `${file} and ${envFile} are written, and ${mappings.written.length} files of mappings in ${mappings.directory}.${kept}${toFillIn.length === 0 ? '' : `\nFill in ${envFile}: ${toFillIn.join(', ')}`}`;
  const serving = config.schedule === undefined ? [] : [`By itself, from then on: sverka serve${more}`];
  if (!prompted) {
    const bad = tried.filter(({ state }) => state === 'bad');
    const words = tried.filter(({ state }) => state !== 'good').map(({ what, detail, hint }) => `${what}: ${detail}${hint === undefined ? '' : `\n  ${hint}`}`);
    return { code: bad.length > 0 ? 3 : 0, data: { ...written, tried }, text: [head, ...words, `Then: sverka doctor${more}`, ...serving].join('\n') };
  }
  if (toFillIn.length > 0) return { code: 0, data: written, text: [head, `Then: sverka doctor${more}`, ...serving].join('\n') };
  const { doctor } = await import('./doctor.ts');
  const found = await doctor({ ...invocation, options: { ...invocation.options, config: file } }, {});
  return {
    code: found.code === 0 ? 0 : 3,
    data: { ...written, doctor: found.data },
    text: [`${head}\n\n${found.text}`, ...(found.code === 0 ? serving : [])].join('\n'),
  };
}

/** Beside the configuration. */
const MAPPINGS = 'mappings';

interface WrittenMappings {
  readonly directory: string;
  readonly written: readonly string[];
  /** Were there: an edit is never replaced, not with --force either. */
  readonly kept: readonly string[];
}

/** Writes the mappings of the vendors and their cases. Throws `ConfigError` where that cannot be done. */
async function writeMappings(directory: string, vendors: readonly string[]): Promise<WrittenMappings> {
  const { copiesFor } = await import('../../mapping-copy.ts');
  const { sverkaVersion } = await import('../../project.ts');
  const [written, kept]: [string[], string[]] = [[], []];
  for (const vendor of new Set(vendors)) {
    const copies = await copiesFor(vendor, sverkaVersion());
    await makeDirectory(join(directory, vendor));
    const before = new Set(await readdir(join(directory, vendor)));
    for (const { name, text } of copies) {
      // Cases are those of their mapping: beside an edited one the shipped cases would only fail.
      const isThere = before.has(name) || before.has(name.replace('.cases.yaml', '.yaml'));
      if (!isThere)
        await writePrivate(join(directory, vendor, name), withSchemaLine(text, name.endsWith('.cases.yaml') ? 'cases' : 'mapping', join(directory, vendor)), {
          replace: false,
        });
      (isThere ? kept : written).push(`${vendor}/${name}`);
    }
  }
  return { directory, written, kept };
}

const NOTHING_SAID: Said = new Map();

/** Out of the flags where they name systems or there is no terminal; else asked for. */
async function answers(
  invocation: Invocation,
  options: InitOptions,
  directory: string,
): Promise<{ readonly config: NewConfig; readonly secrets: Readonly<Record<string, string>>; readonly prompted: boolean }> {
  const { io, signal } = invocation;
  const { zone, store, schedule, login = NOTHING_SAID, cardGroup = NOTHING_SAID } = options;
  if (zone !== undefined) assertZone(zone);
  if (options.add.length === 0 && io.prompts !== undefined) {
    const { interview } = await import('../init/interview.ts');
    const given = { ...(zone === undefined ? {} : { zone }), ...(store === undefined ? {} : { store }), ...(schedule === undefined ? {} : { schedule }) };
    return { ...(await interview(invocation, await io.prompts(signal), directory, given)), prompted: true };
  }
  const systems = options.add.map((system) => ({ ...system, ...login.get(system.name), ...cardGroup.get(system.name) }));
  for (const name of [...login.keys(), ...cardGroup.keys()])
    if (!systems.some((system) => system.name === name)) throw new ConfigError('CONFIG_USAGE', `there is something said of "${name}", which no --add names`);
  const config: NewConfig = {
    zone: zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    store: store ?? 'sqlite',
    systems,
    ...(schedule === undefined ? {} : { schedule }),
  };
  const names = [...(config.store === 'mysql' ? ['SVERKA_MYSQL_URL'] : []), ...systems.map(secretName)];
  return { config, secrets: Object.fromEntries(names.map((name) => [name, io.env[name] ?? ''])), prompted: false };
}

/** What can be tried: what has its secret. */
async function tryAll(invocation: Invocation, { zone, store, systems }: NewConfig, secrets: Readonly<Record<string, string>>): Promise<Check[]> {
  const { tryMysql, trySystem } = await import('../init/try.ts');
  const checks: Check[] = [];
  if (store === 'mysql' && secrets['SVERKA_MYSQL_URL'] !== '') checks.push(...(await tryMysql(invocation, secrets)));
  for (const system of systems) if (secrets[secretName(system)] !== '') checks.push(...(await trySystem(invocation, zone, system, secrets)));
  return checks;
}
