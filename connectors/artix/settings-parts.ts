/** What the settings of several servers of Artix have in common. */
import * as z from 'zod';

export const path = (fallback: string) => z.string().min(1).default(fallback);

export const baseUrl = z.url({ protocol: /^https?$/ });

export const login = {
  /** Some cash servers answer without a login. */
  auth: z.boolean().default(true),
  login: z.string().optional(),
  password: z.string().meta({ secret: true }).optional(),
};

export const withLogin = (value: { auth: boolean; login?: string | undefined; password?: string | undefined }): boolean =>
  !value.auth || (value.login !== undefined && value.password !== undefined);
export const LOGIN_RULE = 'needs `login` and `password`, or `auth: false`';

export const paging = z
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

export type PageSettings = z.output<typeof paging>;
