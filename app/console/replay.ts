/** Landing records of the quarantine once more, as a run of its own. */
import type { Store } from '../../canonical/open.ts';
import { Numbers } from '../../canonical/stores/numbers.ts';
import { insertRun, releaseLease, takeLease, updateRun } from '../../canonical/stores/work.ts';
import { type Engine, LEASE, LEASE_MS } from '../../pipeline/engine.ts';
import { replayQuarantine } from '../../pipeline/land/replay.ts';
import { emptyResolve } from '../../pipeline/report.ts';
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
  const numbers = new Numbers(store);
  const token = await store.transaction((trx) => takeLease(trx, LEASE, setup.owner, clock.now(), LEASE_MS));
  try {
    const runId = await numbers.take('runs');
    await insertRun(store.db, {
      id: runId,
      job: 'replay',
      scope: JSON.stringify({ ids }),
      state: 'running',
      started_at: clock.now(),
      ended_at: null,
      counts: '{}',
      problems: null,
      acknowledged: 0,
      name: null,
      due_at: null,
      cancelled_by: null,
    });
    setup.runBegins(runId);
    const engine: Engine = { store, numbers, setup, runId, token, counts: emptyResolve(), outcomes: new Set() };
    try {
      const counts = await replayQuarantine(engine, ids);
      await updateRun(store.db, runId, { state: 'done', ended_at: clock.now(), counts: JSON.stringify(counts) });
      return { runId, ...counts };
    } catch (error) {
      await updateRun(store.db, runId, { state: 'failed', ended_at: clock.now() });
      throw error;
    }
  } finally {
    await releaseLease(store.db, LEASE, token);
  }
}
