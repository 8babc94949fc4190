/** Once per test run: a database server for the store tests, and a build for the tests of the command line. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { startMariadb, type TestServer } from './mariadb.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Server with the right to create databases; null when SQLite alone is tested. */
    mysqlUrl: string | null;
    /** What the build said when it failed; null when `dist/` is fresh. */
    buildFailure: string | null;
  }
}

let server: TestServer | null = null;

/** Files that use neither are run without waiting for either. */
export async function setup(project: TestProject): Promise<void> {
  const { testFiles } = await project.globTestFiles(wanted(project.vitest));
  const sources = testFiles.map((file) => readFileSync(file, 'utf8'));
  const [mysqlUrl, buildFailure] = await Promise.all([
    sources.some((source) => /support\/(stores|mariadb|world)|mysqlUrl/.test(source)) ? database() : null,
    sources.some((source) => /dist\/|buildFailure|support\/cli/.test(source)) ? build() : null,
  ]);
  project.provide('mysqlUrl', mysqlUrl);
  project.provide('buildFailure', buildFailure);
}

/** The file names given on the command line; vitest does not declare where it keeps them. */
function wanted(vitest: object): string[] {
  const names: unknown = 'filenamePattern' in vitest ? vitest.filenamePattern : undefined;
  return Array.isArray(names) ? names.map(String) : [];
}

export async function teardown(): Promise<void> {
  await server?.stop();
}

async function database(): Promise<string | null> {
  const given = process.env['SVERKA_TEST_MYSQL_URL'];
  if (process.env['SVERKA_TEST_SQLITE_ONLY'] === '1') {
    console.warn('\nSVERKA_TEST_SQLITE_ONLY=1: every store test on MySQL is LEFT OUT of this run.\n');
    return null;
  }
  if (given !== undefined && given !== '') return given;
  server = await startMariadb();
  return server.url;
}

function build(): Promise<string | null> {
  return new Promise((resolve) => {
    const compiler = spawn(process.execPath, ['app/build.mjs'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    compiler.stdout.on('data', (piece: Buffer) => (said += piece.toString()));
    compiler.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
    compiler.once('error', (error) => resolve(error.message));
    compiler.once('close', (code) => {
      if (code === 0) return resolve(null);
      console.error(`\nThe build FAILED: tests of the command line run on an old dist/ or fail.\n${said}\n`);
      resolve(said);
    });
  });
}
