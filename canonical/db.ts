/** The open transaction or pool that store functions are called with; the only name of knex outside this folder. */
export type { Knex as Db } from 'knex';
