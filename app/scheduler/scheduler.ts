import { allJobs, decideJobs, ensureJobs, type JobRow } from '../../canonical/stores/jobs.ts';
import { Numbers } from '../../canonical/stores/numbers.ts';
import { recordSkips, type Skip } from '../../canonical/stores/skips.ts';
import { StoreError } from '../../core/errors.ts';
import { AtWork, type WorkOptions } from './at-work.ts';
import type { Decision } from './decide.ts';
import { DueTimes } from './due-times.ts';
import type { Job } from './job.ts';
import { type Look, type LookAround, lookAround } from './look.ts';
import { blackoutEnds } from './ready.ts';

export interface SchedulerOptions extends WorkOptions {
  readonly jobs: readonly Job[];
  /** How often it is looked what other processes and trigger files did, ms. */
  readonly pollMs: number;
  /** Time and size of a trigger file; null where there is none. */
  readonly markOf: (path: string) => Promise<string | null>;
}

/** A step waits for nothing but the store, whose slowest statement ends before this; between two steps are at most `pollMs`. */
const STUCK_MS = 60_000;
const STUCK_POLLS = 3;

export class Scheduler {
  private readonly options: SchedulerOptions;
  private readonly numbers: Numbers;
  private readonly times = new DueTimes();
  private readonly work: AtWork;
  private jobs = new Map<string, Job>();
  private rows = new Map<string, JobRow>();
  private readonly look: LookAround;
  private lookAt = 0;
  private seenAt = 0;
  private waker = new AbortController();
  /** When `run` last came round; null: it does not run. A store that fails does not stop it. */
  private roundAt: number | null = null;

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.numbers = new Numbers(options.store);
    this.look = lookAround(options);
    this.work = new AtWork(options);
    this.jobs = new Map(options.jobs.map((job) => [job.name, job]));
  }

  /** Takes other jobs from the next step on. What is being executed goes on as it began. */
  replace(jobs: readonly Job[]): void {
    this.jobs = new Map(jobs.map((job) => [job.name, job]));
    this.lookAt = 0;
    this.seenAt = 0;
    this.rows = new Map();
    this.wake();
  }

  get busy(): number {
    return this.work.running.size;
  }

  /** Steps until the signal aborts, then waits for what is being executed. A store that cannot be reached is tried again. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, log, pollMs } = this.options;
    let failing = false;
    while (!stop.aborted) {
      this.waker = new AbortController();
      this.roundAt = clock.now();
      let next: number;
      try {
        next = await this.step();
        failing = false;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        if (!failing) log.error('the store failed; it is tried again', { code: error.code, what: error.message });
        failing = true;
        this.lookAt = 0;
        next = clock.now() + pollMs;
      }
      await clock.sleep(Math.max(0, next - clock.now()), AbortSignal.any([stop, this.waker.signal])).catch(() => undefined);
    }
    this.roundAt = null;
    await this.drain();
  }

  /** Why nothing would be started any more although the process lives; null: all goes on, or is to end. */
  stuck(): string | null {
    const { clock, pollMs } = this.options;
    const still = this.roundAt === null ? 0 : clock.now() - this.roundAt;
    return still > STUCK_POLLS * pollMs + STUCK_MS ? `the scheduler stands still for ${Math.round(still / 1000)} s` : null;
  }

  /** Waits for what is being executed and notes its end. */
  async drain(): Promise<void> {
    await Promise.all(this.work.running.values());
    await this.noteEnds();
  }

  /** Does what is to be done now. Answers when there is something to do again, UTC milliseconds. */
  async step(): Promise<number> {
    const { clock, log, store, pollMs } = this.options;
    const now = clock.now();
    if (this.seenAt === 0) {
      await store.transaction((trx) => ensureJobs(trx, [...this.jobs.values()], now));
      await this.read(now);
      this.times.fill(this.around(now));
    } else if (now < this.seenAt - 1000) {
      log.warn('the clock was set back: times that were dealt with are not run again', { seconds: Math.round((this.seenAt - now) / 1000) });
      this.lookAt = 0;
    }
    this.seenAt = now;
    await this.noteEnds();
    // What is due at this moment is started first.
    if (now >= this.lookAt && this.times.next > now) await this.read(now);
    await this.decideDue(now);
    await this.start(now);
    return Math.min(this.times.next, now + pollMs, this.lookAt, ...blackoutEnds(this.around(now)));
  }

  /** Looks at the store at once: something may be due. */
  hurry(): void {
    this.lookAt = 0;
    this.wake();
  }

  private wake(): void {
    if (!this.waker.signal.aborted) this.waker.abort();
  }

  private async read(now: number): Promise<void> {
    const { store, pollMs } = this.options;
    const rows = new Map((await allJobs(store.db)).map((row) => [row.name, row]));
    const changed = await this.look({ ...this.around(now), rows });
    this.rows = changed ? new Map((await allJobs(store.db)).map((row) => [row.name, row])) : rows;
    this.lookAt = now + pollMs;
  }

  /** Notes what the times that came mean: in one statement for all jobs to which the same came. */
  private async decideDue(now: number): Promise<void> {
    const { store } = this.options;
    const came = this.times.take(this.around(now));
    if (came.length === 0) return;
    const decided = await store.transaction((trx) => Promise.all(came.map(({ decision, names }) => decideJobs(trx, names, decision))));
    const skips: Skip[] = [];
    for (const [index, { decision, names }] of came.entries()) {
      for (const name of names) this.times.push(name, this.jobs.get(name), decision.until);
      // Another process was quicker with some of them: what it made of them is read before anything is started.
      if (decided[index] !== names.length) this.lookAt = 0;
      else this.remember(names, decision, skips);
    }
    await this.noteSkips(skips, now);
    if (this.lookAt === 0) await this.read(now);
  }

  private remember(names: readonly string[], { until, due, cause, skip }: Decision, skips: Skip[]): void {
    for (const name of names) {
      const row = this.rows.get(name);
      if (row === undefined) continue;
      row.decided_until = until;
      if (due !== null) {
        row.due_at ??= due;
        row.cause ??= cause;
      }
      if (skip !== null) skips.push({ job: name, kind: this.jobs.get(name)?.request.job ?? 'sync', ...skip });
    }
  }

  private async noteSkips(skips: readonly Skip[], now: number): Promise<void> {
    if (skips.length === 0) return;
    const { store, log } = this.options;
    await this.numbers.reserve('runs', skips.length);
    await store.transaction((trx) => recordSkips(trx, skips, () => this.numbers.takeReserved('runs'), now));
    for (const { job, count, why } of skips) log.info('skipped', { job, times: count, why });
  }

  private around(now: number): Look {
    return { now, jobs: this.jobs, rows: this.rows, running: this.work.running };
  }

  private async start(now: number): Promise<void> {
    const all = await this.work.start(this.around(now), () => this.wake());
    // Another process was quicker with some.
    if (!all) this.lookAt = 0;
  }

  private async noteEnds(): Promise<void> {
    if (await this.work.noteEnds()) this.lookAt = 0;
  }
}
