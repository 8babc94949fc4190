/** What every step of a run works with: the store, its numbers, the set-up, and the run's own lease and counts. */

import type { Db } from '../canonical/db.ts';
import type { Store } from '../canonical/open.ts';
import type { Numbers } from '../canonical/stores/numbers.ts';
import { keepLease } from '../canonical/stores/work.ts';
import { InvariantError } from '../core/errors.ts';
import type { ResolveCounts } from './report.ts';
import type { RunSetup, SystemSetup } from './setup.ts';

export const LEASE = 'store';
/** Longer than a vendor may make us wait between two effects. */
export const LEASE_MS = 600_000;

export interface Engine {
  readonly store: Store;
  readonly numbers: Numbers;
  readonly setup: RunSetup;
  readonly runId: number;
  /** Fencing token, checked in the transaction of every effect; null in a dry run, which has no effects. */
  readonly token: number | null;
  readonly counts: ResolveCounts;
  /** Operations whose outcome came in this run, whichever run planned them. */
  readonly outcomes: Set<number>;
}

/** Runs `fn` in a transaction that commits only while the run still holds its lease. */
export async function effect<T>(engine: Engine, fn: (trx: Db) => Promise<T>): Promise<T> {
  return engine.store.transaction(async (trx) => {
    const result = await fn(trx);
    // At the end, where it is as good a fence: its row is locked until the commit, and effects are prepared side by side.
    if (engine.token !== null) await keepLease(trx, LEASE, engine.token, engine.setup.clock.now(), LEASE_MS);
    return result;
  });
}

/** The mapping of a stream. A stream without one is a defect of the composition. */
export function mappingOf(system: SystemSetup, stream: string): NonNullable<ReturnType<SystemSetup['mappings']['get']>> {
  const mapping = system.mappings.get(stream);
  if (mapping === undefined) throw new InvariantError('INVARIANT_BROKEN', `system ${system.name} has no mapping for stream ${stream}`);
  return mapping;
}
