/** Quarantined records, tried again without the vendor. */

import { closeQuarantine, quarantineInState } from '../../canonical/stores/work.ts';
import type { WireBody } from '../../core/contract.ts';
import { type Engine, effect, mappingOf } from '../engine.ts';
import { land } from './land.ts';
import { landingPass } from './pass.ts';

/** Lands quarantined bodies again that the mappings can read by now: all, or those with the given numbers. */
export async function replayQuarantine(engine: Engine, ids: readonly number[] | null): Promise<{ cured: number; still: number }> {
  let cured = 0;
  let still = 0;
  for (const row of await quarantineInState(engine.store.db, 'open', 1_000_000)) {
    if (ids !== null && !ids.includes(row.id)) continue;
    const system = engine.setup.systems.find((one) => one.id === row.system_id);
    const port = system?.streams.get(row.stream);
    if (system === undefined || port === undefined || row.record_key.startsWith('?')) {
      still += 1;
      continue;
    }
    const body = port.wire.safeParse(JSON.parse(row.body));
    if (!body.success || mappingOf(system, row.stream).decode(body.data as WireBody).problems.length > 0) {
      still += 1;
      continue;
    }
    const record = { key: row.record_key, body: body.data as WireBody };
    await land(landingPass(engine, system, [row.stream]), { records: new Map([[row.stream, [record]]]), rejected: [], began: row.last_at, ended: row.last_at });
    await effect(engine, (trx) => closeQuarantine(trx, system.id, row.stream, [row.record_key], 'cured'));
    cured += 1;
  }
  return { cured, still };
}
