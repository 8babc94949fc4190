/** Errors of the drivers, turned into ours. Their own messages carry values of people and addresses with passwords: none of it is kept. */
import { StoreError, SverkaError } from '../core/errors.ts';

/** What is kept of a driver's error: codes and names, never values. */
export interface DatabaseFault {
  /** `ER_DUP_ENTRY`, `SQLITE_BUSY`, `ECONNREFUSED` */
  readonly code: string;
  /** The number the server gave. */
  readonly errno: number | null;
  /** The index or column named by the error. */
  readonly name: string | null;
}

const LOST = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_|PROTOCOL_CONNECTION_LOST|PROTOCOL_ENQUEUE)/;
/** Of the server: shut down, too many connections, unknown database, no rights, killed, gone away, lost; of its driver: closed, torn, silent. */
const LOST_NUMBERS = new Set([
  ...[1040, 1044, 1045, 1049, 1053, 1129, 1130, 1158, 1159, 1160, 1161, 1203, 1698, 1927, 2006, 2013, 3118, 3159],
  ...[45001, 45004, 45009, 45012, 45013, 45019, 45026],
]);
const DEADLOCK_NUMBERS = new Set([1205, 1213]);
const DUPLICATE_CODES = new Set([
  'ER_DUP_ENTRY',
  'ER_DUP_ENTRY_WITH_KEY_NAME',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_ROWID',
]);

/**
 * A `StoreError` for whatever a driver or the pool threw: `STORE_UNREACHABLE` where there is no connection, otherwise
 * `STORE_FAILED` with the beginning of the statement. Its `cause` is a `DatabaseFault`. Errors of ours pass unchanged.
 */
export function storeError(thrown: unknown, statement = ''): Error {
  if (thrown instanceof SverkaError) return withoutStatement(thrown, statement);
  const fault = faultOf(thrown);
  if (fault === null) return thrown instanceof Error ? thrown : new StoreError('STORE_FAILED', 'the database driver failed');
  const named = [fault.code, fault.errno, fault.name].filter((part) => part !== null).join(' ');
  if (isLost(fault)) return new StoreError('STORE_UNREACHABLE', `no connection to the database (${named})`, { cause: fault });
  const beginning = statement === '' ? '' : `: ${shorten(statement)}`;
  return new StoreError('STORE_FAILED', `the database refused a statement (${named})${beginning}`, { cause: fault });
}

/** Wrong user or password, no right to the database, no such database. */
const REFUSED_NUMBERS = new Set([1044, 1045, 1049, 1698]);

/** As `storeError`, for what went wrong before there was a connection. `hintOf` says what to do about a code, where it is something special. */
export function connectionError(thrown: unknown, place: string, hintOf: (code: string) => { readonly hint?: string } = () => ({})): Error {
  if (thrown instanceof SverkaError && databaseFault(thrown) === null) return thrown;
  const fault = databaseFault(thrown) ?? faultOf(thrown);
  const named = fault === null ? 'unknown' : [fault.code, fault.errno].filter((part) => part !== null).join(' ');
  if (REFUSED_NUMBERS.has(fault?.errno ?? 0))
    return new StoreError('STORE_UNREACHABLE', `the database ${place} refuses the login (${named})`, {
      cause: fault,
      hint: 'Mend user, password or name of the database in the address of the `store`, or let the user in there.',
    });
  return new StoreError('STORE_UNREACHABLE', `no connection to the database ${place} (${named})`, { cause: fault, ...hintOf(fault?.code ?? '') });
}

/** Knex puts the statement before the message of whatever passes through it. */
function withoutStatement(error: SverkaError, statement: string): SverkaError {
  const prefix = `${statement} - `;
  if (statement !== '' && error.message.startsWith(prefix)) error.message = error.message.slice(prefix.length);
  return error;
}

/** The fault behind a `StoreError`; null where there is none. */
export function databaseFault(error: unknown): DatabaseFault | null {
  const cause = error instanceof StoreError ? error.cause : null;
  if (typeof cause !== 'object' || cause === null || !('code' in cause) || !('errno' in cause) || !('name' in cause)) return null;
  return {
    code: String(cause.code),
    errno: numberOrNull(cause.errno),
    name: cause.name === null ? null : String(cause.name),
  };
}

/** A deadlock or a lock waited for too long: the whole transaction may be done again. */
export function isDeadlock(error: unknown): boolean {
  const fault = databaseFault(error);
  if (fault === null) return false;
  return DEADLOCK_NUMBERS.has(fault.errno ?? 0) || /^SQLITE_(BUSY|LOCKED)/.test(fault.code);
}

/** A second row under one primary or unique key. */
export function isDuplicate(error: unknown): boolean {
  const fault = databaseFault(error);
  return fault !== null && (fault.errno === 1062 || fault.errno === 1586 || DUPLICATE_CODES.has(fault.code));
}

function isLost(fault: DatabaseFault): boolean {
  return LOST.test(fault.code) || LOST_NUMBERS.has(fault.errno ?? 0) || fault.code === 'SQLITE_CANTOPEN';
}

/** Null for what is no error of a database: those are defects and pass as they are. */
function faultOf(thrown: unknown): DatabaseFault | null {
  if (!(thrown instanceof Error)) return null;
  if (thrown.name === 'KnexTimeoutError') return { code: 'ETIMEDOUT_POOL', errno: null, name: null };
  if ('fatal' in thrown && thrown.fatal === true && !('code' in thrown)) return { code: 'PROTOCOL_CONNECTION_LOST', errno: null, name: null };
  if (!('code' in thrown) || typeof thrown.code !== 'string') return null;
  const errno = 'sqlState' in thrown && 'errno' in thrown ? numberOrNull(thrown.errno) : null;
  return { code: thrown.code, errno, name: nameIn(thrown.message) };
}

/** `for key 'PRIMARY'`, `for column 'x'`, `UNIQUE constraint failed: clients.id` */
function nameIn(message: string): string | null {
  const found = /for (?:key|column) '?([\w.`]{1,130})'?/.exec(message) ?? /(?:constraint failed|no such (?:table|column)): ([\w., ()<=`]{1,130})/.exec(message);
  return found?.[1]?.replaceAll('`', '') ?? null;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function shorten(statement: string): string {
  const text = statement.replace(/\s+/g, ' ');
  return text.length <= 120 ? text : `${text.slice(0, 120)}…`;
}

const nothing = (): void => undefined;

/** Knex's own log, which would print the driver's messages; every error is thrown as well. */
export const SILENT = { warn: nothing, error: nothing, deprecate: nothing, debug: nothing };
