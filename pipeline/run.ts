/** One run: pull all systems, resolve and fold what changed, plan, deliver, read back. The same engine for a sync, a plan and an apply. */
import type { Store } from '../canonical/open.ts';
import { keepLease, releaseLease, takeLease } from '../canonical/stores/leases.ts';
import { Numbers } from '../canonical/stores/numbers.ts';
import type { OperationRow } from '../canonical/stores/operations.ts';
import { beginRun, updateRun } from '../canonical/stores/runs.ts';
import { ConfigError, StoreError, SverkaError } from '../core/errors.ts';
import { beginWithMappings } from './activation/first.ts';
import { type Approval, approve, noteApproved, settleApproval } from './apply.ts';
import { isClosed } from './closed.ts';
import { confirmAccepted, recoverInterrupted } from './deliver/confirm.ts';
import { deliver } from './deliver/deliver.ts';
import { isOut, settleUnknown } from './deliver/settle.ts';
import { type Engine, goOn, LEASE, LEASE_MS, raiseFence } from './engine.ts';
import { broken, finishedReport, isWhole, type Journal, textOf } from './journal.ts';
import { logBegin, logEnd } from './log.ts';
import { planMigration, replanMigration } from './migrate/plan-migration.ts';
import { keptConditions } from './plan/filter.ts';
import { plan } from './plan/plan.ts';
import { pullAll } from './pull-all.ts';
import { readBackWritten } from './read-back.ts';
import { emptyResolve, type RunReport } from './report.ts';
import type { RunRequest } from './request.ts';
import { resolveAndLog } from './resolve-and-log.ts';
import type { RunSetup, SystemSetup } from './setup.ts';
import { waitingNow } from './summary.ts';
import { watch } from './watch.ts';

/** Executes a run. Throws only what prevents it from beginning; what stops it later is in the report, and in `runs`. */
export async function run(store: Store, given: RunSetup, request: RunRequest): Promise<RunReport> {
  const asked = new AbortController();
  const setup: RunSetup = { ...given, stopping: given.stopping === undefined ? asked.signal : AbortSignal.any([given.stopping, asked.signal]) };
  const numbers = new Numbers(store);
  const started = setup.clock.now();
  const token = await takeLeases(store, setup, started);
  const runId = await numbers.take('runs');
  const scope = JSON.stringify({ ...keptRequest(request), dry: request.dry === true });
  await beginRun(store.db, { id: runId, job: request.job, scope, started_at: started, name: setup.job?.name ?? null, due_at: setup.job?.due ?? null });
  const engine: Engine = { store, numbers, setup, runId, token, counts: emptyResolve(), outcomes: new Set() };
  raiseFence(engine);
  setup.runBegins(runId);
  logBegin(engine, request);
  const journal: Journal = { started, readings: [], problems: [], delivered: 0, mappings: { activated: [], changed: [], pending: setup.mappings.pending } };
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

/** A request as `runs` keeps it: without values of people. */
function keptRequest(request: RunRequest): RunRequest {
  const { migration } = request;
  return migration?.where === undefined ? request : { ...request, migration: { ...migration, where: keptConditions(migration.where) } };
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
  const { problems } = await settleUnknown(engine, reachable, sends(request));
  noteProblems(journal, problems);
  const open = new Set([...reachable].filter((name) => !isOut(problems, name)));
  await resolveAndLog(engine);
  const whole = (system: SystemSetup, stream: string): boolean => isWhole(journal, system, stream);
  if (request.migration !== undefined && request.job === 'migrate') journal.migration = await planMigration(engine, request.migration, whole);
  else if (request.migration !== undefined) await replanMigration(engine, request.migration, whole);
  else await plan(engine, { onlyPropose: request.job !== 'sync', systems: names, streams, whole });
  const written: OperationRow[] = [...confirmed];
  const told = journal.problems.length;
  if (sends(request)) written.push(...(await deliverAll(engine, request, approval, open, streams, journal)));
  const toSend = written.length > 0 ? await readBackWritten(engine, written) : 0;
  if (toSend > 0 && sends(request)) {
    // What did not arrive is sent once more now; what is lost again is left to the next run, and so is a system that takes nothing.
    const failed = new Set(journal.problems.slice(told).map(({ system }) => system));
    const others = new Set([...open].filter((name) => !failed.has(name)));
    const again = await deliverAll(engine, request, null, others, streams, journal);
    if (again.length > 0) await readBackWritten(engine, again);
  }
  return finishedReport(engine, request, journal, before);
}

/** Whether a run may write to vendors: a plan and a migration only propose. */
const sends = (request: RunRequest): boolean => request.dry !== true && request.job !== 'plan' && request.job !== 'migrate';

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
  const { sent, overtaken, problems, writes } = await deliver(engine, reachable, streams, approval === null ? undefined : load);
  if (approval !== null) await settleApproval(engine, approval);
  journal.delivered += writes;
  goOn(engine);
  noteProblems(journal, problems);
  return [...sent, ...overtaken];
}

/** What went wrong with systems. Throws what is no trouble of a system; one that is not to be called now is none. */
function noteProblems(journal: Journal, problems: readonly { readonly system: string; readonly error: unknown }[]): void {
  for (const { system, error } of problems) {
    if (isClosed(error)) continue;
    if (!(error instanceof SverkaError) || ['StoreError', 'InvariantError'].includes(error.name)) throw error;
    journal.problems.push({ system, ...textOf(error) });
  }
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
