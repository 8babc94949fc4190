/** What is measured of the service: how late schedules start, and whether many workers keep one limit. */
import type { StoreOptions } from '../canonical/open.ts';
import { manyWorkers } from './calls.ts';
import type { Figure } from './figure.ts';
import type { Database } from './mariadb.ts';
import { withStore } from './own-store.ts';
import { BAR_MS, lateness } from './schedules.ts';

const SCHEDULES = 10_000;
const CALLS = { calls: 100_000, workers: 8, rate: 2000, slots: 16, perDay: null, zone: 'UTC' };

/** In both databases: 10,000 schedules due at one moment, and 100,000 calls of eight processes. */
export async function service(database: Database, say: (line: string) => void): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const kind of ['sqlite', 'mysql'] as const) {
    const name = kind === 'sqlite' ? 'SQLite' : 'MariaDB';
    say(`${name}: schedules, calls`);
    figures.push(await withStore(kind, database, (place) => schedulesOn(name, place)));
    figures.push(await withStore(kind, database, (place) => callsOn(name, place)));
  }
  return figures;
}

async function schedulesOn(name: string, place: StoreOptions): Promise<Figure> {
  const { median, p99, most, cpu } = await lateness(place, SCHEDULES);
  return {
    what: `${SCHEDULES.toLocaleString('en')} schedules due at one moment, ${name}`,
    found: `started late by ${median} ms (median), ${p99} ms (99 of 100), ${most} ms (the last); ${cpu} ms of processor time`,
    bar: `the last < ${BAR_MS} ms`,
    met: most < BAR_MS,
  };
}

async function callsOn(name: string, place: StoreOptions): Promise<Figure> {
  const { calls, mostInWindow, mostAtOnce, beyondRate, beyondSlots, seconds, workers } = await manyWorkers({ ...CALLS, store: place });
  const made = workers.reduce((sum, one) => sum + one.made, 0);
  return {
    what: `${CALLS.workers} processes, ${CALLS.calls.toLocaleString('en')} calls, at most ${CALLS.rate} a second and ${CALLS.slots} at once, ${name}`,
    found: `the vendor met ${calls.toLocaleString('en')}: ${mostInWindow} in a second and ${mostAtOnce} at once at the most, ${beyondRate + beyondSlots} beyond; ${Math.round(calls / seconds).toLocaleString('en')} a second`,
    bar: 'none beyond, all made',
    met: beyondRate + beyondSlots === 0 && made === CALLS.calls && calls === CALLS.calls,
  };
}
