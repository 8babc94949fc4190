/** Executes a job as a run of the engine. */
import type { Store } from '../../canonical/open.ts';
import { Numbers } from '../../canonical/stores/numbers.ts';
import { noteFailedStart } from '../../canonical/stores/runs.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Clock, Logger } from '../../core/context.ts';
import { InvariantError, StoreError, SverkaError } from '../../core/errors.ts';
import { textOf } from '../../pipeline/journal.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { run } from '../../pipeline/run.ts';
import type { Progress } from '../../pipeline/setup.ts';
import { heartbeat } from '../adapters/heartbeat.ts';
import { compose } from '../compose.ts';
import type { Claim, Ending } from './claim.ts';
import type { Job } from './job.ts';

export interface ExecuteOptions {
  readonly store: Store;
  readonly log: Logger;
  readonly clock: Clock;
  /** The configuration that holds when a job begins. */
  readonly config: () => LoadedConfig;
  /** Asks runs to end after their batch; its reason is a `SverkaError`. */
  readonly stopping: AbortSignal;
  /** Ends runs at once. */
  readonly signal: AbortSignal;
}

const NO_PROGRESS: Progress = { reading: () => undefined, step: () => undefined, delivering: () => undefined };

export function executor(options: ExecuteOptions): (claim: Claim) => Promise<Ending> {
  return async ({ job, due, lease }) => {
    const { store, log, clock, stopping, signal } = options;
    const loaded = options.config();
    const began = clock.now();
    try {
      const setup = await compose(loaded, store, {
        log,
        signal,
        clock,
        // Nobody is there to be asked.
        ask: async () => null,
        progress: NO_PROGRESS,
        hold: { stopping, job: { name: job.name, due, lease }, heartbeat: heartbeat(clock), leaseMs: loaded.config.serve.leaseSeconds * 1000 },
      });
      return endingOf(await run(store, setup, job.request));
    } catch (error) {
      if (!(error instanceof SverkaError)) {
        log.error('a defect stopped a job', { job: job.name, stack: error instanceof Error ? (error.stack ?? '').split('\n').slice(0, 6).join(' | ') : '' });
        return noteFailure(options, { job, due, began }, new InvariantError('INVARIANT_BROKEN', 'a defect stopped the job; the log has more'));
      }
      if (error.code === 'RUN_LOCKED') return { kind: 'busy', runId: null };
      if (error.code === 'RUN_LEASE_LOST') return { kind: 'lost', runId: null };
      log.error('a job could not begin', { job: job.name, code: error.code, what: error.message });
      return noteFailure(options, { job, due, began }, error);
    }
  };
}

/** A failed job is a failed run whatever stage it failed in, or nobody would be told of it. */
async function noteFailure(
  { store, log, clock }: Pick<ExecuteOptions, 'store' | 'log' | 'clock'>,
  { job, due, began }: { readonly job: Job; readonly due: number; readonly began: number },
  error: SverkaError,
): Promise<Ending> {
  try {
    const id = await new Numbers(store).take('runs');
    const scope = JSON.stringify({ ...job.request, dry: false });
    const times = { started_at: began, ended_at: clock.now(), due_at: due };
    await noteFailedStart(store.db, { id, job: job.request.job, name: job.name, scope, ...times, problems: JSON.stringify([textOf(error)]) });
    return { kind: 'failed', runId: id };
  } catch (broken) {
    if (!(broken instanceof StoreError)) throw broken;
    log.error('the failure of a job could not be noted', { job: job.name, code: broken.code });
    return { kind: 'failed', runId: null };
  }
}

function endingOf({ state, runId, problems }: RunReport): Ending {
  const codes = new Set(problems.map((problem) => problem.code));
  if (codes.has('RUN_LEASE_LOST')) return { kind: 'lost', runId };
  // Mappings were activated between the reading of the configuration and the lease: the next attempt has them.
  if (codes.has('RUN_LOCKED')) return { kind: 'busy', runId: null };
  if (codes.has('RUN_CANCELLED')) return { kind: 'cancelled', runId };
  if (state === 'interrupted') return { kind: 'stopped', runId };
  return { kind: state === 'failed' ? 'failed' : 'done', runId };
}
