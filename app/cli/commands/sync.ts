/** `sverka sync`: read, reconcile, write. */
import { Command } from 'commander';
import type { RunReport } from '../../../pipeline/report.ts';
import type { RunRequest } from '../../../pipeline/request.ts';
import type { RunSetup } from '../../../pipeline/setup.ts';
import type { Listening } from '../../listener.ts';
import { withExample } from '../example.ts';
import type { Answer, ExitCode, Invocation, Runner } from '../host.ts';
import { checkScope, collect, parseSince } from '../options.ts';
import { progressOn } from '../progress.ts';
import { type StoreSession, withStore } from '../session.ts';

export interface ScopeOptions {
  readonly system: readonly string[];
  readonly stream: readonly string[];
  readonly full: boolean;
  readonly since?: number;
  readonly code?: string;
}

export function withScope(command: Command): Command {
  return command
    .option('--system <name>', 'only this system (may be given several times)', collect, [])
    .option('--stream <name>', 'only this stream (may be given several times)', collect, [])
    .option('--full', 'whole snapshots, even where changes could be asked for', false)
    .option('--since <time>', 'changes since this time (2026-01-31 or 2026-01-31T10:00Z)', parseSince)
    .option('--code <code>', 'the SMS code that reading Lotinfo needs');
}

export function syncCommand(run: Runner): Command {
  const command = withScope(new Command('sync').description('Read all systems, reconcile, and make the changes that the configuration allows.')).option(
    '--full-load',
    'clear one stream of one system and load all of it in one piece (Artix by commands); asks for a confirmation that has to be typed',
    false,
  );
  return withExample(command.action(run(sync)), 'sverka sync', 'sverka sync --system shop --stream clients --full', 'sverka sync --full-load --system tills');
}

async function sync(invocation: Invocation, options: ScopeOptions & { readonly fullLoad: boolean }): Promise<Answer> {
  return withStore(invocation, { schema: 'needed', settings: settingsOf(options) }, async (session) => {
    const scope = scopeOf(options, session);
    if (options.fullLoad) return loadWhole(invocation, options, session);
    return answerOf(await runJob(invocation, session, { job: 'sync', ...scope }));
  });
}

async function loadWhole(invocation: Invocation, options: ScopeOptions, session: StoreSession): Promise<Answer> {
  const { fullLoad } = await import('./full-load.ts');
  const done = await fullLoad(invocation, options, session, (request) => runJob(invocation, session, request));
  if (done.report === undefined) return { code: 0, data: done, text: 'nothing was sent; what was planned stays proposed' };
  const answer = await answerOf(done.report);
  const said = done.loaded
    ? 'The load was handed over whole. The next sync reads what became of it.'
    : 'The load was not sent, or not taken: see the problems above.';
  return { ...answer, data: done, text: `${answer.text}\n${said}` };
}

export function settingsOf(options: { readonly code?: string }): Readonly<Record<string, string>> {
  return options.code === undefined ? {} : { code: options.code };
}

/** The part of the request that `--system` and the like say. Throws `ConfigError` for names that do not exist. */
export function scopeOf(options: ScopeOptions, session: StoreSession): Omit<RunRequest, 'job'> {
  checkScope(options.system, options.stream, session.loaded.config);
  return {
    ...(options.system.length === 0 ? {} : { systems: options.system }),
    ...(options.stream.length === 0 ? {} : { streams: options.stream }),
    ...(options.full ? { full: true } : {}),
    ...(options.since === undefined ? {} : { since: options.since }),
  };
}

/** Runs a job with progress bars. */
export async function runJob(invocation: Invocation, session: StoreSession, request: RunRequest): Promise<RunReport> {
  const { run } = await import('../../../pipeline/run.ts');
  const progress = await progressOn(invocation.io, !invocation.options.json);
  session.logTo((text) => progress.write(text));
  const setup = await session.setup(progress);
  // A plan sends nothing of which a vendor could call back.
  const listening = request.job === 'plan' || !setup.systems.some(({ system }) => system.listener !== undefined) ? null : await hear(setup);
  try {
    return await run(session.store, setup, request);
  } finally {
    progress.stop();
    await listening?.close();
  }
}

/** Listens for as long as the run takes, unless another process does already. */
async function hear(setup: RunSetup): Promise<Listening> {
  const { listen } = await import('../../listener.ts');
  return listen(setup.systems, { log: setup.log, signal: setup.signal, inUse: 'skip' });
}

export async function answerOf(report: RunReport): Promise<Answer> {
  const { reportText } = await import('../output/report.ts');
  return { code: exitOf(report), data: report, text: reportText(report) };
}

export function exitOf(report: RunReport): ExitCode {
  const { problems } = report;
  // Nothing but the configuration stands in the way: the same answer that `doctor` gives.
  if (report.state === 'failed' && problems.length > 0 && problems.every(({ code }) => code.startsWith('CONFIG_'))) return 2;
  if (report.state === 'failed' || report.state === 'interrupted') return 1;
  return report.state === 'waiting' ? 3 : 0;
}
