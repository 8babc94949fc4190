/** `sverka init`: a first configuration, from flags or from questions on a terminal. */
import { dirname, join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { ConfigError } from '../../../core/errors.ts';
import { configText, envText, type NewSystem, secretName, VENDORS, type Vendor } from '../config-text.ts';
import { withExample } from '../example.ts';
import type { Answer, Invocation, Io, Runner } from '../host.ts';
import { exists, writePrivate } from '../write-file.ts';

interface InitOptions {
  readonly zone?: string;
  readonly store?: 'sqlite' | 'mysql';
  readonly add: readonly NewSystem[];
  readonly force: boolean;
}

export function initCommand(run: Runner): Command {
  const command = new Command('init')
    .description('Write a first configuration (--config says where) and a .env for its secrets. On a terminal it asks for what the flags leave open.')
    .option('--zone <zone>', 'IANA zone of the systems, such as Europe/Moscow')
    .option('--store <kind>', 'sqlite or mysql', parseStore)
    .option('--add <name=vendor=url>', 'a system (may be given several times); vendor: virtualpos, artix, lotinfo, vodyanoy', addSystem, [])
    .option('--force', 'replace files that are there', false);
  return withExample(
    command.action(run(init)),
    'sverka init --zone Europe/Moscow --add shop=virtualpos=http://127.0.0.1:7101 --add tills=artix=http://127.0.0.1:7102 --config ./my-sverka.yaml',
  );
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

function isAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

async function init(invocation: Invocation, options: InitOptions): Promise<Answer> {
  const { io } = invocation;
  const file = resolve(invocation.options.config);
  const envFile = join(dirname(file), '.env');
  if (!options.force)
    for (const path of [file, envFile])
      if (await exists(path))
        throw new ConfigError('CONFIG_USAGE', `${path} exists`, {
          hint: 'Choose another --config, or say --force to replace it.',
        });
  const zone = await zoneOf(io, options.zone);
  const store = options.store ?? ((await io.ask('Store: sqlite (a trial) or mysql [sqlite]: ')) === 'mysql' ? 'mysql' : 'sqlite');
  const systems = options.add.length > 0 ? options.add : await askSystems(io);
  if (systems.length === 0)
    throw new ConfigError('CONFIG_USAGE', 'no system was named', {
      hint: 'Say --add name=vendor=url for each system, or run `sverka init` on a terminal.',
    });
  const secrets = await askSecrets(io, systems, store);
  await writePrivate(file, configText({ zone, store, systems }), { replace: options.force });
  await writePrivate(envFile, envText(secrets), { replace: options.force });
  const empty = Object.entries(secrets)
    .filter(([, value]) => value === '')
    .map(([name]) => name);
  const next = [
    ...(empty.length === 0 ? [] : [`Fill in ${envFile}: ${empty.join(', ')}`]),
    `Then: sverka doctor${invocation.options.config === './sverka.yaml' ? '' : ` --config ${invocation.options.config}`}`,
  ];
  return {
    code: 0,
    data: { config: file, env: envFile, systems: systems.map((system) => system.name), toFillIn: empty },
    text: [`${file} and ${envFile} are written.`, ...next].join('\n'),
  };
}

async function zoneOf(io: Io, given: string | undefined): Promise<string> {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zone = (given ?? (await io.ask(`Time zone of the systems [${own}]: `))?.trim()) || own;
  const { assertZone } = await import('../../../core/zone.ts');
  assertZone(zone);
  return zone;
}

async function askSystems(io: Io): Promise<NewSystem[]> {
  const systems: NewSystem[] = [];
  for (const [vendor, facts] of Object.entries(VENDORS)) {
    const url = (await io.ask(`Address of ${facts.title}, such as ${facts.example} (empty: none): `))?.trim() ?? '';
    if (url === '') continue;
    if (!isAddress(url)) throw new ConfigError('CONFIG_USAGE', `the address of ${facts.title} is not an http or https address`);
    systems.push({ name: facts.name, vendor: vendor as Vendor, url });
  }
  return systems;
}

/** Secrets out of the environment, else asked for without showing them, else left to be filled in. */
async function askSecrets(io: Io, systems: readonly NewSystem[], store: 'sqlite' | 'mysql'): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {};
  const ask = async (name: string, title: string): Promise<void> => {
    secrets[name] = io.env[name] ?? (await io.ask(`${title} (not shown): `, { hidden: true }))?.trim() ?? '';
  };
  if (store === 'mysql') await ask('SVERKA_MYSQL_URL', 'mysql://user:password@host:3306/database');
  for (const system of systems) await ask(secretName(system), `${VENDORS[system.vendor].secretTitle} of ${system.name}`);
  return secrets;
}
