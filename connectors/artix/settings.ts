/** The settings of an Artix system. What the vendor's documents leave open is a setting here, with the likeliest default. */
import { z } from 'zod';

const path = (fallback: string) => z.string().min(1).default(fallback);

const baseUrl = z.url({ protocol: /^https?$/ });

const login = {
  /** Some cash servers answer without a login. */
  auth: z.boolean().default(true),
  login: z.string().optional(),
  password: z.string().meta({ secret: true }).optional(),
};

const withLogin = (value: { auth: boolean; login?: string | undefined; password?: string | undefined }): boolean =>
  !value.auth || (value.login !== undefined && value.password !== undefined);
const LOGIN_RULE = 'needs `login` and `password`, or `auth: false`';

const paging = z
  .strictObject({
    /** The name of the parameter that counts pages, and of the one that says how many rows a page has. */
    pageParameter: path('pageNumber'),
    sizeParameter: path('pageSize'),
    firstPage: z.number().int().min(0).default(0),
    pageSize: z.number().int().min(1).max(100_000).default(500),
    /** The key of the rows in a page's answer. */
    contentKey: path('content'),
    /** The key of the number of rows in all, if the answer has one. */
    totalKey: path('totalElements'),
  })
  .prefault({});

const restSettings = z
  .strictObject({
    /** Base address of the cash server's REST, such as `http://10.0.0.5:8080/CSrest/rest/`. */
    url: baseUrl,
    ...login,
    /** `all`: the client dictionary as one array. `bypage`: page by page. */
    paging: z.enum(['all', 'bypage']).default('all'),
    pages: paging,
    /** What a card-group list that the server does not know (404) means: broken, or none. */
    missingCardGroups: z.enum(['fail', 'empty']).default('fail'),
    paths: z
      .strictObject({
        info: path('system/info'),
        clients: path('dictionaries/clients'),
        clientById: path('dictionaries/clients/id/{id}'),
        clientsByPage: path('dictionaries/clients/bypage'),
        cards: path('dictionaries/cards'),
        cardById: path('dictionaries/cards/id/{id}'),
        cardGroups: path('dictionaries/cardGroups'),
      })
      .prefault({}),
  })
  .refine(withLogin, LOGIN_RULE);

const accountsSettings = z
  .strictObject({
    /** Base address of the bonus server's REST, such as `http://10.0.0.5:8080/ACC/rest/v1/`. */
    url: baseUrl,
    /** A user's login, or a cash desk's where the bonus server knows only desks. */
    ...login,
    /** `cards`: one call for each card of the cash server. `accounts`: the list of accounts with their cards. */
    source: z.enum(['cards', 'accounts']).default('cards'),
    pages: paging,
    /** Values of an asset that the documents do not explain; sent with every accrual and write-off. */
    acceptId: z.string().default('0'),
    acceptWeight: z.number().int().optional(),
    additionalInfo: z.string().optional(),
    /** Days an accrual made by us may be spent; without it no end is sent. */
    validDays: z.number().int().min(1).optional(),
    paths: z
      .strictObject({
        accounts: path('accounts'),
        accountsByPage: path('accounts/bypage'),
        cards: path('cards'),
        cardByNumber: path('cards/{number}'),
        /** Taken by POST for a booking and by GET for the journal. */
        assets: path('assets'),
      })
      .prefault({}),
  })
  .refine(withLogin, LOGIN_RULE);

/** How commands are written, whatever carries them. */
const commandForm = {
  /** The loader's format version: below 2 it drops `null`, so an emptied field is sent as `""`. */
  version: z.enum(['1', '2']).default('1'),
  /** How the loader spells the phone: the document's examples, or its tables. */
  phoneKey: z.enum(['phonenumber', 'phonenumbr']).default('phonenumber'),
  /** How `options` and `communications` are written. */
  bitMasks: z.enum(['object', 'integer']).default('object'),
  /** Commands in one load. One malformed command rejects its whole load. */
  batch: z.number().int().min(1).max(100_000).default(500),
  /** A new card is tied to a bonus account of its own number (`addChangeCardAccount`). */
  openAccounts: z.boolean().default(true),
};

const fileSettings = z.strictObject({
  /** The exchange directory, which must exist; with several shops a list of theirs, and everything goes to each. */
  directory: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Base name: `{stamp}` is yyyyMMddHHmmss in UTC, `{ms}` milliseconds, `{count}` three digits. */
  pattern: z
    .string()
    .regex(/^(?!\.)[\w.-]*\{stamp\}(\{ms\})?(\{count\})?[\w.-]*$/, 'a file name with {stamp}, then {ms} and {count} if wanted')
    .default('pos{stamp}{ms}{count}'),
  dataExtension: z.string().regex(/^\w+$/).default('aif'),
  flagExtension: z.string().regex(/^\w+$/).default('flz'),
  /** How long the loader may take before the fate of a file counts as unknown. */
  timeoutSeconds: z.number().int().min(1).default(180),
  /** `### data begin ###` and `### data end ###` around the commands. */
  markers: z.boolean().default(false),
  ...commandForm,
});

const shopCode = z.string().regex(/^[\w-]{1,40}$/, 'letters, digits, _ and -');

const hostAndPort = z
  .string()
  .regex(/^([\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}$/, 'host:port')
  .refine((value) => {
    const port = Number(value.slice(value.lastIndexOf(':') + 1));
    return port >= 1 && port <= 65_535;
  }, 'a port from 1 to 65535');

const httpSettings = z
  .strictObject({
    /** Base address of the exchange service, such as `http://10.0.0.5:28080/aifexchange/`. */
    url: baseUrl,
    /** The last part of the address: `loaddicts`, in some installations `loaddict`. */
    path: path('loaddicts'),
    ...login,
    /** Codes of the shops (`shopcode`). With several, everything goes to each. */
    shops: z.array(shopCode).min(1),
    /** How long a load may take before its fate counts as unknown. */
    timeoutSeconds: z.number().int().min(1).default(600),
    /** Listens for what the server calls back about each load; without it, `rest` is read to learn what arrived. */
    statuses: z
      .strictObject({
        /** Where to listen, host and port. Any other host than loopback can be called by strangers, and needs `from`. */
        listen: hostAndPort.default('127.0.0.1:15080'),
        /** Our address as the server sees it; `listen` when silent. */
        address: hostAndPort.optional(),
        /** IP addresses that may call; everybody else is refused. Silent only where loopback is listened on: then any process of this machine. */
        from: z
          .array(z.union([z.ipv4(), z.ipv6()]))
          .min(1)
          .optional(),
        /** Whose word is the last one: the converter's, or that of a cash desk that has loaded it. */
        doneBy: z.enum(['backOfficeState', 'cashLoad']).default('backOfficeState'),
        /** How long a run waits for the last word on one load before it goes on without. */
        waitSeconds: z.number().int().min(0).max(600).default(30),
      })
      .refine(({ listen, from }) => from !== undefined || isLoopback(listen), {
        path: ['from'],
        error:
          'needed where `listen` is not loopback: callers show no login, so name the addresses of the exchange server and, with `doneBy: cashLoad`, of the cash desks',
      })
      .optional(),
    ...commandForm,
  })
  .refine(withLogin, LOGIN_RULE);

const isLoopback = (address: string): boolean => /^(127\.\d+\.\d+\.\d+|localhost|\[::1\]):\d+$/.test(address);

/** Command files that somebody else writes, or that the loader keeps: read back as a source, never written or removed. */
const sourceSettings = z.strictObject({
  /** A directory of command files, or a list of one for each shop. Where Sverka writes too, this is where the loader keeps what it took. */
  directory: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
  /** Names of data files begin so. */
  prefix: z
    .string()
    .regex(/^[\w-]*$/)
    .default('pos'),
  dataExtension: z.string().regex(/^\w+$/).default('aif'),
  flagExtension: z.string().regex(/^\w+$/).default('flz'),
  /** `needed`: a file counts once its flag lies beside it, as in an exchange directory. `none`: as in a backup, where flags are gone. */
  flags: z.enum(['needed', 'none']).default('needed'),
  /** A file that changed less than so long ago may still be written, and is waited for: without flags any, with flags one that changed after its flag. */
  quietSeconds: z.number().int().min(0).default(60),
  /** The format version of the loader they are meant for: below 2 keys are read whatever their case, and `null` and `[]` say nothing. */
  version: z.enum(['1', '2']).default('1'),
  /** The files reach back to the first: what none of them adds is not there, even without a `clear…` command. */
  wholeHistory: z.boolean().default(false),
  /** A larger file is refused. */
  maxFileMb: z.number().int().min(1).max(500).default(200),
});

/** The service `artixcs-online-card`: cards with their clients by card number or phone. */
const onlineCardSettings = z
  .strictObject({
    /** Base address, such as `http://10.0.0.5:8096/`. */
    url: baseUrl,
    ...login,
    /** How it may keep a Russian number, tried one after the other: no document says. */
    phoneForms: z
      .array(z.enum(['7', '8', '+7']))
      .min(1)
      .default(['8', '7']),
    paths: z
      .strictObject({
        cardByNumber: path('v1/cards/number/{number}'),
        cardsByPhone: path('v1/cards/list/by/phonenumber/{phone}'),
      })
      .prefault({}),
  })
  .refine(withLogin, LOGIN_RULE);

export const artixSettings = z
  .strictObject({
    /** How changes of the dictionaries are sent. Balances always go to `accounts`. */
    route: z.enum(['rest', 'file', 'http']).default('rest'),
    rest: restSettings.optional(),
    accounts: accountsSettings.optional(),
    file: fileSettings.optional(),
    http: httpSettings.optional(),
    source: sourceSettings.optional(),
    onlineCard: onlineCardSettings.optional(),
    /** The group of a new card that names none. */
    defaultCardGroup: z.string().min(1).optional(),
    /** The status of the bonus account of a new card. */
    accountStatus: z.enum(['EARN_ONLY', 'EARN_PAY', 'PAY_ONLY', 'NO_OPERATION']).default('EARN_PAY'),
    /** The id of a new card: its number, as is the custom, or our own reference. A new client's id is always our reference. */
    idFrom: z.enum(['card', 'reference']).default('card'),
  })
  .refine((value) => value.route !== 'rest' || value.rest !== undefined, {
    path: ['rest'],
    error: 'needed by `route: rest`',
  })
  .refine((value) => value.route !== 'file' || value.file !== undefined, {
    path: ['file'],
    error: 'needed by `route: file`',
  })
  .refine((value) => value.route !== 'http' || value.http !== undefined, {
    path: ['http'],
    error: 'needed by `route: http`',
  })
  .refine(({ route, http, rest }) => route !== 'http' || http?.statuses !== undefined || rest !== undefined, {
    path: ['http', 'statuses'],
    error: 'without `statuses` and without `rest` nobody would learn what became of a load',
  })
  .refine((value) => value.source === undefined || value.rest === undefined, {
    path: ['source'],
    error: 'the cash server is read by `rest` already; command files are a source only without it',
  });

export type ArtixSettings = z.output<typeof artixSettings>;
export type RestSettings = z.output<typeof restSettings>;
export type AccountsSettings = z.output<typeof accountsSettings>;
export type FileSettings = z.output<typeof fileSettings>;
export type HttpSettings = z.output<typeof httpSettings>;
export type StatusSettings = NonNullable<HttpSettings['statuses']>;
export type SourceSettings = z.output<typeof sourceSettings>;
export type OnlineCardSettings = z.output<typeof onlineCardSettings>;
/** How one route writes its commands. */
export type CommandForm = Pick<FileSettings, keyof typeof commandForm>;
export type PageSettings = z.output<typeof paging>;
