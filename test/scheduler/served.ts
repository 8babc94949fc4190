/** Real processes of `sverka serve` (dist/) on a store, and what they say. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { expect, inject, onTestFailed } from 'vitest';
import { envText } from '../../app/cli/env-text.ts';
import { sandboxConfig } from '../../app/cli/sandbox-config.ts';
import { projectRoot } from '../../app/project.ts';
import type { Store } from '../../canonical/open.ts';
import { type RunningSandbox, startSandbox } from '../../sandbox/index.ts';
import type { FreshStores } from '../support/stores.ts';

export const MAIN = join(projectRoot(), 'dist/app/cli/main.js');
export const TOKEN = 'token-of-the-callback';
export const LONG = 240_000;

const stops: (() => unknown)[] = [];

/** To be called after each test. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).reverse()) await stop();
}

type Line = Readonly<Record<string, string | number | boolean>>;

/** A process that serves, and what it says. */
export class Served {
  readonly child: ChildProcess;
  readonly lines: Line[] = [];
  readonly ended: Promise<number | null>;
  private readonly waiting = new Set<() => void>();

  constructor(directory: string) {
    const failure = inject('buildFailure');
    if (failure !== null) throw new Error(`the build failed: ${failure}`);
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, [MAIN, 'serve'], { cwd: directory, env: { PATH, HOME }, stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    let text = '';
    child.stderr?.on('data', (piece: Buffer) => {
      text += piece.toString();
      const whole = text.split('\n');
      text = whole.pop() ?? '';
      for (const line of whole) this.lines.push(line.startsWith('{') ? (JSON.parse(line) as Line) : { message: line });
      for (const look of this.waiting) look();
    });
    this.ended = new Promise((resolve) => child.once('close', resolve));
    onTestFailed(() => console.error(`process ${child.pid} said:`, this.lines));
    stops.push(() => {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
      return this.ended;
    });
  }

  /** The first line that says so, now or later. */
  says(message: RegExp, facts: Line = {}, from = 0): Promise<Line> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.lines
          .slice(from)
          .find((line) => message.test(String(line['message'])) && Object.entries(facts).every(([name, value]) => line[name] === value));
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
      this.child.once('close', () => reject(new Error(`it ended before it said ${message}: ${JSON.stringify(this.lines.slice(-5))}`)));
    });
  }
}

export interface Site {
  readonly directory: string;
  readonly store: Store;
  readonly sandbox: RunningSandbox;
  serve(): Served;
  configure(jobs: string, serve?: string): void;
  writes(): number;
}

export async function site(openFresh: FreshStores, jobs: string, people = 24, serve?: string): Promise<Site> {
  const store = await openFresh();
  const sandbox = await startSandbox({ people, seed: 3 });
  stops.push(() => sandbox.stop());
  const directory = mkdtempSync(join(tmpdir(), 'sverka-serve-'));
  stops.push(() => rmSync(directory, { recursive: true, force: true }));
  const place = openFresh.place(store);
  const { yaml, env } = sandboxConfig(sandbox);
  writeFileSync(join(directory, '.env'), `${envText({ ...env, STORE: place.kind === 'mysql' ? place.url : '', CALL: TOKEN })}`, { mode: 0o600 });
  const where = place.kind === 'mysql' ? 'mysql: { url: { env: STORE } }' : `sqlite: ${place.file}`;
  const base = yaml
    .replace(/^store:\n(?: .*\n)+/m, `store:\n  ${where}\n`)
    .replace(/level: warn/, 'level: info')
    // How long the other waits for the calls of a process that stands still.
    .replaceAll(/^( +)vendor: .*$/gm, '$&\n$1timeoutSeconds: 8');
  const configure = (text: string, part = '{ leaseSeconds: 5, pollSeconds: 0.1, callbacks: "127.0.0.1:0" }'): void =>
    writeFileSync(join(directory, 'sverka.yaml'), `${base}\njobs:\n${text}\nserve: ${part}\n`, { mode: 0o600 });
  configure(jobs, serve);
  const { virtualpos, artix, lotinfo, vodyanoy } = sandbox;
  return {
    directory,
    store,
    sandbox,
    configure,
    serve: () => new Served(directory),
    writes: () => virtualpos.machine.writes.length + artix.machine.writes.length + lotinfo.machine.writes.length + vodyanoy.machine.writes.length,
  };
}

export const ALL = '  all: { schedule: "0 0 1 1 *", zone: Europe/Moscow }';

/** Makes a pipe of the configuration: whoever reads it waits. */
export function pipeOf({ directory }: Site): { readonly yaml: string; readonly path: string } {
  const path = join(directory, 'sverka.yaml');
  const yaml = readFileSync(path, 'utf8');
  makePipe(path);
  return { yaml, path };
}

function makePipe(path: string): void {
  rmSync(path);
  expect(spawnSync('mkfifo', ['-m', '600', path]).status).toBe(0);
}

/** Resolves when somebody has begun to read the pipe; what is given to the answer is what they read. */
export async function readerOf(path: string): Promise<(text: string) => void> {
  const writer = spawn('sh', ['-c', 'exec 3>"$0" && echo && cat >&3', path], { stdio: ['pipe', 'pipe', 'ignore'] });
  stops.push(() => writer.kill('SIGKILL'));
  await new Promise((resolve) => writer.stdout.once('data', resolve));
  // The next reader waits for another writer.
  makePipe(path);
  return (text) => void writer.stdin.end(text);
}

export async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for await (const _ of setInterval(10)) if (await reached()) return;
}
