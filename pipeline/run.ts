/** One run: pull all systems, resolve and fold what changed, plan, deliver, read back. The same engine for a sync, a plan and an apply. */

import type { Store } from '../canonical/open.ts';
import { Numbers } from '../canonical/stores/numbers.ts';
import { countNewlyWaiting, type OperationRow } from '../canonical/stores/operations.ts';
import { hasRecords } from '../canonical/stores/records.ts';
import { insertRun, keepLease, releaseLease, takeLease, updateRun } from '../canonical/stores/work.ts';
import { ConfigError, StoreError, SverkaError } from '../core/errors.ts';
import { beginWithMappings } from './activation/first.ts';
import { type Approval, approve, noteApproved, settleApproval } from './apply.ts';
import { isClosed, isClosedCode } from './closed.ts';
import { deliver } from './deliver/deliver.ts';
import { confirmAccepted, recoverInterrupted, settleUnknown } from './deliver/settle.ts';
import { type Engine, goOn, isStopped, LEASE, LEASE_MS, raiseFence } from './engine.ts';
import { KnownKeys } from './identity/newcomers.ts';
import { pullClosed, pullSystem } from './land/pull.ts';
import { logBegin, logEnd } from './log.ts';
import { planMigration, replanMigration } from './migrate/plan-migration.ts';
import { plan } from './plan/plan.ts';
import { readBackWritten } from './read-back.ts';
import { emptyResolve, type MappingNews, type MigrationPreview, NOTHING_WAITS, type ReadingReport, type RunReport, type RunRequest } from './report.ts';
import { resolveAndLog } from './resolve-and-log.ts';
import type { RunSetup, SystemSetup } from './setup.ts';
import { reportOperations, waitingNow } from './summary.ts';
import { watch } from './watch.ts';

type Problem = RunReport['problems'][number];

/** What a run gathers on its way. */
interface Journal {
  readonly started: number;
  readonly readings: ReadingReport[];
  readonly problems: Problem[];
  delivered: number;
  mappings: MappingNews;
  migration?: MigrationPreview;
}

/** Executes a run. Throws only what prevents it from beginning; what stops it later is in the report, and in `runs`. */
export async function run(store: Store, given: RunSetup, request: RunRequest): Promise<RunReport> {
  const asked = new AbortController();
  const setup: RunSetup = { ...given, stopping: given.stopping === undefined ? asked.signal : AbortSignal.any([given.stopping, asked.signal]) };
  const numbers = new Numbers(store);
  const started = setup.clock.now();
  const token = await takeLeases(store, setup, started);
  const runId = await numbers.take('runs');
  await insertRun(store.db, {
    id: runId,
    job: request.job,
    scope: JSON.stringify({ ...request, dry: request.dry === true }),
    state: 'running',
    started_at: started,
    ended_at: null,
    counts: '{}',
    problems: null,
    acknowledged: 0,
    name: setup.job?.name ?? null,
    due_at: setup.job?.due ?? null,
    cancelled_by: null,
  });
  const engine: Engine = { store, numbers, setup, runId, token, counts: emptyResolve(), outcomes: new Set() };
  raiseFence(engine);
  setup.runBegins(runId);
  logBegin(engine, request);
  const journal: Journal = { started, readings: [], problems: [], delivered: 0, mappings: { activated: [], pending: setup.mappings.pending } };
  const unwatch = watch(engine, (reason) => asked.abort(reason));
  let report: RunReport;
  try {
    report = request.dry === true ? await dry(engine, request, journal) : await steps(engine, request, journal);
  } catch (error) {
    report = await broken(engine, request, journal, error);
  } finally {
    unwatch();
  }
  logEnd(engine, report);
  await finish(engine, report);
  return report;
}

/** The store's lease, taken while the job's is still ours: a process that slept before its run began must not begin it. Answers its token. */
async function takeLeases(store: Store, setup: RunSetup, now: number): Promise<number> {
  const ms = setup.leaseMs ?? LEASE_MS;
  return store.transaction(async (trx) => {
    if (setup.job !== undefined) await keepLease(trx, setup.job.lease.name, setup.job.lease.token, now, ms);
    return takeLease(trx, LEASE, setup.owner, now, ms);
  });
}

/** Everything in one transaction that is undone at the end: only `runs` keeps a trace. */
async function dry(engine: Engine, request: RunRequest, journal: Journal): Promise<RunReport> {
  const numbers = new Numbers(engine.store);
  const report = await engine.store.dryRun(() => steps({ ...engine, numbers, token: null }, request, journal));
  numbers.forget();
  return report;
}

async function steps(engine: Engine, request: RunRequest, journal: Journal): Promise<RunReport> {
  const { setup } = engine;
  const names = new Set(setup.systems.filter((system) => request.systems?.includes(system.name) ?? true).map((system) => system.name));
  const streams = request.streams === undefined ? null : new Set(request.streams);
  const before = await waitingNow(engine.store.db);
  await recoverInterrupted(engine);
  journal.mappings = await beginWithMappings(engine);
  const approval = request.job === 'apply' ? await noteApproved(engine, request, names) : null;
  const reachable = await pullAll(engine, request, names, streams, journal);
  await resolveAndLog(engine);
  const confirmed = request.dry === true ? [] : await confirmAccepted(engine, reachable);
  await settleUnknown(engine, reachable, sends(request));
  await resolveAndLog(engine);
  const whole = (system: SystemSetup, stream: string): boolean => isWhole(journal, system, stream);
  if (request.migration !== undefined && request.job === 'migrate') journal.migration = await planMigration(engine, request.migration, whole);
  else if (request.migration !== undefined) await replanMigration(engine, request.migration, whole);
  else await plan(engine, { onlyPropose: request.job !== 'sync', systems: names, streams, whole });
  const written: OperationRow[] = [...confirmed];
  if (sends(request)) written.push(...(await deliverAll(engine, request, approval, reachable, streams, journal)));
  const toSend = written.length > 0 ? await readBackWritten(engine, written) : 0;
  if (toSend > 0 && sends(request)) {
    // What did not arrive is sent once more now; what is lost again is left to the next run.
    const again = await deliverAll(engine, request, null, reachable, streams, journal);
    if (again.length > 0) await readBackWritten(engine, again);
  }
  return finishedReport(engine, request, journal, before);
}

/** Whether a run may write to vendors: a plan and a migration only propose. */
const sends = (request: RunRequest): boolean => request.dry !== true && request.job !== 'plan' && request.job !== 'migrate';

/** Systems side by side; answers those that can be written to: one that failed is paused in this run. */
async function pullAll(
  engine: Engine,
  request: RunRequest,
  names: ReadonlySet<string>,
  streams: ReadonlySet<string> | null,
  journal: Journal,
): Promise<Set<string>> {
  const reachable = new Set<string>();
  // Where nothing is stored yet, all there is to be mistaken for comes in this very run.
  const known = (await hasRecords(engine.store.db)) ? null : new KnownKeys();
  const options = { full: request.full === true, ...(request.since === undefined ? {} : { since: request.since }), streams, known };
  const pulls = await Promise.allSettled(
    engine.setup.systems
      .filter((system) => names.has(system.name))
      .map(async (system) => {
        const reports = await pullOne(engine, system, options, journal);
        if (reports === null) return;
        journal.readings.push(...reports);
        for (const { result, code, message, hint } of reports) {
          if (result === 'failed') journal.problems.push({ system: system.name, code: code ?? '', message: message ?? '', hint: hint ?? '' });
        }
        const failed = reports.some((report) => report.result === 'failed' && ['VENDOR_UNREACHABLE', 'VENDOR_REFUSED'].includes(report.code ?? ''));
        if (!failed && !reports.some((report) => isClosedCode(report.code))) reachable.add(system.name);
      }),
  );
  // None is left running behind a run that has ended: what stops one is told when all have stopped.
  for (const pull of pulls) if (pull.status === 'rejected') throw pull.reason;
  const order = engine.setup.systems.map((system) => system.name);
  journal.readings.sort((a, b) => order.indexOf(a.system) - order.indexOf(b.system));
  return reachable;
}

async function pullOne(engine: Engine, system: SystemSetup, options: Parameters<typeof pullSystem>[2], journal: Journal): Promise<ReadingReport[] | null> {
  try {
    const closed = await system.closed?.(true);
    if (closed) return pullClosed(engine, system, closed, options);
    // What a system can do may hang on what it is told when it is reached (a code that has to be asked for).
    await system.system.check(engine.setup.signal);
    return await pullSystem(engine, system, options);
  } catch (error) {
    if (isStopped(engine) || !(error instanceof SverkaError) || ['StoreError', 'InvariantError'].includes(error.name)) throw error;
    if (isClosed(error)) return pullClosed(engine, system, error, options);
    journal.problems.push({ system: system.name, ...textOf(error) });
    return null;
  }
}

function isWhole(journal: Journal, system: SystemSetup, stream: string): boolean {
  return journal.readings.some(
    (report) => report.system === system.name && stream in report.streams && (report.result === 'snapshot' || report.result === 'changes'),
  );
}

async function deliverAll(
  engine: Engine,
  request: RunRequest,
  approval: Approval | null,
  reachable: ReadonlySet<string>,
  streams: ReadonlySet<string> | null,
  journal: Journal,
): Promise<OperationRow[]> {
  const { load } = request;
  // Without a whole reading just now nobody could say what has to be put back.
  const system = load === undefined ? undefined : engine.setup.systems.find(({ name }) => name === load.system);
  if (load !== undefined && (system === undefined || !isWhole(journal, system, load.stream)))
    throw new ConfigError('LOAD_REFUSED', `${load.system}: the full load was not sent: ${load.stream} were not read whole in this run`);
  if (approval !== null) await approve(engine, approval, request.approvedBy ?? 'the command line');
  const { sent, overtaken, problems } = await deliver(engine, reachable, streams, approval === null ? undefined : load);
  if (approval !== null) await settleApproval(engine, approval);
  journal.delivered += sent.length;
  goOn(engine);
  for (const { system, error } of problems) {
    if (isClosed(error)) continue;
    if (!(error instanceof SverkaError) || ['StoreError', 'InvariantError'].includes(error.name)) throw error;
    journal.problems.push({ system, ...textOf(error) });
  }
  return [...sent, ...overtaken];
}

async function finishedReport(engine: Engine, request: RunRequest, journal: Journal, before: RunReport['waiting']): Promise<RunReport> {
  const now = await waitingNow(engine.store.db);
  const fresh = await countNewlyWaiting(engine.store.db, engine.runId, journal.started);
  const more = Math.max(0, now.reviews - before.reviews) + Math.max(0, now.quarantined - before.quarantined) + fresh;
  const waiting = { ...now, fresh: more };
  const failed = journal.problems.length > 0;
  return {
    runId: engine.runId,
    job: request.job,
    dry: request.dry === true,
    state: failed ? 'failed' : more > 0 ? 'waiting' : 'done',
    ms: engine.setup.clock.now() - journal.started,
    readings: journal.readings,
    resolved: engine.counts,
    operations: await reportOperations(engine),
    waiting,
    delivered: journal.delivered,
    ...(journal.migration === undefined ? {} : { migration: journal.migration }),
    mappings: journal.mappings,
    problems: journal.problems,
  };
}

const textOf = (error: SverkaError): { code: string; message: string; hint: string } => ({ code: error.code, message: error.message, hint: error.hint });

async function broken(engine: Engine, request: RunRequest, journal: Journal, error: unknown): Promise<RunReport> {
  const interrupted = isStopped(engine);
  const reason: unknown = engine.setup.signal.aborted ? null : engine.setup.stopping?.reason;
  const known =
    error instanceof SverkaError
      ? textOf(error)
      : { code: 'INVARIANT_BROKEN', message: `a defect: ${error instanceof Error ? error.name : 'unknown error'}`, hint: 'Keep the log and report it.' };
  if (!interrupted && !(error instanceof SverkaError))
    engine.setup.log.error('a defect stopped the run', {
      stack: error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 6).join(' | ') : '',
    });
  const stopped = { code: 'RUN_INTERRUPTED', message: 'the run was stopped', hint: 'Run again: it goes on from the last checkpoint.' };
  const problem = !interrupted ? known : reason instanceof SverkaError ? textOf(reason) : stopped;
  return {
    runId: engine.runId,
    job: request.job,
    dry: request.dry === true,
    state: interrupted ? 'interrupted' : 'failed',
    ms: engine.setup.clock.now() - journal.started,
    readings: journal.readings,
    resolved: engine.counts,
    operations: [],
    waiting: NOTHING_WAITS,
    delivered: journal.delivered,
    mappings: journal.mappings,
    problems: [...journal.problems, problem],
  };
}

/** Notes the end of a run; a store that is gone cannot take the note, and the report says why already. */
async function finish({ store, setup, token }: Engine, report: RunReport): Promise<void> {
  const { readings, resolved, operations, waiting, delivered, migration, mappings } = report;
  try {
    await updateRun(store.db, report.runId, {
      state: report.state,
      ended_at: setup.clock.now(),
      counts: JSON.stringify({ readings, resolved, operations, waiting, delivered, migration, mappings }),
      problems: report.problems.length === 0 ? null : JSON.stringify(report.problems),
    });
    if (token !== null) await releaseLease(store.db, LEASE, token);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}
