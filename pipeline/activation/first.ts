/** What a run does about the mappings at its beginning. */

import { forgetUndo, marksOf, undoableActivations } from '../../canonical/stores/mapping-undo.ts';
import { activeVersions, insertVersions, type MappingVersionRow, nextActivation, saveMarks } from '../../canonical/stores/mapping-versions.ts';
import { lastRuns } from '../../canonical/stores/runs.ts';
import { StoreError } from '../../core/errors.ts';
import { type Engine, effect } from '../engine.ts';
import type { MappingChange, MappingNews } from '../report.ts';
import { versionOf } from './edition.ts';

/** Of so many activations it is kept what they changed. */
const UNDOABLE = 10;

/**
 * Activates the mappings of streams in which none is active, and says what was edited and is not in use. Throws `RUN_LOCKED` when the
 * mappings of the run are not those that are active any more.
 */
export async function beginWithMappings(engine: Engine): Promise<MappingNews> {
  const { store, setup } = engine;
  const active = new Map((await activeVersions(store.db)).map((row) => [`${row.system_id} ${row.stream}`, row]));
  refuseOutdated(engine, active);
  const found = setup.mappings.found.filter(({ systemId, stream }) => !active.has(`${systemId} ${stream}`));
  await effect(engine, async (trx) => {
    const newest = (await nextActivation(trx)) - 1;
    await forgetUndo(
      trx,
      (await undoableActivations(trx)).filter((activation) => activation <= newest - UNDOABLE),
    );
    if (found.length === 0) return;
    const by = { author: 'the first run', note: null, activated_at: setup.clock.now(), run_id: engine.runId };
    const activation = await insertVersions(
      trx,
      found.map((edition) => versionOf(edition, by)),
    );
    await saveMarks(trx, activation, await marksOf(trx, activation, by.activated_at, []));
  });
  for (const { system, stream, mapping, file } of found) setup.log.info('a mapping is active from now on', { system, stream, version: mapping.version, file });
  for (const { system, stream, what, message, file } of setup.mappings.pending) setup.log.warn(message, { system, stream, what, file });
  const changed = await changedSinceLastRun(engine);
  for (const { what, activation, mappings } of changed)
    setup.log.info(`mappings were ${what} since the last run`, { activation, mappings: mappings.join(', ') });
  return {
    changed,
    activated: found.map(({ system, stream, mapping, file }) => ({ system, stream, version: mapping.version, file })),
    pending: setup.mappings.pending,
  };
}

/** What people activated and took back between the run before and this one. */
async function changedSinceLastRun({ store, runId }: Engine): Promise<MappingChange[]> {
  const changed: MappingChange[] = [];
  for (const { id, job, state, counts } of await lastRuns(store.db, 100)) {
    if (id >= runId || state === 'skipped') continue;
    if (job !== 'activate' && job !== 'rollback') break;
    const { activation, streams } = JSON.parse(counts) as { activation: number; streams: readonly { system: string; stream: string }[] };
    const mappings = streams.map(({ system, stream }) => `${system}/${stream}`);
    changed.unshift({ what: job === 'activate' ? 'activated' : 'taken back', activation, mappings });
  }
  return changed;
}

function refuseOutdated({ setup }: Engine, active: ReadonlyMap<string, MappingVersionRow>): void {
  const known = new Set(setup.mappings.active);
  for (const row of active.values()) {
    const mapping = setup.systems.find(({ id }) => id === row.system_id)?.mappings.get(row.stream);
    if (mapping === undefined || known.has(row.id) || row.version === mapping.version) continue;
    throw new StoreError('RUN_LOCKED', 'mappings were activated while this run was being prepared', { hint: 'Run again: it works with them then.' });
  }
}
