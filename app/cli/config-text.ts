/** Texts of new configurations: what `init` writes, and the demo's with its addresses and keys put in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningSandbox } from '../../sandbox/index.ts';
import { projectRoot } from '../project.ts';

export interface NewSystem {
  readonly name: string;
  readonly vendor: Vendor;
  readonly url: string;
}

export interface NewConfig {
  readonly zone: string;
  readonly store: 'sqlite' | 'mysql';
  readonly systems: readonly NewSystem[];
}

export type Vendor = 'virtualpos' | 'artix' | 'lotinfo' | 'vodyanoy';

/** What is asked for each vendor: its address, with an example, and its secret. */
export const VENDORS: Readonly<
  Record<
    Vendor,
    {
      readonly title: string;
      readonly example: string;
      readonly secret: string;
      readonly secretTitle: string;
      readonly name: string;
    }
  >
> = {
  virtualpos: {
    title: 'VirtualPOS',
    example: 'https://company.myvirtualpos.ru',
    secret: 'APIKEY',
    secretTitle: 'API key',
    name: 'shop',
  },
  artix: {
    title: 'Artix',
    example: 'http://10.0.0.5:8080',
    secret: 'PASSWORD',
    secretTitle: 'password of the user admin',
    name: 'tills',
  },
  lotinfo: {
    title: 'Lotinfo',
    example: 'https://api.lotinfo.ru/v1/',
    secret: 'TOKEN',
    secretTitle: 'token',
    name: 'crm',
  },
  vodyanoy: {
    title: 'Vodyanoy',
    example: 'http://10.0.0.7:10400',
    secret: 'TOKEN',
    secretTitle: 'token',
    name: 'delivery',
  },
};

/** Name of the environment variable that holds a system's secret. */
export function secretName(system: Pick<NewSystem, 'name' | 'vendor'>): string {
  return `${system.name.toUpperCase().replaceAll('-', '_')}_${VENDORS[system.vendor].secret}`;
}

export function configText(config: NewConfig): string {
  const store =
    config.store === 'sqlite'
      ? '  sqlite: ./sverka.db              # for a trial; mysql for good: docs/configuration.md\n'
      : '  mysql:\n    url: { env: SVERKA_MYSQL_URL }   # mysql://user:password@host:3306/sverka\n';
  return `# Sverka: what it connects and who gets what. Every key is explained in docs/configuration.md; unknown keys are errors.
# Secrets stand in the file .env beside this one. After a change: sverka doctor

store:
${store}
# IANA zone of the systems' times without a zone.
zone: ${config.zone}

systems:
${config.systems.map(systemText).join('\n')}
policies:
  authority: [ ${config.systems.map((system) => system.name).join(', ')} ]   # most trusted first, where systems differ
  rule: latest                       # the later edit counts; between first-seen values the most trusted system
  openingBalances: review            # bonus balances never reconciled before: a person says which counts
`;
}

function systemText(system: NewSystem): string {
  const streams = STREAMS[system.vendor];
  return `  ${system.name}:
    vendor: ${system.vendor}
    settings:
${SETTINGS[system.vendor](system)}
    streams:
      # push: off | plan (changes wait for \`sverka apply\`) | auto; create: none | all | { where: [ { field: phone, empty: false } ] }
${streams.map((stream) => `      ${stream}: { pull: on, push: plan, create: none, update: all, delete: ignore }`).join('\n')}
`;
}

const STREAMS: Readonly<Record<Vendor, readonly string[]>> = {
  virtualpos: ['clients', 'cards', 'bonuses'],
  artix: ['clients', 'cards', 'card-types', 'bonuses'],
  lotinfo: ['clients'],
  vodyanoy: ['clients'],
};

const base = (url: string): string => url.replace(/\/+$/, '');

const SETTINGS: Readonly<Record<Vendor, (system: NewSystem) => string>> = {
  virtualpos: (system) => `      url: ${base(system.url)}\n      apikey: { env: ${secretName(system)} }`,
  artix: (system) =>
    ['rest', 'accounts']
      .map(
        (part) =>
          `      ${part}:\n        url: ${base(system.url)}/${part === 'rest' ? 'CSrest/rest/' : 'ACC/rest/v1/'}\n        login: admin\n        password: { env: ${secretName(system)} }`,
      )
      .join('\n'),
  lotinfo: (system) =>
    `      url: ${base(system.url)}/\n      token: { env: ${secretName(system)} }\n      # Reading needs the code of an SMS: asked for on a terminal, or sverka sync --code 123456.`,
  vodyanoy: (system) => `      url: ${base(system.url)}\n      token: { env: ${secretName(system)} }`,
};

/** Lines of a `.env` file. */
export function envText(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${/^[\w.:/@+-]*$/.test(value) ? value : `'${value}'`}\n`)
    .join('');
}

/** The demo's configuration and secrets for a sandbox under way. */
export function sandboxConfig(sandbox: Pick<RunningSandbox, Vendor>): {
  readonly yaml: string;
  readonly env: Readonly<Record<string, string>>;
} {
  const example = readFileSync(join(projectRoot(), 'config', 'examples', 'demo.yaml'), 'utf8');
  const addresses = {
    7101: sandbox.virtualpos.url,
    7102: sandbox.artix.url,
    7103: sandbox.lotinfo.url,
    7104: sandbox.vodyanoy.url,
  };
  const yaml = example.replace(/http:\/\/127\.0\.0\.1:(\d{4})/g, (address, port: string) => addresses[Number(port) as keyof typeof addresses] ?? address);
  return {
    yaml,
    env: {
      SHOP_APIKEY: sandbox.virtualpos.apikey,
      TILLS_PASSWORD: sandbox.artix.password,
      CRM_TOKEN: sandbox.lotinfo.token,
      CRM_SMS_CODE: String(sandbox.lotinfo.code),
      DELIVERY_TOKEN: sandbox.vodyanoy.token,
    },
  };
}
