/** Forgets what nobody needs any more, in small transactions beside whatever else is at work. */
import type { Store } from '../../canonical/open.ts';
import { type Forgettable, pruneBatch } from '../../canonical/stores/prune.ts';
import type { Config } from '../../config/schema/config.ts';
import type { Clock, Logger } from '../../core/context.ts';

export interface PruneOptions {
  readonly retention: Config['retention'];
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** Only counts. */
  readonly dry?: boolean;
}

export type Pruned = Readonly<Record<Forgettable, number>>;

const DAY_MS = 86_400_000;
/** Counts of calls are of use for a day; the others tell how much was called lately. */
const CALL_DAYS = 60;

/** Forgets by age; answers how many of each. What was forgotten stays so when the signal aborts. Throws `StoreError`, or the signal's reason. */
export async function prune(store: Store, options: PruneOptions, signal: AbortSignal): Promise<Pruned> {
  const { retention, dry = false } = options;
  const now = options.clock.now();
  const days: Readonly<Record<Forgettable, number>> = { ...retention, callDays: CALL_DAYS };
  const pruned: Record<Forgettable, number> = { runs: 0, operations: 0, quarantine: 0, reviews: 0, pushLog: 0, callDays: 0 };
  for (const what of Object.keys(pruned) as Forgettable[]) {
    const before = now - days[what] * DAY_MS;
    for (let after: number | null = 0; after !== null; ) {
      signal.throwIfAborted();
      const from: number = after;
      const batch = await (what === 'callDays'
        ? store.calls.run((trx) => pruneBatch(trx, what, before, from, dry))
        : store.transaction((trx) => pruneBatch(trx, what, before, from, dry)));
      pruned[what] += batch.forgotten;
      after = batch.next;
    }
  }
  options.log.info(dry ? 'would be pruned' : 'pruned', pruned);
  return pruned;
}
