/** `sverka mapping check`: structure, cases and proofs of the mappings that the configured systems use. */
import { basename, dirname } from 'node:path';
import type { LoadedConfig } from '../../config/load.ts';
import type { CaseResult } from '../../mappings/engine/cases.ts';
import { checkMapping, compileMapping } from '../../mappings/engine/compile.ts';
import type { Problem } from '../../mappings/engine/problems.ts';
import type { Finding } from '../../mappings/engine/proof/finding.ts';
import type { LineProof } from '../../mappings/engine/proof/laws.ts';
import type { LossEntry } from '../../mappings/engine/proof/loss.ts';
import { proveMapping } from '../../mappings/engine/proof/prove.ts';
import { casesOfSubject, type MappingScope, type MappingSubject, subjectsOf } from './mapping-subjects.ts';

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
  const { subjects, astray } = await subjectsOf(loaded, options);
  return [...strayChecks(astray), ...subjects.map((subject) => checkOne(subject, options))];
}

/** Files that stand for no mapping, as checks of their own: the folder in the place of the system. */
function strayChecks(problems: readonly Problem[]): MappingCheck[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return files.map((file) => ({
    system: basename(dirname(file)),
    stream: basename(file, '.yaml'),
    file,
    problems: problems.filter((problem) => problem.file === file),
    cases: [],
    findings: [],
    lines: [],
    losses: [],
    seed: null,
  }));
}

function checkOne(subject: MappingSubject, { prove, runs, seed }: CheckOptions): MappingCheck {
  const { name: system, stream, source, options, schema } = subject;
  const problems = checkMapping(source, options);
  const cases = problems.length > 0 ? [] : casesOfSubject(subject);
  const base = { system, stream, file: source.file, problems, cases };
  if (problems.length > 0 || !prove) return { ...base, findings: [], lines: [], losses: [], seed: null };
  const proof = proveMapping(compileMapping(source, options), {
    lookups: options.lookups,
    schema,
    ...(runs === undefined ? {} : { runs }),
    ...(seed === undefined ? {} : { seed }),
  });
  return { ...base, ...proof };
}

/** Nothing of it is to be used as it is. */
export const isBroken = ({ problems, cases, findings }: MappingCheck): boolean =>
  problems.length > 0 || cases.some(({ passed }) => !passed) || findings.some(({ severity }) => severity === 'fault');
