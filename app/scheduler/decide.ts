/** What becomes of the times of a schedule: pure, from the job, what was decided before, and the time. */
import type { Cause, JobRow } from '../../canonical/stores/jobs.ts';
import { nextOccurrence } from '../../core/occurrence.ts';
import { utcToWall, wallToUtc } from '../../core/zone.ts';
import type { Blackout, Job, Schedule } from './job.ts';

/** A time that is noticed later than this was missed: nothing was serving, or the process stood still. */
const ON_TIME_MS = 60_000;
/** So many missed times are counted one by one; of more the last ones alone are looked at. */
const MOST_COUNTED = 5000;
const MINUTE = 60_000;
const DAY = 86_400_000;

export interface Times {
  readonly first: number;
  readonly last: number;
  /** The last but one; the first where there is one alone. */
  readonly previous: number;
  readonly count: number;
}

/** Times of a schedule after `from`, up to and with `now`; null when there is none. */
function timesBetween({ line, zone }: Schedule, from: number, now: number): Times | null {
  const first = nextOccurrence(line, zone, from);
  if (first === null || first > now) return null;
  let last = first;
  let previous = first;
  let count = 1;
  for (let at = nextOccurrence(line, zone, last); at !== null && at <= now; at = nextOccurrence(line, zone, last)) {
    previous = last;
    last = at;
    count += 1;
    // A line that comes so often has come in the last day too.
    if (count === MOST_COUNTED && now - last > 2 * DAY) last = Math.max(last, nextOccurrence(line, zone, now - 2 * DAY) ?? last);
  }
  return { first, last, previous, count };
}

export interface Decision {
  /** All times up to here are dealt with. */
  readonly until: number;
  /** The job is to be started, since this time. */
  readonly due: number | null;
  readonly cause: Cause;
  readonly skip: (Times & { readonly why: string }) | null;
}

/** What becomes of the times that came since the last decision; null when none came. */
export function decide(job: Job, row: Pick<JobRow, 'decided_until' | 'due_at' | 'running_since'>, now: number): Decision | null {
  const times = job.schedule === null ? null : timesBetween(job.schedule, row.decided_until, now);
  if (times === null) return null;
  const { last, previous, count } = times;
  const missed = whyMissed(job, row, last, now);
  if (job.catchUp === 'once') {
    return { until: last, due: last, cause: missed === null && count === 1 ? 'schedule' : 'catch-up', skip: null };
  }
  const why = missed ?? 'nothing was serving when it was due';
  const skipped = missed === null ? count - 1 : count;
  return {
    until: last,
    due: missed === null ? last : null,
    cause: 'schedule',
    skip: skipped === 0 ? null : { ...times, last: missed === null ? previous : last, count: skipped, why },
  };
}

function whyMissed(job: Job, row: Pick<JobRow, 'due_at' | 'running_since'>, last: number, now: number): string | null {
  if (row.running_since !== null) return 'it was still running when it was due again';
  if (blackoutEnd(job, last) !== null) return 'it was due in a blackout';
  if (row.due_at !== null) return 'it still waited to be started when it was due again';
  return now - last > ON_TIME_MS ? 'nothing was serving when it was due' : null;
}

/** When the blackout that holds at `now` ends, UTC milliseconds; null when none holds. Windows that follow on each other count as one. */
export function blackoutEnd(job: Pick<Job, 'blackout' | 'zone'>, now: number): number | null {
  let end = now;
  // Each window holds at most once a day; a week of them without a gap is always.
  for (let turns = 8 * job.blackout.length; turns > 0; turns -= 1) {
    const further = job.blackout
      .map((window) => endOf(window, job.zone, end))
      .reduce<number | null>((a, b) => (b === null || (a !== null && a >= b) ? a : b), null);
    if (further === null) break;
    end = further;
  }
  return end === now ? null : end;
}

/** When a window that holds at `now` ends. One that began yesterday may hold still. */
function endOf({ from, to, days }: Blackout, zone: string, now: number): number | null {
  const wall = utcToWall(zone, now);
  const today = Math.floor(wall / DAY);
  for (const day of [today, today - 1]) {
    if (!days.includes(new Date(day * DAY).getUTCDay())) continue;
    const begin = wallToUtc(zone, day * DAY + from * MINUTE);
    const end = wallToUtc(zone, (to <= from ? day + 1 : day) * DAY + to * MINUTE);
    if (now >= begin && now < end) return end;
  }
  return null;
}
