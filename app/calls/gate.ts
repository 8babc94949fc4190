/**
 * The gate through which every call to one system goes. What the vendor allows is divided among the processes that share the store, so
 * that a call costs no statement: each makes calls within its share, and shares move in the store, a few times a second at most.
 */
import type { DayAsk, PauseRow, ShareAnswer, Units } from '../../canonical/stores/calls.ts';
import type { Closed } from '../../pipeline/closed.ts';
import type { Budget } from '../adapters/budget.ts';
import { closedError, pausedNow, quietNow, quotaUsed } from './closed.ts';
import { DayCalls } from './day-calls.ts';
import type { Limits } from './limits.ts';
import { quietUntil } from './quiet.ts';
import { Cooling, Share } from './share.ts';
import { USE_MS } from './watch.ts';

/** What a gate asks the store for, and the clocks it lives by. */
export interface GateWorld {
  /** One turn at the store; throws `StoreError`. */
  turn(keeps: Units, wants: Units, day: DayAsk | null): Promise<ShareAnswer>;
  peek(day: string): Promise<{ readonly pause: PauseRow | null; readonly used: number }>;
  /** Notes the others' signs of life. */
  look(answer: ShareAnswer): void;
  /** UTC ms, for quiet hours and days. */
  now(): number;
  /** Ms that only go on. */
  steady(): number;
  /** Calls back after `ms` unless cancelled; does not keep the process alive where `idle`. */
  later(ms: number, idle: boolean, fn: () => void): () => void;
}

interface Waiter {
  start(): void;
  refuse(error: Error): void;
}

const HEARTBEAT_MS = 1000;
const IDLE_MS = 1000;
/** Between two turns at the store at the least; while nothing is to be had the pause grows. */
const SOON_MS = 20;
const MAX_WAIT_MS = 200;
const MORE_MS = 250;

export class Gate implements Budget {
  /** Calls of this process so far, the time they took, and the time they waited for their turn. */
  readonly counts = { calls: 0, callMs: 0, waitMs: 0 };
  private readonly slots = new Share();
  private readonly permits = new Share();
  private readonly cooling = new Cooling();
  private readonly waiters = new Set<Waiter>();
  private readonly day: DayCalls;
  private pause: PauseRow | null = null;
  /** Steady time at which the last turn began that was answered; null: never. */
  private answered: number | null = null;
  private asked = Number.NEGATIVE_INFINITY;
  private wanted = 0;
  private wait = SOON_MS;
  private used = 0;
  private present = false;
  private turning: Promise<void> | null = null;
  private cancel: (() => void) | null = null;
  private quietChecked = { at: Number.NaN, until: null as number | null };
  private readonly system: string;
  private limits: Limits;
  private readonly world: GateWorld;

  constructor(system: string, limits: Limits, world: GateWorld) {
    this.system = system;
    this.limits = limits;
    this.world = world;
    this.day = new DayCalls(limits);
  }

  get current(): Limits {
    return this.limits;
  }

  /** The configuration was read anew: what is too much now is given back with the next turn. */
  setLimits(limits: Limits): void {
    this.limits = limits;
    this.day.limits = limits;
    this.quietChecked = { at: Number.NaN, until: null };
    this.pump();
  }

  async run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const asked = this.world.steady();
    await this.turnOf(signal);
    const began = this.world.steady();
    this.counts.calls += 1;
    this.counts.waitMs += began - asked;
    try {
      return await task();
    } finally {
      this.slots.inUse -= 1;
      this.used = this.world.steady();
      this.counts.callMs += this.used - began;
      if (this.limits.permits === null) this.permits.inUse -= 1;
      else this.cooling.add(this.used + this.limits.windowMs);
      this.pump();
    }
  }

  /** Why the system is not to be called now; null when it is. What was known a second or two ago will do unless `sure`. Throws `StoreError`. */
  async closed(sure: boolean): Promise<Closed | null> {
    if (sure || this.answered === null || this.world.steady() - this.answered > HEARTBEAT_MS * 2) {
      const { pause, used } = await this.world.peek(this.day.nameAt(this.world.now()));
      this.pause = pause;
      this.day.seen(used, this.world.steady());
    }
    return this.closedNow();
  }

  /** Gives back everything that is not in use, before the store closes. Permits that vendors may still count are given back when they are cold. */
  async release(): Promise<void> {
    this.cancel?.();
    await this.turning?.catch(() => undefined);
    const rest = this.cooling.last - this.world.steady();
    if (rest > 0 && rest <= 1500) await new Promise<void>((resolve) => void this.world.later(rest + 1, false, resolve));
    if (this.present) await this.turn(true).catch(() => undefined);
    this.cancel?.();
  }

  private turnOf(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        start: () => {
          leave();
          resolve();
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
        this.pump();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiters.add(waiter);
      this.pump();
    });
  }

  /** Starts whatever may start now, and sees to it that it is looked at again when more may. */
  private pump(): void {
    const now = this.world.steady();
    this.permits.inUse -= this.cooling.cold(now);
    if (this.waiters.size > 0 && this.fresh(now)) {
      const closed = this.closedNow();
      if (closed !== null) {
        const error = closedError(closed, this.world.now());
        for (const waiter of this.waiters) waiter.refuse(error);
      }
      for (const waiter of this.waiters) {
        if (this.slots.free === 0 || (this.limits.permits !== null && this.permits.free === 0) || !this.day.take(this.world.now())) break;
        this.slots.inUse += 1;
        this.permits.inUse += 1;
        waiter.start();
      }
    }
    this.arm(now);
  }

  /** What was agreed with the store some time ago may have been given to others meanwhile. */
  private fresh(now: number): boolean {
    return this.answered !== null && now - this.answered < USE_MS;
  }

  private closedNow(): Closed | null {
    if (this.pause !== null) return pausedNow(this.system, this.pause);
    const now = this.world.now();
    const { zone, quiet } = this.limits;
    if (!(Math.abs(now - this.quietChecked.at) < 1000)) this.quietChecked = { at: now, until: quietUntil(quiet, zone, now) };
    if (this.quietChecked.until !== null) return quietNow(this.system, zone, this.quietChecked.until);
    const ends = this.day.usedUp(now, this.world.steady());
    return ends === null ? null : quotaUsed(this.system, zone, this.limits.perDay ?? 0, ends);
  }

  private get idle(): boolean {
    return this.waiters.size === 0 && this.slots.inUse === 0;
  }

  private arm(now: number): void {
    this.cancel?.();
    this.cancel = null;
    if (this.turning !== null) return;
    const due = this.nextTurn(now);
    const cold = this.waiters.size > 0 ? this.cooling.next : null;
    const day = this.waiters.size > 0 ? this.day.opensIn(this.world.now()) : null;
    const at = Math.min(due ?? Number.POSITIVE_INFINITY, cold ?? Number.POSITIVE_INFINITY, day === null ? Number.POSITIVE_INFINITY : now + day);
    if (at === Number.POSITIVE_INFINITY) return;
    if (due !== null && due <= now) {
      this.turn(false).then(
        () => this.pump(),
        (error: Error) => {
          for (const waiter of this.waiters) waiter.refuse(error);
        },
      );
      return;
    }
    this.cancel = this.world.later(Math.max(1, Math.ceil(at - now)), this.idle, () => this.pump());
  }

  /** Steady time of the next turn at the store; null: none is needed. */
  private nextTurn(now: number): number | null {
    const soon = this.asked + SOON_MS;
    if (this.idle) {
      if (!this.present) return null;
      const given = this.slots.held === 0 && this.permits.inUse === 0;
      return given ? soon : Math.max(this.slots.held === 0 ? this.cooling.last : 0, this.used + IDLE_MS, soon);
    }
    if (this.waiters.size > 0 && !this.fresh(now)) return soon;
    if (this.slots.canGive || this.permits.canGive) return soon;
    const { slots, permits } = this.wants();
    if (this.slots.held === 0 || (slots === 0 && permits > 0 && this.permits.held === 0)) return this.asked + this.wait;
    if (slots + permits > this.wanted || this.day.needsMore(this.world.now())) return soon;
    return slots + permits > 0 ? this.asked + MORE_MS : this.asked + HEARTBEAT_MS;
  }

  private wants(): { slots: number; permits: number } {
    const { concurrency, permits } = this.limits;
    const waiting = this.waiters.size;
    const slots = Math.min(concurrency - this.slots.held, Math.max(0, waiting - (this.slots.held - this.slots.inUse)));
    if (permits === null) return { slots, permits: 0 };
    const short = waiting - (this.permits.held - this.permits.inUse);
    // More than is waited for now: each call needs a further one until the first is cold again.
    return { slots, permits: short <= 0 ? 0 : Math.min(permits - this.permits.held, Math.max(short, this.permits.held)) };
  }

  private turn(all: boolean): Promise<void> {
    this.turning ??= this.askStore(all).finally(() => {
      this.turning = null;
    });
    return this.turning;
  }

  private async askStore(all: boolean): Promise<void> {
    const { world } = this;
    const began = world.steady();
    this.permits.inUse -= this.cooling.cold(began);
    this.asked = began;
    const idle = all || this.idle;
    const giving = { slots: this.slots.canGive, permits: this.permits.canGive };
    const keeps = { slots: this.slots.settleOn(idle), permits: this.permits.settleOn(idle || this.slots.held === 0) };
    const wants = idle ? { slots: 0, permits: 0 } : this.wants();
    // What is given to others in this turn is not asked for again in the same breath.
    if (giving.slots) wants.slots = 0;
    if (giving.permits) wants.permits = 0;
    this.wanted = wants.slots + wants.permits;
    this.present = true;
    const limited = this.limits.permits !== null;
    const answer = await world.turn(
      limited ? keeps : { ...keeps, permits: 0 },
      wants,
      this.limits.perDay === null ? null : this.day.ask(idle, this.waiters.size, world.now()),
    );
    this.answered = began;
    this.pause = answer.pause;
    this.day.answer(answer, began);
    world.look(answer);
    const now = world.steady();
    this.slots.take(answer.slots, this.limits.concurrency, 'slots', answer.others, now);
    if (limited) this.permits.take(answer.permits, this.limits.permits ?? 0, 'permits', answer.others, now);
    this.present = !idle || answer.slots + answer.permits > 0;
    const got = answer.slots > 0 && (!limited || answer.permits > 0);
    this.wait = got ? SOON_MS : Math.min(MAX_WAIT_MS, this.wait * 1.5);
  }
}
