/** Executes a job as a run of the engine. */
import type { Store } from '../../canonical/open.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Clock, Logger } from '../../core/context.ts';
import { SverkaError } from '../../core/errors.ts';
import type { RunReport } from '../../pipeline/report.ts';
import { run } from '../../pipeline/run.ts';
import type { Progress } from '../../pipeline/setup.ts';
import { heartbeat } from '../adapters/heartbeat.ts';
import { compose } from '../compose.ts';
import type { Claim, Ending } from './scheduler.ts';

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
        return { kind: 'failed', runId: null };
      }
      if (error.code === 'RUN_LOCKED') return { kind: 'busy', runId: null };
      if (error.code === 'RUN_LEASE_LOST') return { kind: 'lost', runId: null };
      log.error('a job could not begin', { job: job.name, code: error.code, what: error.message });
      return { kind: 'failed', runId: null };
    }
  };
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
