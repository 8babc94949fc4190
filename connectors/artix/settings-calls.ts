/** Settings of the servers of Artix that are called for their answers: cash server, bonus server, online cards. */
import * as z from 'zod';
import { baseUrl, LOGIN_RULE, login, paging, path, withLogin } from './settings-parts.ts';

export const restSettings = z
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

export const accountsSettings = z
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

/** The service `artixcs-online-card`: cards with their clients by card number or phone. */
export const onlineCardSettings = z
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

export type RestSettings = z.output<typeof restSettings>;
export type AccountsSettings = z.output<typeof accountsSettings>;
export type OnlineCardSettings = z.output<typeof onlineCardSettings>;
