/** What this process holds of a system: slots for calls at one time, and permits for calls within a window. */
import type { ShareAnswer, Units } from '../../canonical/stores/calls.ts';
import type { Limits } from './limits.ts';
import { Cooling, Share } from './share.ts';

export class Holding {
  limits: Limits;
  private readonly slots = new Share();
  private readonly permits = new Share();
  private readonly cooling = new Cooling();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /** Calls that are under way. */
  get calling(): number {
    return this.slots.inUse;
  }

  /** One more call may begin. */
  get hasRoom(): boolean {
    return this.slots.free > 0 && (this.limits.permits === null || this.permits.free > 0);
  }

  /** Something is to be given back at once. */
  get canGive(): boolean {
    return this.slots.canGive || this.permits.canGive;
  }

  get hasSlots(): boolean {
    return this.slots.held > 0;
  }

  get hasPermits(): boolean {
    return this.permits.held > 0;
  }

  /** All was given back, and no vendor counts a call of ours any more. */
  get isOver(): boolean {
    return this.slots.held === 0 && this.permits.inUse === 0;
  }

  /** Steady time at which the next permit can be used again, and at which all can. */
  get nextCold(): number | null {
    return this.cooling.next;
  }

  get lastCold(): number {
    return this.cooling.last;
  }

  begin(): void {
    this.slots.inUse += 1;
    this.permits.inUse += 1;
  }

  end(now: number): void {
    this.slots.inUse -= 1;
    if (this.limits.permits === null) this.permits.inUse -= 1;
    else this.cooling.add(now + this.limits.windowMs);
  }

  /** Permits that are cold by now are not in use any more. */
  cool(now: number): void {
    this.permits.inUse -= this.cooling.cold(now);
  }

  /** What is missing for so many calls that wait. */
  wants(waiting: number): { slots: number; permits: number } {
    const { concurrency, permits } = this.limits;
    const slots = Math.min(concurrency - this.slots.held, Math.max(0, waiting - (this.slots.held - this.slots.inUse)));
    if (permits === null) return { slots, permits: 0 };
    const short = waiting - (this.permits.held - this.permits.inUse);
    // More than is waited for now: each call needs a further one until the first is cold again.
    return { slots, permits: short <= 0 ? 0 : Math.min(permits - this.permits.held, Math.max(short, this.permits.held)) };
  }

  /** What is said in a turn at the store; `idle`: nothing is wanted, and what is not in use goes back. */
  ask(idle: boolean, waiting: number): { readonly keeps: Units; readonly wants: Units } {
    const giving = { slots: this.slots.canGive, permits: this.permits.canGive };
    const keeps = { slots: this.slots.settleOn(idle), permits: this.permits.settleOn(idle || this.slots.held === 0) };
    const wants = idle ? { slots: 0, permits: 0 } : this.wants(waiting);
    // What is given to others in this turn is not asked for again in the same breath.
    if (giving.slots) wants.slots = 0;
    if (giving.permits) wants.permits = 0;
    return { keeps: this.limits.permits === null ? { ...keeps, permits: 0 } : keeps, wants };
  }

  /** Takes what the store says is held; answers whether calls can be made with it. */
  take({ slots, permits, others }: ShareAnswer, now: number): boolean {
    const limit = this.limits.permits;
    this.slots.take(slots, this.limits.concurrency, 'slots', others, now);
    if (limit === null) return slots > 0;
    this.permits.take(permits, limit, 'permits', others, now);
    return slots > 0 && permits > 0;
  }
}
