/** What every step of a run works with: the store, its numbers, the set-up, and the run's own lease and counts. */

import type { Db } from '../canonical/db.ts';
import type { Store } from '../canonical/open.ts';
import type { Numbers } from '../canonical/stores/numbers.ts';
import { keepLease } from '../canonical/stores/work.ts';
import { InvariantError } from '../core/errors.ts';
import type { ResolveCounts } from './report.ts';
import type { RunSetup, SystemSetup } from './setup.ts';

export const LEASE = 'store';
/** Longer than a vendor may make us wait between two effects, for runs without a heartbeat. */
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
  /** Number of the activation of mappings that is under way: what is planned then waits until a person approves it. */
  readonly activation?: number;
  /** Why that waits, if not because it comes of the activation. */
  readonly activationWhy?: string;
}

/** Runs `fn` in a transaction that commits only while the run still holds its lease. */
export async function effect<T>(engine: Engine, fn: (trx: Db) => Promise<T>): Promise<T> {
  return holding(engine, fn);
}

/** Runs `fn` in a transaction at whose end the leases of the run are prolonged. Throws `RUN_LEASE_LOST` when another has taken one. */
export async function holding<T>({ store, token, setup }: Engine, fn: (trx: Db) => Promise<T>): Promise<T> {
  let until = Number.POSITIVE_INFINITY;
  const result = await store.transaction(async (trx) => {
    const done = await fn(trx);
    if (token === null) return done;
    const now = setup.clock.now();
    const ms = setup.leaseMs ?? LEASE_MS;
    until = now + ms;
    // At the end, where it is as good a fence: its row is locked until the commit, and effects are prepared side by side.
    await keepLease(trx, LEASE, token, now, ms);
    if (setup.job !== undefined) await keepLease(trx, setup.job.lease.name, setup.job.lease.token, now, ms);
    return done;
  });
  if (setup.fence !== undefined && token !== null) setup.fence.until = until;
  return result;
}

/** From here on, what reaches vendors makes sure of the leases when they may have run out. */
export function raiseFence(engine: Engine): void {
  const { fence, clock, leaseMs = LEASE_MS } = engine.setup;
  if (fence === undefined) return;
  fence.until = clock.now() + leaseMs;
  fence.renew = () => holding(engine, async () => undefined);
}

/** The run is to end, at once or after the batch under way. */
export function isStopped({ setup }: Engine): boolean {
  return setup.signal.aborted || setup.stopping?.aborted === true;
}

/** To be called between batches. Throws when the run is to end. */
export function goOn({ setup }: Engine): void {
  setup.signal.throwIfAborted();
  setup.stopping?.throwIfAborted();
}

/** The mapping of a stream. A stream without one is a defect of the composition. */
export function mappingOf(system: SystemSetup, stream: string): NonNullable<ReturnType<SystemSetup['mappings']['get']>> {
  const mapping = system.mappings.get(stream);
  if (mapping === undefined) throw new InvariantError('INVARIANT_BROKEN', `system ${system.name} has no mapping for stream ${stream}`);
  return mapping;
}
