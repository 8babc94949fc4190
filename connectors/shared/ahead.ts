import { setMaxListeners } from 'node:events';
import { TransientError } from '../../core/errors.ts';

/** Stops work that was begun: handed to every task, aborted when the reader leaves. */
export type Task<T> = (signal: AbortSignal) => Promise<T>;

/**
 * Runs tasks a few ahead of the reader and yields their results in order. The iterable is lazy: a task is taken from it only
 * when there is room. When the reader leaves, a task fails or the signal aborts, the tasks under way are aborted and awaited,
 * so that nothing runs on behind the caller's back. After an abort it throws `TransientError` (`RUN_INTERRUPTED`).
 */
export async function* inOrder<T>(tasks: Iterable<Task<T>>, ahead: number, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  // Every task listens to it: with many under way that is no leak, of which Node would warn the user.
  setMaxListeners(0, both);
  const source = tasks[Symbol.iterator]();
  const running: Promise<T>[] = [];
  let exhausted = false;
  const fill = (): void => {
    while (!exhausted && running.length < Math.max(1, ahead) && !both.aborted) {
      const next = source.next();
      if (next.done === true) {
        exhausted = true;
        return;
      }
      const task = next.value(both);
      // Its failure is thrown in its turn; until then it must not count as unhandled.
      task.catch(() => undefined);
      running.push(task);
    }
  };
  try {
    for (;;) {
      if (signal.aborted) throw new TransientError('RUN_INTERRUPTED', 'stopped', { cause: signal.reason });
      fill();
      const first = running.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    stop.abort();
    await Promise.allSettled(running);
    source.return?.();
  }
}
