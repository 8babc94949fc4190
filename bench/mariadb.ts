/** A private MariaDB with the settings of a small production server: its own directory and port; gone at the end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchFailure } from './failure.ts';

export interface Database {
  /** Version as the server binary says it. */
  readonly version: string;
  readonly pid: number;
  /** `mysql://user:password@127.0.0.1:port/name`. */
  url(name: string): string;
  stop(): Promise<void>;
}

/** What makes the figures comparable; listed in docs/benchmarks.md. */
export const SERVER_SETTINGS = [
  '--innodb-buffer-pool-size=1G',
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-log-file-size=1G',
  '--local-infile=1',
  '--skip-log-bin',
  '--character-set-server=utf8mb4',
  '--max-allowed-packet=64M',
] as const;

const USER = 'bench';
const PASSWORD = 'bench-of-a-private-server';
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'].filter((one) => one !== '');

/** Starts the server. Throws when there is none, or it does not answer within a minute. */
export async function startDatabase(): Promise<Database> {
  const daemon = find('mariadbd') ?? find('mysqld');
  if (daemon === null) {
    throw new BenchFailure('the benchmark needs MariaDB: no mariadbd in PATH (Debian: apt-get install mariadb-server)');
  }
  const directory = mkdtempSync(join(tmpdir(), 'sverka-bench-'));
  const account = process.getuid?.() === 0 ? ['--user=root'] : [];
  const port = await freePort();
  initialise(daemon, directory, account);
  writeFileSync(join(directory, 'init.sql'), `CREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';\nGRANT ALL ON *.* TO '${USER}'@'%';\n`);
  const args = [
    '--no-defaults',
    ...account,
    `--datadir=${join(directory, 'data')}`,
    `--socket=${join(directory, 'socket')}`,
    `--pid-file=${join(directory, 'pid')}`,
    `--log-error=${join(directory, 'error.log')}`,
    `--init-file=${join(directory, 'init.sql')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    ...SERVER_SETTINGS,
  ];
  const server = spawn(daemon, args, { stdio: 'ignore' });
  const stop = stopper(server, directory);
  if (!(await answers(server, port))) {
    const log = readFileSync(join(directory, 'error.log'), 'utf8').slice(-2_000);
    await stop();
    throw new BenchFailure(`MariaDB did not start:\n${log}`);
  }
  const version = spawnSync(daemon, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return {
    version: version.replace(/^\S+\s+/, ''),
    pid: server.pid ?? 0,
    url: (name) => `mysql://${USER}:${PASSWORD}@127.0.0.1:${port}/${name}`,
    stop,
  };
}

function find(name: string): string | null {
  const paths = FOLDERS.map((folder) => join(folder, name));
  return paths.find((path) => spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0) ?? null;
}

function initialise(daemon: string, directory: string, account: readonly string[]): void {
  const installer = find('mariadb-install-db');
  const data = `--datadir=${join(directory, 'data')}`;
  const [command, args] =
    installer === null
      ? [daemon, ['--no-defaults', '--initialize-insecure', ...account, data]]
      : [installer, ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db', ...account, data]];
  const result = spawnSync(command, args, { encoding: 'utf8' });
  if (result.status === 0) return;
  rmSync(directory, { recursive: true, force: true });
  throw new BenchFailure(`${command} failed:\n${result.stdout}\n${result.stderr}`);
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
async function answers(server: ChildProcess, port: number): Promise<boolean> {
  for (let attempt = 0; attempt < 600 && server.exitCode === null; attempt += 1) {
    if (await accepts(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
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
