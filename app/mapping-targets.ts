/** Every mapping that can be looked at: those of the configured systems, and the files beside them that no system uses yet. */
import type { ZodType } from 'zod';
import type { LoadedConfig } from '../config/load.ts';
import { InvariantError } from '../core/errors.ts';
import type { CompileOptions } from '../mappings/engine/options.ts';
import type { Problem } from '../mappings/engine/problems.ts';
import { type Configured, compileOptions, ownMappings } from './compile-options.ts';
import { configuredSystem } from './editions.ts';
import { type KnownVendor, type MappingsDirectory, mappingsDirectory } from './known-vendors.ts';
import { type MappingFile, mappingFile } from './mappings.ts';
import { wireNames } from './registry.ts';

export interface MappingTarget {
  /** `<system>/<stream>`. */
  readonly name: string;
  /** The system; the vendor's name for a file that no configured system uses. */
  readonly system: string;
  /** A system of the configuration uses it. */
  readonly configured: boolean;
  readonly vendor: string;
  readonly stream: string;
  readonly source: MappingFile;
  readonly options: CompileOptions;
  /** Schema of the stream's records: of the connector, or out of the wire file. */
  readonly wire: ZodType;
}

export interface MappingTargets {
  readonly targets: readonly MappingTarget[];
  /** Files that stand for nothing, wire files with faults, streams of a wire file without a mapping. */
  readonly problems: readonly Problem[];
}

/** Throws `ConfigError` where the directory or a file of it cannot be read. */
export async function mappingTargets(loaded: LoadedConfig): Promise<MappingTargets> {
  const own = ownMappings(loaded);
  const directory = await mappingsDirectory(own);
  const configured = await Promise.all(Object.keys(loaded.config.systems).map((name) => ofSystem(configuredSystem(loaded, name), loaded)));
  const used = new Set(configured.flat().map(({ vendor, stream }) => `${vendor}/${stream}`));
  const unused = directory.files.filter(({ vendor, stream }) => !used.has(`${vendor}/${stream}`));
  const beside = await Promise.all(unused.map(({ vendor, stream }) => ofFile(vendor, stream, directory, loaded)));
  return { targets: [...configured.flat(), ...beside], problems: [...directory.problems, ...missing(directory)] };
}

async function ofSystem(configured: Configured, loaded: LoadedConfig): Promise<MappingTarget[]> {
  const { name: system, config } = configured;
  return Promise.all(
    Object.entries(configured.connector.wire).map(async ([stream, wire]) => ({
      name: `${system}/${stream}`,
      system,
      configured: true,
      vendor: config.vendor,
      stream,
      source: await mappingFile(ownMappings(loaded), config.vendor, stream),
      options: compileOptions(configured, stream, loaded),
      wire,
    })),
  );
}

async function ofFile(vendor: string, stream: string, { vendors }: MappingsDirectory, loaded: LoadedConfig): Promise<MappingTarget> {
  const wire = vendors.get(vendor)?.wire[stream];
  if (wire === undefined) throw new InvariantError('INVARIANT_BROKEN', `${vendor}/${stream} was found without its wire schema`);
  const options: CompileOptions = { zone: loaded.config.zone, lookups: {}, settings: {}, wire: wireNames(wire), expect: { vendor, stream } };
  const source = await mappingFile(ownMappings(loaded), vendor, stream);
  return { name: `${vendor}/${stream}`, system: vendor, configured: false, vendor, stream, source, options, wire };
}

/** Streams that a wire file tells of, and nobody maps. */
function missing({ vendors, files }: MappingsDirectory): Problem[] {
  const told = [...vendors.values()].filter((known): known is KnownVendor & { file: string } => known.file !== null);
  return told.flatMap(({ vendor, wire, file }) =>
    Object.keys(wire)
      .filter((stream) => !files.some((one) => one.vendor === vendor && one.stream === stream))
      .map((stream) => ({
        code: 'MAPPING_INVALID' as const,
        message: `there is no mapping ${vendor}/${stream}.yaml yet for the stream "${stream}" of this file`,
        file,
        line: 1,
        column: 1,
      })),
  );
}
