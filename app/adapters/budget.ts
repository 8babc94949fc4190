import type { Clock } from '../../core/context.ts';

/** What a system may cost its vendor: calls a second and calls at one time. */
export interface BudgetOptions {
  readonly clock: Clock;
  /** Calls a second on average; absent: as fast as answers come. */
  readonly ratePerSecond?: number;
  /** Calls under way at one time, at least 1. */
  readonly concurrency: number;
}

/** A budget of calls, given out in the order of asking. */
export interface Budget {
  /** Runs the task when it is its turn. Rejects with the signal's reason when the signal aborts before that; the task then never ran. */
  run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Waiter {
  start(): void;
}

/** A token bucket (a tenth of a second of burst, at least one call) and a semaphore in one, fair and abortable. */
export function createBudget(options: BudgetOptions): Budget {
  const { clock, ratePerSecond } = options;
  const concurrency = Math.max(1, Math.floor(options.concurrency));
  const burst = ratePerSecond === undefined ? Number.POSITIVE_INFINITY : Math.max(1, ratePerSecond / 10);
  const waiters = new Set<Waiter>();
  let tokens = burst;
  let filledAt = clock.now();
  let active = 0;
  let wake: AbortController | null = null;

  /** Milliseconds until a token is there; 0 takes one. */
  function takeToken(): number {
    if (ratePerSecond === undefined) return 0;
    const now = clock.now();
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) * ratePerSecond) / 1000);
    filledAt = now;
    // A thousandth is rounding of the refill, not a call too many.
    if (tokens < 0.999) return Math.max(1, Math.ceil(((1 - tokens) * 1000) / ratePerSecond));
    tokens -= 1;
    return 0;
  }

  function wakeIn(ms: number): void {
    const controller = new AbortController();
    wake = controller;
    clock.sleep(ms, controller.signal).then(
      () => {
        wake = null;
        pump();
      },
      () => {
        // Aborted by `drop`: nobody waits any more.
      },
    );
  }

  function pump(): void {
    if (wake !== null) return;
    for (const waiter of waiters) {
      if (active >= concurrency) return;
      const wait = takeToken();
      if (wait > 0) {
        wakeIn(wait);
        return;
      }
      waiters.delete(waiter);
      active += 1;
      waiter.start();
    }
  }

  function drop(waiter: Waiter): void {
    waiters.delete(waiter);
    if (waiters.size === 0 && wake !== null) {
      wake.abort();
      wake = null;
    }
  }

  function turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        start() {
          signal.removeEventListener('abort', onAbort);
          resolve();
        },
      };
      const onAbort = (): void => {
        drop(waiter);
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      waiters.add(waiter);
      pump();
    });
  }

  return {
    async run(task, signal) {
      signal.throwIfAborted();
      await turn(signal);
      try {
        return await task();
      } finally {
        active -= 1;
        pump();
      }
    },
  };
}
