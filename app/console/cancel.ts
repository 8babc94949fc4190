/** Stopping a run that is executed elsewhere. */
import type { Store } from '../../canonical/open.ts';
import { type Holder, storeHolder } from '../../canonical/stores/leases.ts';
import { askToStop, runningRun, updateRun } from '../../canonical/stores/runs.ts';

export interface Cancelled {
  readonly runId: number;
  /** `asked`: its process stops it with its next sign of life. `dead`: there was no process any more. */
  readonly how: 'asked' | 'dead';
}

/** Null when that run (or, without a number, any) is not under way. */
export async function cancel(
  store: Store,
  options: { readonly id: number | null; readonly by: string; readonly owner: Holder; readonly now: number },
): Promise<Cancelled | null> {
  return store.transaction(async (trx) => {
    const runId = await runningRun(trx);
    if (runId === null || (options.id !== null && options.id !== runId)) return null;
    if ((await storeHolder(trx, options.owner, options.now)) === null) {
      await updateRun(trx, runId, { state: 'interrupted', ended_at: options.now });
      return { runId, how: 'dead' };
    }
    await askToStop(trx, runId, options.by);
    return { runId, how: 'asked' };
  });
}
