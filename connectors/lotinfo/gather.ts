import type { Clock } from '../../core/context.ts';

/**
 * Groups of up to `size`: a group that is not full goes on as soon as its next member keeps it waiting for `waitMs`. Without
 * that, a source which waits for the outcome of a member before it gives the next one would wait for ever. A reader who leaves finds in
 * `left` what the source had given by then and no group has.
 */
export async function* gather<T>(
  source: AsyncIterable<T>,
  size: number,
  waitMs: number,
  clock: Clock,
  left: T[] = [],
): AsyncGenerator<readonly T[], void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  let coming: Promise<IteratorResult<T>> | null = null;
  let done = false;
  try {
    while (!done) {
      const group: T[] = [];
      while (!done && group.length < size) {
        coming ??= iterator.next();
        const next: IteratorResult<T> | 'late' = group.length === 0 ? await coming : await within(coming, waitMs, clock);
        if (next === 'late') break;
        coming = null;
        if (next.done === true) done = true;
        else group.push(next.value);
      }
      if (group.length > 0) yield group;
    }
  } finally {
    const given = coming === null ? 'late' : await within(coming, waitMs, clock);
    if (given === 'late') await leave(iterator, done ? null : coming);
    else {
      if (given.done !== true) left.push(given.value);
      await leave(iterator, null);
    }
  }
}

/** A source that is still making up its mind may be waiting for the very reader that leaves: it is not waited for. */
async function leave<T>(iterator: AsyncIterator<T>, coming: Promise<unknown> | null): Promise<void> {
  const left = iterator.return?.();
  if (coming === null) {
    await left;
    return;
  }
  for (const pending of [coming, left]) pending?.catch(() => undefined);
}

async function within<T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T | 'late'> {
  const stop = new AbortController();
  const late = clock.sleep(ms, stop.signal).then((): 'late' => 'late');
  // Stopped as soon as the other one wins.
  late.catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}
