/** The figures as tables. */
import type { Name } from './contestants.ts';
import type { Figure } from './figure.ts';
import type { Phase } from './phases.ts';
import { disturbance, QUIET, type Round, type Sample } from './rounds.ts';
import { aligned, count, fixed, megabytes, percent, ranged } from './show.ts';
import { type Spread, spread } from './statistics.ts';
import { LABELS, MEMORY_BARS, type MemoryFigure, ratios, verdict } from './verdict.ts';

export interface Results {
  readonly machine: string;
  readonly date: string;
  readonly database: string;
  readonly repetitions: number;
  readonly rounds: readonly Round[];
  readonly memory: readonly MemoryFigure[];
  readonly service: readonly Figure[];
  readonly preview: readonly Figure[];
}

const NAMES: readonly Name[] = ['floor-load', 'floor-insert', 'ours'];
const HEAD = ['', 'contestant', 'customers/s', 'rows/s', 'ratio to floor-load', 'bar', 'CPU s own', 'CPU s database', 'memory, MB'];

/** The tables as Markdown; readable on a terminal as well. */
export function tables(results: Results): string {
  const { rounds, memory, service, preview } = results;
  const { voids, missed } = verdict(rounds, memory, [...service, ...preview]);
  const others = Math.max(0, ...rounds.map(({ samples }) => disturbance(samples)));
  const parts = [
    `${results.date} · ${results.machine} · ${results.database} · ${repetitions(results.repetitions)}`,
    ...rounds.map(speedTable),
    memory.length > 0 ? memoryTable(memory) : '',
    service.length > 0 ? figuresTable('The service', service) : '',
    preview.length > 0 ? figuresTable('Preview of a mapping edit', preview) : '',
    others > QUIET ? `Other work took up to ${Math.round(others * 100)} % of the machine: only the ratios mean something, and less.` : '',
    ...voids.map((one) => `**VOID**: ${one}.`),
    missed.length === 0 ? '' : ['Below the bar:', '', ...missed.map((one) => `- ${one}`)].join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function speedTable(round: Round): string {
  const { variant, customers, samples } = round;
  const rows: string[][] = [];
  for (const phase of variant.phases) {
    for (const name of NAMES) {
      const some = samples.filter((one) => one.phase === phase && one.contestant === name);
      if (some.length > 0) rows.push(speedRow(round, some, phase, name));
    }
  }
  return `**${count(customers)} customers: ${variant.title}**\n\n${aligned([HEAD, ...rows])}`;
}

function speedRow({ variant, customers, samples }: Round, some: readonly Sample[], phase: Phase, name: Name): string[] {
  const of = (value: (sample: Sample) => number): Spread => spread(some.map(value));
  const ratio = spread(ratios(samples, phase, name));
  const bar = variant.bars[phase];
  return [
    LABELS[phase],
    name,
    ranged(
      of((one) => customers / one.seconds),
      count,
    ),
    count(of((one) => one.rows / one.seconds).median),
    name === 'floor-load' ? '1' : ranged(ratio, fixed),
    name === 'ours' && bar !== undefined ? `≥ ${bar.toFixed(1)}${ratio.median < bar ? ' missed' : ''}` : '',
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
    base === undefined || one === base ? '' : percent(one.bytes / base.bytes - 1),
    one.customers === MEMORY_BARS.customers ? `≤ ${MEMORY_BARS.megabytes} MB` : '≤ +10 %',
  ]);
  return `**Memory of ours** (first load and a run with nothing changed)\n\n${aligned([['customers', 'largest, MB', 'growth', 'bar'], ...rows])}`;
}

function figuresTable(title: string, figures: readonly Figure[]): string {
  const rows = figures.map(({ what, found, bar, met }) => [what, found, met ? bar : `${bar} missed`]);
  return `**${title}**\n\n${aligned([['what', 'found', 'bar'], ...rows])}`;
}

function repetitions(number: number): string {
  return number === 1 ? 'one repetition' : `${number} repetitions, medians (min–max)`;
}
