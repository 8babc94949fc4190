/** The calls of a day that this process was given and has not made yet. */
import type { DayAsk, ShareAnswer } from '../../canonical/stores/calls.ts';
import type { Limits } from './limits.ts';
import { dayOf } from './quiet.ts';

/** Added to the clock error around midnight: as long as a call may be on its way before the vendor counts it. */
const WAY_MS = 2000;
/** What others gave back of a used up day is asked for again after so long. */
const AGAIN_MS = 5000;

export class DayCalls {
  limits: Limits;
  private day = { name: '', begin: 0, end: 0 };
  private left = 0;
  private wanted: DayAsk | null = null;
  /** Steady time at which the store had no more; null: it had. */
  private out: number | null = null;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  nameAt(now: number): string {
    if (now < this.day.begin || now >= this.day.end) {
      this.day = dayOf(this.limits.zone, now);
      this.out = null;
    }
    return this.day.name;
  }

  /** Takes one call where there is one. */
  take(now: number): boolean {
    if (this.limits.perDay === null) return true;
    if (this.nameAt(now) !== this.wanted?.day || this.opensIn(now) !== null || this.left === 0) return false;
    this.left -= 1;
    return true;
  }

  /** Ms until calls are told to belong to one day for certain; null: they are now. */
  opensIn(now: number): number | null {
    if (this.limits.perDay === null) return null;
    this.nameAt(now);
    const guard = this.limits.clockErrorMs + WAY_MS;
    if (now - this.day.begin < guard) return this.day.begin + guard - now;
    return this.day.end - now <= guard ? this.day.end + guard - now : null;
  }

  needsMore(now: number): boolean {
    if (this.limits.perDay === null || this.opensIn(now) !== null) return false;
    return (this.left === 0 || this.wanted?.day !== this.day.name) && this.out === null;
  }

  /** What the store is asked: with `idle` what was not used goes back. */
  ask(idle: boolean, waiting: number, now: number): DayAsk {
    const day = this.nameAt(now);
    const other = this.wanted !== null && this.wanted.day !== day;
    const unused = idle || other ? this.left : 0;
    const ask = {
      day,
      limit: this.limits.perDay ?? 0,
      wants: !idle && (this.left === 0 || other) ? Math.max(1, waiting) : 0,
      unused,
      unusedDay: this.wanted?.day ?? day,
    };
    if (unused > 0) this.left = 0;
    this.wanted = ask;
    return ask;
  }

  answer({ calls, dayLeft }: ShareAnswer, steady: number): void {
    if (this.limits.perDay === null) return;
    this.left += calls;
    this.out = this.left === 0 && dayLeft === 0 ? steady : null;
  }

  /** UTC ms when the next day begins, where this one's calls are used up. */
  usedUp(now: number, steady: number): number | null {
    if (this.limits.perDay === null) return null;
    this.nameAt(now);
    if (this.out !== null && steady - this.out > AGAIN_MS) this.out = null;
    return this.out === null ? null : this.day.end + this.limits.clockErrorMs + WAY_MS;
  }

  /** The store says how many calls of the day were given out. */
  seen(used: number, steady: number): void {
    if (this.limits.perDay !== null && this.left === 0) this.out = used >= this.limits.perDay ? steady : null;
  }
}
