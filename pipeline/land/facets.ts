/** Facets: further paths of a record that cost a call each, read under a budget of calls. */

import { checkpointOf } from '../../canonical/stores/progress.ts';
import { pageOfStream, patchRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { Facet, Reading } from '../../core/contract.ts';
import { SverkaError } from '../../core/errors.ts';
import { type Engine, goOn, isStopped } from '../engine.ts';
import type { StreamCounts } from '../report.ts';
import type { SystemSetup } from '../setup.ts';
import { land } from './land.ts';
import { landingPass } from './pass.ts';
import { bodyOfRow } from './rows.ts';

/** A facet older than this is read again when the budget allows, unless it says otherwise. */
const MAX_AGE_MS = 30 * 86_400_000;
const PAGE = 2000;

/** Reads the facets of records that lack them, as far as the budget goes; a failing facet does not fail the reading. */
export async function readFacets(engine: Engine, system: SystemSetup, reading: Reading, counts: Map<string, StreamCounts>): Promise<void> {
  for (const stream of reading.streams) {
    for (const facet of system.streams.get(stream)?.facets ?? []) {
      const rows = await wanting(engine, system, stream, facet);
      const pass = landingPass(engine, system, [stream], {
        reading: reading.name,
        checkpoint: await checkpointOf(engine.store.db, system.id, reading.name),
      });
      let done = 0;
      for (const row of rows) {
        const body = bodyOfRow(row);
        if (body === null) continue;
        goOn(engine);
        try {
          const found = await facet.read({ key: row.record_key, body }, engine.setup.signal);
          pass.firstFacet = facetsOf(row)[facet.name] === undefined;
          await land(pass, found);
        } catch (error) {
          if (!(error instanceof SverkaError) || isStopped(engine)) throw error;
          engine.setup.log.warn('a facet could not be read', { system: system.name, stream, facet: facet.name, code: error.code });
          return;
        }
        await patchRecords(engine.store.db, [row.id], { facets: JSON.stringify({ ...facetsOf(row), [facet.name]: engine.setup.clock.now() }) });
        done += 1;
        engine.setup.progress.step(`${system.name} ${facet.name}`, done, rows.length);
      }
      const changed = pass.counts.get(stream);
      const total = counts.get(stream);
      if (changed !== undefined && total !== undefined) total.quarantined += changed.quarantined;
    }
  }
}

function facetsOf(row: RecordRow): Record<string, number> {
  return row.facets === null ? {} : (JSON.parse(row.facets) as Record<string, number>);
}

/** Records whose facet was never read, and then those that have waited longest: a small budget goes round all of them. */
async function wanting(engine: Engine, system: SystemSetup, stream: string, facet: Facet): Promise<RecordRow[]> {
  const before = engine.setup.clock.now() - (facet.staleAfterMs ?? MAX_AGE_MS);
  const budget = system.facetBudget;
  if (budget === 0) return [];
  const readAt = (row: RecordRow): number => facetsOf(row)[facet.name] ?? 0;
  let wanted: RecordRow[] = [];
  const longest = (): RecordRow[] => wanted.sort((a, b) => readAt(a) - readAt(b) || a.id - b.id).slice(0, budget);
  for (let after = 0; ; ) {
    const rows = await pageOfStream(engine.store.db, system.id, stream, after, PAGE);
    const last = rows.at(-1);
    if (last === undefined) return longest();
    after = last.id;
    wanted.push(...rows.filter((row) => row.state === 'live' && readAt(row) < before));
    if (wanted.length <= budget) continue;
    wanted = longest();
    if (wanted.every((row) => readAt(row) === 0)) return wanted;
  }
}
