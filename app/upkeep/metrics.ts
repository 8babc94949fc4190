/** Metrics for Prometheus, made out of the store when they are asked for: whichever process did the work, each tells the same. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Store } from '../../canonical/open.ts';
import { allAlerts } from '../../canonical/stores/alerts.ts';
import { countEntities, countOperations, countQuarantine, countRecords, countReviews } from '../../canonical/stores/console.ts';
import { lastEnded, lastSuccesses, waitingSince } from '../../canonical/stores/health.ts';
import { systemNames } from '../../canonical/stores/systems.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { gatesOf } from '../calls/gates.ts';
import { systemStates } from '../console/systems.ts';
import { sverkaVersion } from '../project.ts';

/** One metric: its name by Prometheus' conventions (base units, `_total` for counters), what it says, its labels. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Kind, name of the configured job (empty: by hand), what it covered by hand (empty: everything). */
const LAST_RUN = ['job', 'name', 'scope'] as const;

/** Every metric of ours; docs/operations.md lists them, and a test compares. */
export const METRICS = {
  build: { name: 'sverka_build_info', help: 'Version of Sverka; always 1.', labels: ['version'] },
  lastRunEnd: { name: 'sverka_last_run_end_timestamp_seconds', help: 'When the last run of a job ended, Unix time.', labels: LAST_RUN },
  lastRunDuration: { name: 'sverka_last_run_duration_seconds', help: 'How long the last run of a job took.', labels: LAST_RUN },
  lastRunSuccess: { name: 'sverka_last_run_success', help: '1 where the last run of a job did not fail, 0 otherwise.', labels: LAST_RUN },
  systemSuccess: {
    name: 'sverka_system_last_success_timestamp_seconds',
    help: 'When a system last took part in a run without failing there, Unix time; absent where it never did.',
    labels: ['system'],
  },
  paused: { name: 'sverka_system_paused', help: '1 where a person has paused the system, 0 otherwise.', labels: ['system'] },
  quiet: { name: 'sverka_system_quiet', help: '1 in the quiet hours of the system, 0 otherwise.', labels: ['system'] },
  callsToday: { name: 'sverka_system_calls_today', help: "Calls of the system's day given out to processes, where it has a quota.", labels: ['system'] },
  callQuota: { name: 'sverka_system_calls_per_day_limit', help: "The system's quota of calls a day.", labels: ['system'] },
  callers: { name: 'sverka_system_call_processes', help: 'Processes that have a share in the calls to the system now.', labels: ['system'] },
  records: { name: 'sverka_records', help: 'Records by system, stream and state.', labels: ['system', 'stream', 'state'] },
  entities: { name: 'sverka_entities', help: 'Clients, cards and card types.', labels: ['entity'] },
  operations: { name: 'sverka_open_operations', help: 'Operations that are not over, by system, stream and state.', labels: ['system', 'stream', 'state'] },
  reviews: { name: 'sverka_open_reviews', help: 'Decisions that wait for a person, by kind.', labels: ['kind'] },
  quarantined: { name: 'sverka_quarantined_records', help: 'Records set aside, by system and stream.', labels: ['system', 'stream'] },
  oldest: {
    name: 'sverka_waiting_oldest_timestamp_seconds',
    help: 'Since when the oldest of what waits has waited, Unix time, by what it is.',
    labels: ['what'],
  },
  alerts: { name: 'sverka_alerts', help: 'Troubles that people were told of, or are to be told of.', labels: ['kind'] },
  calls: { name: 'sverka_vendor_calls_total', help: 'Calls to a system that this process has made.', labels: ['system'] },
  callSeconds: { name: 'sverka_vendor_call_seconds_total', help: 'Time that these calls took.', labels: ['system'] },
  waitSeconds: { name: 'sverka_vendor_call_wait_seconds_total', help: 'Time that these calls waited for their turn.', labels: ['system'] },
} as const satisfies Record<string, Metric>;

const OVER = new Set(['applied', 'unchanged', 'withdrawn', 'stale', 'unsupported']);

export interface MetricsPage {
  readonly contentType: string;
  /** Reads the store. Throws `StoreError`. */
  text(): Promise<string>;
}

/** Set to nothing before each page and counted up again, so that what is gone is not told for ever. */
type Gauges = Readonly<Record<keyof typeof METRICS, Counter | Gauge>>;

export function metricsPage(store: Store, loaded: () => LoadedConfig, now: () => number): MetricsPage {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauges = Object.fromEntries(
    Object.entries(METRICS).map(([key, { name, help, labels }]) => {
      const options = { name, help, labelNames: [...labels], registers: [registry] };
      return [key, name.endsWith('_total') ? new Counter(options) : new Gauge(options)];
    }),
  ) as Gauges;
  let underWay: Promise<string> | null = null;
  const make = async (): Promise<string> => {
    for (const gauge of Object.values(gauges)) gauge.reset();
    gauges.build.inc({ version: sverkaVersion() }, 1);
    await runs(store, gauges, loaded());
    await systems(store, gauges, loaded(), now());
    await things(store, gauges);
    return registry.metrics();
  };
  return {
    contentType: registry.contentType,
    // Many askers at one time get one answer.
    text() {
      underWay ??= make().finally(() => {
        underWay = null;
      });
      return underWay;
    },
  };
}

async function runs(store: Store, gauges: Gauges, { config }: LoadedConfig): Promise<void> {
  for (const { run, covered } of await lastEnded(store.db, Object.keys(config.jobs))) {
    const { name, state, started_at, ended_at } = run;
    const labels = { job: run.job, name: name ?? '', scope: name === null ? covered : '' };
    gauges.lastRunSuccess.inc(labels, state === 'done' || state === 'waiting' ? 1 : 0);
    if (ended_at === null) continue;
    gauges.lastRunEnd.inc(labels, ended_at / 1000);
    gauges.lastRunDuration.inc(labels, (ended_at - started_at) / 1000);
  }
  for (const [system, at] of await lastSuccesses(store.db, Object.keys(config.systems))) gauges.systemSuccess.inc({ system }, at / 1000);
}

async function systems(store: Store, gauges: Gauges, loaded: LoadedConfig, now: number): Promise<void> {
  for (const { system, paused, quietUntil, callsPerDay, callsToday, processes } of await systemStates(loaded, store, now)) {
    gauges.paused.inc({ system }, paused === null ? 0 : 1);
    gauges.quiet.inc({ system }, quietUntil === null ? 0 : 1);
    gauges.callers.inc({ system }, processes);
    if (callsPerDay === null) continue;
    gauges.callsToday.inc({ system }, callsToday ?? 0);
    gauges.callQuota.inc({ system }, callsPerDay);
  }
  for (const [system, { counts }] of gatesOf(store)) {
    gauges.calls.inc({ system }, counts.calls);
    gauges.callSeconds.inc({ system }, counts.callMs / 1000);
    gauges.waitSeconds.inc({ system }, counts.waitMs / 1000);
  }
}

async function things(store: Store, gauges: Gauges): Promise<void> {
  const { db } = store;
  const names = await systemNames(db);
  const name = (id: number): string => names.get(id) ?? `#${id}`;
  for (const { system_id, stream, state, count } of await countRecords(db)) gauges.records.inc({ system: name(system_id), stream, state }, count);
  for (const [entity, count] of Object.entries(await countEntities(db))) gauges.entities.inc({ entity }, count);
  for (const { system_id, stream, state, count } of await countOperations(db))
    if (!OVER.has(state)) gauges.operations.inc({ system: name(system_id), stream, state }, count);
  for (const { kind, count } of await countReviews(db)) gauges.reviews.inc({ kind }, count);
  for (const { system_id, stream, state, count } of await countQuarantine(db))
    if (state === 'open') gauges.quarantined.inc({ system: name(system_id), stream }, count);
  for (const { kind, oldest } of await waitingSince(db)) gauges.oldest.inc({ what: kind }, oldest / 1000);
  for (const { subject, print } of await allAlerts(db)) if (print !== '') gauges.alerts.inc({ kind: subject.split(':')[0] ?? '' });
}
