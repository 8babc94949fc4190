/** An activation or its taking back as an entry in the list of runs. */
import { beginRun, updateRun } from '../../canonical/stores/runs.ts';
import type { Engine } from '../engine.ts';

/** To be called in the transaction of the work. */
export async function noteRun(engine: Engine, job: 'activate' | 'rollback', began: number, counts: Readonly<Record<string, unknown>>): Promise<void> {
  const { db } = engine.store;
  const { runId: id } = engine;
  await beginRun(db, { id, job, scope: JSON.stringify({ activation: engine.activation }), started_at: began, name: null, due_at: null });
  await updateRun(db, id, { state: 'done', ended_at: engine.setup.clock.now(), counts: JSON.stringify(counts) });
}
