/**
 * The choices of the Lotinfo sandbox. Each stands for something the vendor's pages leave open; the defaults are
 * guesses of ours, so a connector has to work under every setting.
 */
export interface LotinfoOptions {
  /** The access token; accepted as `token` or `TOKEN` in the query. */
  token: string;
  /** The SMS code that opens reading; `issueCode` replaces it. */
  code: number;
  /** How long a code opens reading after it was issued, milliseconds. */
  codeValidForMs: number;
  /** How many reads one code opens. */
  codeUses: number;
  /** HTTP status of an answer with an `errors` body. */
  errorStatus: 400 | 200;
  /** What an answer without notices carries. */
  emptyNotices: 'absent' | 'list';
  /** A bad row refuses the whole batch, or is merely left out of `result`, which then is shorter than `data`. */
  badRow: 'refuse-batch' | 'leave-out';
  /** What an `apiIdExchange` that is already there does. */
  repeatedApiId: 'double' | 'refuse';
  /** How a read shows a field without a value. */
  emptyFields: 'absent' | 'empty-values';
  /** How a read shows `birthday`. */
  birthdayInReads: 'dd.mm.yyyy' | 'unix';
  /** Largest `data` of one insert. */
  maxBatch: number;
  /** Largest and default `limit` of a read. */
  maxLimit: number;
  /** Whether `min` and `max` of a time filter belong to the range. */
  rangeInclusive: boolean;
  /** Whether the filter by state is heeded, and in which spelling: the vendor's table and its example differ. */
  stateFilter: 'both' | 'delclient' | 'delClient' | 'ignored';
  /** How long after its creation a comment may be edited, milliseconds. */
  commentEditMs: number;
  /** Objects of the agency and the users they belong to; without it every object id is taken as the user's own. */
  objects: ReadonlyMap<number, number> | undefined;
}

/** The settings that `LotinfoSandbox` starts from. */
export const lotinfoDefaults: LotinfoOptions = {
  token: 'lotinfo-sandbox-token',
  code: 101010,
  codeValidForMs: Number.POSITIVE_INFINITY,
  codeUses: Number.POSITIVE_INFINITY,
  errorStatus: 400,
  emptyNotices: 'absent',
  badRow: 'refuse-batch',
  repeatedApiId: 'double',
  emptyFields: 'absent',
  birthdayInReads: 'dd.mm.yyyy',
  maxBatch: 1000,
  maxLimit: 3000,
  rangeInclusive: true,
  stateFilter: 'both',
  commentEditMs: 5 * 60_000,
  objects: undefined,
};
