/** What the figures are worth against the bars. */
import type { Name } from './contestants.ts';
import type { Figure } from './figure.ts';
import { PHASES, type Phase } from './phases.ts';
import type { Round, Sample } from './rounds.ts';
import { count, fixed, megabytes, percent } from './show.ts';
import { spread } from './statistics.ts';

/** Largest memory at 100,000 customers, and growth of it at the large number. */
export const MEMORY_BARS = { customers: 100_000, megabytes: 350, growth: 0.1 };
/**
 * Where floor-insert must lie, as a ratio to floor-load over all runs of a size, or the floor itself is wrong.
 * With fewer customers than these the start of the process weighs most, and says nothing of either.
 */
const FLOOR_BAND = { min: 0.6, max: 0.85, customers: 20_000 };

/** Largest memory of the product's process tree over a first load and a run with nothing changed. */
export interface MemoryFigure {
  readonly customers: number;
  readonly bytes: number;
}

export interface Verdict {
  /** Why the figures are worth nothing; empty: they stand. */
  readonly voids: readonly string[];
  readonly missed: readonly string[];
}

export const LABELS: Readonly<Record<Phase, string>> = {
  first: 'first load',
  same: 'nothing changed',
  changed: '1 % changed',
};

/** Customers per second of one contestant over those of floor-load in the same repetition. */
export function ratios(samples: readonly Sample[], phase: Phase, contestant: Name): number[] {
  const floors = new Map(samples.filter((one) => one.contestant === 'floor-load' && one.phase === phase).map((one) => [one.repetition, one]));
  return samples.flatMap((one) => {
    const floor = floors.get(one.repetition);
    return one.contestant === contestant && one.phase === phase && floor !== undefined ? [floor.seconds / one.seconds] : [];
  });
}

/** Judges the figures. */
export function verdict(rounds: readonly Round[], memory: readonly MemoryFigure[], figures: readonly Figure[]): Verdict {
  return {
    voids: rounds.flatMap(voidsOf),
    missed: [
      ...rounds.flatMap(missedOf),
      ...missedMemory(memory),
      ...figures.filter(({ met }) => !met).map(({ what, found, bar }) => `${what}: ${found}; asked for: ${bar}`),
    ],
  };
}

function voidsOf({ variant, customers, samples }: Round): string[] {
  if (!samples.some((one) => one.contestant === 'floor-insert') || customers < FLOOR_BAND.customers) return [];
  const insert = spread(PHASES.flatMap((phase) => ratios(samples, phase, 'floor-insert'))).median;
  if (insert >= FLOOR_BAND.min && insert <= FLOOR_BAND.max) return [];
  return [`${variant.title}, ${count(customers)} customers: floor-insert reaches ${fixed(insert)} of floor-load, outside ${FLOOR_BAND.min}–${FLOOR_BAND.max}`];
}

function missedOf({ variant, customers, samples }: Round): string[] {
  return variant.phases.flatMap((phase) => {
    const { median } = spread(ratios(samples, phase, 'ours'));
    const bar = variant.bars[phase];
    return bar !== undefined && median < bar ? [`${LABELS[phase]} at ${count(customers)} (${variant.title}): ${fixed(median)}, asked for ${bar}`] : [];
  });
}

function missedMemory(memory: readonly MemoryFigure[]): string[] {
  const base = memory.find((one) => one.customers === MEMORY_BARS.customers);
  if (base === undefined) return [];
  const large = megabytes(base.bytes) > MEMORY_BARS.megabytes;
  return [
    ...(large ? [`memory at ${count(base.customers)}: ${megabytes(base.bytes)} MB, asked for ${MEMORY_BARS.megabytes}`] : []),
    ...memory
      .filter((one) => one.customers > base.customers && one.bytes > base.bytes * (1 + MEMORY_BARS.growth))
      .map((one) => `memory at ${count(one.customers)}: ${percent(one.bytes / base.bytes - 1)} over ${count(base.customers)}, asked for +10 %`),
  ];
}
