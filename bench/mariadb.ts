/** The database of the benchmark: a private MariaDB with the settings of a small production server. */
import { spawnSync } from 'node:child_process';
import { findProgram, type PrivateServer, startServer } from '../test/support/database-server.ts';
import { BenchFailure } from './failure.ts';

export interface Database extends PrivateServer {
  /** Version as the server binary says it. */
  readonly version: string;
}

/** What makes the figures comparable; listed in docs/benchmarks.md. */
const SERVER_SETTINGS = [
  '--innodb-buffer-pool-size=1G',
  '--innodb-flush-log-at-trx-commit=1',
  '--innodb-log-file-size=1G',
  '--local-infile=1',
  '--skip-log-bin',
  '--character-set-server=utf8mb4',
  '--max-allowed-packet=64M',
] as const;

/** Starts the server. Throws when there is none, or it does not answer within a minute. */
export async function startDatabase(): Promise<Database> {
  const daemon = findProgram(['mariadbd', 'mysqld']);
  if (daemon === null) {
    throw new BenchFailure('the benchmark needs MariaDB: no mariadbd in PATH (Debian: apt-get install mariadb-server)');
  }
  const server = await startServer({
    daemon,
    prefix: 'sverka-bench-',
    user: 'bench',
    password: 'bench-of-a-private-server',
    settings: SERVER_SETTINGS,
    failure: (what) => new BenchFailure(what),
  });
  const version = spawnSync(daemon, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return { ...server, version: version.replace(/^\S+\s+/, '') };
}
