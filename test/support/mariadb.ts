/** The database server of the tests, installed where there is none. */
import { spawnSync } from 'node:child_process';
import { findProgram, startServer } from './database-server.ts';

export interface TestServer {
  /** `mysql://user:password@127.0.0.1:port/mysql`, with the right to create databases. */
  readonly url: string;
  stop(): Promise<void>;
}

export const WAYS_OUT = [
  'The tests of the MySQL store need a database server. Either',
  '  - install one (Debian: apt-get install mariadb-server), so that mariadbd or mysqld is in PATH, or',
  '  - set SVERKA_TEST_MYSQL_URL=mysql://user:password@host:port/database, with the right to create databases, or',
  '  - set SVERKA_TEST_SQLITE_ONLY=1, which leaves out half of the store tests.',
].join('\n');

/** Fast rather than safe: nothing in it is worth keeping. */
const SETTINGS = [
  '--local-infile=1',
  '--innodb-buffer-pool-size=64M',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--skip-log-bin',
  // Hundreds of databases of dozens of tables: one file for all of them is made and dropped with less work.
  '--loose-innodb-file-per-table=0',
  '--max-connections=200',
] as const;

/** Starts a server. Throws with the ways out when there is none and it cannot be installed. */
export async function startMariadb(): Promise<TestServer> {
  const server = await startServer({
    daemon: findProgram(['mariadbd', 'mysqld']) ?? install(),
    prefix: 'sverka-mariadb-',
    user: 'sverka',
    password: 'pw-of-the-test-server',
    settings: SETTINGS,
    failure: (what) => new Error(`${what}\n${WAYS_OUT}`),
  });
  return { url: server.url('mysql'), stop: () => server.stop() };
}

function install(): string {
  const apt = process.getuid?.() === 0 ? findProgram(['apt-get']) : null;
  if (apt === null) throw new Error(WAYS_OUT);
  console.log('No database server found: installing mariadb-server with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args: string[]): boolean => spawnSync(apt, args, { stdio: 'ignore', env }).status === 0;
  const args = ['install', '-y', '--no-install-recommends', 'mariadb-server'];
  if (!run(args) && !(run(['update']) && run(args))) throw new Error(`apt-get could not install it.\n${WAYS_OUT}`);
  const installed = findProgram(['mariadbd', 'mysqld']);
  if (installed === null) throw new Error(WAYS_OUT);
  return installed;
}
