/** Guards: more operations than anybody would expect are a plan, not an action. */
import type { Db } from '../../canonical/db.ts';
import { operationsInState, updateOperations } from '../../canonical/stores/operations.ts';
import { type Engine, effect } from '../engine.ts';
import type { Guard, SystemSetup } from '../setup.ts';

/** From here on a share of the base means something. */
const SHARE_FROM = 1000;

/** Whether so many operations against a base of so many records need a person. */
export function trips(guard: Guard, operations: number, base: number): boolean {
  return operations > guard.count || (base >= SHARE_FROM && operations > base * guard.share);
}

type Counter = (db: Db, systemId: number, streams: readonly string[]) => Promise<number>;

/** Turns the ready operations of a system into proposals where their number is above a guard. */
export async function applyGuards(engine: Engine, system: SystemSetup, countPresent: Counter): Promise<void> {
  const ready = (await operationsInState(engine.store.db, ['ready'], { system_id: system.id })).filter((row) => row.approved_by === null);
  const streams = [...new Set(ready.map((row) => row.stream))];
  for (const action of ['create', 'update', 'delete'] as const) {
    const guard = system.guards[action];
    const own = ready.filter((row) => (row.action === 'adjust' ? 'update' : row.action) === action);
    if (own.length === 0) continue;
    const base = await countPresent(engine.store.db, system.id, streams);
    if (!trips(guard, own.length, base)) continue;
    const why = `guard: ${own.length} ${action}s are more than the bound of ${guard.count} or ${Math.round(guard.share * 100)} % of ${base} records`;
    const now = engine.setup.clock.now();
    await effect(engine, (trx) =>
      updateOperations(
        trx,
        own.map((row) => ({ ...row, state: 'proposed', why, changed_at: now })),
      ),
    );
    engine.setup.log.warn('a guard turned operations into a plan', { system: system.name, action, operations: own.length });
  }
}
