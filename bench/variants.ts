/** The conditions under which contestants are measured: the plain ones, and those that a vendor may impose. */
import type { Phase } from './phases.ts';

export interface Variant {
  readonly name: 'json' | 'xml' | 'slow';
  /** For the tables: what is different. */
  readonly title: string;
  /** What the product reads; the floor reads JSON in any case. */
  readonly format: 'json' | 'xml';
  /** How long the vendor takes for an answer. */
  readonly answerMs: number;
  /** Pages in flight, for the floor and for ours. */
  readonly floorPages: number;
  readonly ourPages: number;
  readonly phases: readonly Phase[];
  /** What is asked of the product, as ratios to floor-load in the same repetition. */
  readonly bars: Readonly<Partial<Record<Phase, number>>>;
}

const FLOOR_PAGES = 4;
const SLOW_PAGES = 16;

/** Four pages in flight, as peers that read side by side do; ours with `concurrency`. */
export const plain = (concurrency: number): Variant => ({
  name: 'json',
  title: 'JSON, a vendor that answers at once',
  format: 'json',
  answerMs: 0,
  floorPages: FLOOR_PAGES,
  ourPages: concurrency,
  phases: ['first', 'same', 'changed'],
  bars: { first: 0.3, same: 1.2, changed: 1.0 },
});

/** The same pages as XML, which the floor does not have to read. */
export const xml = (concurrency: number): Variant => ({
  ...plain(concurrency),
  name: 'xml',
  title: 'XML for ours, JSON for the floors',
  format: 'xml',
  phases: ['first', 'same'],
  bars: { first: 0.3, same: 0.6 },
});

/** A vendor over a network: the pages in flight decide, for the floor as well. */
export const SLOW: Variant = {
  name: 'slow',
  title: 'JSON, a vendor that answers in 100 ms, 16 pages in flight for all',
  format: 'json',
  answerMs: 100,
  floorPages: SLOW_PAGES,
  ourPages: SLOW_PAGES,
  phases: ['first'],
  bars: { first: 0.3 },
};
