/** Views made with another mapping are made anew; records it cannot read any more go to quarantine, cured ones come back. */

import { type KeyPair, pageOfStream, type RecordRow, updateRecords, writeKeys } from '../../canonical/stores/records.ts';
import { mappingVersionOf, saveMappingVersion } from '../../canonical/stores/work.ts';
import { type Engine, effect, mappingOf } from '../engine.ts';
import { hashesOf } from '../identity/keys.ts';
import type { SystemSetup } from '../setup.ts';
import { bodyOfRow, valuesOfRow } from './rows.ts';

const PAGE = 2000;

/** Brings the views of all streams to the mappings of this run. Answers the streams whose mapping changed. */
export async function remap(engine: Engine): Promise<string[]> {
  const changed: string[] = [];
  for (const system of engine.setup.systems) {
    for (const [stream, mapping] of system.mappings) {
      const before = await mappingVersionOf(engine.store.db, system.id, stream);
      if (before === mapping.version) continue;
      if (before !== null) {
        await remapStream(engine, system, stream);
        changed.push(`${system.name}/${stream}`);
      }
      await effect(engine, (trx) => saveMappingVersion(trx, system.id, stream, mapping.version, engine.setup.clock.now()));
    }
  }
  return changed;
}

async function remapStream(engine: Engine, system: SystemSetup, stream: string): Promise<void> {
  const mapping = mappingOf(system, stream);
  for (let after = 0; ; ) {
    engine.setup.signal.throwIfAborted();
    const rows = await pageOfStream(engine.store.db, system.id, stream, after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    await engine.numbers.reserve('changes', rows.length);
    const updates: RecordRow[] = [];
    const keys: KeyPair[] = [];
    const lost: KeyPair[] = [];
    for (const row of rows) {
      const body = bodyOfRow(row);
      if (body === null) continue;
      const decoded = mapping.decode(body);
      // A body that this mapping cannot read is looked at again with its next reading, which sets it aside with the reason.
      if (decoded.problems.length > 0) {
        updates.push({ ...row, digest: '' });
        continue;
      }
      updates.push({
        ...row,
        view: JSON.stringify(decoded.values),
        changed_at: mapping.changedAt(body),
        mapping_version: mapping.version,
        change_seq: engine.numbers.takeReserved('changes'),
      });
      const now = hashesOf(mapping.entity, decoded.values);
      const before = hashesOf(mapping.entity, valuesOfRow(row));
      for (const hash of now) if (!before.has(hash)) keys.push([hash, row.id]);
      for (const hash of before) if (!now.has(hash)) lost.push([hash, row.id]);
    }
    await effect(engine, async (trx) => {
      await updateRecords(trx, updates);
      await writeKeys(trx, keys, lost);
    });
  }
}
