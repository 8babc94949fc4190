/** Approving proposals and refused writes: only what is still wanted, and only while the target still is as it was (DESIGN §7c). */

import { insertOperations, type OperationRow, operationById, operationsInState, patchOperation } from '../canonical/stores/operations.ts';
import { stableJson } from '../core/values.ts';
import { type Engine, effect } from './engine.ts';
import type { RunRequest } from './report.ts';

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
  return {
    rows: rows.filter((row) => {
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
  await engine.numbers.reserve('operations', approval.rows.length);
  for (const before of approval.rows) {
    const row = await operationById(engine.store.db, before.id);
    if (row === undefined || (row.state !== 'proposed' && row.state !== 'rejected')) continue;
    const now = engine.setup.clock.now();
    const same = stableJson(JSON.parse(row.changes)) === stableJson(JSON.parse(before.changes));
    if (!same) engine.outcomes.add(row.id);
    await effect(engine, async (trx) => {
      if (same) {
        await patchOperation(trx, row.id, { state: 'ready', approved_by: by, why: null, needs_person: 0, not_before: null, changed_at: now });
        return;
      }
      await patchOperation(trx, row.id, {
        state: 'stale',
        changes: before.changes,
        why: 'the value wanted or the value there changed since it was proposed; planned anew',
        changed_at: now,
      });
      await insertOperations(trx, [
        { ...row, id: engine.numbers.takeReserved('operations'), run_id: engine.runId, idempotency_key: engine.setup.uuid(), created_at: now, changed_at: now },
      ]);
    });
  }
}

/** What was approved and could not be sent yet stays approved only while it waits for something of its own system. */
export async function settleApproval(engine: Engine, approval: Approval): Promise<void> {
  for (const before of approval.rows) {
    const row = await operationById(engine.store.db, before.id);
    if (row?.state !== 'ready' || row.why !== null) continue;
    await effect(engine, (trx) =>
      patchOperation(trx, row.id, {
        state: 'proposed',
        approved_by: null,
        why: 'not sent: the system could not be reached, or is not called now',
        changed_at: engine.setup.clock.now(),
      }),
    );
  }
}
