/** What doctor says of jobs that are configured rightly and yet hardly mean what they say. */
import type { LoadedConfig } from '../../config/load.ts';
import { nextOccurrence } from '../../core/occurrence.ts';
import { blackoutEnd } from '../scheduler/decide.ts';
import { type Job, jobsOf } from '../scheduler/job.ts';
import type { Check } from './check.ts';

/** Times that are looked at, and how far ahead: every weekday of a season. */
const MOST_TIMES = 500;
const AHEAD_MS = 120 * 86_400_000;

/** A note for each job all of whose next times lie in its own blackout. */
export function checkJobTimes(loaded: LoadedConfig, now: number): Check[] {
  return jobsOf(loaded)
    .filter((job) => isNeverAtItsTime(job, now))
    .map(({ name, catchUp }) => ({
      what: `job ${name}`,
      state: 'note',
      detail: `all times of its schedule lie in its own blackout: ${catchUp === 'once' ? 'it starts only when that ends' : 'it never starts'}`,
      hint: 'Change its `schedule` or its `blackout`; both are in the zone of the job.',
    }));
}

function isNeverAtItsTime(job: Job, now: number): boolean {
  const { schedule } = job;
  if (schedule === null || job.blackout.length === 0) return false;
  let at = nextOccurrence(schedule.line, schedule.zone, now);
  if (at === null) return false;
  for (let count = 0; at !== null && count < MOST_TIMES && (count === 0 || at < now + AHEAD_MS); count += 1) {
    if (blackoutEnd(job, at) === null) return false;
    at = nextOccurrence(schedule.line, schedule.zone, at);
  }
  return true;
}
