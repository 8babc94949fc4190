/** The repetitions: contestants interleaved, every figure beside the floor's of the same repetition. */
import type { Contestant, Name } from './contestants.ts';
import { BenchFailure } from './failure.ts';
import type { Database } from './mariadb.ts';
import { type Measured, measure } from './measure.ts';
import type { Phase } from './phases.ts';
import type { VendorProcess } from './programs.ts';
import type { Variant } from './variants.ts';

/** One run of one contestant. */
export interface Sample {
  readonly customers: number;
  readonly repetition: number;
  readonly contestant: Name;
  readonly phase: Phase;
  readonly seconds: number;
  /** Rows in the contestant's tables after the first load of this repetition. */
  readonly rows: number;
  readonly peak: number;
  readonly ownCpu: number;
  readonly databaseCpu: number;
  /** Share of the machine that other work took meanwhile, the vendor's included. */
  readonly others: number;
}

/** All samples of one number of customers under one set of conditions. */
export interface Round {
  readonly variant: Variant;
  readonly customers: number;
  readonly samples: readonly Sample[];
}

/** Share of the machine that the vendor and the benchmark itself may take without a word. */
export const QUIET = 0.2;

/** The largest share of the machine that other work took in any run of a repetition. */
export function disturbance(samples: readonly Sample[]): number {
  return Math.max(...samples.map((one) => one.others));
}

/** The `count` repetitions that were least disturbed: chosen by that alone, never by what they showed. */
export function quietest(done: readonly Sample[][], count: number): Sample[][] {
  return [...done].sort((a, b) => disturbance(a) - disturbance(b)).slice(0, count);
}

export interface Scene {
  readonly variant: Variant;
  readonly customers: number;
  readonly database: Database;
  readonly vendor: VendorProcess;
  readonly contestants: readonly Contestant[];
  say(line: string): void;
}

/**
 * One repetition: in each phase every contestant runs once, in an order that turns with the repetition. Throws when a
 * contestant fails or its tables are wrong.
 */
export async function repetition(scene: Scene, number: number): Promise<Sample[]> {
  const { contestants, vendor } = scene;
  const turn = (number - 1) % contestants.length;
  const order = [...contestants.slice(turn), ...contestants.slice(0, turn)];
  const samples: Sample[] = [];
  const rows = new Map<Name, number>();
  for (const contestant of contestants) await contestant.reset();
  for (const phase of scene.variant.phases) {
    const facts = await vendor.become(phase === 'changed' ? 2 : 1);
    const digests: string[] = [];
    for (const contestant of order) {
      await contestant.before();
      const measured = await measure(contestant.command(), scene.database.pid);
      if (phase === 'first') rows.set(contestant.name, await contestant.rows());
      const sample = sampleOf(scene, number, contestant.name, phase, rows, measured);
      scene.say(line(sample));
      samples.push(sample);
      const wrong = await contestant.check(phase, facts);
      if (wrong.length > 0) {
        throw new BenchFailure(`${contestant.name}, ${phase}: the tables are wrong:\n  ${wrong.join('\n  ')}`);
      }
      const digest = await contestant.digest();
      if (digest !== null) digests.push(digest);
    }
    if (new Set(digests).size > 1) throw new BenchFailure(`VOID: after "${phase}" the two floors hold different rows`);
  }
  for (const contestant of contestants) await contestant.drop();
  return samples;
}

function sampleOf(
  { customers }: Scene,
  number: number,
  contestant: Name,
  phase: Phase,
  rows: ReadonlyMap<Name, number>,
  { seconds, peak, ownCpu, databaseCpu, others }: Measured,
): Sample {
  const counted = rows.get(contestant) ?? 0;
  return {
    customers,
    repetition: number,
    contestant,
    phase,
    seconds,
    rows: counted,
    peak,
    ownCpu,
    databaseCpu,
    others,
  };
}

function line({ customers, repetition: number, contestant, phase, seconds, peak }: Sample): string {
  const rate = Math.round(customers / seconds).toLocaleString('en');
  const memory = Math.round(peak / 2 ** 20);
  return `  ${customers} #${number} ${phase.padEnd(8)}${contestant.padEnd(14)}${seconds.toFixed(2)} s  ${rate}/s  ${memory} MB`;
}
