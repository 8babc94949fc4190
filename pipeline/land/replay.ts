/** Quarantined records, tried again without the vendor. */

import { closeQuarantine, NO_KEY, quarantineInState } from '../../canonical/stores/quarantine.ts';
import { loadByKeys, patchRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { VendorRecord, WireBody } from '../../core/contract.ts';
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
    if (system === undefined || port === undefined || row.record_key.startsWith(NO_KEY) || row.code === 'RECORD_EMPTIED') {
      still += 1;
      continue;
    }
    const body = port.wire.safeParse(JSON.parse(row.body));
    if (!body.success || mappingOf(system, row.stream).decode(body.data as WireBody).problems.length > 0) {
      still += 1;
      continue;
    }
    const [known] = await loadByKeys(engine.store.db, system.id, row.stream, [row.record_key]);
    const record = replayed(row.record_key, body.data as WireBody, known);
    await land(landingPass(engine, system, [row.stream]), { records: new Map([[row.stream, [record]]]), rejected: [], began: row.last_at, ended: row.last_at });
    const again = await loadByKeys(engine.store.db, system.id, row.stream, [row.record_key]);
    const parents = record.parent === undefined ? [] : await loadByKeys(engine.store.db, system.id, record.parent.stream, [record.parent.key]);
    await effect(engine, async (trx) => {
      await closeQuarantine(trx, system.id, row.stream, [row.record_key], 'cured');
      // What the body leaves out is for the next reading to say: it looks at the record's unit whatever its digest.
      await patchRecords(
        trx,
        [...again, ...parents].map(({ id }) => id),
        { digest: '' },
      );
    });
    cured += 1;
  }
  return { cured, still };
}

/** A body that was set aside, as a record: which call gave it is not known any more, so it speaks of nothing but what is in it. */
function replayed(key: string, body: WireBody, known: RecordRow | undefined): VendorRecord {
  const { parent_stream: stream = null, parent_key: parentKey = null } = known ?? {};
  return { key, body, covers: 'body', ...(stream === null || parentKey === null ? {} : { parent: { stream, key: parentKey } }) };
}
