/** Work done side by side. */

/**
 * Waits for all, also when one fails, so that nothing runs on in a transaction or behind a caller that has ended; then throws what the
 * first of them threw.
 */
export async function together<T extends readonly unknown[]>(work: readonly [...{ [At in keyof T]: Promise<T[At]> }]): Promise<T> {
  const done = await Promise.allSettled(work);
  for (const one of done) if (one.status === 'rejected') throw one.reason;
  return done.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
