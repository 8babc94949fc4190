/** Mappings of the configured systems: checked, covered, lost. */
import { basename, dirname } from 'node:path';
import type { LoadedConfig } from '../../config/load.ts';
import { ConfigError } from '../../core/errors.ts';
import { suggestion } from '../../core/nearest.ts';
import { type CaseResult, runCases } from '../../mappings/engine/cases.ts';
import { checkMapping, compileMapping } from '../../mappings/engine/compile.ts';
import { coverage, listLoss, type WireCoverage } from '../../mappings/engine/listing.ts';
import type { Loss } from '../../mappings/engine/mapping.ts';
import type { CompileOptions } from '../../mappings/engine/options.ts';
import { MappingError, type Problem } from '../../mappings/engine/problems.ts';
import { mappingTargets } from '../mapping-targets.ts';
import type { MappingFile } from '../mappings.ts';

export interface MappingCheck {
  readonly system: string;
  readonly stream: string;
  readonly file: string;
  readonly problems: readonly Problem[];
  readonly cases: readonly CaseResult[];
}

/** Every fault and every case of every configured system's mappings, and of the files in the operator's directory that no system uses. */
export async function checkMappings(loaded: LoadedConfig): Promise<MappingCheck[]> {
  const { targets, problems: astray } = await mappingTargets(loaded);
  const checks: MappingCheck[] = strayChecks(astray);
  for (const { system, stream, source, options } of targets) {
    const problems = checkMapping(source, options);
    checks.push({
      system,
      stream,
      file: source.file,
      problems,
      cases: problems.length > 0 || source.cases === null ? [] : casesOf(source, source.cases, options),
    });
  }
  return checks;
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
  }));
}

/** Cases are written for the mapping as shipped, so the system's own overrides and settings are left out. */
function casesOf(source: MappingFile, cases: { file: string; text: string }, options: CompileOptions): readonly CaseResult[] {
  try {
    return runCases(source, cases, { zone: options.zone, lookups: {}, wire: options.wire });
  } catch (error) {
    if (error instanceof MappingError) return [failed(cases.file, error)];
    throw error;
  }
}

function failed(file: string, error: ConfigError): CaseResult {
  return {
    name: 'the file of cases',
    file,
    line: error.where.line ?? 1,
    passed: false,
    expectsProblem: false,
    differences: [{ where: 'problem', field: '', expected: 'readable cases', actual: error.message }],
  };
}

export interface MappingView {
  readonly system: string;
  readonly stream: string;
  readonly file: string;
  readonly coverage: readonly WireCoverage[];
  readonly losses: readonly Loss[];
}

/** Of one system, or of a vendor that no system has. Throws `ConfigError` where there is neither. */
export async function mappingViews(loaded: LoadedConfig, system: string): Promise<MappingView[]> {
  const views: MappingView[] = [];
  const { targets } = await mappingTargets(loaded);
  const known = [...new Set(targets.map((target) => target.system))];
  if (!known.includes(system))
    throw new ConfigError(
      'CONFIG_USAGE',
      `there is no system "${system}" in the configuration, and no such vendor among your mappings${suggestion(system, known) || `; there are ${known.join(', ')}`}`,
    );
  for (const { stream, source, options } of targets.filter((target) => target.system === system)) {
    const mapping = compileMapping(source, options);
    views.push({
      system,
      stream,
      file: source.file,
      coverage: coverage(mapping, options.wire ?? []),
      losses: listLoss(mapping),
    });
  }
  return views;
}
