/** Facets: further paths of a record that cost a call each, read under a budget of calls. */

import { checkpointOf } from '../../canonical/stores/progress.ts';
import { pageOfStream, patchRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { Facet, Reading } from '../../core/contract.ts';
import { ConnectionError, SverkaError, TransientError, UncertainError } from '../../core/errors.ts';
import { isClosed } from '../closed.ts';
import { type Engine, goOn, isStopped } from '../engine.ts';
import type { FacetTrouble, StreamCounts } from '../report.ts';
import type { SystemSetup } from '../setup.ts';
import { land } from './land.ts';
import { type LandingPass, landingPass } from './pass.ts';
import { bodyOfRow } from './rows.ts';

/** A facet older than this is read again when the budget allows, unless it says otherwise. */
const MAX_AGE_MS = 30 * 86_400_000;
const PAGE = 2000;

/** So many answers that did not come, one after the other, are the system's trouble and not the records'. */
const IN_A_ROW = 3;

/** Reads the facets of records that lack them, as far as the budget goes; a failing facet fails neither the reading nor another facet. */
export async function readFacets(engine: Engine, system: SystemSetup, reading: Reading, counts: Map<string, StreamCounts>): Promise<FacetTrouble[]> {
  const troubles: FacetTrouble[] = [];
  for (const stream of reading.streams) {
    for (const facet of system.streams.get(stream)?.facets ?? []) {
      const pass = landingPass(engine, system, [stream], {
        reading: reading.name,
        checkpoint: await checkpointOf(engine.store.db, system.id, reading.name),
      });
      const trouble = await readFacet(engine, system, stream, facet, pass);
      if (trouble !== null) {
        const { failed, ended } = trouble;
        engine.setup.log.warn('a facet could not be read of some records', { system: system.name, stream, facet: facet.name, ...failed, ended: ended?.code });
        troubles.push(trouble);
      }
      const changed = pass.counts.get(stream);
      const total = counts.get(stream);
      if (changed !== undefined && total !== undefined) total.quarantined += changed.quarantined;
    }
  }
  return troubles;
}

async function readFacet(engine: Engine, system: SystemSetup, stream: string, facet: Facet, pass: LandingPass): Promise<FacetTrouble | null> {
  const { clock, progress, signal } = engine.setup;
  const rows = await wanting(engine, system, stream, facet);
  const failed: Record<string, number> = {};
  const told = (ended?: FacetTrouble['ended']): FacetTrouble | null =>
    ended === undefined && Object.keys(failed).length === 0 ? null : { stream, facet: facet.name, failed, ...(ended !== undefined && { ended }) };
  let silent = 0;
  for (const [index, row] of rows.entries()) {
    const body = bodyOfRow(row);
    if (body === null) continue;
    goOn(engine);
    const read = facetsOf(row);
    let stamp: string = facet.name;
    try {
      const found = await facet.read({ key: row.record_key, body }, signal);
      pass.firstFacet = read[facet.name] === undefined;
      await land(pass, found);
      silent = 0;
    } catch (error) {
      if (!(error instanceof SverkaError) || isStopped(engine) || OURS.includes(error.name)) throw error;
      silent = error instanceof TransientError || error instanceof UncertainError ? silent + 1 : 0;
      if (error instanceof ConnectionError || isClosed(error) || silent >= IN_A_ROW) return told({ code: error.code, left: rows.length - index });
      failed[error.code] = (failed[error.code] ?? 0) + 1;
      stamp = triedOf(facet);
    }
    await patchRecords(engine.store.db, [row.id], { facets: JSON.stringify({ ...read, [stamp]: clock.now() }) });
    progress.step(`${system.name} ${facet.name}`, index + 1, rows.length);
  }
  return told();
}

/** Errors of our own side: no record's. */
const OURS: readonly string[] = ['StoreError', 'InvariantError', 'ConfigError'];

/** Under what it is noted when a facet was tried in vain: it has its turn again when the others have had theirs, and is still to be seen first. */
const triedOf = (facet: Facet): string => `${facet.name}!`;

function facetsOf(row: RecordRow): Record<string, number> {
  return row.facets === null ? {} : (JSON.parse(row.facets) as Record<string, number>);
}

/** Records whose facet was never read, and then those that have waited longest: a small budget goes round all of them. */
async function wanting(engine: Engine, system: SystemSetup, stream: string, facet: Facet): Promise<RecordRow[]> {
  const before = engine.setup.clock.now() - (facet.staleAfterMs ?? MAX_AGE_MS);
  const budget = system.facetBudget;
  if (budget === 0) return [];
  const readAt = (row: RecordRow): number => Math.max(facetsOf(row)[facet.name] ?? 0, facetsOf(row)[triedOf(facet)] ?? 0);
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
