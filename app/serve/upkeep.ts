/** The services that look after the installation: health and metrics, alerts, forgetting, and the calls of vendors. */
import type { LoadedConfig } from '../../config/load.ts';
import { SverkaError } from '../../core/errors.ts';
import { nextOccurrence } from '../../core/occurrence.ts';
import { compose } from '../compose.ts';
import { type Listening, listen } from '../listener.ts';
import { jobsOf } from '../scheduler/job.ts';
import { watchAlerts } from '../upkeep/alerts.ts';
import { prune } from '../upkeep/prune.ts';
import type { ServeContext, Service } from './service.ts';
import { takeOver } from './take-over.ts';

const DAY_MS = 86_400_000;
/** Occurrences of a schedule that are looked at for the longest pause between two. */
const OCCURRENCES = 16;

/**
 * `/healthz`, `/readyz` and `/metrics`, where `endpoints` is configured. The metrics library is loaded only then. Where another process
 * answers there, this one takes over when it ends.
 */
export function endpoints(context: ServeContext): Service | null {
  const { endpoints: address } = context.config().config;
  if (address === undefined) return null;
  return {
    name: 'endpoints',
    async start(signal) {
      const { startEndpoints } = await import('../upkeep/endpoints.ts');
      const { store, clock, log } = context;
      const options = { listen: address, loaded: () => context.config(), clock, log, stuck: () => context.stuck() };
      const running = await takeOver(() => startEndpoints(store, options, signal), context, signal);
      await running?.closed;
    },
  };
}

/** Tells people of trouble, as long as the configuration says whom. */
export function alerts({ store, clock, log, config }: ServeContext): Service {
  const now = () => {
    const loaded = config();
    const { alerts: whom, systems, jobs } = loaded.config;
    return whom === undefined
      ? null
      : {
          alerts: whom,
          systems: Object.keys(systems),
          jobs: Object.keys(jobs),
          periodMs: (system: string) => periodOf(loaded, system, clock.now()),
          clock,
          log,
        };
  };
  return { name: 'alerts', start: (signal) => watchAlerts(store, { now, clock, log }, signal) };
}

/** The longest time between two runs that read a system, by the job that does so most often; null where none is scheduled. */
function periodOf(loaded: LoadedConfig, system: string, now: number): number | null {
  let shortest: number | null = null;
  for (const { request, schedule } of jobsOf(loaded)) {
    if (schedule === null || (request.systems !== undefined && !request.systems.includes(system))) continue;
    let longest = 0;
    for (let at = nextOccurrence(schedule.line, schedule.zone, now), count = 0; at !== null && count < OCCURRENCES; count += 1) {
      const next = nextOccurrence(schedule.line, schedule.zone, at);
      longest = Math.max(longest, (next ?? at) - at);
      at = next;
    }
    if (longest > 0) shortest = Math.min(shortest ?? longest, longest);
  }
  return shortest;
}

/** Forgets what is over and old, once a day. */
export function forgetting({ store, clock, log, config }: ServeContext): Service {
  return {
    name: 'forgetting',
    async start(signal) {
      while (!signal.aborted) {
        try {
          await prune(store, { retention: config().config.retention, clock, log }, signal);
        } catch (error) {
          if (signal.aborted) return;
          if (!(error instanceof SverkaError)) throw error;
          log.warn('what is over could not be forgotten', { code: error.code });
        }
        await clock.sleep(DAY_MS, signal).catch(() => undefined);
      }
    },
  };
}

/**
 * Listens for what vendors call back, where a system wants it. Where another process does, this one takes over when it ends. With another
 * configuration it listens anew; where that cannot be, the service goes on without, and says so.
 */
export function vendorCalls(context: ServeContext): Service {
  return {
    name: 'calls of vendors',
    async start(signal) {
      for (let first = true; !signal.aborted; first = false) {
        const changed = context.changed();
        const over = AbortSignal.any([signal, changed]);
        try {
          const listening = await listenPatiently(context, over);
          if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
          await listening?.close();
        } catch (error) {
          if (first || !(error instanceof SverkaError)) throw error;
          context.log.error('the calls of vendors are not heard', { code: error.code, what: error.message });
          if (!over.aborted) await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
        }
      }
    },
  };
}

async function listenPatiently({ store, clock, log, config }: ServeContext, signal: AbortSignal): Promise<Listening | null> {
  const quiet = { reading: () => undefined, step: () => undefined, delivering: () => undefined };
  const { systems } = await compose(config(), store, { log, signal, clock, ask: async () => null, progress: quiet });
  if (systems.every(({ system }) => system.listener === undefined)) return null;
  return takeOver(() => listen(systems, { log, signal, inUse: 'fail' }), { log, clock }, signal);
}
