/** Differences of texts, as a person reads them. */
import { createTwoFilesPatch } from 'diff';

/** A unified difference between two texts with their names, without the ruler above it. */
export function unified(from: string, to: string, a: string, b: string): string {
  return createTwoFilesPatch(from, to, a, b).replace(/^=+\n/, '').trimEnd();
}
