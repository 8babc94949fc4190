/** Where a MySQL or MariaDB server is, as the configuration says it. */
import { StoreError } from '../core/errors.ts';

/** Where a server is and who asks. */
export interface Address {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Reads an address. Throws `StoreError` for what is none. */
export function addressOf(url: string): Address & ({ host: string; port: number } | { socketPath: string }) {
  if (!URL.canParse(url)) throw new StoreError('STORE_UNREACHABLE', 'the address of the database is no URL');
  const parsed = new URL(url);
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (!/^(mysql|mariadb):$/.test(parsed.protocol) || database === '') {
    throw new StoreError('STORE_UNREACHABLE', 'the address of the database is not mysql://user:password@host:port/database');
  }
  const login = { user: decodeURIComponent(parsed.username), password: decodeURIComponent(parsed.password), database };
  const socketPath = parsed.searchParams.get('socket');
  if (socketPath !== null) return { ...login, socketPath };
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  return { ...login, host, port: parsed.port === '' ? 3306 : Number(parsed.port) };
}
