/** What is about to leave and cannot be called back is known by its name before it leaves. */
import { patchOperation } from '../../canonical/stores/operations.ts';
import { type Engine, effect } from '../engine.ts';

/** Stores under which handles operations are about to leave: a run that is killed from here on leaves them to be asked about. */
export async function noteIntent(engine: Engine, handles: ReadonlyMap<string, string>): Promise<void> {
  await effect(engine, async (trx) => {
    for (const [id, handle] of handles) await patchOperation(trx, Number(id), { handle });
  });
}
