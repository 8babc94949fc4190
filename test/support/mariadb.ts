/** A private MariaDB for tests: its own directory, socket and port; gone at the end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

const USER = 'sverka';
const PASSWORD = 'pw-of-the-test-server';

/** Starts a server. Throws with the ways out when there is none and it cannot be installed. */
export async function startMariadb(): Promise<TestServer> {
  const daemon = find(['mariadbd', 'mysqld']) ?? install();
  const directory = mkdtempSync(join(tmpdir(), 'sverka-mariadb-'));
  const port = await freePort();
  const account = process.getuid?.() === 0 ? ['--user=root'] : [];
  initialise(daemon, directory, account);
  const init = join(directory, 'init.sql');
  writeFileSync(init, `CREATE USER IF NOT EXISTS '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO '${USER}'@'%' WITH GRANT OPTION;\n`);
  const server = spawn(
    daemon,
    [
      '--no-defaults',
      ...account,
      `--datadir=${join(directory, 'data')}`,
      `--socket=${join(directory, 'socket')}`,
      `--pid-file=${join(directory, 'pid')}`,
      `--log-error=${join(directory, 'error.log')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--local-infile=1',
      '--innodb-buffer-pool-size=64M',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-doublewrite=0',
      '--skip-log-bin',
      '--max-connections=200',
      `--init-file=${init}`,
    ],
    { stdio: 'ignore' },
  );
  const stop = stopper(server, directory);
  try {
    await answering(server, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `mysql://${USER}:${PASSWORD}@127.0.0.1:${port}/mysql`, stop };
}

function find(names: readonly string[]): string | null {
  for (const name of names) {
    for (const folder of [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']) {
      const path = join(folder, name);
      if (folder !== '' && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0) return path;
    }
  }
  return null;
}

function install(): string {
  const apt = process.getuid?.() === 0 ? find(['apt-get']) : null;
  if (apt === null) throw new Error(WAYS_OUT);
  console.log('No database server found: installing mariadb-server with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args: string[]): boolean => spawnSync(apt, args, { stdio: 'ignore', env }).status === 0;
  const args = ['install', '-y', '--no-install-recommends', 'mariadb-server'];
  if (!run(args) && !(run(['update']) && run(args))) throw new Error(`apt-get could not install it.\n${WAYS_OUT}`);
  const installed = find(['mariadbd', 'mysqld']);
  if (installed === null) throw new Error(WAYS_OUT);
  return installed;
}

function initialise(daemon: string, directory: string, account: readonly string[]): void {
  const installer = find(['mariadb-install-db', 'mysql_install_db']);
  const data = `--datadir=${join(directory, 'data')}`;
  const [command, args] =
    installer === null
      ? [daemon, ['--no-defaults', '--initialize-insecure', ...account, data]]
      : [installer, ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db', ...account, data]];
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status !== 0) {
    rmSync(directory, { recursive: true, force: true });
    throw new Error(`${command} failed:\n${result.stdout}\n${result.stderr}\n${WAYS_OUT}`);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The port is opened once the start file has been run. */
async function answering(server: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (server.exitCode !== null) throw new Error(`the test database server ended with ${server.exitCode}.\n${WAYS_OUT}`);
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the test database server did not answer within a minute');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function stopper(server: ChildProcess, directory: string): () => Promise<void> {
  const kill = (): void => {
    server.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', kill);
  return async () => {
    process.off('exit', kill);
    if (server.exitCode === null && server.signalCode === null) {
      // Nothing in it is worth a clean end.
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  };
}
