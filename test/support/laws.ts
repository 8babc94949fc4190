/** Laws over many generated cases: a quick loop, and fast-check's shrinking only where a case breaks the law. */
import fc from 'fast-check';
import { expect } from 'vitest';

/** Cases of each law. */
export const CASES = 10_000;

/** The same seed makes the same cases; `SVERKA_TEST_SEED` gives another one. */
export const LAW_SEED = Number(process.env['SVERKA_TEST_SEED'] ?? 20_261_122);

const made = new Map<unknown, readonly unknown[]>();
let madeFor: string | undefined;

/** Generated values, made once for each arbitrary and seed in a file; those of the file before are forgotten. */
export function casesOf<T>(arbitrary: fc.Arbitrary<T>, count = CASES): readonly T[] {
  const { testPath } = expect.getState();
  if (testPath !== madeFor) made.clear();
  madeFor = testPath;
  const known = made.get(arbitrary);
  if (known !== undefined && known.length >= count) return known as readonly T[];
  const values = fc.sample(arbitrary, { numRuns: count, seed: LAW_SEED });
  made.set(arbitrary, values);
  return values;
}

/** Some values of an arbitrary, drawn again and again: combinations of them cost a hundredth of making each anew. */
export function pooled<T>(arbitrary: fc.Arbitrary<T>, size = 400): fc.Arbitrary<T> {
  return fc.constantFrom(...fc.sample(arbitrary, { numRuns: size, seed: LAW_SEED }));
}

/** Holds the law for every case. A broken one is cut down by fast-check where it finds it again; the message names the seed. */
export function holdForAll<T>(arbitrary: fc.Arbitrary<T>, law: (value: T) => void): void {
  for (const [index, value] of casesOf(arbitrary).entries()) {
    try {
      law(value);
    } catch (error) {
      fc.assert(fc.property(arbitrary, law), { numRuns: CASES, seed: LAW_SEED, examples: [[value]] });
      throw new Error(`seed ${LAW_SEED}, case ${index}: ${JSON.stringify(value)}`, { cause: error });
    }
  }
}
