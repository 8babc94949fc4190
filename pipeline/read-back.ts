/** Reads back what was written in this run, so that the next run begins with what the vendors hold. */

import { type OperationRow, operationById } from '../canonical/stores/operations.ts';
import { namesByKeys, type RecordName } from '../canonical/stores/record-names.ts';
import { loadRecords } from '../canonical/stores/records.ts';
import { SverkaError } from '../core/errors.ts';
import { settleUnknown } from './deliver/settle.ts';
import { type Engine, goOn, isStopped } from './engine.ts';
import { readFacets } from './land/facets.ts';
import { land } from './land/land.ts';
import { landingPass } from './land/pass.ts';
import { pullSystem } from './land/pull.ts';
import { resolveAndLog } from './resolve-and-log.ts';
import type { SystemSetup } from './setup.ts';

/** Up to so many records are asked for one by one; more are read with the list. */
const FEW = 40;

/**
 * Reads the written records again, settles what is unknown, and resolves. A system that fails here is read by the next run. Answers
 * how many operations turned out not to have arrived and are ready to be sent again.
 */
export async function readBackWritten(engine: Engine, written: readonly OperationRow[]): Promise<number> {
  const bySystem = new Map<number, OperationRow[]>();
  for (const row of written) bySystem.set(row.system_id, [...(bySystem.get(row.system_id) ?? []), row]);
  const lost = written.some((row) => row.state === 'unknown' || row.state === 'sending');
  if (lost) await engine.setup.clock.sleep(engine.setup.policies.settleMs, engine.setup.signal);
  for (const [id, rows] of bySystem) {
    const system = engine.setup.systems.find((one) => one.id === id);
    if (system === undefined) continue;
    goOn(engine);
    try {
      await readBack(engine, system, rows);
    } catch (error) {
      if (!(error instanceof SverkaError) || ['StoreError', 'InvariantError'].includes(error.name) || isStopped(engine)) throw error;
      engine.setup.log.warn('what was written could not be read back', { system: system.name, code: error.code });
    }
  }
  await resolveAndLog(engine);
  const { toSend, problems } = await settleUnknown(engine, new Set(engine.setup.systems.map((system) => system.name)), true);
  for (const { system, error } of problems) engine.setup.log.warn('what was written could not be settled', { system, code: error.code });
  await resolveAndLog(engine);
  return toSend;
}

async function readBack(engine: Engine, system: SystemSetup, rows: readonly OperationRow[]): Promise<void> {
  const roots = await unitRoots(engine, system, rows);
  if (roots === null || roots.length > FEW) {
    await pullSystem(engine, system, { full: true, streams: new Set(rows.map((row) => row.stream)) });
    return;
  }
  for (const root of roots) {
    const port = system.streams.get(root.stream);
    if (port?.find === undefined) continue;
    const found = await port.find({ key: root.record_key }, engine.setup.signal);
    await land(landingPass(engine, system, [...found.records.keys()]), found);
  }
  // What we created has facets too; left to the next run they would be its news.
  for (const reading of system.system.readings) {
    if (rows.some((row) => reading.streams.includes(row.stream))) await readFacets(engine, system, reading, new Map());
  }
}

/** The records to ask for, by key; null where only the list tells (a write whose record is not known, a stream without look-up). */
async function unitRoots(engine: Engine, system: SystemSetup, rows: readonly OperationRow[]): Promise<RecordName[] | null> {
  const ids: number[] = [];
  for (const row of rows) {
    const now = await operationById(engine.store.db, row.id);
    if (now?.record_id == null) return null;
    ids.push(now.record_id);
  }
  const roots = new Map<number, RecordName>();
  for (const record of await loadRecords(engine.store.db, ids)) {
    const port = system.streams.get(record.stream);
    if (port?.capabilities.findBy.includes('key') === true) {
      roots.set(record.id, record);
      continue;
    }
    const [parent] =
      record.parent_stream === null || record.parent_key === null
        ? []
        : await namesByKeys(engine.store.db, system.id, record.parent_stream, [record.parent_key]);
    if (parent === undefined || system.streams.get(parent.stream)?.capabilities.findBy.includes('key') !== true) return null;
    roots.set(parent.id, parent);
  }
  return [...roots.values()];
}
