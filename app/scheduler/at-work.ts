/** The jobs that this process executes, and how those ended of which the store does not know yet. */
import type { Store } from '../../canonical/open.ts';
import { claimJobs, endJobs, type JobEnd } from '../../canonical/stores/job-claims.ts';
import { type JobRow, jobLease } from '../../canonical/stores/jobs.ts';
import { type Holder, storeHolder } from '../../canonical/stores/leases.ts';
import type { Clock, Logger } from '../../core/context.ts';
import type { Claim, Ending } from './claim.ts';
import type { Job } from './job.ts';
import type { Look } from './look.ts';
import { readyJobs } from './ready.ts';

/** Jobs whose leases are taken in one transaction. */
const TOGETHER = 2000;

export interface WorkOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly owner: Holder;
  /** Executes a job to its end. Must not reject. */
  readonly execute: (claim: Claim) => Promise<Ending>;
  /** Jobs at one time in this process. */
  readonly parallel: number;
  readonly leaseMs: number;
}

export class AtWork {
  /** By the names of the jobs. */
  readonly running = new Map<string, Promise<void>>();
  private readonly ended: (JobEnd & { readonly name: string; readonly token: number })[] = [];
  private readonly options: WorkOptions;

  constructor(options: WorkOptions) {
    this.options = options;
  }

  /** Takes jobs that may be started and begins to execute them; `then` is called when one has ended. Answers whether it got all it wanted. */
  async start(look: Look, then: () => void): Promise<boolean> {
    const { store, owner, parallel, leaseMs } = this.options;
    const free = parallel - this.running.size;
    const wanted = free <= 0 ? [] : readyJobs(look).slice(0, free);
    // One run works on a store at a time: who cannot begin does not take a job from those who can.
    if (wanted.length === 0 || (await storeHolder(store.db, owner, look.now)) !== null) return true;
    let all = true;
    for (let at = 0; at < wanted.length; at += TOGETHER) {
      const some = wanted.slice(at, at + TOGETHER);
      const names = some.map((row) => row.name);
      const claimed = await store.transaction((trx) => claimJobs(trx, names, owner, look.now, leaseMs));
      if (claimed.size < names.length) all = false;
      for (const row of some) {
        const job = look.jobs.get(row.name);
        const token = claimed.get(row.name);
        if (job !== undefined && token !== undefined) this.launch(job, row, token, look.now, then);
      }
    }
    return all;
  }

  private launch(job: Job, row: JobRow, token: number, now: number, then: () => void): void {
    const { clock, execute, log } = this.options;
    const { name } = job;
    const [due, cause] = [row.due_at ?? now, row.cause ?? 'schedule'];
    Object.assign(row, { running_since: now, began_at: now, due_at: null, cause: null, skip_id: null } satisfies Partial<JobRow>);
    log.info('job begins', { job: name, cause, due: new Date(due).toISOString(), late: now - due });
    const promise = execute({ job, due, lease: { name: jobLease(name), token } }).then(({ kind, runId }) => {
      const wants = kind === 'busy' || (kind === 'stopped' && job.catchUp === 'once');
      const at = clock.now();
      this.ended.push({
        name,
        token,
        runId,
        succeeded: kind === 'done' ? at : null,
        again: wants ? { due, cause: kind === 'busy' ? cause : 'catch-up' } : null,
      });
      this.running.delete(name);
      log.info('job ended', { job: name, run: runId, how: kind, ms: at - now });
      then();
    });
    this.running.set(name, promise);
  }

  /** Tells the store what has ended; answers whether anything had. */
  async noteEnds(): Promise<boolean> {
    if (this.ended.length === 0) return false;
    const ended = [...this.ended];
    await this.options.store.transaction((trx) => endJobs(trx, ended));
    this.ended.splice(0, ended.length);
    return true;
  }
}
