/** Real processes of `sverka serve` (dist/) on one store, killed and paused during a job. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import Database from 'libsql';
import { afterEach, expect, inject, onTestFailed, test } from 'vitest';
import { envText } from '../../app/cli/env-text.ts';
import { sandboxConfig } from '../../app/cli/sandbox-config.ts';
import { projectRoot } from '../../app/project.ts';
import type { Store, StoreOptions } from '../../canonical/open.ts';
import { allJobs, setDue } from '../../canonical/stores/jobs.ts';
import { lastRuns } from '../../canonical/stores/runs.ts';
import { type RunningSandbox, startSandbox } from '../../sandbox/index.ts';
import { held } from '../adversary/interruption-kit.ts';
import { freePort } from '../support/free-port.ts';
import { describeStores, type FreshStores } from '../support/stores.ts';

const MAIN = join(projectRoot(), 'dist/app/cli/main.js');
const TOKEN = 'token-of-the-callback';
const LONG = 240_000;

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

type Line = Readonly<Record<string, string | number | boolean>>;

/** A process that serves, and what it says. */
class Served {
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

interface Site {
  readonly directory: string;
  readonly store: Store;
  readonly sandbox: RunningSandbox;
  serve(): Served;
  configure(jobs: string, serve?: string): void;
  writes(): number;
}

async function site(openFresh: FreshStores, jobs: string, people = 24, serve?: string): Promise<Site> {
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

const ALL = '  all: { schedule: "0 0 1 1 *", zone: Europe/Moscow }';

/** Starts a job by hand once a process knows it, and answers who took it. */
async function startAll(store: Store, served: readonly Served[]): Promise<Served> {
  await Promise.all(served.map((one) => one.says(/^serving/)));
  for await (const _ of setInterval(20)) if ((await allJobs(store.db)).length > 0) break;
  await setDue(store.db, 'all', Date.now(), 'person');
  return Promise.race(served.map((one) => one.says(/^job begins/, { job: 'all' }).then(() => one)));
}

/** Stops a process, not in the middle of a transaction: with SQLite it would keep the lock of the file, and nobody could work until it goes on. */
async function pauseBetweenTransactions({ child }: Served, place: StoreOptions): Promise<void> {
  await until(() => {
    child.kill('SIGSTOP');
    if (place.kind === 'mysql') return true;
    const file = new Database(place.file);
    try {
      file.pragma('busy_timeout = 0');
      file.exec('BEGIN IMMEDIATE');
      file.exec('ROLLBACK');
      return true;
    } catch {
      child.kill('SIGCONT');
      return false;
    } finally {
      file.close();
    }
  });
}

/** One more execution by a process. */
async function once(store: Store, served: Served | undefined): Promise<void> {
  const said = served?.lines.length ?? 0;
  await setDue(store.db, 'all', Date.now(), 'person');
  expect(await served?.says(/^job ended/, {}, said)).toMatchObject({ how: 'done' });
}

/** Makes a pipe of the configuration: whoever reads it waits. */
function pipeOf({ directory }: Site): { readonly yaml: string; readonly path: string } {
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
async function readerOf(path: string): Promise<(text: string) => void> {
  const writer = spawn('sh', ['-c', 'exec 3>"$0" && echo && cat >&3', path], { stdio: ['pipe', 'pipe', 'ignore'] });
  stops.push(() => writer.kill('SIGKILL'));
  await new Promise((resolve) => writer.stdout.once('data', resolve));
  // The next reader waits for another writer.
  makePipe(path);
  return (text) => void writer.stdin.end(text);
}

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for await (const _ of setInterval(10)) if (await reached()) return;
}

/** Two processes on one store: one is in the middle of its writes, the other waits. */
async function amidWrites(openFresh: FreshStores): Promise<{ readonly here: Site; readonly holder: Served; readonly other: Served | undefined }> {
  const here = await site(openFresh, ALL);
  for (const { faults } of [here.sandbox.virtualpos, here.sandbox.artix, here.sandbox.lotinfo])
    faults.add({ kind: 'latency', ms: 5, times: Number.POSITIVE_INFINITY });
  const both = [here.serve(), here.serve()];
  const holder = await startAll(here.store, both);
  await until(() => here.writes() > 20);
  return { here, holder, other: both.find((one) => one !== holder) };
}

/** What the vendors of such a site hold after one run that nobody disturbs. */
async function undisturbed(openFresh: FreshStores): Promise<unknown> {
  const alone = await site(openFresh, ALL);
  const served = alone.serve();
  await startAll(alone.store, [served]);
  await served.says(/^job ended/);
  served.child.kill('SIGKILL');
  return held(alone);
}

describeStores('two processes serve one store', (openFresh) => {
  test('one is killed in the middle of its writes: the other finishes the job, and nothing is done twice', { timeout: LONG }, async () => {
    const { here, holder, other } = await amidWrites(openFresh);
    holder.child.kill('SIGKILL');
    await other?.says(/^a process ended or fell silent/, { job: 'all' });
    expect(await other?.says(/^job begins/)).toMatchObject({ job: 'all', cause: 'catch-up' });
    expect(await other?.says(/^job ended/)).toMatchObject({ how: 'done' });
    const [second, first] = await lastRuns(here.store.db, 2);
    expect([first?.state, first?.name]).toEqual(['interrupted', 'all']);
    expect(['done', 'waiting']).toContain(second?.state);
    // What was in doubt may have to be read once more.
    await once(here.store, other);
    expect(held(here)).toEqual(await undisturbed(openFresh));
  });

  test('one is paused in the middle of its writes: its place is taken, and when it wakes it writes nothing more', { timeout: LONG }, async () => {
    const { here, holder, other } = await amidWrites(openFresh);
    await pauseBetweenTransactions(holder, openFresh.place(here.store));
    // While the lease holds nobody takes its place: two would work at one time.
    const paused = Date.now();
    expect(await other?.says(/^job ended/)).toMatchObject({ how: 'done' });
    expect(Date.now() - paused).toBeGreaterThan(3000);
    const done = here.writes();
    holder.child.kill('SIGCONT');
    // The lease is another's; where the server has ended its transaction meanwhile, it learns that first.
    expect(['lost', 'failed']).toContain((await holder.says(/^job ended/))['how']);
    expect(here.writes()).toBe(done);
    await until(async () => (await allJobs(here.store.db)).every((row) => row.running_since === null));
    other?.child.kill('SIGKILL');
    await other?.ended;
    // It serves on.
    await once(here.store, holder);
    expect(held(here)).toEqual(await undisturbed(openFresh));
  });

  test('one is there in place of the other: what the first listened for, the second does when it ends', { timeout: LONG }, async () => {
    const [health, callbacks] = [await freePort(), await freePort()];
    const called = '  called: { run: plan, systems: [shop], trigger: { callback: { token: { env: CALL } } } }';
    const here = await site(openFresh, called, 5, `{ pollSeconds: 0.1, callbacks: "127.0.0.1:${callbacks}" }\nendpoints: { port: ${health} }`);
    const first = here.serve();
    await Promise.all([first.says(/^health and metrics are served/), first.says(/^callbacks are taken/)]);
    const second = here.serve();
    for (const [what, port] of [
      ['endpoints', health],
      ['callbacks', callbacks],
    ] as const)
      await second.says(/^an address is taken.*takes over/, { what: `${what}: cannot listen at 127.0.0.1:${port} (EADDRINUSE)` });
    expect(second.lines.filter(({ level }) => level === 'warn')).toHaveLength(2);
    first.child.kill('SIGKILL');
    await Promise.all([second.says(/^health and metrics are served/), second.says(/^callbacks are taken/)]);
    expect((await fetch(`http://127.0.0.1:${health}/healthz`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${health}/metrics`)).status).toBe(200);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  test('one that waits for an address ends when it is told to', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 5, `{ pollSeconds: 0.1 }\nendpoints: { port: ${await freePort()} }`);
    const first = here.serve();
    await first.says(/^health and metrics are served/);
    const second = here.serve();
    await second.says(/^an address is taken/);
    second.child.kill('SIGTERM');
    expect(await second.ended).toBe(0);
  });

  test('a job that is due all the time is executed by one at a time', { timeout: LONG }, async () => {
    const here = await site(openFresh, `${ALL}\n  chain: { run: plan, after: [all] }`, 5);
    const both = [here.serve(), here.serve(), here.serve()];
    await startAll(here.store, both);
    for (let turn = 0; turn < 12; turn += 1) {
      await setDue(here.store.db, 'all', Date.now(), 'person');
      await until(async () => (await allJobs(here.store.db)).some((row) => row.due_at === null && row.name === 'all'));
    }
    await until(async () => (await allJobs(here.store.db)).every((row) => row.due_at === null && row.running_since === null));
    const runs = (await lastRuns(here.store.db, 100)).sort((a, b) => a.started_at - b.started_at);
    expect(runs.length).toBeGreaterThan(10);
    for (const [index, run] of runs.entries()) {
      expect(['done', 'waiting']).toContain(run.state);
      expect(run.started_at).toBeGreaterThanOrEqual(runs[index - 1]?.ended_at ?? 0);
    }
    expect(runs.some((run) => run.name === 'chain')).toBe(true);
  });
});

describeStores('one process serves', (openFresh) => {
  test('a stop signal lets the batch finish: what was read is kept, and the next process goes on', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 60);
    const { faults, requests } = here.sandbox.virtualpos;
    faults.add({ kind: 'latency', ms: 700, times: Number.POSITIVE_INFINITY });
    const first = here.serve();
    await startAll(here.store, [first]);
    await until(() => requests.length > 0);
    first.child.kill('SIGTERM');
    expect(await first.says(/^job ended/)).toMatchObject({ how: 'stopped' });
    expect(await first.ended).toBe(0);
    const [run] = await lastRuns(here.store.db, 1);
    expect(run).toMatchObject({ state: 'interrupted', name: 'all' });
    const shop = await here.store.db('records').join('systems', 'systems.id', 'records.system_id').where('systems.name', 'shop').count({ count: '*' }).first();
    expect(Number(shop?.['count'])).toBeGreaterThan(0);
    expect(
      await here.store.db('checkpoints').join('systems', 'systems.id', 'checkpoints.system_id').where('systems.name', 'shop').select('reading'),
    ).not.toEqual([]);
    expect(here.writes()).toBe(0);
    faults.clear();
    const second = here.serve();
    expect(await second.says(/^job begins/)).toMatchObject({ cause: 'catch-up' });
    expect(await second.says(/^job ended/)).toMatchObject({ how: 'done' });
  });

  test('SIGHUP reads the configuration anew; a wrong one is refused and the old one holds', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 5);
    const served = here.serve();
    await served.says(/^serving/);
    here.configure('  all: { schedule: "0 0 31 2 *", zone: Europe/Moscow }');
    served.child.kill('SIGHUP');
    expect(String((await served.says(/refused, the old one holds/))['what'])).toMatch(/31 February never comes/);
    here.configure('  all: { schedule: "0 0 1 1 *", zone: Europe/Moskow }');
    const said = served.lines.length;
    served.child.kill('SIGHUP');
    expect(String((await served.says(/refused, the old one holds/, {}, said))['what'])).toMatch(/IANA time zone.*Moscow/);
    here.configure(`${ALL}\n  new: { run: plan, after: [all] }`);
    served.child.kill('SIGHUP');
    expect(await served.says(/read anew/)).toMatchObject({ jobs: 2 });
    await until(async () => (await allJobs(here.store.db)).length === 2);
    await setDue(here.store.db, 'all', Date.now(), 'person');
    expect(await served.says(/^job ended/, { job: 'new' })).toMatchObject({ how: 'done' });
  });

  test('a SIGHUP while it starts is heard once it has started', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 5);
    const { yaml, path } = pipeOf(here);
    const served = here.serve();
    const first = await readerOf(path);
    served.child.kill('SIGHUP');
    first(yaml);
    (await readerOf(path))(yaml.replace(ALL, `${ALL}\n  new: { run: plan, after: [all] }`));
    expect(await served.says(/read anew/)).toMatchObject({ jobs: 2 });
    await until(async () => (await allJobs(here.store.db)).length === 2);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('a %s while it starts is a clean end', { timeout: LONG }, async (signal) => {
    const here = await site(openFresh, '  all: { schedule: "* * * * *", zone: Europe/Moscow, catchUp: once }', 5);
    const { yaml, path } = pipeOf(here);
    const served = here.serve();
    const give = await readerOf(path);
    served.child.kill(signal);
    give(yaml);
    expect(await served.ended).toBe(0);
    expect(await lastRuns(here.store.db, 1)).toEqual([]);
  });

  test('a reload under way when it is stopped does not disturb the end', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 5);
    const served = here.serve();
    await served.says(/^serving/);
    const { yaml, path } = pipeOf(here);
    served.child.kill('SIGHUP');
    const give = await readerOf(path);
    served.child.kill('SIGTERM');
    await served.says(/^served/);
    give(yaml);
    expect(await served.ended).toBe(0);
  });

  test('a callback starts a job for who knows the token, and nothing for others', { timeout: LONG }, async () => {
    const here = await site(
      openFresh,
      `${ALL}\n  called: { run: plan, systems: [shop], trigger: { callback: { token: { env: CALL } } } }`,
      5,
      '{ pollSeconds: 0.1, callbacks: "127.0.0.1:18731" }',
    );
    const served = here.serve();
    await served.says(/^callbacks are taken/);
    const url = 'http://127.0.0.1:18731';
    const call = async (path: string, init: RequestInit = {}): Promise<number> => (await fetch(`${url}${path}`, { method: 'POST', ...init })).status;
    const authorization = `Bearer ${TOKEN}`;
    expect(await call('/jobs/called')).toBe(401);
    expect(await call('/jobs/called', { headers: { authorization: 'Bearer wrong' } })).toBe(401);
    expect(await call('/jobs/all', { headers: { authorization } })).toBe(401);
    expect(await call('/jobs/none', { headers: { authorization } })).toBe(401);
    expect(await call('/jobs/../called', { headers: { authorization } })).toBe(404);
    expect(await call('/jobs/called', { method: 'GET', headers: { authorization } })).toBe(405);
    expect(await call('/jobs/called', { headers: { authorization }, body: 'x'.repeat(100_000) })).toBe(413);
    expect((await allJobs(here.store.db)).every((row) => row.due_at === null && row.began_at === null)).toBe(true);
    expect(await call('/jobs/called', { headers: { authorization } })).toBe(202);
    expect(await served.says(/^job begins/)).toMatchObject({ job: 'called', cause: 'callback' });
    expect(JSON.stringify(served.lines)).not.toContain(TOKEN);
  });

  test('run cancel ends a run after its batch, and its job is not started again for it', { timeout: LONG }, async () => {
    const here = await site(openFresh, ALL, 60);
    here.sandbox.virtualpos.faults.add({ kind: 'latency', ms: 700, times: Number.POSITIVE_INFINITY });
    const served = here.serve();
    await startAll(here.store, [served]);
    await until(() => here.sandbox.virtualpos.requests.length > 0);
    const { PATH = '', HOME = '' } = process.env;
    const cancel = spawn(process.execPath, [MAIN, 'run', 'cancel'], { cwd: here.directory, env: { PATH, HOME }, stdio: 'ignore' });
    expect(await new Promise((resolve) => cancel.once('close', resolve))).toBe(0);
    expect(await served.says(/^job ended/)).toMatchObject({ how: 'cancelled' });
    const [run] = await lastRuns(here.store.db, 1);
    expect(run?.state).toBe('interrupted');
    expect(run?.problems).toMatch(/RUN_CANCELLED/);
    await until(async () => (await allJobs(here.store.db)).every((row) => row.due_at === null && row.running_since === null));
  });
});
