/** Signs of life of a run, and what others want of it. */
import { whoStops } from '../canonical/stores/runs.ts';
import { SverkaError, TransientError } from '../core/errors.ts';
import { type Engine, holding } from './engine.ts';

/**
 * Keeps the leases of a run while it waits for vendors, and looks whether it was cancelled or its place was taken: then `stop` is called with
 * the reason. What is given back ends the watch. Without a heartbeat in the set-up there is none.
 */
export function watch(engine: Engine, stop: (reason: SverkaError) => void): () => void {
  const { setup, runId } = engine;
  if (setup.heartbeat === undefined) return () => undefined;
  return setup.heartbeat(async () => {
    try {
      const by = await holding(engine, (trx) => whoStops(trx, runId));
      if (by !== null) stop(new TransientError('RUN_CANCELLED', `the run was stopped by ${by}`));
    } catch (error) {
      if (!(error instanceof SverkaError)) throw error;
      // A store that cannot be reached for a moment is the business of the next effect.
      if (error.code === 'RUN_LEASE_LOST') stop(error);
      else setup.log.debug('a sign of life failed', { code: error.code });
    }
  });
}
