/** `sverka serve` without its command line: the scheduler and the services, from the first job to the last batch after a stop signal. */
import { setMaxListeners } from 'node:events';
import type { Store } from '../../canonical/open.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Clock, Logger } from '../../core/context.ts';
import { ConfigError, SverkaError, TransientError } from '../../core/errors.ts';
import { markOf } from '../adapters/file-mark.ts';
import { processOwner } from '../adapters/owner.ts';
import { openSystems } from '../compose.ts';
import { executor } from '../scheduler/execute.ts';
import { jobsOf } from '../scheduler/job.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import type { ServeContext } from './service.ts';
import { servicesOf } from './services.ts';

export interface ServeOptions {
  readonly loaded: LoadedConfig;
  readonly store: Store;
  readonly log: Logger;
  readonly clock: Clock;
  /** A stop signal: runs finish their batch. */
  readonly signal: AbortSignal;
  /** Reads the configuration anew. Throws `ConfigError`. */
  readonly reload: () => Promise<LoadedConfig>;
  /** Calls back whenever the configuration is to be read anew, until what it gives back is called. */
  readonly onReload: (then: () => void) => () => void;
}

/** Serves until the signal aborts. Throws `ConfigError` for a configuration with which it cannot begin. */
export async function serve(options: ServeOptions): Promise<void> {
  const { store, log, clock } = options;
  let { loaded } = options;
  await check(loaded, options);
  const stops = new Stops(options);
  const config = (): LoadedConfig => loaded;
  const scheduler = new Scheduler({
    store,
    clock,
    log,
    owner: processOwner(),
    jobs: jobsOf(loaded),
    execute: executor({ store, log, clock, config, stopping: stops.soft, signal: stops.hard }),
    parallel: 1,
    leaseMs: loaded.config.serve.leaseSeconds * 1000,
    pollMs: loaded.config.serve.pollSeconds * 1000,
    markOf,
  });
  let changing = new AbortController();
  const context: ServeContext = { store, clock, log, config, changed: () => changing.signal, wake: () => scheduler.hurry(), stuck: () => scheduler.stuck() };
  const reload = async (): Promise<void> => {
    if (stops.soft.aborted) return;
    try {
      const next = await reloaded(loaded, options);
      loaded = next;
      scheduler.replace(jobsOf(next));
      const before = changing;
      changing = new AbortController();
      before.abort();
      log.info('the configuration was read anew', { jobs: Object.keys(next.config.jobs).length });
    } catch (error) {
      log.error('the configuration is refused, the old one holds', { code: codeOf(error), what: wordsOf(error) });
    }
  };
  // One after another: the last one asked for is the one that holds.
  let reloads = Promise.resolve();
  const forget = options.onReload(() => {
    reloads = reloads.then(reload);
  });
  try {
    log.info('serving', { jobs: Object.keys(loaded.config.jobs).length, process: process.pid });
    await all([scheduler.run(stops.soft), ...servicesOf(context).map((service) => service.start(stops.soft))], (error) => stops.end(error));
    log.info('served');
  } finally {
    forget();
    await reloads;
    stops.forget();
  }
}

/** The two ways to stop: softly after the batch, and for good when that takes too long. */
class Stops {
  private readonly ends = new AbortController();
  private readonly kills = new AbortController();
  private readonly options: ServeOptions;
  private readonly onSignal = (): void => this.end(new TransientError('RUN_INTERRUPTED', 'stopped by a signal'));

  constructor(options: ServeOptions) {
    this.options = options;
    setMaxListeners(0, this.ends.signal, this.kills.signal);
    if (options.signal.aborted) this.onSignal();
    else options.signal.addEventListener('abort', this.onSignal, { once: true });
  }

  get soft(): AbortSignal {
    return this.ends.signal;
  }

  get hard(): AbortSignal {
    return this.kills.signal;
  }

  end(reason: unknown): void {
    if (this.ends.signal.aborted) return;
    const { log, clock, loaded } = this.options;
    log.info('stopping: a run under way finishes its batch', { seconds: loaded.config.serve.stopSeconds });
    this.ends.abort(reason);
    clock.sleep(loaded.config.serve.stopSeconds * 1000, this.kills.signal).then(
      () => this.kills.abort(reason),
      () => undefined,
    );
  }

  /** All has ended: nothing is waited for any more. */
  forget(): void {
    this.options.signal.removeEventListener('abort', this.onSignal);
    this.kills.abort(new TransientError('RUN_INTERRUPTED', 'all has ended'));
  }
}

/** Waits for all parts; where one fails the others are stopped and waited for, and what it threw is thrown. */
async function all(parts: readonly Promise<void>[], stop: (error: unknown) => void): Promise<void> {
  const ended = await Promise.allSettled(
    parts.map((part) =>
      part.catch((error: unknown) => {
        stop(error);
        throw error;
      }),
    ),
  );
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

/** Opens everything once, without a call, so that what is wrong is told now and not in the night. */
async function check(loaded: LoadedConfig, { log, signal, clock }: ServeOptions): Promise<void> {
  if (Object.keys(loaded.config.jobs).length === 0) {
    throw new ConfigError('CONFIG_INVALID', `${loaded.file}: there is nothing to serve: no job is configured`, {
      hint: 'Write one: `jobs: { nightly: { schedule: "30 2 * * *", zone: Europe/Moscow } }`; see docs/configuration.md.',
    });
  }
  await openSystems(loaded, { log, signal, clock, store: null, ask: async () => null });
}

async function reloaded(before: LoadedConfig, options: ServeOptions): Promise<LoadedConfig> {
  const next = await options.reload();
  const fixed = ({ config: { store, serve: part, jobs } }: LoadedConfig): string =>
    JSON.stringify([store, part, Object.values(jobs).some((job) => job.trigger?.callback !== undefined)]);
  if (fixed(before) !== fixed(next))
    throw new ConfigError('CONFIG_INVALID', '`store`, `serve` and whether there are callbacks cannot be changed while serving', {
      hint: 'Start the service again.',
    });
  await check(next, options);
  return next;
}

const codeOf = (error: unknown): string => (error instanceof SverkaError ? error.code : 'INVARIANT_BROKEN');
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
