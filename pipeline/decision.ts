/** What every decision of a person needs: the lease of the store, and records that the next run looks at again. */
import type { Store } from '../canonical/open.ts';
import { Numbers } from '../canonical/stores/numbers.ts';
import { patchRecords } from '../canonical/stores/records.ts';
import { releaseLease, takeLease } from '../canonical/stores/work.ts';
import { type Engine, LEASE, LEASE_MS } from './engine.ts';
import { emptyResolve } from './report.ts';
import type { RunSetup } from './setup.ts';

/** Runs `fn` while no run works on the store. */
export async function whileNoRun(store: Store, setup: RunSetup, runId: number, fn: (engine: Engine) => Promise<void>): Promise<void> {
  const token = await store.transaction((trx) => takeLease(trx, LEASE, setup.owner, setup.clock.now(), LEASE_MS));
  try {
    await fn({ store, numbers: new Numbers(store), setup, runId, token, counts: emptyResolve(), outcomes: new Set() });
  } finally {
    await releaseLease(store.db, LEASE, token);
  }
}

/** Records change their place in the order of changes, so that the resolver looks at them again. */
export async function touch(engine: Engine, recordIds: readonly number[]): Promise<void> {
  for (const id of recordIds) await patchRecords(engine.store.db, [id], { change_seq: await engine.numbers.take('changes') });
}
