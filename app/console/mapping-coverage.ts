/** What becomes of every wire field, and what is lost: by configured system, or by vendor. */
import type { LoadedConfig } from '../../config/load.ts';
import { compileMapping } from '../../mappings/engine/compile.ts';
import { type FieldCoverage, fieldCoverage } from '../../mappings/engine/proof/coverage.ts';
import { type LossEntry, lossBothWays } from '../../mappings/engine/proof/loss.ts';
import { wireTypeOf } from '../../mappings/engine/proof/wire-type.ts';
import { type MappingScope, type MappingSubject, subjectsOf, unusedVendors } from './mapping-subjects.ts';

export interface MappingView {
  /** Of the system; where none is configured, of the vendor. */
  readonly system: string;
  readonly vendor: string;
  readonly configured: boolean;
  readonly stream: string;
  readonly file: string;
  readonly coverage: readonly FieldCoverage[];
  readonly losses: readonly LossEntry[];
}

/** Views of the scope; without system and vendor, of every configured system and of the vendors that none of them is of. */
export async function mappingViews(loaded: LoadedConfig, scope: MappingScope): Promise<MappingView[]> {
  const views = (await subjectsOf(loaded, scope)).subjects.map(viewOf);
  if (scope.system !== undefined || scope.vendor !== undefined) return views;
  for (const vendor of unusedVendors(loaded)) {
    const seen = new Set(views.filter((view) => view.vendor === vendor).map(({ stream }) => stream));
    const { subjects } = await subjectsOf(loaded, { ...scope, vendor });
    views.push(...subjects.filter(({ stream }) => !seen.has(stream)).map(viewOf));
  }
  return views;
}

function viewOf({ name, system, vendor, stream, source, options, schema }: MappingSubject): MappingView {
  const mapping = compileMapping(source, options);
  const wire = wireTypeOf(schema);
  return {
    system: name,
    vendor,
    configured: system !== null,
    stream,
    file: source.file,
    coverage: fieldCoverage(mapping, wire),
    losses: lossBothWays(mapping, wire),
  };
}
