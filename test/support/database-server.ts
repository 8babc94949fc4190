/** A private MariaDB or MySQL for one purpose: its own directory, socket and port; gone at the end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ServerOptions {
  /** Path of the server's program. */
  readonly daemon: string;
  /** How the name of its directory begins. */
  readonly prefix: string;
  readonly user: string;
  readonly password: string;
  /** Arguments beside those that keep it private. */
  readonly settings: readonly string[];
  /** The error to be thrown when it cannot be started. */
  readonly failure: (what: string) => Error;
}

export interface PrivateServer {
  readonly pid: number;
  /** `mysql://user:password@127.0.0.1:port/database`. */
  url(database: string): string;
  stop(): Promise<void>;
}

const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'].filter((one) => one !== '');

/** The first of these programs that can be called; null when there is none. */
export function findProgram(names: readonly string[]): string | null {
  const paths = names.flatMap((name) => FOLDERS.map((folder) => join(folder, name)));
  return paths.find((path) => spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0) ?? null;
}

/** Starts the server. Throws `failure` when it cannot be made, or does not answer within a minute. */
export async function startServer({ daemon, prefix, user, password, settings, failure }: ServerOptions): Promise<PrivateServer> {
  const directory = mkdtempSync(join(tmpdir(), prefix));
  const account = process.getuid?.() === 0 ? ['--user=root'] : [];
  const port = await freePort();
  const refused = initialise(daemon, directory, account);
  if (refused !== null) {
    rmSync(directory, { recursive: true, force: true });
    throw failure(refused);
  }
  const init = join(directory, 'init.sql');
  writeFileSync(init, `CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION;\n`);
  const args = [
    '--no-defaults',
    ...account,
    `--datadir=${join(directory, 'data')}`,
    `--socket=${join(directory, 'socket')}`,
    `--pid-file=${join(directory, 'pid')}`,
    `--log-error=${join(directory, 'error.log')}`,
    `--init-file=${init}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    '--skip-name-resolve',
    ...settings,
  ];
  const server = spawn(daemon, args, { stdio: 'ignore' });
  const stop = stopper(server, directory);
  if (!(await answers(server, port))) {
    const ended = server.exitCode === null ? 'did not answer within a minute' : `ended with ${server.exitCode}`;
    const file = join(directory, 'error.log');
    const log = existsSync(file) ? readFileSync(file, 'utf8').slice(-2_000) : '';
    await stop();
    throw failure(`the database server ${ended}:\n${log}`);
  }
  return { pid: server.pid ?? 0, url: (database) => `mysql://${user}:${password}@127.0.0.1:${port}/${database}`, stop };
}

/** Makes its data; what went wrong, or null. */
function initialise(daemon: string, directory: string, account: readonly string[]): string | null {
  const installer = findProgram(['mariadb-install-db', 'mysql_install_db']);
  const data = `--datadir=${join(directory, 'data')}`;
  const [command, args] =
    installer === null
      ? [daemon, ['--no-defaults', '--initialize-insecure', ...account, data]]
      : [installer, ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db', ...account, data]];
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? null : `${command} failed:\n${stdout}\n${stderr}`;
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
