/**
 * Takes the newest activation of mappings back. Every row that is as the activation left it is put back as it was. What was written to since
 * is worked out with the former mapping again, as in any activation, with all that hangs together with it; what undoes the pushes that were
 * delivered is proposed.
 */
import type { Store } from '../../canonical/open.ts';
import { lockLease } from '../../canonical/stores/lease-lock.ts';
import { putBack } from '../../canonical/stores/mapping-restore.ts';
import { forgetUndo, type Marks } from '../../canonical/stores/mapping-undo.ts';
import { activeVersions, type MappingVersionRow, takeBackVersions, versionById, versionsOfActivation } from '../../canonical/stores/mapping-versions.ts';
import { freeRunNumber } from '../../canonical/stores/numbers.ts';
import { deliveredOf } from '../../canonical/stores/operations.ts';
import { setCursors } from '../../canonical/stores/progress.ts';
import { renumberRecords } from '../../canonical/stores/records.ts';
import { openReviewsOfRecords, settleReviews } from '../../canonical/stores/reviews.ts';
import { ConfigError } from '../../core/errors.ts';
import { type Engine, effect, LEASE } from '../engine.ts';
import { IDENTITY_REVIEWS } from '../identity/doubts.ts';
import type { RunSetup } from '../setup.ts';
import { changesIn, engineFor, recompute, withEditions } from './activate.ts';
import type { Changes } from './changes.ts';
import { Comparison } from './compare-store.ts';
import type { Edition } from './edition.ts';
import { type MovedOn, movedOn, stays } from './moved-on.ts';
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
  /** Every table is as it was before the activation, but for where runs stand. Otherwise all that was not written to since is. */
  readonly exact: boolean;
  /** Why not, where it is not. */
  readonly why: string | null;
  /** So many records were worked out with the former mapping again; null: all. */
  readonly anew: number | null;
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
      const marks = JSON.parse(rows[0]?.marks ?? '{}') as Marks;
      const moved = await movedOn(db, activation, marks);
      const why = whyNotExact(moved, delivered);
      const editions = former.map(request.editionOf);
      const words = `takes back activation ${activation}`;
      const engine = engineFor(store, withEditions(setup, editions), await freeRunNumber(db), activation, words);
      const comparison = new Comparison(store, { outside, written, setup, examples: request.examples, activation, keep: null });
      if (!moved.whole) {
        await putBack(db, activation, (row) => stays(db, row, moved));
        await moved.back.finish(db, engine.runId, began);
        await setCursors(db, marks.cursors);
      }
      if (why !== null) {
        const changes = await changesIn(setup, engine, editions);
        if (!moved.whole) await lookAgain(engine, moved.near, rows[0]?.run_id ?? 0);
        await recompute(engine, changes, { sample: null, ...(moved.whole ? {} : { only: moved.records }) }, comparison);
      }
      await forgetUndo(db, [activation]);
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
        anew: moved.whole ? null : moved.near.size,
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

function whyNotExact({ any, whole, records }: MovedOn, delivered: number): string | null {
  if (delivered > 0) return delivered === 1 ? '1 of its changes was delivered' : `${delivered} of its changes were delivered`;
  if (whole) return 'it is not kept any more how everything was';
  if (records.size > 0) return records.size === 1 ? '1 record was changed since' : `${records.size} records were changed since`;
  return any ? 'something was planned or decided since' : null;
}

/** Who is who, and what they are, is decided anew for these records; what was asked about them since `run` is asked again if it still is the question. */
async function lookAgain(engine: Engine, records: ReadonlySet<number>, run: number): Promise<void> {
  const asked = await openReviewsOfRecords(engine.store.db, [...records], IDENTITY_REVIEWS);
  await engine.numbers.reserve('changes', records.size);
  const rows = [...records].map((id) => [id, engine.numbers.takeReserved('changes')] as const);
  await effect(engine, async (trx) => {
    await settleReviews(
      trx,
      asked.filter((review) => review.run_id >= run).map(({ id }) => id),
      'moot',
    );
    await renumberRecords(trx, rows);
  });
}
