import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../core/context.ts';

/** The longest delay a timer of Node takes; longer ones would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** The machine's clock. `sleep` rejects with the signal's reason when the signal aborts. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = Math.max(0, ms); ; left -= LONGEST) {
      signal?.throwIfAborted();
      try {
        await wait(Math.min(left, LONGEST), undefined, signal === undefined ? {} : { signal });
      } catch (error) {
        signal?.throwIfAborted();
        throw error;
      }
      if (left <= LONGEST) return;
    }
  },
};
