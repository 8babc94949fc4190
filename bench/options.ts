/** The command line of the benchmark. */
import { parseArgs } from 'node:util';
import { BenchFailure } from './failure.ts';

export const USAGE = `npm run bench -- [options]

  --n 20000,100000     numbers of customers
  --reps 3             repetitions of each
  --variants json,xml,slow   what is measured: the plain job, XML, a vendor that answers in 100 ms; the last two at the largest number
  --only load|service|preview   the loads alone, the schedules and the calls of many workers alone, or the preview of a mapping edit alone
  --memory 300000      also measure memory at this number; 0: leave memory out
  --concurrency 6      pages in flight, for ours
  --seed 1             seed of the customers
  --json FILE          write every sample to a file
  --write              put the results into docs/benchmarks.md
  --strict             exit 1 when a bar is missed
  --floor-only         measure the floors alone
  --no-build           take the product as it was built last
  --ours "CMD {config}"         command that is measured; default: the built product
  --ours-setup "CMD {config}"   command that prepares an empty database before the clock starts

Exit 0: measured; 1: void or failed (with --strict also: a bar missed); 2: wrong usage.`;

export interface Options {
  readonly sizes: readonly number[];
  readonly repetitions: number;
  readonly variants: readonly string[];
  /** Whether schedules and calls of many workers are measured too. */
  readonly service: boolean;
  /** Whether the preview of a mapping edit is measured too. */
  readonly preview: boolean;
  readonly memory: number;
  readonly concurrency: number;
  readonly seed: number;
  readonly json: string | null;
  readonly write: boolean;
  readonly strict: boolean;
  readonly floorOnly: boolean;
  /** Whether the product is compiled first. */
  readonly build: boolean;
  readonly ours: string;
  readonly oursSetup: string;
}

/** Throws `UsageFailure` for what is none of the options; null: help was asked for. */
export function readOptions(args: readonly string[]): Options | null {
  const { values } = parse(args);
  if (values.help === true) return null;
  const one = only(values.only);
  const wants = (part: Part): boolean => one === undefined || one === part;
  return {
    sizes: values.n.split(',').map((text) => whole(text, '--n', 1)),
    repetitions: whole(values.reps, '--reps', 1),
    variants: wants('load') ? values.variants.split(',').map(variant) : [],
    service: !values['floor-only'] && wants('service'),
    preview: !values['floor-only'] && wants('preview'),
    memory: wants('load') ? whole(values.memory, '--memory', 0) : 0,
    concurrency: whole(values.concurrency, '--concurrency', 1),
    seed: whole(values.seed, '--seed', 0),
    json: values.json ?? null,
    write: values.write,
    strict: values.strict,
    floorOnly: values['floor-only'],
    build: !values['floor-only'] && !values['no-build'],
    ours: values.ours,
    oursSetup: values['ours-setup'],
  };
}

export class UsageFailure extends BenchFailure {}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        n: { type: 'string', default: '20000,100000' },
        reps: { type: 'string', default: '3' },
        variants: { type: 'string', default: 'json,xml,slow' },
        only: { type: 'string' },
        memory: { type: 'string', default: '300000' },
        concurrency: { type: 'string', default: '6' },
        seed: { type: 'string', default: '1' },
        json: { type: 'string' },
        write: { type: 'boolean', default: false },
        strict: { type: 'boolean', default: false },
        'floor-only': { type: 'boolean', default: false },
        'no-build': { type: 'boolean', default: false },
        ours: { type: 'string', default: 'node dist/app/cli/main.js sync --config {config} --json' },
        'ours-setup': { type: 'string', default: 'node dist/app/cli/main.js schema up --config {config}' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageFailure(error instanceof Error ? error.message : String(error));
  }
}

const PARTS = ['load', 'service', 'preview'] as const;
type Part = (typeof PARTS)[number];

function only(name: string | undefined): Part | undefined {
  const part = PARTS.find((one) => one === name);
  if (name !== undefined && part === undefined) throw new UsageFailure(`--only: expected one of ${PARTS.join(', ')}, not "${name}"`);
  return part;
}

function variant(name: string): string {
  if (!['json', 'xml', 'slow'].includes(name)) throw new UsageFailure(`--variants: expected some of json, xml and slow, not "${name}"`);
  return name;
}

function whole(text: string, option: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > 10_000_000) {
    throw new UsageFailure(`${option}: expected a whole number from ${least} on, not "${text}"`);
  }
  return value;
}
