/** Views made with another mapping are made anew; records it cannot read any more go to quarantine, cured ones come back. */

import { activeVersions, insertVersions } from '../../canonical/stores/mapping-versions.ts';
import { type KeyPair, writeKeys } from '../../canonical/stores/record-keys.ts';
import { pageOfStream, type RecordRow, updateRecords } from '../../canonical/stores/records.ts';

import type { WireBody } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { type Engine, effect, goOn, mappingOf } from '../engine.ts';
import { hashesOf } from '../identity/keys.ts';
import type { SystemSetup } from '../setup.ts';
import { readersOf, withEmptied } from './edits.ts';
import { bodyOfRow, stampCells, stampsOfRow, valuesOfRow } from './rows.ts';
import { spreadStamps } from './stamps.ts';

const PAGE = 2000;

/** Brings the views of all streams to the mappings of this run. Answers the streams whose mapping changed. */
export async function remap(engine: Engine): Promise<string[]> {
  const changed: string[] = [];
  const active = new Map((await activeVersions(engine.store.db)).map((row) => [`${row.system_id} ${row.stream}`, row.version]));
  for (const system of engine.setup.systems) {
    for (const [stream, mapping] of system.mappings) {
      const before = active.get(`${system.id} ${stream}`) ?? null;
      if (before === mapping.version) continue;
      if (before !== null) {
        await remapStream(engine, system, stream);
        changed.push(`${system.name}/${stream}`);
      }
      const made = { source: '', file: '', options: '{}', shipped: null, author: 'a run', note: null, run_id: engine.runId };
      const activated_at = engine.setup.clock.now();
      await effect(engine, (trx) => insertVersions(trx, [{ ...made, system_id: system.id, stream, version: mapping.version, activated_at }]));
    }
  }
  return changed;
}

async function remapStream(engine: Engine, system: SystemSetup, stream: string): Promise<void> {
  const mapping = mappingOf(system, stream);
  for (let after = 0; ; ) {
    goOn(engine);
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
      const view = viewUnder(mapping, row, body, decoded.values);
      updates.push({
        ...row,
        ...view.cells,
        view: JSON.stringify(view.values),
        changed_at: mapping.changedAt(body),
        mapping_version: mapping.version,
        change_seq: engine.numbers.takeReserved('changes'),
      });
      const now = hashesOf(mapping.entity, view.values);
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

/** Values and stamps under another mapping: what was seen to be emptied stays so, and stamps go on with the fields they were of. */
function viewUnder(mapping: Mapping, row: RecordRow, body: WireBody, values: FieldValues): { values: FieldValues; cells: Partial<RecordRow> } {
  if (row.stamps === null) return { values, cells: {} };
  const stamps = stampsOfRow(row);
  const { lines } = mapping;
  const before = valuesOfRow(row);
  return {
    values: withEmptied(values, lines, body, ({ sources }) => sources.some((source) => stamps.paths.has(source))),
    cells: stampCells(
      spreadStamps(
        stamps,
        (path) => readersOf(lines, path),
        (field) => Object.hasOwn(before, field),
      ),
    ),
  };
}
