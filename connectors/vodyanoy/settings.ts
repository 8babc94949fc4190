/** The settings of a Vodyanoy system. What the vendor's pages leave open is a setting here, with the likeliest default. */
import * as z from 'zod';

export const vodyanoySettings = z.strictObject({
  /** Address of the program's own server, such as `http://10.0.0.7:10400`. */
  url: z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, '')),
  /** Path before `/clients`. */
  prefix: z
    .string()
    .regex(/^(?:\/[^/?#\s]+)*$/, 'a path such as /api')
    .default('/api'),
  /** The field "пароль" of the program's dictionary of integrations. */
  token: z.string().min(1).meta({ secret: true }),
  /** Where the token goes: `Authorization: Bearer`, or `token` in the query. */
  auth: z.enum(['header', 'query']).default('header'),
  /** `limit` of a list. Pages overlap by one row, so there are at least two. */
  pageSize: z.number().int().min(2).max(10_000).default(200),
  /** Which rows a list has: 0 records without groups, 1 groups too, 2 groups only; without it the vendor's default (0). */
  groups: z.union([z.literal(0), z.literal(1), z.literal(2)]).optional(),
  /** Dates of filters are in double quotes in all samples. */
  quoteDates: z.boolean().default(true),
  /** How far a reading of changes reaches back before its checkpoint. */
  overlapSeconds: z.number().int().min(0).max(86_400).default(60),
  /** Reads the dictionary of employees, so that who is responsible for a client is a name and not a code. */
  employees: z.boolean().default(true),
  /** Reads what each client owes: one call a client, within `facetCalls` of a run. Money, never points. */
  balance: z.boolean().default(true),
  /** How "no such client" is answered: 404 with an empty result, or also 200 with one. */
  missing: z.enum(['404', 'empty']).default('404'),
  /** The dictionaries' page speaks of editing, no page shows it: `patch` sends the fields that differ. */
  update: z.enum(['none', 'patch']).default('none'),
  updateMethod: z.enum(['PATCH', 'PUT', 'POST']).default('PATCH'),
  /** Path after the prefix; `{id}` is the client's code. */
  updatePath: z
    .string()
    .regex(/^\/[^?#\s]*\{id\}[^?#\s]*$/, 'a path with {id}')
    .default('/clients/{id}'),
  /** Whether an update with an empty value clears the field. */
  updateClears: z.boolean().default(false),
  /**
   * Sends a digest of the operation's key as `psw`, by which a lost creation is found again. Not where customers log in with
   * their `psw` on the firm's site.
   */
  createWithPsw: z.boolean().default(false),
});

export type VodyanoySettings = z.infer<typeof vodyanoySettings>;
