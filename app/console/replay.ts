/** Landing records of the quarantine once more, as a run of its own. */
import type { Store } from '../../canonical/open.ts';
import { beginRun, updateRun } from '../../canonical/stores/runs.ts';
import { whileNoRun } from '../../pipeline/decision.ts';
import { replayQuarantine } from '../../pipeline/land/replay.ts';
import type { RunSetup } from '../../pipeline/setup.ts';

export interface Replayed {
  readonly runId: number;
  /** Records that can be read now; those that still cannot. */
  readonly cured: number;
  readonly still: number;
}

/** All records that are set aside, or those with the given numbers. Their effect on clients and systems comes with the next run. */
export async function replay(store: Store, setup: RunSetup, ids: readonly number[] | null): Promise<Replayed> {
  const { clock } = setup;
  return whileNoRun(store, setup, 0, async (engine) => {
    const runId = await engine.numbers.take('runs');
    await beginRun(store.db, { id: runId, job: 'replay', scope: JSON.stringify({ ids }), started_at: clock.now(), name: null, due_at: null });
    setup.runBegins(runId);
    try {
      const counts = await replayQuarantine({ ...engine, runId }, ids);
      await updateRun(store.db, runId, { state: 'done', ended_at: clock.now(), counts: JSON.stringify(counts) });
      return { runId, ...counts };
    } catch (error) {
      await updateRun(store.db, runId, { state: 'failed', ended_at: clock.now() });
      throw error;
    }
  });
}
