/** What becomes of every wire field, and what is lost: by configured system, or by vendor. */
import type { LoadedConfig } from '../../config/load.ts';
import { checkMapping, compileMapping } from '../../mappings/engine/compile.ts';
import { describeProblem, MappingError } from '../../mappings/engine/problems.ts';
import { type FieldCoverage, fieldCoverage } from '../../mappings/engine/proof/coverage.ts';
import { type LossEntry, lossBothWays } from '../../mappings/engine/proof/loss.ts';
import { wireTypeOf } from '../../mappings/engine/proof/wire-type.ts';
import { type MappingScope, type MappingTarget, type MappingTargets, mappingTargets, schemaOf, unusedVendors } from '../mapping-targets.ts';

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

/**
 * Views of the scope; without system and vendor, of every configured system and of the vendors that none of them is of. Throws
 * `MappingError` with the faults of all that is broken: nothing can be said of what does not compile.
 */
export async function mappingViews(loaded: LoadedConfig, scope: MappingScope): Promise<MappingView[]> {
  const found = await mappingTargets(loaded, scope);
  const targets = [...found.targets];
  for (const vendor of scope.system === undefined && scope.vendor === undefined ? unusedVendors(loaded) : []) {
    const seen = new Set(targets.filter((target) => target.vendor === vendor).map(({ stream }) => stream));
    targets.push(...(await mappingTargets(loaded, { ...scope, vendor })).targets.filter(({ stream }) => !seen.has(stream)));
  }
  refuseBroken({ ...found, targets });
  return targets.map(viewOf);
}

function refuseBroken({ targets, problems }: MappingTargets): void {
  // Systems of one vendor share their files, and with them the faults.
  const all = [...problems, ...targets.flatMap(({ source, options }) => checkMapping(source, options))];
  const told = [...new Map(all.map((problem) => [describeProblem(problem), problem])).values()];
  const [first] = told;
  if (first !== undefined) throw new MappingError(first, told);
}

function viewOf(target: MappingTarget): MappingView {
  const { system, vendor, configured, stream, source, options } = target;
  const mapping = compileMapping(source, options);
  const wire = wireTypeOf(schemaOf(target));
  return {
    system,
    vendor,
    configured,
    stream,
    file: source.file,
    coverage: fieldCoverage(mapping, wire),
    losses: lossBothWays(mapping, wire),
  };
}
