/** The mappings that commands look at: those of the configured systems, and those of vendors that no system uses. */
import { z } from 'zod';
import type { LoadedConfig } from '../../config/load.ts';
import type { Connector } from '../../core/contract.ts';
import { ConfigError } from '../../core/errors.ts';
import { suggestion } from '../../core/nearest.ts';
import { type CaseResult, runCases } from '../../mappings/engine/cases.ts';
import type { CompileOptions } from '../../mappings/engine/options.ts';
import { MappingError } from '../../mappings/engine/problems.ts';
import { compileOptions, ownMappings } from '../compile-options.ts';
import { type MappingFile, mappingFile } from '../mappings.ts';
import { CONNECTORS, wireNames } from '../registry.ts';

/** A mapping, and what it is compiled with. */
export interface MappingSubject {
  /** Of the system; where none is configured, of the vendor. */
  readonly name: string;
  readonly system: string | null;
  readonly vendor: string;
  readonly stream: string;
  readonly source: MappingFile;
  readonly options: CompileOptions;
  /** JSON Schema of the stream's records; undefined where nobody says what they are. */
  readonly schema: unknown;
}

/** Which mappings are meant; left out: all. */
export interface MappingScope {
  readonly system?: string | undefined;
  readonly vendor?: string | undefined;
  readonly stream?: string | undefined;
}

/** Mappings of the configured systems; with a vendor, of that vendor as it is shipped or written, without any system. */
export async function* subjectsOf(loaded: LoadedConfig, scope: MappingScope): AsyncGenerator<MappingSubject> {
  if (scope.vendor !== undefined) {
    yield* ofVendor(loaded, scope.vendor, scope.stream);
    return;
  }
  for (const [system, config] of Object.entries(loaded.config.systems)) {
    const connector = CONNECTORS.get(config.vendor);
    if ((scope.system !== undefined && scope.system !== system) || connector === undefined) continue;
    for (const stream of streamsOf(connector, scope.stream)) {
      const source = await mappingFile(ownMappings(loaded), config.vendor, stream);
      const configured = { name: system, config, zone: config.zone ?? loaded.config.zone, connector };
      const options = compileOptions(configured, stream, loaded);
      yield { name: system, system, vendor: config.vendor, stream, source, options, schema: schemaOf(connector, stream) };
    }
  }
}

async function* ofVendor(loaded: LoadedConfig, vendor: string, only: string | undefined): AsyncGenerator<MappingSubject> {
  const connector = CONNECTORS.get(vendor);
  if (connector === undefined) {
    const known = [...CONNECTORS.keys()];
    throw new ConfigError('CONFIG_USAGE', `there is no vendor "${vendor}"${suggestion(vendor, known) || `; there are ${known.join(', ')}`}`);
  }
  for (const stream of streamsOf(connector, only)) {
    const source = await mappingFile(ownMappings(loaded), vendor, stream);
    const wire = connector.wire[stream];
    const options: CompileOptions = { zone: loaded.config.zone, lookups: {}, wire: wire === undefined ? null : wireNames(wire) };
    yield { name: vendor, system: null, vendor, stream, source, options, schema: schemaOf(connector, stream) };
  }
}

/** Vendors that no configured system is of. */
export function unusedVendors(loaded: LoadedConfig): readonly string[] {
  const used = new Set(Object.values(loaded.config.systems).map(({ vendor }) => vendor));
  return [...CONNECTORS.keys()].filter((vendor) => !used.has(vendor));
}

const streamsOf = (connector: Connector, only: string | undefined): readonly string[] =>
  Object.keys(connector.wire).filter((stream) => only === undefined || only === stream);

function schemaOf(connector: Connector, stream: string): unknown {
  const wire = connector.wire[stream];
  return wire === undefined ? undefined : z.toJSONSchema(wire, { io: 'input', unrepresentable: 'any' });
}

/** Results of the cases beside a mapping. They are written for the mapping as shipped, so overrides and settings of the system are left out. */
export function casesOfSubject({ source, options }: MappingSubject): readonly CaseResult[] {
  const { cases } = source;
  if (cases === null) return [];
  try {
    return runCases(source, cases, { zone: options.zone, lookups: {}, wire: options.wire });
  } catch (error) {
    if (error instanceof MappingError) return [unreadable(cases.file, error)];
    throw error;
  }
}

function unreadable(file: string, error: ConfigError): CaseResult {
  return {
    name: 'the file of cases',
    file,
    line: error.where.line ?? 1,
    passed: false,
    expectsProblem: false,
    differences: [{ where: 'problem', field: '', expected: 'readable cases', actual: error.message }],
  };
}
