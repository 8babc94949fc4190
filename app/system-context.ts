/** What a connector is given of the world: HTTP within what its system may be called, files, clock, log. */
import { randomUUID } from 'node:crypto';
import type { Store } from '../canonical/open.ts';
import type { SystemConfig } from '../config/schema/system.ts';
import type { Clock, Context, Files, Http, Logger } from '../core/context.ts';
import type { Notices } from '../core/notices.ts';
import { type Budget, createBudget } from './adapters/budget.ts';
import { systemClock } from './adapters/clock.ts';
import { localFiles } from './adapters/files.ts';
import type { Permit } from './adapters/sending.ts';
import { gateOf } from './calls/gates.ts';
import { limitsOf } from './calls/limits.ts';
import type { Configured } from './compile-options.ts';
import { withFacts } from './logger.ts';
import { sverkaVersion } from './project.ts';

export interface ContextOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Asks the person at the terminal; null when there is none. */
  readonly ask: (question: string) => Promise<string | null>;
  readonly clock?: Clock;
  /** Where a system, by its name, keeps what its vendor calls back; absent without a store. */
  readonly notices?: (system: string) => Notices;
  readonly permit?: Permit;
  /**
   * The store through which processes share what systems may be called, and in which pauses stand. To be told by everybody: null only
   * where no store can be there yet, or no call is made.
   */
  readonly store: Store | null;
}

/** What the system may be called: shared with other processes where there is a store. */
export function budgetOf({ name, config, zone }: Configured, options: ContextOptions): Budget {
  const clock = options.clock ?? systemClock;
  if (options.store !== null) return gateOf(options.store, name, limitsOf(config, zone), clock);
  return createBudget({ clock, concurrency: config.concurrency, ...(config.rate === undefined ? {} : { ratePerSecond: config.rate }) });
}

export function contextOf({ name, config, zone }: Configured, budget: Budget, options: ContextOptions): Context {
  const clock = options.clock ?? systemClock;
  return {
    system: name,
    version: sverkaVersion(),
    zone,
    clock,
    random: Math.random,
    uuid: randomUUID,
    http: lazyHttp(config, clock, budget, options.permit),
    files: permitted(options.permit),
    ...(options.notices === undefined ? {} : { notices: options.notices(name) }),
    log: withFacts(options.log, { system: name }),
    concurrency: config.concurrency,
    ask: options.ask,
  };
}

/** An exchange directory reaches a vendor too. */
function permitted(permit: Permit | undefined): Files {
  if (permit === undefined) return localFiles;
  return {
    ...localFiles,
    async writeNew(directory, name, content) {
      await permit.ask();
      return localFiles.writeNew(directory, name, content);
    },
    async remove(directory, name) {
      await permit.ask();
      return localFiles.remove(directory, name);
    },
  };
}

/** The HTTP client is loaded with the first call: most commands make none. */
function lazyHttp(config: SystemConfig, clock: Clock, budget: Budget, permit: Permit | undefined): Http {
  let http: Promise<Http> | null = null;
  return {
    async send(request, signal) {
      http ??= import('./adapters/http.ts').then(({ createHttp }) =>
        createHttp({
          clock,
          budget,
          timeoutMs: config.timeoutSeconds * 1000,
          maxResponseBytes: config.maxResponseMb * 1024 * 1024,
          insecure: config.insecure,
          ...(permit === undefined ? {} : { permit }),
        }),
      );
      return (await http).send(request, signal);
    },
  };
}
