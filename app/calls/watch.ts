/** Finds shares whose holder is dead or stands still, by looking at their beats with our own steady clock: no two clocks are compared. */
import type { ShareRow } from '../../canonical/stores/calls.ts';
import type { Owner } from '../adapters/owner.ts';

/** For so long after its last word with the store a process makes calls. */
export const USE_MS = 10_000;
/** Calls of a process that died may still be at the vendor for so long. */
const GONE_MS = 5000;

interface Seen {
  readonly beat: number;
  readonly since: number;
}

export class Watch {
  private readonly seen = new Map<string, Seen>();
  private readonly owner: Owner;

  constructor(owner: Owner) {
    this.owner = owner;
  }

  /** Notes the shares of others; answers those that may be taken back, if their beat still is the same. */
  look(rows: readonly ShareRow[], steady: number, wall: number, callMs: { readonly timeoutMs: number; readonly windowMs: number }): ShareRow[] {
    const there = new Set(rows.map((row) => row.holder));
    for (const holder of this.seen.keys()) if (!there.has(holder)) this.seen.delete(holder);
    return rows.filter((row) => {
      const known = this.seen.get(row.holder);
      const seen = known?.beat === row.beat ? known : { beat: row.beat, since: steady };
      this.seen.set(row.holder, seen);
      const still = steady - seen.since;
      if (!this.owner.isGone(row.holder)) return still > USE_MS + Math.max(GONE_MS, callMs.timeoutMs, callMs.windowMs);
      const wait = Math.max(Math.min(GONE_MS, callMs.timeoutMs), callMs.windowMs);
      // Of this host, whose clock is ours: what died long ago need not be watched.
      return still > wait || wall - row.seen_at > wait;
    });
  }
}
