/** The benchmark cannot go on; the message says why and what to do. */
export class BenchFailure extends Error {
  override readonly name = 'BenchFailure';
}
