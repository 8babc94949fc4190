/** The settings of an Artix system. What the vendor's documents leave open is a setting here, with the likeliest default. */
import * as z from 'zod';
import { accountsSettings, onlineCardSettings, restSettings } from './settings-calls.ts';
import { fileSettings, httpSettings, sourceSettings } from './settings-commands.ts';

export const artixSettings = z
  .strictObject({
    /** How changes of the dictionaries are sent. Balances always go to `accounts`. */
    route: z.enum(['rest', 'file', 'http']).default('rest'),
    rest: restSettings.optional(),
    accounts: accountsSettings.optional(),
    onlineCard: onlineCardSettings.optional(),
    file: fileSettings.optional(),
    http: httpSettings.optional(),
    source: sourceSettings.optional(),
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
