/** Records that were set aside and can be read with another mapping: landed from the quarantine, without their vendor. */
import { openQuarantineOf } from '../../canonical/stores/set-aside.ts';
import type { WireBody } from '../../core/contract.ts';
import type { Engine } from '../engine.ts';
import { replayQuarantine } from '../land/replay.ts';
import type { StreamChange } from './remap.ts';

/** Answers how many came back. */
export async function cure(engine: Engine, { system, stream, to }: StreamChange): Promise<number> {
  const open = await openQuarantineOf(engine.store.db, system.id, stream, 'RECORD_VALUE');
  const readable = open.filter(({ body }) => {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && to.decode(value as WireBody).problems.length === 0;
  });
  if (readable.length === 0) return 0;
  const ids = readable.map(({ id }) => id);
  return (await replayQuarantine(engine, ids)).cured;
}
