/**
 * 10,000 schedules that are all due at one moment: how late each is started. `node --import tsx bench/schedules.ts [number]`.
 * Jobs end as soon as they begin: what is measured is the scheduler with its store, not what jobs do.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../app/adapters/clock.ts';
import { processOwner } from '../app/adapters/owner.ts';
import { Scheduler } from '../app/scheduler/scheduler.ts';
import { openStore, type Store } from '../canonical/open.ts';
import { schemaUp } from '../canonical/schema/up.ts';
import { job, QUIET } from '../test/scheduler/support.ts';
import { startDatabase } from './mariadb.ts';
import { connected } from './query.ts';

const BAR_MS = 1000;
const ZONES = ['Europe/Moscow', 'Asia/Novosibirsk', 'Europe/Berlin', 'America/New_York', 'UTC'];

interface Lateness {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
  /** Processor time of this process from that moment to the last start, ms. */
  readonly cpu: number;
}

/** Milliseconds between the moment at which all were due and the start of each. */
async function lateness(store: Store, count: number): Promise<Lateness> {
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
  const sorted = late.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99), most: at(1), cpu: Math.round((used.user + used.system) / 1000) };
}

async function onSqlite(count: number): Promise<Lateness> {
  const directory = mkdtempSync(join(tmpdir(), 'sverka-schedules-'));
  const store = await openStore({ kind: 'sqlite', file: join(directory, 'store.db') });
  try {
    await schemaUp(store, systemClock);
    return await lateness(store, count);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function onMariadb(count: number): Promise<Lateness> {
  const database = await startDatabase();
  try {
    await connected(database.url(''), (db) => db.query('CREATE DATABASE schedules CHARACTER SET utf8mb4'));
    const store = await openStore({ kind: 'mysql', url: database.url('schedules') });
    try {
      await schemaUp(store, systemClock);
      return await lateness(store, count);
    } finally {
      await store.close();
    }
  } finally {
    await database.stop();
  }
}

const count = Number(process.argv[2] ?? 10_000);
for (const [name, measure] of [
  ['SQLite', onSqlite],
  ['MariaDB', onMariadb],
] as const) {
  const { median, p99, most, cpu } = await measure(count);
  console.log(
    `${name}: ${count} schedules due at one moment; started late by ${median} ms (median), ${p99} ms (99 of 100), ${most} ms (the last), for ${cpu} ms of processor time; bar ${BAR_MS} ms`,
  );
  if (most >= BAR_MS) process.exitCode = 1;
}
