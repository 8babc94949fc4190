/** Texts of new configurations: what `init` writes, and the demo's with its addresses and keys put in. */

export interface NewSystem {
  readonly name: string;
  readonly vendor: Vendor;
  /** For Artix: of the cash server, without `/CSrest/rest/`. */
  readonly url: string;
  /** User, where the vendor knows one; `admin` when silent. */
  readonly login?: string;
  /** Artix: address of the bonus server without `/ACC/rest/v1/`; null: there is none; the same host when silent. */
  readonly bonusUrl?: string | null;
  /** Artix: id of the card group of new cards. */
  readonly cardGroup?: string;
  /** Plain http to a public address is wanted. */
  readonly insecure?: boolean;
}

export interface NewConfig {
  readonly zone: string;
  readonly store: 'sqlite' | 'mysql';
  /** File of an SQLite store; `./sverka.db` when silent. */
  readonly file?: string;
  readonly systems: readonly NewSystem[];
  /** Directory of the mappings, relative to the configuration; the shipped ones alone when silent. */
  readonly mappings?: string;
  /** Cron line by which `sverka serve` synchronises; the jobs stand there as a comment when silent. */
  readonly schedule?: string;
}

export type Vendor = 'virtualpos' | 'artix' | 'lotinfo' | 'vodyanoy';

/** What is asked for each vendor, and what to answer. */
interface VendorFacts {
  readonly title: string;
  readonly about: string;
  /** Where its key comes from. */
  readonly key: string;
  readonly example: string;
  /** The address that all installations share. */
  readonly preset?: string;
  /** The user that is there from the start, where the vendor knows users. */
  readonly login?: string;
  readonly secret: string;
  readonly secretTitle: string;
  /** Name proposed for the first system. */
  readonly name: string;
}

export const VENDORS: Readonly<Record<Vendor, VendorFacts>> = {
  virtualpos: {
    title: 'VirtualPOS',
    about: 'customers, cards and points of a cloud till',
    key: "the API key of your company, from the vendor's support or the settings of your account.",
    example: 'https://company.myvirtualpos.ru',
    secret: 'APIKEY',
    secretTitle: 'API key',
    name: 'shop',
  },
  artix: {
    title: 'Artix',
    about: 'clients, cards, card types and points of tills and their servers',
    key: 'the user and password of the cash server; the bonus server takes the same.',
    example: 'http://10.0.0.5:8080',
    login: 'admin',
    secret: 'PASSWORD',
    secretTitle: 'Password',
    name: 'tills',
  },
  lotinfo: {
    title: 'Lotinfo',
    about: 'clients of a real-estate CRM',
    key: 'the token of your agency. Reading its clients also needs the code of an SMS, later.',
    example: 'https://api.lotinfo.ru/v1/',
    preset: 'https://api.lotinfo.ru/v1/',
    secret: 'TOKEN',
    secretTitle: 'Token',
    name: 'crm',
  },
  vodyanoy: {
    title: 'Vodyanoy',
    about: 'clients of a water delivery',
    key: 'the field "пароль" of the integration, in the program’s dictionary of integrations.',
    example: 'http://10.0.0.7:10400',
    secret: 'TOKEN',
    secretTitle: 'Token',
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
      ? `  sqlite: ${yamlText(config.file ?? './sverka.db')}              # for a trial; mysql for good: docs/configuration.md\n`
      : '  mysql:\n    url: { env: SVERKA_MYSQL_URL }   # mysql://user:password@host:3306/sverka\n';
  return `# Sverka: what it connects and who gets what. Every key is explained in docs/configuration.md; unknown keys are errors.
# Secrets stand in the file .env beside this one. After a change: sverka doctor

store:
${store}
# IANA zone of the systems' times without a zone.
zone: ${config.zone}
${config.mappings === undefined ? '' : `\n# What is what in each system: <vendor>/<stream>.yaml; what is not there is taken from the shipped ones. docs/mappings.md\nmappings: ${yamlText(config.mappings)}\n`}
systems:
${config.systems.map(systemText).join('\n')}
policies:
  authority: [ ${config.systems.map((system) => system.name).join(', ')} ]   # most trusted first, where systems differ
  rule: latest                       # the later edit counts; between first-seen values the most trusted system
  openingBalances: review            # bonus balances never reconciled before: a person says which counts

${serviceText(config)}`;
}

/** What `sverka serve` needs, and whoever watches over it. */
function serviceText({ schedule, zone }: NewConfig): string {
  const jobs = `jobs:
  regular: { schedule: ${yamlText(schedule ?? '*/15 * * * *')}, zone: ${zone}, catchUp: skip }
  nightly: { full: true, schedule: "30 2 * * *", zone: ${zone} }   # whole snapshots: notices what was deleted
`;
  return `# What \`sverka serve\` does by itself, and when: docs/service.md
${schedule === undefined ? jobs.replaceAll(/^/gm, '# ').replace(/# $/, '') : jobs}
# To switch on what follows: take the "# " away, put what is named { env: … } into .env, then sverka doctor and sverka alerts test
# endpoints: { host: 127.0.0.1, port: 9464 }   # /healthz, /readyz and /metrics of \`sverka serve\`
# alerts:                                      # trouble that people are told of, on either way or both: docs/operations.md
#   webhook: { url: { env: ALERT_URL } }       # https://…, gets a POST with JSON
#   email: { smtp: { env: ALERT_SMTP }, from: sverka@example.ru, to: [ you@example.ru ] }   # ALERT_SMTP=smtps://user:password@host:465
#   failedRuns: true                           # runs and jobs that failed
#   waitingHours: 48                           # what has waited longer for a person or for a vendor
#   silentPeriods: 3                           # a system without success for so many periods of its jobs
`;
}

function systemText(system: NewSystem): string {
  const streams = STREAMS[system.vendor];
  return `  ${system.name}:
    vendor: ${system.vendor}
    settings:
${SETTINGS[system.vendor](system)}
${system.insecure === true ? '    insecure: true                   # plain http to a public address: whoever listens on the way reads the key\n' : ''}    # rate: 10                       # most calls a second, where the vendor or the machine is weak
${MORE[system.vendor]}    streams:
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

/** Further keys of a vendor's systems, with what they are for. */
const MORE: Readonly<Record<Vendor, string>> = {
  virtualpos: `    lookups:
      programmes: { "1": main }      # its bonus programme 1 is the programme "main" of all systems (Artix Bonus is always "main")
`,
  artix: '',
  lotinfo: '',
  vodyanoy: '',
};

const withoutSlash = (url: string): string => url.replace(/\/+$/, '');
/** The host of an Artix server, whichever of its services the address names. */
const artixHost = (url: string): string => withoutSlash(url).replace(/\/(CSrest\/rest|ACC\/rest\/v1|CSrest|ACC)$/, '');
/** A text as YAML, quoted where it would mean something else. */
const yamlText = (text: string): string => (/^[\w./][\w./:@-]*$/.test(text) ? text : JSON.stringify(text));

const SETTINGS: Readonly<Record<Vendor, (system: NewSystem) => string>> = {
  virtualpos: (system) => `      url: ${yamlText(withoutSlash(system.url))}\n      apikey: { env: ${secretName(system)} }`,
  artix: (system) =>
    [
      ...artixService(system, 'rest', `${artixHost(system.url)}/CSrest/rest/`),
      ...(system.bonusUrl === null ? [] : artixService(system, 'accounts', `${artixHost(system.bonusUrl ?? system.url)}/ACC/rest/v1/`)),
      `      ${system.cardGroup === undefined ? '# ' : ''}defaultCardGroup: ${JSON.stringify(system.cardGroup ?? '2')}        # group of a new card that names none`,
      '      # route: file                  # send clients and cards by files instead: docs/vendors/artix.md',
      '      # file: { directory: /mnt/artix/exchange }   # the directory that the loader looks into, for route: file',
    ].join('\n'),
  lotinfo: (system) =>
    `      url: ${yamlText(`${withoutSlash(system.url)}/`)}\n      token: { env: ${secretName(system)} }\n      # Reading needs the code of an SMS: asked for on a terminal, or sverka sync --code 123456.`,
  vodyanoy: (system) =>
    `      url: ${yamlText(withoutSlash(system.url))}\n      token: { env: ${secretName(system)} }\n      # update: patch                # only where your version of the program takes changes of clients`,
};

function artixService(system: NewSystem, key: string, url: string): string[] {
  return [
    `      ${key}:`,
    `        url: ${yamlText(url)}`,
    `        login: ${yamlText(system.login ?? 'admin')}`,
    `        password: { env: ${secretName(system)} }`,
  ];
}
