/** A job on its way: taken by this process, executed, ended. */
import type { Job } from './job.ts';

/** A job that this process has the lease of. */
export interface Claim {
  readonly job: Job;
  readonly due: number;
  readonly lease: { readonly name: string; readonly token: number };
}

export interface Ending {
  /**
   * `busy`: it could not begin and is to be started as soon as possible. `stopped`: a stop signal ended it; by policy it is started again.
   * `lost`: another process has its lease now.
   */
  readonly kind: 'done' | 'failed' | 'cancelled' | 'stopped' | 'busy' | 'lost';
  readonly runId: number | null;
}
