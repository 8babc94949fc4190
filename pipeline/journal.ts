/** What a run gathers on its way, and the report made of it. */
import { countNewlyWaiting } from '../canonical/stores/operations.ts';
import { SverkaError } from '../core/errors.ts';
import { type Engine, isStopped } from './engine.ts';
import { type MappingNews, type MigrationPreview, NOTHING_WAITS, type ReadingReport, type RunReport } from './report.ts';
import type { RunRequest } from './request.ts';
import type { SystemSetup } from './setup.ts';
import { reportOperations, waitingNow } from './summary.ts';

type Problem = RunReport['problems'][number];

/** What a run gathers on its way. */
export interface Journal {
  readonly started: number;
  readonly readings: ReadingReport[];
  readonly problems: Problem[];
  delivered: number;
  mappings: MappingNews;
  migration?: MigrationPreview;
}

/** Whether the run knows all that a stream holds: what is not stored is not there. */
export function isWhole(journal: Journal, system: SystemSetup, stream: string): boolean {
  return journal.readings.some(
    (report) => report.system === system.name && stream in report.streams && (report.result === 'snapshot' || report.result === 'changes'),
  );
}

/** The report of a run that came to its end, whatever failed on the way. */
export async function finishedReport(engine: Engine, request: RunRequest, journal: Journal, before: RunReport['waiting']): Promise<RunReport> {
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

/** An error as reports show it. */
export const textOf = (error: SverkaError): { code: string; message: string; hint: string } => ({ code: error.code, message: error.message, hint: error.hint });

/** The report of a run that was stopped, or that an error ended. */
export async function broken(engine: Engine, request: RunRequest, journal: Journal, error: unknown): Promise<RunReport> {
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
