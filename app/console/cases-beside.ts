/** The cases beside a mapping file. */
import { type CaseResult, runCases } from '../../mappings/engine/cases.ts';
import type { MappingTarget } from '../mapping-targets.ts';

/**
 * What comes of the cases; none where there are none. They are written for the mapping as shipped, so overrides and settings of the
 * system are left out. Throws `MappingError` where they, or the mapping, cannot be read.
 */
export function casesBeside({ source, options }: Pick<MappingTarget, 'source' | 'options'>): readonly CaseResult[] {
  return source.cases === null ? [] : runCases(source, source.cases, { zone: options.zone, lookups: {}, wire: options.wire });
}
