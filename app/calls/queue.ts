/** Calls that wait for their turn, in the order in which they came. */

interface Waiter {
  start(): void;
  refuse(error: Error): void;
}

export class Queue {
  private readonly waiters = new Set<Waiter>();

  get length(): number {
    return this.waiters.size;
  }

  /** Resolves when it is started, rejects when it is refused or the signal aborts; `left` is called after the latter. */
  join(signal: AbortSignal, left: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        start: () => {
          leave();
          resolve();
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = (): void => {
        leave();
        reject(signal.reason);
        left();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.waiters.add(waiter);
    });
  }

  /** Starts those who came first, for as long as `mayStart` lets one more in. */
  start(mayStart: () => boolean): void {
    for (const waiter of this.waiters) {
      if (!mayStart()) return;
      waiter.start();
    }
  }

  refuse(error: Error): void {
    for (const waiter of this.waiters) waiter.refuse(error);
  }
}
