/** The cases beside a mapping file. */
import { type CaseResult, runCases } from '../../mappings/engine/cases.ts';
import { MappingError, type Problem } from '../../mappings/engine/problems.ts';
import type { MappingTarget } from '../mapping-targets.ts';

export interface CasesBeside {
  /** What comes of the cases; none where there are none, or where there are problems. */
  readonly cases: readonly CaseResult[];
  /** Why they, or the mapping, cannot be read: each names its own file. */
  readonly problems: readonly Problem[];
}

/** Cases are written for the mapping as shipped, so overrides and settings of the system are left out. */
export function casesBeside({ source, options }: Pick<MappingTarget, 'source' | 'options'>): CasesBeside {
  if (source.cases === null) return { cases: [], problems: [] };
  try {
    return { cases: runCases(source, source.cases, { zone: options.zone, lookups: {}, wire: options.wire }), problems: [] };
  } catch (error) {
    if (error instanceof MappingError) return { cases: [], problems: error.problems };
    throw error;
  }
}
