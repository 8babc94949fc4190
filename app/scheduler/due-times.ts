/** The next time of each schedule, and what the times that came mean. */
import { nextOccurrence } from '../../core/occurrence.ts';
import { type Decision, decide } from './decide.ts';
import { Heap } from './heap.ts';
import type { Job } from './job.ts';
import type { Look } from './look.ts';

/** Jobs to which the same came. */
export interface Due {
  readonly decision: Decision;
  readonly names: readonly string[];
}

export class DueTimes {
  private readonly heap = new Heap();

  /** UTC ms; infinity where no time comes. */
  get next(): number {
    return this.heap.first?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Begins anew, after what was decided of each job. */
  fill({ now, jobs, rows }: Pick<Look, 'now' | 'jobs' | 'rows'>): void {
    this.heap.clear();
    for (const [name, job] of jobs) this.push(name, job, rows.get(name)?.decided_until ?? now);
  }

  /** The first time of the job after that one is to come. */
  push(name: string, job: Job | undefined, after: number): void {
    const schedule = job?.schedule;
    const at = schedule == null ? null : nextOccurrence(schedule.line, schedule.zone, after);
    if (at !== null) this.heap.push({ at, name });
  }

  /** Takes out the times that came. The next one of a job is to be pushed once it is noted what this one means. */
  take({ now, jobs, rows }: Pick<Look, 'now' | 'jobs' | 'rows'>): Due[] {
    const groups = new Map<string, { readonly decision: Decision; readonly names: string[] }>();
    for (let top = this.heap.first; top !== undefined && top.at <= now; top = this.heap.first) {
      this.heap.pop();
      const { job, row } = { job: jobs.get(top.name), row: rows.get(top.name) };
      const decision = job === undefined || row === undefined ? null : decide(job, row, now);
      if (decision === null) {
        this.push(top.name, job, Math.max(top.at, row?.decided_until ?? 0));
        continue;
      }
      const { until, due, cause, skip } = decision;
      const key = skip === null ? `${until} ${due} ${cause}` : top.name;
      const group = groups.get(key) ?? { decision, names: [] };
      group.names.push(top.name);
      groups.set(key, group);
    }
    return [...groups.values()];
  }
}
