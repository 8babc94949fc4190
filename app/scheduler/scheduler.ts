/**
 * Starts jobs when they are due. What is due, what was missed and who executes what stands in the store: any number of processes may
 * serve one store. Time comes from the clock that is handed in; `step` does what is to be done now and says when to come again.
 */
import type { Store } from '../../canonical/open.ts';
import { claimJobs, endJobs, type JobEnd } from '../../canonical/stores/job-claims.ts';
import { allJobs, decideJobs, ensureJobs, type JobRow, jobLease } from '../../canonical/stores/jobs.ts';
import { type Holder, storeHolder } from '../../canonical/stores/leases.ts';
import { Numbers } from '../../canonical/stores/numbers.ts';
import { recordSkips, type Skip } from '../../canonical/stores/skips.ts';
import type { Clock, Logger } from '../../core/context.ts';
import { StoreError } from '../../core/errors.ts';
import { nextOccurrence } from '../../core/occurrence.ts';
import type { Claim, Ending } from './claim.ts';
import { type Decision, decide } from './decide.ts';
import { Heap } from './heap.ts';
import type { Job } from './job.ts';
import { type Look, type LookAround, lookAround } from './look.ts';
import { blackoutEnds, readyJobs } from './ready.ts';

export interface SchedulerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly owner: Holder;
  readonly jobs: readonly Job[];
  /** Executes a job to its end. Must not reject. */
  readonly execute: (claim: Claim) => Promise<Ending>;
  /** Jobs at one time in this process. */
  readonly parallel: number;
  readonly leaseMs: number;
  /** How often it is looked what other processes and trigger files did, ms. */
  readonly pollMs: number;
  /** Time and size of a trigger file; null where there is none. */
  readonly markOf: (path: string) => Promise<string | null>;
}

/** Jobs whose leases are taken in one transaction. */
const TOGETHER = 2000;
/** A step waits for nothing but the store, whose slowest statement ends before this; between two steps are at most `pollMs`. */
const STUCK_MS = 60_000;
const STUCK_POLLS = 3;

export class Scheduler {
  private readonly options: SchedulerOptions;
  private readonly numbers: Numbers;
  private readonly heap = new Heap();
  private jobs = new Map<string, Job>();
  private rows = new Map<string, JobRow>();
  private readonly running = new Map<string, Promise<void>>();
  private readonly ended: (JobEnd & { readonly name: string; readonly token: number })[] = [];
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
    return this.running.size;
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
    await Promise.all(this.running.values());
    await this.noteEnds();
  }

  /** Does what is to be done now. Answers when there is something to do again, UTC milliseconds. */
  async step(): Promise<number> {
    const { clock, log, store, pollMs } = this.options;
    const now = clock.now();
    if (this.seenAt === 0) {
      await store.transaction((trx) => ensureJobs(trx, [...this.jobs.values()], now));
      await this.read(now);
      this.fillHeap();
    } else if (now < this.seenAt - 1000) {
      log.warn('the clock was set back: times that were dealt with are not run again', { seconds: Math.round((this.seenAt - now) / 1000) });
      this.lookAt = 0;
    }
    this.seenAt = now;
    await this.noteEnds();
    // What is due at this moment is started first.
    if (now >= this.lookAt && (this.heap.first?.at ?? Number.POSITIVE_INFINITY) > now) await this.read(now);
    await this.decideDue(now);
    await this.start(now);
    return Math.min(this.heap.first?.at ?? Number.POSITIVE_INFINITY, now + pollMs, this.lookAt, ...blackoutEnds(this.around(now)));
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

  private fillHeap(): void {
    this.heap.clear();
    for (const { name } of this.jobs.values()) this.pushNext(name, this.rows.get(name)?.decided_until ?? this.options.clock.now());
  }

  private pushNext(name: string, after: number): void {
    const schedule = this.jobs.get(name)?.schedule;
    const at = schedule == null ? null : nextOccurrence(schedule.line, schedule.zone, after);
    if (at !== null) this.heap.push({ at, name });
  }

  /** Notes what the times that came mean: in one statement for all jobs to which the same came. */
  private async decideDue(now: number): Promise<void> {
    const { store } = this.options;
    const groups = new Map<string, { readonly decision: Decision; readonly names: string[] }>();
    for (let top = this.heap.first; top !== undefined && top.at <= now; top = this.heap.first) {
      this.heap.pop();
      const { job, row } = { job: this.jobs.get(top.name), row: this.rows.get(top.name) };
      const decision = job === undefined || row === undefined ? null : decide(job, row, now);
      if (decision === null) {
        this.pushNext(top.name, Math.max(top.at, row?.decided_until ?? 0));
        continue;
      }
      const { until, due, cause, skip } = decision;
      const key = skip === null ? `${until} ${due} ${cause}` : top.name;
      const group = groups.get(key) ?? { decision, names: [] };
      group.names.push(top.name);
      groups.set(key, group);
    }
    if (groups.size === 0) return;
    const decided = await store.transaction((trx) => Promise.all([...groups.values()].map(({ decision, names }) => decideJobs(trx, names, decision))));
    const skips: Skip[] = [];
    for (const [index, { decision, names }] of [...groups.values()].entries()) {
      for (const name of names) this.pushNext(name, decision.until);
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
    return { now, jobs: this.jobs, rows: this.rows, running: this.running };
  }

  private async start(now: number): Promise<void> {
    const { store, owner, parallel, leaseMs } = this.options;
    const free = parallel - this.running.size;
    const wanted = free <= 0 ? [] : readyJobs(this.around(now)).slice(0, free);
    // One run works on a store at a time: who cannot begin does not take a job from those who can.
    if (wanted.length === 0 || (await storeHolder(store.db, owner, now)) !== null) return;
    for (let at = 0; at < wanted.length; at += TOGETHER) {
      const some = wanted.slice(at, at + TOGETHER);
      const names = some.map((row) => row.name);
      const claimed = await store.transaction((trx) => claimJobs(trx, names, owner, now, leaseMs));
      if (claimed.size < names.length) this.lookAt = 0;
      for (const row of some) {
        const job = this.jobs.get(row.name);
        const token = claimed.get(row.name);
        if (job !== undefined && token !== undefined) this.launch(job, row, token, now);
      }
    }
  }

  private launch(job: Job, row: JobRow, token: number, now: number): void {
    const { execute, log } = this.options;
    const { name } = job;
    const [due, cause] = [row.due_at ?? now, row.cause ?? 'schedule'];
    Object.assign(row, { running_since: now, began_at: now, due_at: null, cause: null, skip_id: null } satisfies Partial<JobRow>);
    log.info('job begins', { job: name, cause, due: new Date(due).toISOString(), late: now - due });
    const promise = execute({ job, due, lease: { name: jobLease(name), token } }).then(({ kind, runId }) => {
      const wants = kind === 'busy' || (kind === 'stopped' && job.catchUp === 'once');
      const at = this.options.clock.now();
      this.ended.push({
        name,
        token,
        runId,
        succeeded: kind === 'done' ? at : null,
        again: wants ? { due, cause: kind === 'busy' ? cause : 'catch-up' } : null,
      });
      this.running.delete(name);
      log.info('job ended', { job: name, run: runId, how: kind, ms: at - now });
      this.wake();
    });
    this.running.set(name, promise);
  }

  private async noteEnds(): Promise<void> {
    if (this.ended.length === 0) return;
    const { store } = this.options;
    const ended = [...this.ended];
    await store.transaction((trx) => endJobs(trx, ended));
    this.ended.splice(0, ended.length);
    this.lookAt = 0;
  }
}
