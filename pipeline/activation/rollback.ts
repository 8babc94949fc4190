/**
 * Takes the newest activation of mappings back. Where nothing was written since, every row is put back as it was; otherwise the former
 * mapping is worked with again as in any activation, and what undoes the pushes that were delivered is proposed.
 */
import type { Store } from '../../canonical/open.ts';
import { lockLease } from '../../canonical/stores/lease-lock.ts';
import { forgetUndo, marksOf, restore, undoableActivations, writtenSince } from '../../canonical/stores/mapping-undo.ts';
import { activeVersions, type MappingVersionRow, takeBackVersions, versionById, versionsOfActivation } from '../../canonical/stores/mapping-versions.ts';
import { freeRunNumber } from '../../canonical/stores/numbers.ts';
import { deliveredOf } from '../../canonical/stores/operations.ts';
import { ConfigError } from '../../core/errors.ts';
import { LEASE } from '../engine.ts';
import type { RunSetup } from '../setup.ts';
import { changesIn, engineFor, recompute, withEditions } from './activate.ts';
import type { Changes } from './changes.ts';
import { Comparison } from './compare-store.ts';
import type { Edition } from './edition.ts';
import { noteRun } from './note-run.ts';

export interface RollbackRequest {
  /** Compiles a stored version. Throws `ConfigError` where its system is not configured any more. */
  readonly editionOf: (row: MappingVersionRow) => Edition;
  readonly examples: number;
}

export interface RollbackReport extends Changes {
  /** What was taken back. */
  readonly activation: number;
  readonly streams: readonly { readonly system: string; readonly stream: string; readonly from: string; readonly to: string | null }[];
  /** Every table is as it was before the activation. */
  readonly exact: boolean;
  /** Why not, where it is not. */
  readonly why: string | null;
  /** Operations of the activation that had reached a vendor. */
  readonly delivered: number;
  readonly ms: number;
}

/** Throws `RUN_LOCKED` while a run is at work, and `ConfigError` where there is nothing to go back to. */
export async function rollBack(store: Store, setup: RunSetup, request: RollbackRequest): Promise<RollbackReport> {
  const began = setup.clock.now();
  return store.whole((written) =>
    store.beside(async (outside) => {
      const { db } = store;
      await lockLease(db, LEASE, setup.owner, began);
      const { activation, rows, former } = await newest(store);
      const delivered = await deliveredOf(db, activation);
      const why = await whyNotExact(store, activation, rows, delivered);
      const editions = former.map(request.editionOf);
      const words = `takes back activation ${activation}`;
      const engine = engineFor(store, withEditions(setup, editions), await freeRunNumber(db), activation, words);
      const comparison = new Comparison(store, { outside, written, setup, examples: request.examples, activation, keep: null });
      if (why === null) await restore(db, activation);
      else {
        await recompute(engine, await changesIn(setup, engine, editions), null, comparison);
        await forgetUndo(db, await undoableActivations(db));
      }
      await takeBackVersions(db, activation);
      const found = await comparison.result();
      const names = new Map(setup.systems.map(({ id, name }) => [id, name]));
      const report: RollbackReport = {
        ...found,
        activation,
        streams: rows.map(({ system_id: id, stream, version, replaces }) => ({
          system: names.get(id) ?? `#${id}`,
          stream,
          from: version,
          to: former.find((row) => row.id === replaces)?.version ?? null,
        })),
        exact: why === null,
        why,
        delivered,
        ms: setup.clock.now() - began,
      };
      await noteRun(engine, 'rollback', began, { activation, exact: report.exact, streams: report.streams, operations: report.operations });
      return { result: report, commit: true };
    }),
  );
}

/** The newest activation, and the versions that were active before it. */
async function newest(store: Store): Promise<{ activation: number; rows: MappingVersionRow[]; former: MappingVersionRow[] }> {
  const active = await activeVersions(store.db);
  const activation = Math.max(0, ...active.filter(({ replaces }) => replaces !== null).map((row) => row.activation));
  if (activation === 0)
    throw new ConfigError('NOT_FOUND', 'there is nothing to go back to: no mapping was activated in the place of another one', {
      hint: '`sverka mapping history` lists what was activated.',
    });
  const rows = await versionsOfActivation(store.db, activation);
  const former = await Promise.all(rows.map(({ replaces }) => (replaces === null ? undefined : versionById(store.db, replaces))));
  return { activation, rows, former: former.filter((row) => row !== undefined) };
}

async function whyNotExact(store: Store, activation: number, rows: readonly MappingVersionRow[], delivered: number): Promise<string | null> {
  const { db } = store;
  if (delivered > 0) return delivered === 1 ? '1 of its changes was delivered' : `${delivered} of its changes were delivered`;
  if (rows[0]?.marks !== (await marksOf(db, activation))) return 'a run has changed the base since';
  const tables = await writtenSince(db, activation);
  return tables.length === 0 ? null : `something was written since: ${tables.join(', ')}`;
}
