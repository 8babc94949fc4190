/** The program starts from the code that V8 kept at the build, and without it where that does not fit. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, inject, test } from 'vitest';
import { projectRoot, sverkaVersion } from '../../app/project.ts';
import { temporary } from './support.ts';

// Looks into dist/, which the global set-up builds.

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const DIST = join(projectRoot(), 'dist');

/** A copy of what is delivered, to be damaged. */
function copied(): { readonly cache: string; versionSaid(...flags: string[]): string; brokenIn(...flags: string[]): string } {
  expect(inject('buildFailure')).toBeNull();
  const { path, remove } = temporary();
  stops.push(remove);
  mkdirSync(join(path, 'dist'));
  for (const name of ['app', 'program.cjs', 'program.cjs.map', 'program.cache']) cpSync(join(DIST, name), join(path, 'dist', name), { recursive: true });
  cpSync(join(projectRoot(), 'package.json'), join(path, 'package.json'));
  symlinkSync(join(projectRoot(), 'node_modules'), join(path, 'node_modules'));
  return {
    cache: join(path, 'dist', 'program.cache'),
    versionSaid(...flags) {
      const { stdout, stderr } = spawnSync(process.execPath, [...flags, join(path, 'dist/app/cli/main.js'), '--version'], { encoding: 'utf8' });
      return stderr === '' ? stdout.trim() : stderr;
    },
    /** The trace of what fails while the version is written. */
    brokenIn(...flags) {
      const broken = join(path, 'broken.cjs');
      writeFileSync(broken, "process.stdout.write = () => { throw new Error('no paper'); };");
      return spawnSync(process.execPath, [...flags, '--require', broken, join(path, 'dist/app/cli/main.js'), '--version'], { encoding: 'utf8' }).stderr;
    },
  };
}

/** What the kept code begins with, see app/launch/program.ts. */
const STAMP = 128;

test('the kept code is what this Node makes of the program', () => {
  const { cache } = copied();
  expect(readFileSync(cache).length).toBeGreaterThan(2_000_000);
  // In a process of its own: flags that something has set here would have it refused.
  const asked = `const [source, cache] = process.argv.slice(1).map((path) => require('node:fs').readFileSync(path));
    const { cachedDataRejected } = new (require('node:vm').Script)(source.toString('latin1'), { cachedData: cache.subarray(${STAMP}) });
    console.log(cachedDataRejected);`;
  const { stdout } = spawnSync(process.execPath, ['--eval', asked, join(DIST, 'program.cjs'), cache], { encoding: 'utf8' });
  expect(stdout.trim()).toBe('false');
});

test('a cut, an empty, a missing cache and one for other flags are passed over', () => {
  const { cache, versionSaid } = copied();
  expect(versionSaid()).toBe(sverkaVersion());
  expect(versionSaid('--max-old-space-size=1000')).toBe(sverkaVersion());
  truncateSync(cache, 100_000);
  expect(versionSaid()).toBe(sverkaVersion());
  truncateSync(cache, 0);
  expect(versionSaid()).toBe(sverkaVersion());
  rmSync(cache);
  expect(versionSaid()).toBe(sverkaVersion());
  mkdirSync(cache);
  expect(versionSaid()).toBe(sverkaVersion());
});

test('code that was kept of another program of the same length, or by another kind of Node, is passed over', () => {
  const { cache, versionSaid } = copied();
  const kept = readFileSync(cache);
  // Where the stamp were not looked at, V8 would take this for the program and end the process.
  const wrong = Buffer.concat([kept.subarray(0, STAMP + 64), Buffer.alloc(kept.length - STAMP - 64)]);
  wrong.write(kept[0] === 0x30 ? '1' : '0', 0);
  writeFileSync(cache, wrong);
  expect(versionSaid()).toBe(sverkaVersion());
  expect(kept.toString('latin1', 0, STAMP).trim().split(' ').slice(1)).toEqual([process.version, process.arch]);
});

test('with source maps a trace has the lines of the sources', () => {
  const { brokenIn } = copied();
  expect(brokenIn('--enable-source-maps')).toMatch(/app\/cli\/io\.ts:\d+/);
  expect(brokenIn()).toMatch(/program\.cjs:\d+/);
});

test('the delivered program knows Cyrillic letters in its regular expressions', () => {
  expect(inject('buildFailure')).toBeNull();
  const { path, remove } = temporary();
  stops.push(remove);
  const env = { ...process.env, TILLS_PASSWORD: 'none', DELIVERY_TOKEN: 'none' };
  const sverka = (...words: string[]) => spawnSync(process.execPath, [join(DIST, 'app/cli/main.js'), ...words], { cwd: path, env, encoding: 'utf8' });
  sverka('init', '--no-try', '--zone', 'Europe/Moscow', '--add', 'tills=artix=http://127.0.0.1:9', '--add', 'delivery=vodyanoy=http://127.0.0.1:9');
  const { status, stdout } = sverka('mapping', 'test');
  expect(stdout).toMatch(/\d+ cases hold/);
  expect(status).toBe(0);
});

test.runIf(process.platform === 'linux')('an answer that finds a full disk ends with one line and exit code 1', () => {
  expect(inject('buildFailure')).toBeNull();
  const { status, stderr } = spawnSync(process.execPath, [join(DIST, 'app/cli/main.js'), '--help'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/cannot be written.*ENOSPC/)]);
  expect(status).toBe(1);
});
