/** Approving proposals and refused writes: only what is still wanted, and only while the target still is as it was (DESIGN §7c). */

import { insertOperations, type OperationRow, operationsByIds, operationsInState, updateOperations } from '../canonical/stores/operations.ts';
import { stableJson } from '../core/values.ts';
import { type Engine, effect } from './engine.ts';
import { joinUpdates } from './join-updates.ts';
import { migrationOf } from './migrate/source.ts';
import type { RunRequest } from './request.ts';

/** Operations approved in one transaction. */
const AT_ONCE = 500;

export interface Approval {
  /** The operations as they were when they were approved. */
  readonly rows: readonly OperationRow[];
}

/** Notes what is approved, before anything is read anew. */
export async function noteApproved(engine: Engine, request: RunRequest, systems: ReadonlySet<string>): Promise<Approval> {
  const wanted = request.operations === undefined ? null : new Set(request.operations);
  // A person who names a refused operation, or all of them, wants it sent again.
  const refused = wanted !== null || request.refused === true;
  const rows = await operationsInState(engine.store.db, refused ? ['proposed', 'rejected'] : ['proposed']);
  const moved = request.migration === undefined ? null : migrationOf(engine, request.migration);
  return {
    rows: rows.filter((row) => {
      if (request.activation !== undefined && row.activation !== request.activation) return false;
      if (moved !== null && (row.system_id !== moved.to.id || row.moved_from !== moved.from.id)) return false;
      const system = engine.setup.systems.find((one) => one.id === row.system_id);
      return system !== undefined && systems.has(system.name) && (request.streams?.includes(row.stream) ?? true) && (wanted === null || wanted.has(row.id));
    }),
  };
}

/**
 * After a fresh reading and plan: operations that stand as they were become ready; those that were re-based meanwhile end stale,
 * and what is wanted now is proposed anew.
 */
export async function approve(engine: Engine, approval: Approval, by: string): Promise<void> {
  for (let at = 0; at < approval.rows.length; at += AT_ONCE) {
    engine.setup.signal.throwIfAborted();
    await approveSome(engine, approval.rows.slice(at, at + AT_ONCE), by);
  }
  await joinUpdates(
    engine,
    approval.rows.map(({ id }) => id),
  );
}

async function approveSome(engine: Engine, approved: readonly OperationRow[], by: string): Promise<void> {
  const rows = new Map(
    (
      await operationsByIds(
        engine.store.db,
        approved.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  const changed_at = engine.setup.clock.now();
  const [updates, inserts]: [OperationRow[], OperationRow[]] = [[], []];
  for (const before of approved) {
    const row = rows.get(before.id);
    if (row === undefined || (row.state !== 'proposed' && row.state !== 'rejected')) continue;
    if (stableJson(JSON.parse(row.changes)) === stableJson(JSON.parse(before.changes))) {
      updates.push({ ...row, state: 'ready', approved_by: by, why: null, needs_person: 0, not_before: null, changed_at });
      continue;
    }
    engine.outcomes.add(row.id);
    updates.push({
      ...row,
      state: 'stale',
      changes: before.changes,
      why: 'the value wanted or the value there changed since it was proposed; planned anew',
      changed_at,
    });
    inserts.push({ ...row, id: 0, run_id: engine.runId, idempotency_key: engine.setup.uuid(), created_at: changed_at, changed_at });
  }
  await engine.numbers.reserve('operations', inserts.length);
  for (const row of inserts) row.id = engine.numbers.takeReserved('operations');
  await effect(engine, async (trx) => {
    await updateOperations(trx, updates);
    await insertOperations(trx, inserts);
  });
}

/** What was approved and could not be sent yet stays approved only while it waits for something of its own system. */
export async function settleApproval(engine: Engine, approval: Approval): Promise<void> {
  const changed_at = engine.setup.clock.now();
  for (let at = 0; at < approval.rows.length; at += AT_ONCE) {
    const ids = approval.rows.slice(at, at + AT_ONCE).map(({ id }) => id);
    const unsent = (await operationsByIds(engine.store.db, ids)).filter((row) => row.state === 'ready' && row.why === null);
    if (unsent.length === 0) continue;
    await effect(engine, (trx) =>
      updateOperations(
        trx,
        unsent.map((row) => ({
          ...row,
          state: 'proposed',
          approved_by: null,
          why: 'not sent: the system could not be reached, or is not called now',
          changed_at,
        })),
      ),
    );
  }
}
