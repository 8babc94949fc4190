/** Everything that can be proved of a mapping without a record of a person: types, reach, tables, laws, loss. */
import type { FieldValues } from '../../../core/model.ts';
import type { CompileOptions } from '../options.ts';
import type { CompiledMapping } from '../runtime.ts';
import { checkMembers, checkParts } from './across.ts';
import { type Finding, Findings } from './finding.ts';
import { type LineProof, tryLaws } from './laws.ts';
import { type LossEntry, lossBothWays } from './loss.ts';
import { checkPattern, proveMoments } from './moments.ts';
import { type Random, seeded } from './random.ts';
import { checkReach } from './reach.ts';
import { tryRecords } from './record-laws.ts';
import { checkTables, tablesOf } from './tables.ts';
import { checkTypes } from './types.ts';
import { recordOf, type Tables } from './values.ts';
import { ANYTHING, type WireType, wireTypeOf } from './wire-type.ts';

export interface ProofOptions extends Pick<CompileOptions, 'lookups'> {
  /** JSON Schema of the stream's records; undefined: none is known, and types are not proved. */
  readonly schema?: unknown;
  /** Generated records for each line; 200 unless told. */
  readonly runs?: number;
  /** The same seed gives the same values. */
  readonly seed?: number;
}

export interface Proof {
  /** Faults and notes, in the order of the file. */
  readonly findings: readonly Finding[];
  readonly lines: readonly LineProof[];
  readonly losses: readonly LossEntry[];
  readonly seed: number;
}

const RUNS = 200;
export const SEED = 20_261_122;

/** At least this share of generated values must be inside the exact domain of a line that is written. */
const LEAST = 0.5;

export function proveMapping(mapping: CompiledMapping, options: ProofOptions): Proof {
  const { plan } = mapping;
  const { schema, runs = RUNS, seed = SEED } = options;
  const wire: WireType = schema === undefined ? ANYTHING : wireTypeOf(schema);
  const findings = new Findings();
  const named = tablesOf(plan, options.lookups);
  const random = seeded(seed);
  const records = recordsOf(mapping, named.tables, runs, random);
  checkMembers(plan, wire, findings);
  checkParts(plan, findings);
  const lines = plan.lines.map((line) => {
    checkReach(line, plan, wire, findings);
    checkTables(line, plan, named, findings);
    const { proof, written } = tryLaws(line, { plan, wire, without: named.without, records, random }, findings);
    checkTypes(line, plan, wire, written, random, findings);
    checkShare(proof, line, findings);
    return proof;
  });
  for (const line of plan.lines) checkPattern(line, findings);
  const moments = proveMoments(plan, { wire, without: named.without, runs, random }, findings);
  tryRecords(mapping, records, findings);
  return { findings: inOrder(findings.list), lines: [...lines, ...moments], losses: lossBothWays(mapping, wire), seed };
}

function recordsOf({ plan }: CompiledMapping, tables: Tables, runs: number, random: Random): readonly FieldValues[] {
  const fields = plan.lines.flatMap((line) => line.targets);
  return Array.from({ length: runs }, (_, turn) => recordOf(plan.entity, fields, random, turn, tables));
}

function checkShare(proof: LineProof, line: Parameters<typeof checkReach>[0], findings: Findings): void {
  if (proof.excused !== null || proof.tried === 0 || proof.inside / proof.tried >= LEAST) return;
  const percent = Math.round((100 * proof.inside) / proof.tried);
  findings.fault(
    'share',
    line.at,
    line.name,
    `only ${percent} % of the values such a field has are kept exactly`,
    'complete the table or widen the form; where the system cannot hold more, say "only: pull"',
  );
}

const inOrder = (list: readonly Finding[]): readonly Finding[] => [...list].sort((a, b) => a.line - b.line || a.column - b.column);
