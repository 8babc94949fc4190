/** Mappings of the configured systems: checked, covered, lost. */
import type { LoadedConfig } from '../../config/load.ts';
import type { SystemConfig } from '../../config/schema/system.ts';
import type { Connector } from '../../core/contract.ts';
import { type ConfigError, InvariantError } from '../../core/errors.ts';
import { type CaseResult, runCases } from '../../mappings/engine/cases.ts';
import { compileMapping } from '../../mappings/engine/compile.ts';
import { coverage, listLoss, type WireCoverage } from '../../mappings/engine/listing.ts';
import type { Loss } from '../../mappings/engine/mapping.ts';
import type { CompileOptions } from '../../mappings/engine/options.ts';
import { MappingError } from '../../mappings/engine/problems.ts';
import { compileOptions, ownMappings } from '../compose.ts';
import { type MappingFile, mappingFile } from '../mappings.ts';
import { CONNECTORS, wireNames } from '../registry.ts';

/** A mapping as a configured system uses it. */
export interface Found {
  readonly system: string;
  readonly vendor: string;
  readonly stream: string;
  readonly source: MappingFile;
  readonly options: CompileOptions;
  readonly connector: Connector;
}

export async function* mappingsOf(loaded: LoadedConfig, only?: string): AsyncGenerator<Found> {
  for (const [system, config] of Object.entries(loaded.config.systems)) {
    if (only !== undefined && only !== system) continue;
    const connector = connectorOf(config);
    for (const stream of Object.keys(connector.wire)) {
      const source = await mappingFile(ownMappings(loaded), config.vendor, stream);
      yield {
        system,
        vendor: config.vendor,
        stream,
        source,
        connector,
        options: compileOptions({ name: system, config, zone: config.zone ?? loaded.config.zone, connector }, stream, loaded),
      };
    }
  }
}

function connectorOf(config: SystemConfig): Connector {
  const connector = CONNECTORS.get(config.vendor);
  if (connector === undefined) throw new InvariantError('INVARIANT_BROKEN', 'the configuration passed with an unknown connector');
  return connector;
}

/** Cases are written for the mapping as shipped, so the system's own overrides and settings are left out. */
export function casesOf(source: MappingFile, cases: { file: string; text: string }, options: CompileOptions): readonly CaseResult[] {
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

export async function mappingViews(loaded: LoadedConfig, system: string): Promise<MappingView[]> {
  const views: MappingView[] = [];
  for await (const { stream, source, options, connector } of mappingsOf(loaded, system)) {
    const mapping = compileMapping(source, options);
    const wire = connector.wire[stream];
    views.push({
      system,
      stream,
      file: source.file,
      coverage: coverage(mapping, wire === undefined ? [] : (wireNames(wire) ?? [])),
      losses: listLoss(mapping),
    });
  }
  return views;
}
