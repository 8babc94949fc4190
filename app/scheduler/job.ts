/** Jobs of a configuration, ready to be scheduled. */
import { resolve } from 'node:path';
import type { LoadedConfig } from '../../config/load.ts';
import type { JobConfig } from '../../config/schema/jobs.ts';
import { type CronLine, parseCron } from '../../core/cron.ts';
import { digest } from '../../core/hash.ts';
import type { RunRequest } from '../../pipeline/request.ts';

/** A daily window in which nothing is started; times are minutes since midnight. */
export interface Blackout {
  readonly from: number;
  /** Not after `from`: on the next day. */
  readonly to: number;
  /** Days on which it begins, 0 Sunday to 6 Saturday. */
  readonly days: readonly number[];
}

export interface Schedule {
  readonly line: CronLine;
  readonly zone: string;
}

export interface Job {
  readonly name: string;
  readonly request: RunRequest;
  readonly schedule: Schedule | null;
  readonly catchUp: 'once' | 'skip';
  readonly blackout: readonly Blackout[];
  /** Zone of the blackout. */
  readonly zone: string;
  readonly after: readonly string[];
  /** Absolute path of the file that starts it. */
  readonly file: string | null;
  /** What a caller must know to start it. */
  readonly token: string | null;
  /** Digest of schedule and zone. */
  readonly basis: string;
}

export function jobsOf({ config, directory }: LoadedConfig): readonly Job[] {
  return Object.entries(config.jobs).map(([name, job]) => jobOf(name, job, directory));
}

function jobOf(name: string, job: JobConfig, directory: string): Job {
  const zone = job.zone ?? 'UTC';
  return {
    name,
    request: {
      job: job.run,
      ...(job.systems === undefined ? {} : { systems: job.systems }),
      ...(job.streams === undefined ? {} : { streams: job.streams }),
      ...(job.full ? { full: true } : {}),
    },
    schedule: job.schedule === undefined ? null : { line: parseCron(job.schedule), zone },
    catchUp: job.catchUp,
    blackout: job.blackout.map(({ from, to, days = DAYS }) => ({ from: minutes(from), to: minutes(to), days: days.map((day) => DAYS.indexOf(day)) })),
    zone,
    after: job.after ?? [],
    file: job.trigger?.file === undefined ? null : resolve(directory, job.trigger.file),
    token: job.trigger?.callback?.token ?? null,
    basis: digest(`${job.schedule ?? ''}\n${zone}`),
  };
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(':').map(Number);
  return hours * 60 + rest;
}
