/** An activation or its taking back as an entry in the list of runs. */
import { insertRun } from '../../canonical/stores/work.ts';
import type { Engine } from '../engine.ts';

/** To be called in the transaction of the work. */
export async function noteRun(engine: Engine, job: 'activate' | 'rollback', began: number, counts: Readonly<Record<string, unknown>>): Promise<void> {
  await insertRun(engine.store.db, {
    id: engine.runId,
    job,
    scope: JSON.stringify({ activation: engine.activation }),
    state: 'done',
    started_at: began,
    ended_at: engine.setup.clock.now(),
    counts: JSON.stringify(counts),
    problems: null,
    acknowledged: 0,
    name: null,
    due_at: null,
    cancelled_by: null,
  });
}
