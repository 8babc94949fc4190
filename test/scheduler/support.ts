/** A simulated clock for schedulers: time goes on when nobody has anything to do before. */

import type { Claim, Ending } from '../../app/scheduler/claim.ts';
import type { Job } from '../../app/scheduler/job.ts';
import { Scheduler } from '../../app/scheduler/scheduler.ts';
import type { Store } from '../../canonical/open.ts';
import type { Holder } from '../../canonical/stores/leases.ts';
import type { Clock, Logger } from '../../core/context.ts';
import { parseCron } from '../../core/cron.ts';
import { digest } from '../../core/hash.ts';

export class SimulatedTime {
  private time: number;
  private readonly sleepers: { readonly at: number; wake(): void }[] = [];
  /** What the machine's clock is off by: it may be set back while time goes on. */
  off = 0;

  constructor(start: string) {
    this.time = Date.parse(start);
  }

  readonly clock: Clock = {
    now: () => this.time + this.off,
    sleep: (ms) => new Promise((wake) => void this.sleepers.push({ at: this.time + ms, wake })),
  };

  /** Steps all schedulers until `end`; each step's answer is when it wants to be stepped again. */
  async drive(schedulers: readonly Scheduler[], end: string, each: () => void = () => undefined): Promise<void> {
    const until = Date.parse(end);
    const wanted = schedulers.map(() => this.time);
    while (this.time < until) {
      for (const [index, scheduler] of schedulers.entries()) {
        if ((wanted[index] ?? 0) <= this.time) wanted[index] = Math.max((await scheduler.step()) - this.off, this.time + 1);
      }
      each();
      const next = Math.min(...wanted, ...this.sleepers.map(({ at }) => at), until);
      this.time = Math.max(this.time, next);
      const awake = this.sleepers.filter(({ at }) => at <= this.time);
      for (const one of awake) {
        this.sleepers.splice(this.sleepers.indexOf(one), 1);
        one.wake();
      }
      // Whoever woke notes what it did and asks to be stepped.
      if (awake.length > 0) {
        await new Promise((resolve) => setImmediate(resolve));
        wanted.fill(this.time);
      }
    }
  }
}

export function job(name: string, line: string | null, zone: string, more: Partial<Job> = {}): Job {
  return {
    name,
    request: { job: 'sync' },
    schedule: line === null ? null : { line: parseCron(line), zone },
    catchUp: 'once',
    blackout: [],
    zone,
    after: [],
    file: null,
    token: null,
    basis: digest(`${line} ${zone}`),
    ...more,
  };
}

export const QUIET: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Started {
  readonly job: string;
  readonly due: number;
  readonly at: number;
  ended: number | null;
  readonly by: string;
}

export interface RigOptions {
  readonly store: Store;
  readonly time: SimulatedTime;
  readonly jobs: readonly Job[];
  readonly owner?: Holder;
  readonly parallel?: number;
  readonly pollMs?: number;
  /** How long a run takes, ms, and how it ends. */
  readonly takes?: (claim: Claim) => number;
  readonly ends?: (claim: Claim) => Ending['kind'];
  readonly started?: Started[];
  readonly log?: Logger;
  readonly markOf?: (path: string) => Promise<string | null>;
}

/** A scheduler whose jobs take simulated time; what it starts is added to `started`. */
export function rig(options: RigOptions): { readonly scheduler: Scheduler; readonly started: Started[] } {
  const { store, time, jobs } = options;
  const owner = options.owner ?? { name: 'a', isGone: () => false };
  const started = options.started ?? [];
  const scheduler = new Scheduler({
    store,
    clock: time.clock,
    log: options.log ?? QUIET,
    owner,
    jobs,
    parallel: options.parallel ?? 100,
    leaseMs: 120_000,
    pollMs: options.pollMs ?? 900_000,
    markOf: options.markOf ?? (async () => null),
    execute: async (claim) => {
      const one: Started = { job: claim.job.name, due: claim.due, at: time.clock.now(), ended: null, by: owner.name };
      started.push(one);
      const ms = options.takes?.(claim) ?? 0;
      if (ms > 0) await time.clock.sleep(ms);
      one.ended = time.clock.now();
      return { kind: options.ends?.(claim) ?? 'done', runId: null };
    },
  });
  return { scheduler, started };
}
