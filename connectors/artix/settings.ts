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

const fileSettings = z.strictObject({
  /** The exchange directory; it must exist. */
  directory: z.string().min(1),
  /** Base name: `{stamp}` is yyyyMMddHHmmss in UTC, `{ms}` milliseconds, `{count}` three digits. */
  pattern: z
    .string()
    .regex(/^(?!\.)[\w.-]*\{stamp\}(\{ms\})?(\{count\})?[\w.-]*$/, 'a file name with {stamp}, then {ms} and {count} if wanted')
    .default('pos{stamp}{ms}{count}'),
  dataExtension: z.string().regex(/^\w+$/).default('aif'),
  flagExtension: z.string().regex(/^\w+$/).default('flz'),
  /** How long the loader may take before the fate of a file counts as unknown. */
  timeoutSeconds: z.number().int().min(1).default(180),
  /** The loader's format version: below 2 it drops `null`, so an emptied field is sent as `""`. */
  version: z.enum(['1', '2']).default('1'),
  /** `### data begin ###` and `### data end ###` around the commands. */
  markers: z.boolean().default(false),
  /** How the loader spells the phone: the document's examples, or its tables. */
  phoneKey: z.enum(['phonenumber', 'phonenumbr']).default('phonenumber'),
  /** How `options` and `communications` are written. */
  bitMasks: z.enum(['object', 'integer']).default('object'),
  /** Commands in one file. One malformed command rejects its whole file. */
  batch: z.number().int().min(1).max(100_000).default(500),
  /** A new card is tied to a bonus account of its own number (`addChangeCardAccount`). */
  openAccounts: z.boolean().default(true),
});

export const artixSettings = z
  .strictObject({
    /** How changes of the dictionaries are sent. Balances always go to `accounts`. */
    route: z.enum(['rest', 'file']).default('rest'),
    rest: restSettings.optional(),
    accounts: accountsSettings.optional(),
    file: fileSettings.optional(),
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
  });

export type ArtixSettings = z.output<typeof artixSettings>;
export type RestSettings = z.output<typeof restSettings>;
export type AccountsSettings = z.output<typeof accountsSettings>;
export type FileSettings = z.output<typeof fileSettings>;
export type PageSettings = z.output<typeof paging>;
