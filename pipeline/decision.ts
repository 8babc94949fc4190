/** What every decision of a person needs: the lease of the store, and records that the next run looks at again. */
import type { Store } from '../canonical/open.ts';
import { releaseLease, takeLease } from '../canonical/stores/leases.ts';
import { Numbers } from '../canonical/stores/numbers.ts';
import { patchRecords } from '../canonical/stores/records.ts';
import { type Engine, LEASE, LEASE_MS } from './engine.ts';
import { emptyResolve } from './report.ts';
import type { RunSetup } from './setup.ts';

/** Runs `fn` while no run works on the store; `runId`: for whose sake, 0 for that of none. */
export async function whileNoRun<T>(store: Store, setup: RunSetup, runId: number, fn: (engine: Engine) => Promise<T>): Promise<T> {
  const token = await store.transaction((trx) => takeLease(trx, LEASE, setup.owner, setup.clock.now(), LEASE_MS));
  try {
    return await fn({ store, numbers: new Numbers(store), setup, runId, token, counts: emptyResolve(), outcomes: new Set() });
  } finally {
    await releaseLease(store.db, LEASE, token);
  }
}

/** Records change their place in the order of changes, so that the resolver looks at them again. */
export async function touch(engine: Engine, recordIds: readonly number[]): Promise<void> {
  for (const id of recordIds) await patchRecords(engine.store.db, [id], { change_seq: await engine.numbers.take('changes') });
}
