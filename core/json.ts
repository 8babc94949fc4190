/** Part of the contract of a connector (`contract.ts`): what a vendor sends. */

/** A JSON value as a vendor sends it. Ids and long numbers are strings by the time they are here. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** A record's fields by their wire names. An absent name is *not said*; `''`, `null` and `[]` are *empty*. */
export type WireBody = { readonly [path: string]: Json };
