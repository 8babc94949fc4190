/** From samples to tables, and what they are worth against the bars. */
import type { Name } from './contestants.ts';
import { PHASES, type Phase } from './phases.ts';
import { disturbance, QUIET, type Sample } from './rounds.ts';
import { type Spread, spread } from './statistics.ts';

/** What is asked of the product, as ratios to floor-load in the same repetition. */
export const RATIO_BARS: Readonly<Record<Phase, number>> = { first: 0.3, same: 1.2, changed: 1.0 };
/** Largest memory at 100,000 customers, and growth of it at the large number. */
export const MEMORY_BARS = { customers: 100_000, megabytes: 350, growth: 0.1 };
/**
 * Where floor-insert must lie, as a ratio to floor-load over all runs of a size, or the floor itself is wrong.
 * With fewer customers than these the start of the process weighs most, and says nothing of either.
 */
export const FLOOR_BAND = { min: 0.6, max: 0.85, customers: 20_000 };

/** Largest memory of the product's process tree over a first load and a run with nothing changed. */
export interface MemoryFigure {
  readonly customers: number;
  readonly bytes: number;
}

export interface Results {
  readonly machine: string;
  readonly date: string;
  readonly database: string;
  readonly repetitions: number;
  readonly samples: readonly Sample[];
  readonly memory: readonly MemoryFigure[];
}

export interface Verdict {
  /** Why the figures are worth nothing; empty: they stand. */
  readonly voids: readonly string[];
  readonly missed: readonly string[];
}

const LABELS: Readonly<Record<Phase, string>> = {
  first: 'first load',
  same: 'nothing changed',
  changed: '1 % changed',
};
const NAMES: readonly Name[] = ['floor-load', 'floor-insert', 'ours'];

/** Customers per second of one contestant over those of floor-load in the same repetition. */
export function ratios(samples: readonly Sample[], customers: number, phase: Phase, contestant: Name): number[] {
  const of = (name: Name, repetition: number): Sample | undefined =>
    samples.find((one) => one.customers === customers && one.phase === phase && one.contestant === name && one.repetition === repetition);
  const found: number[] = [];
  for (const one of samples) {
    if (one.customers !== customers || one.phase !== phase || one.contestant !== contestant) continue;
    const floor = of('floor-load', one.repetition);
    if (floor !== undefined) found.push(floor.seconds / one.seconds);
  }
  return found;
}

/** Judges the figures. */
export function verdict({ samples, memory }: Results): Verdict {
  const voids: string[] = [];
  const missed: string[] = [];
  for (const customers of sizes(samples)) {
    const insert = spread(PHASES.flatMap((phase) => ratios(samples, customers, phase, 'floor-insert'))).median;
    if (customers >= FLOOR_BAND.customers && !(insert >= FLOOR_BAND.min && insert <= FLOOR_BAND.max)) {
      voids.push(`at ${count(customers)} customers floor-insert reaches ${fixed(insert)} of floor-load, outside ${FLOOR_BAND.min}–${FLOOR_BAND.max}`);
    }
    for (const phase of PHASES) {
      const { median } = spread(ratios(samples, customers, phase, 'ours'));
      if (median < RATIO_BARS[phase]) {
        missed.push(`${LABELS[phase]} at ${count(customers)}: ${fixed(median)}, asked for ${RATIO_BARS[phase]}`);
      }
    }
  }
  const base = memory.find((one) => one.customers === MEMORY_BARS.customers);
  if (base !== undefined && megabytes(base.bytes) > MEMORY_BARS.megabytes) {
    missed.push(`memory at ${count(base.customers)}: ${megabytes(base.bytes)} MB, asked for ${MEMORY_BARS.megabytes}`);
  }
  for (const one of memory) {
    if (base === undefined || one.customers <= base.customers) continue;
    if (one.bytes > base.bytes * (1 + MEMORY_BARS.growth)) {
      missed.push(`memory at ${count(one.customers)}: ${growth(one, base)} over ${count(base.customers)}, asked for +10 %`);
    }
  }
  return { voids, missed };
}

/** The tables as Markdown; readable on a terminal as well. */
export function tables(results: Results): string {
  const { samples, memory } = results;
  const parts = [
    `${results.date} · ${results.machine} · ${results.database} · ${repetitions(results.repetitions)}`,
    ...sizes(samples).map((customers) => speedTable(samples, customers)),
  ];
  if (memory.length > 0) parts.push(memoryTable(memory));
  const others = disturbance(samples);
  if (others > QUIET) {
    parts.push(`Other work took up to ${Math.round(others * 100)} % of the machine: only the ratios mean something, and less.`);
  }
  const { voids, missed } = verdict(results);
  parts.push(...voids.map((one) => `**VOID**: ${one}.`));
  parts.push(missed.length === 0 ? '' : ['Below the bar:', '', ...missed.map((one) => `- ${one}`)].join('\n'));
  return parts.filter((part) => part !== '').join('\n\n');
}

const HEAD = ['', 'contestant', 'customers/s', 'rows/s', 'ratio to floor-load', 'bar', 'CPU s own', 'CPU s database', 'memory, MB'];

function speedTable(samples: readonly Sample[], customers: number): string {
  const rows: string[][] = [];
  for (const phase of PHASES) {
    for (const name of NAMES) {
      const some = samples.filter((one) => one.customers === customers && one.phase === phase && one.contestant === name);
      if (some.length > 0) rows.push(speedRow(samples, some, customers, phase, name));
    }
  }
  return `**${count(customers)} customers**\n\n${aligned([HEAD, ...rows])}`;
}

function speedRow(all: readonly Sample[], some: readonly Sample[], customers: number, phase: Phase, name: Name): string[] {
  const of = (value: (sample: Sample) => number): Spread => spread(some.map(value));
  const ratio = spread(ratios(all, customers, phase, name));
  return [
    LABELS[phase],
    name,
    ranged(
      of((one) => customers / one.seconds),
      count,
    ),
    count(of((one) => one.rows / one.seconds).median),
    name === 'floor-load' ? '1' : ranged(ratio, fixed),
    name === 'ours' ? `≥ ${RATIO_BARS[phase].toFixed(1)}${ratio.median < RATIO_BARS[phase] ? ' missed' : ''}` : '',
    of((one) => one.ownCpu).median.toFixed(1),
    of((one) => one.databaseCpu).median.toFixed(1),
    String(megabytes(of((one) => one.peak).max)),
  ];
}

function memoryTable(memory: readonly MemoryFigure[]): string {
  const base = memory[0];
  const rows = memory.map((one) => [
    count(one.customers),
    String(megabytes(one.bytes)),
    base === undefined || one === base ? '' : growth(one, base),
    one.customers === MEMORY_BARS.customers ? `≤ ${MEMORY_BARS.megabytes} MB` : '≤ +10 %',
  ]);
  return `**Memory of ours** (first load and a run with nothing changed)\n\n${aligned([['customers', 'largest, MB', 'growth', 'bar'], ...rows])}`;
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const written = rows.map((row) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`);
  return [written[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...written.slice(1)].join('\n');
}

function sizes(samples: readonly Sample[]): number[] {
  return [...new Set(samples.map((one) => one.customers))].sort((a, b) => a - b);
}

function repetitions(number: number): string {
  return number === 1 ? 'one repetition' : `${number} repetitions, medians (min–max)`;
}

function ranged({ median, min, max }: Spread, show: (value: number) => string): string {
  return min === max ? show(median) : `${show(median)} (${show(min)}–${show(max)})`;
}

function growth(one: MemoryFigure, base: MemoryFigure): string {
  const percent = Math.round((one.bytes / base.bytes - 1) * 100);
  return `${percent >= 0 ? '+' : ''}${percent} %`;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function count(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–';
}

function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '–';
}
