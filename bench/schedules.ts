/**
 * Many schedules that are all due at one moment: how late each is started. Jobs end as soon as they begin: what is measured is the
 * scheduler with its store, not what jobs do.
 */
import { systemClock } from '../app/adapters/clock.ts';
import { processOwner } from '../app/adapters/owner.ts';
import { Scheduler } from '../app/scheduler/scheduler.ts';
import { openStore, type StoreOptions } from '../canonical/open.ts';
import { job, QUIET } from '../test/scheduler/support.ts';

/** How late the last may start. */
export const BAR_MS = 1000;
const ZONES = ['Europe/Moscow', 'Asia/Novosibirsk', 'Europe/Berlin', 'America/New_York', 'UTC'];

export interface Lateness {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
  /** Processor time of this process from that moment to the last start, ms. */
  readonly cpu: number;
}

/** Milliseconds between the moment at which all were due and the start of each. */
export async function lateness(place: StoreOptions, count: number): Promise<Lateness> {
  const store = await openStore(place);
  // The clock is put so that the next full minute is three seconds away.
  const ahead = 57_000 - (Date.now() % 60_000);
  const moment = Math.ceil((Date.now() + ahead) / 60_000) * 60_000;
  let began: NodeJS.CpuUsage | null = null;
  const now = (): number => {
    const time = Date.now() + ahead;
    if (time >= moment) began ??= process.cpuUsage();
    return time;
  };
  const clock = { ...systemClock, now };
  const jobs = Array.from({ length: count }, (_, index) => {
    const zone = ZONES[index % ZONES.length] ?? 'UTC';
    return job(`job-${index}`, index % 2 === 0 ? '* * * * *' : '*/1 0-23 * * *', zone);
  });
  const stop = new AbortController();
  const late: number[] = [];
  let used: NodeJS.CpuUsage = { user: 0, system: 0 };
  const scheduler = new Scheduler({
    store,
    clock,
    log: QUIET,
    owner: processOwner(),
    jobs,
    parallel: Number.POSITIVE_INFINITY,
    leaseMs: 120_000,
    pollMs: 2000,
    markOf: async () => null,
    execute: async ({ due }) => {
      late.push(clock.now() - due);
      if (late.length !== count) return { kind: 'done', runId: null };
      used = process.cpuUsage(began ?? undefined);
      stop.abort();
      return { kind: 'done', runId: null };
    },
  });
  await scheduler.run(stop.signal);
  await store.close();
  const sorted = late.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), most: at(1), cpu: Math.round((used.user + used.system) / 1000) };
}
