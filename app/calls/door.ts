/** Whether a system may be called at a moment: a person has paused it, it is in its quiet hours, or the calls of its day are used up. */
import type { PauseRow } from '../../canonical/stores/calls.ts';
import type { Closed } from '../../pipeline/closed.ts';
import { pausedNow, quietNow, quotaUsed } from './closed.ts';
import type { DayCalls } from './day-calls.ts';
import type { Limits } from './limits.ts';
import { quietUntil } from './quiet.ts';

/** Quiet hours are looked up once in so long: it takes a calendar. */
const QUIET_MS = 1000;

export class Door {
  /** As the store said last. */
  pause: PauseRow | null = null;
  private quietChecked = { at: Number.NaN, until: null as number | null };
  private readonly system: string;
  private readonly day: DayCalls;
  private limits: Limits;

  constructor(system: string, limits: Limits, day: DayCalls) {
    this.system = system;
    this.limits = limits;
    this.day = day;
  }

  setLimits(limits: Limits): void {
    this.limits = limits;
    this.quietChecked = { at: Number.NaN, until: null };
  }

  /** Why it is closed at this time, UTC ms; null: it is open. */
  closed(now: number, steady: number): Closed | null {
    if (this.pause !== null) return pausedNow(this.system, this.pause);
    const { zone, quiet } = this.limits;
    if (!(Math.abs(now - this.quietChecked.at) < QUIET_MS)) this.quietChecked = { at: now, until: quietUntil(quiet, zone, now) };
    if (this.quietChecked.until !== null) return quietNow(this.system, zone, this.quietChecked.until);
    const ends = this.day.usedUp(now, steady);
    return ends === null ? null : quotaUsed(this.system, zone, this.limits.perDay ?? 0, ends);
  }
}
