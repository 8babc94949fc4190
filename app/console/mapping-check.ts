/** `sverka mapping check`: structure, cases and proofs of the mappings that the configured systems use. */
import type { LoadedConfig } from '../../config/load.ts';
import type { CaseResult } from '../../mappings/engine/cases.ts';
import { checkMapping, compileMapping } from '../../mappings/engine/compile.ts';
import type { Problem } from '../../mappings/engine/problems.ts';
import type { Finding } from '../../mappings/engine/proof/finding.ts';
import type { LineProof } from '../../mappings/engine/proof/laws.ts';
import type { LossEntry } from '../../mappings/engine/proof/loss.ts';
import { proveMapping } from '../../mappings/engine/proof/prove.ts';
import { type MappingScope, type MappingTarget, mappingTargets, schemaOf, strays } from '../mapping-targets.ts';
import { casesBeside } from './cases-beside.ts';

export interface CheckOptions extends MappingScope {
  /** False: structure and cases alone. */
  readonly prove: boolean;
  readonly runs?: number;
  readonly seed?: number;
}

export interface MappingCheck {
  /** Of a vendor without a system: the vendor. */
  readonly system: string;
  readonly stream: string;
  readonly file: string;
  /** Of the mapping, and of a file of cases that cannot be read. */
  readonly problems: readonly Problem[];
  readonly cases: readonly CaseResult[];
  /** Faults and notes of the proofs; empty where the mapping does not compile. */
  readonly findings: readonly Finding[];
  /** Each line with its share of values inside the exact domain. */
  readonly lines: readonly LineProof[];
  readonly losses: readonly LossEntry[];
  /** Of the generated values. */
  readonly seed: number | null;
}

export async function checkMappings(loaded: LoadedConfig, options: CheckOptions): Promise<MappingCheck[]> {
  const found = await mappingTargets(loaded, options);
  const nothing = { cases: [], findings: [], lines: [], losses: [], seed: null };
  return [...strays(found).map((stray) => ({ ...stray, ...nothing })), ...found.targets.map((target) => checkOne(target, options))];
}

function checkOne(target: MappingTarget, { prove, runs, seed }: CheckOptions): MappingCheck {
  const { system, stream, source, options } = target;
  const faults = checkMapping(source, options);
  const { cases, problems } = faults.length > 0 ? { cases: [], problems: faults } : casesBeside(target);
  const base = { system, stream, file: source.file, problems, cases };
  if (faults.length > 0 || !prove) return { ...base, findings: [], lines: [], losses: [], seed: null };
  const proof = proveMapping(compileMapping(source, options), {
    lookups: options.lookups,
    schema: schemaOf(target),
    ...(runs === undefined ? {} : { runs }),
    ...(seed === undefined ? {} : { seed }),
  });
  return { ...base, ...proof };
}

/** Nothing of it is to be used as it is. */
export const isBroken = ({ problems, cases, findings }: MappingCheck): boolean =>
  problems.length > 0 || cases.some(({ passed }) => !passed) || findings.some(({ severity }) => severity === 'fault');
