/**
 * The gate through which every call to one system goes. What the vendor allows is divided among the processes that share the store, so
 * that a call costs no statement: each makes calls within its share, and shares move in the store, a few times a second at most.
 */
import type { Closed } from '../../pipeline/closed.ts';
import type { Budget } from '../adapters/budget.ts';
import { closedError } from './closed.ts';
import { DayCalls } from './day-calls.ts';
import { Door } from './door.ts';
import { Holding } from './holding.ts';
import type { Limits } from './limits.ts';
import { Queue } from './queue.ts';
import { USE_MS } from './watch.ts';
import type { GateWorld } from './world.ts';

const HEARTBEAT_MS = 1000;
const IDLE_MS = 1000;
/** Between two turns at the store at the least; while nothing is to be had the pause grows. */
const SOON_MS = 20;
const MAX_WAIT_MS = 200;
const MORE_MS = 250;

export class Gate implements Budget {
  /** Calls of this process so far, the time they took, and the time they waited for their turn. */
  readonly counts = { calls: 0, callMs: 0, waitMs: 0 };
  private readonly queue = new Queue();
  private readonly holding: Holding;
  private readonly day: DayCalls;
  private readonly door: Door;
  /** Steady time at which the last turn began that was answered; null: never. */
  private answered: number | null = null;
  private asked = Number.NEGATIVE_INFINITY;
  private wanted = 0;
  private wait = SOON_MS;
  private used = 0;
  private present = false;
  private turning: Promise<void> | null = null;
  private cancel: (() => void) | null = null;
  private limits: Limits;
  private readonly world: GateWorld;

  constructor(system: string, limits: Limits, world: GateWorld) {
    this.limits = limits;
    this.world = world;
    this.holding = new Holding(limits);
    this.day = new DayCalls(limits);
    this.door = new Door(system, limits, this.day);
  }

  get current(): Limits {
    return this.limits;
  }

  /** The configuration was read anew: what is too much now is given back with the next turn. */
  setLimits(limits: Limits): void {
    this.limits = limits;
    this.holding.limits = limits;
    this.day.limits = limits;
    this.door.setLimits(limits);
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
      this.used = this.world.steady();
      this.counts.callMs += this.used - began;
      this.holding.end(this.used);
      this.pump();
    }
  }

  /** Why the system is not to be called now; null when it is. What was known a second or two ago will do unless `sure`. Throws `StoreError`. */
  async closed(sure: boolean): Promise<Closed | null> {
    if (sure || this.answered === null || this.world.steady() - this.answered > HEARTBEAT_MS * 2) {
      const { pause, used } = await this.world.peek(this.day.nameAt(this.world.now()));
      this.door.pause = pause;
      this.day.seen(used, this.world.steady());
    }
    return this.closedNow();
  }

  /** Gives back everything that is not in use, before the store closes. Permits that vendors may still count are given back when they are cold. */
  async release(): Promise<void> {
    this.cancel?.();
    await this.turning?.catch(() => undefined);
    const rest = this.holding.lastCold - this.world.steady();
    if (rest > 0 && rest <= 1500) await new Promise<void>((resolve) => void this.world.later(rest + 1, false, resolve));
    if (this.present) await this.turn(true).catch(() => undefined);
    this.cancel?.();
  }

  private turnOf(signal: AbortSignal): Promise<void> {
    const turn = this.queue.join(signal, () => this.pump());
    this.pump();
    return turn;
  }

  /** Starts whatever may start now, and sees to it that it is looked at again when more may. */
  private pump(): void {
    const now = this.world.steady();
    this.holding.cool(now);
    if (this.queue.length > 0 && this.fresh(now)) {
      const closed = this.closedNow();
      if (closed !== null) this.queue.refuse(closedError(closed, this.world.now()));
      this.queue.start(() => {
        if (!this.holding.hasRoom || !this.day.take(this.world.now())) return false;
        this.holding.begin();
        return true;
      });
    }
    this.arm(now);
  }

  private closedNow(): Closed | null {
    return this.door.closed(this.world.now(), this.world.steady());
  }

  /** What was agreed with the store some time ago may have been given to others meanwhile. */
  private fresh(now: number): boolean {
    return this.answered !== null && now - this.answered < USE_MS;
  }

  private get idle(): boolean {
    return this.queue.length === 0 && this.holding.calling === 0;
  }

  private arm(now: number): void {
    this.cancel?.();
    this.cancel = null;
    if (this.turning !== null) return;
    const due = this.nextTurn(now);
    const cold = this.queue.length > 0 ? this.holding.nextCold : null;
    const day = this.queue.length > 0 ? this.day.opensIn(this.world.now()) : null;
    const at = Math.min(due ?? Number.POSITIVE_INFINITY, cold ?? Number.POSITIVE_INFINITY, day === null ? Number.POSITIVE_INFINITY : now + day);
    if (at === Number.POSITIVE_INFINITY) return;
    if (due !== null && due <= now) {
      this.turn(false).then(
        () => this.pump(),
        (error: Error) => this.queue.refuse(error),
      );
      return;
    }
    this.cancel = this.world.later(Math.max(1, Math.ceil(at - now)), this.idle, () => this.pump());
  }

  /** Steady time of the next turn at the store; null: none is needed. */
  private nextTurn(now: number): number | null {
    const { holding } = this;
    const soon = this.asked + SOON_MS;
    if (this.idle) {
      if (!this.present) return null;
      return holding.isOver ? soon : Math.max(holding.hasSlots ? 0 : holding.lastCold, this.used + IDLE_MS, soon);
    }
    if (this.queue.length > 0 && !this.fresh(now)) return soon;
    if (holding.canGive) return soon;
    const { slots, permits } = holding.wants(this.queue.length);
    if (!holding.hasSlots || (slots === 0 && permits > 0 && !holding.hasPermits)) return this.asked + this.wait;
    if (slots + permits > this.wanted || this.day.needsMore(this.world.now())) return soon;
    return slots + permits > 0 ? this.asked + MORE_MS : this.asked + HEARTBEAT_MS;
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
    this.holding.cool(began);
    this.asked = began;
    const idle = all || this.idle;
    const { keeps, wants } = this.holding.ask(idle, this.queue.length);
    this.wanted = wants.slots + wants.permits;
    this.present = true;
    const answer = await world.turn(keeps, wants, this.limits.perDay === null ? null : this.day.ask(idle, this.queue.length, world.now()));
    this.answered = began;
    this.door.pause = answer.pause;
    this.day.answer(answer, began);
    world.look(answer);
    const got = this.holding.take(answer, world.steady());
    this.present = !idle || answer.slots + answer.permits > 0;
    this.wait = got ? SOON_MS : Math.min(MAX_WAIT_MS, this.wait * 1.5);
  }
}
