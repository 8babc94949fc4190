/** The settings of a Lotinfo system. What the vendor's pages leave open is a setting here, with the likeliest default. */
import * as z from 'zod';

/** A base address; a missing slash at its end is added, so that paths append. */
const baseUrl = z.url({ protocol: /^https?$/ }).transform((url) => (url.endsWith('/') ? url : `${url}/`));

export const lotinfoSettings = z.strictObject({
  /** Base address of the API. */
  url: baseUrl.default('https://api.lotinfo.ru/v1/'),
  token: z.string().min(1).meta({ secret: true }),
  /** Name of the query parameter that carries the token: the pages' tables write `token`, their examples `TOKEN`. */
  tokenParameter: z.enum(['token', 'TOKEN']).default('token'),
  /**
   * The SMS code that reading the client base needs. It is short-lived, so it is handed over at the start of a run; without one
   * the person at the terminal is asked, and without a person the system is write-only.
   */
  code: z
    .string()
    .regex(/^\d{0,15}$/, 'digits')
    .meta({ secret: true })
    .optional(),
  /** Where the SMS with the code is asked for; shown in hints. */
  smsUrl: z.url().default('https://crm.lotinfo.ru/webMasters?getClientsBase.sendSMS'),
  /** The user (agent) to whom new clients belong, where the operation names none. */
  userId: z.number().int().positive().optional(),
  /** `limit` of a reading. Pages overlap by one row, so there are at least two. */
  pageSize: z.number().int().min(2).max(100_000).default(3000),
  /** Adds comments to clients who are there; nothing else of them can be changed. */
  comments: z.boolean().default(true),
  /** What a new client has unless the operation says otherwise, such as `userCategory: [10]` or `clientc: 3`. */
  clientDefaults: z.record(z.string(), z.json()).default({}),
  /**
   * Ids of regions and cities by name, where names are not found as we spell them: a city is then sent by its id, to which the vendor finds
   * the region.
   */
  regions: z.record(z.string(), z.int().positive()).default({}),
  cities: z.record(z.string(), z.int().positive()).default({}),
  /** Most clients in one insert. */
  batchSize: z.number().int().min(1).max(1000).default(100),
  /** How long a batch that is not full waits for its next client. */
  gatherMs: z.number().int().min(0).max(10_000).default(20),
  /** 1: the vendor writes non-ASCII characters of its answer as `\uXXXX`. */
  encoding: z.union([z.literal(0), z.literal(1)]).default(0),
  /** Leaves media out of readings. */
  noMedia: z.boolean().default(true),
  /** Spelling of the filter by state: the vendor's table and its example differ. */
  stateFilter: z.enum(['delclient', 'delClient']).default('delclient'),
  /** State to ask for in ordinary readings (1 actual, 2 archive, 4 in advertising); `any`: the vendor's own choice. */
  state: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal('any')]).default(1),
  /** Readings also ask for archived clients, which count as deleted: they are nobody's clients any more, and are not made anew. */
  readArchived: z.boolean().default(true),
  /** Readings also ask for deleted clients. */
  readDeleted: z.boolean().default(true),
  /** Fields to ask for; without it all. */
  projection: z.array(z.string().min(1)).min(1).optional(),
  /** Fields that readings of this installation show when filled, though the vendor's page on reading does not list them. */
  readsBack: z.array(z.enum(['passport', 'orders'])).default([]),
  /** How far a reading of changes reaches back before its checkpoint. */
  overlapSeconds: z.number().int().min(0).max(86_400).default(60),
  /** Whether our reference may be written to `apiIdExchange`. */
  useReference: z.boolean().default(true),
  /** What the refusal of a batch says of its other rows: that nothing was stored, or nothing certain. */
  refusedBatch: z.enum(['nothing-stored', 'unknown']).default('nothing-stored'),
});

export type LotinfoSettings = z.infer<typeof lotinfoSettings>;
