/** `sverka mapping check`: structure, cases and proofs of the mappings that the configured systems use. */
import { z } from 'zod';
import type { LoadedConfig } from '../../config/load.ts';
import type { CaseResult } from '../../mappings/engine/cases.ts';
import { checkMapping, compileMapping } from '../../mappings/engine/compile.ts';
import type { Problem } from '../../mappings/engine/problems.ts';
import type { Finding } from '../../mappings/engine/proof/finding.ts';
import type { LineProof } from '../../mappings/engine/proof/laws.ts';
import type { LossEntry } from '../../mappings/engine/proof/loss.ts';
import { proveMapping } from '../../mappings/engine/proof/prove.ts';
import { casesOf, type Found, mappingsOf } from './mapping.ts';

/** Which mappings are meant; null: all. */
export interface MappingScope {
  readonly system: string | null;
  readonly stream: string | null;
}

export interface CheckOptions extends MappingScope {
  /** False: structure and cases alone. */
  readonly prove: boolean;
  readonly runs?: number;
  readonly seed?: number;
}

export interface MappingCheck {
  readonly system: string;
  readonly stream: string;
  readonly file: string;
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
  const checks: MappingCheck[] = [];
  for await (const found of mappingsOf(loaded, options.system ?? undefined)) {
    if (options.stream === null || options.stream === found.stream) checks.push(checkOne(found, options));
  }
  return checks;
}

function checkOne({ system, stream, source, options, connector }: Found, { prove, runs, seed }: CheckOptions): MappingCheck {
  const problems = checkMapping(source, options);
  const cases = problems.length > 0 || source.cases === null ? [] : casesOf(source, source.cases, options);
  const base = { system, stream, file: source.file, problems, cases };
  if (problems.length > 0 || !prove) return { ...base, findings: [], lines: [], losses: [], seed: null };
  const wire = connector.wire[stream];
  const proof = proveMapping(compileMapping(source, options), {
    lookups: options.lookups,
    ...(wire === undefined ? {} : { schema: z.toJSONSchema(wire, { io: 'input', unrepresentable: 'any' }) }),
    ...(runs === undefined ? {} : { runs }),
    ...(seed === undefined ? {} : { seed }),
  });
  return { ...base, ...proof };
}

/** Nothing of it is to be used as it is. */
export const isBroken = ({ problems, cases, findings }: MappingCheck): boolean =>
  problems.length > 0 || cases.some(({ passed }) => !passed) || findings.some(({ severity }) => severity === 'fault');
