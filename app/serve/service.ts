/** What runs beside the scheduler in `sverka serve`. */
import type { Store } from '../../canonical/open.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { Clock, Logger } from '../../core/context.ts';

/** What every service is given. */
export interface ServeContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  /** The configuration as it holds now: it may be another after a reload. */
  config(): LoadedConfig;
  /** Aborts when another configuration has taken the place of that which `config` gives now; each time it is another signal. */
  changed(): AbortSignal;
  /** To be called when something may be due that the scheduler does not know of yet. */
  wake(): void;
  /** Why the process does not do its work although it lives; null: it does. */
  stuck(): string | null;
}

export interface Service {
  readonly name: string;
  /**
   * Works until the signal aborts, and resolves when all is tidied up. One that rejects ends the whole service: it throws a `SverkaError`
   * for what an operator can mend, such as an address that is taken.
   */
  start(signal: AbortSignal): Promise<void>;
}
