/** Which of the jobs that are due may be started now. */
import type { JobRow } from '../../canonical/stores/jobs.ts';
import { blackoutEnd } from './decide.ts';
import { dependenciesDone, type Look } from './look.ts';

/** Jobs that wait and may be started now, those that wait longest first. */
export function readyJobs({ now, jobs, rows, running }: Look): JobRow[] {
  const ready: JobRow[] = [];
  for (const row of rows.values()) {
    const job = jobs.get(row.name);
    if (job === undefined || row.due_at === null || row.due_at > now || row.running_since !== null || running.has(row.name)) continue;
    if (job.blackout.length > 0 && blackoutEnd(job, now) !== null) continue;
    if (row.cause !== 'person' && !dependenciesDone(job, row, rows)) continue;
    ready.push(row);
  }
  return ready.sort((a, b) => (a.due_at ?? 0) - (b.due_at ?? 0) || (a.name < b.name ? -1 : 1));
}

/** When the blackouts end for which jobs that are due wait now. */
export function* blackoutEnds({ now, jobs, rows }: Pick<Look, 'now' | 'jobs' | 'rows'>): Generator<number> {
  for (const row of rows.values()) {
    const job = jobs.get(row.name);
    const end = job === undefined || row.due_at === null || job.blackout.length === 0 ? null : blackoutEnd(job, now);
    if (end !== null) yield end;
  }
}
