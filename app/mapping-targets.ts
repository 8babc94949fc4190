/** Every mapping that can be looked at: those of the configured systems, and the files beside them that no system uses yet. */
import { basename, dirname } from 'node:path';
import type { ZodType } from 'zod';
import * as z from 'zod';
import type { LoadedConfig } from '../config/load.ts';
import { ConfigError, InvariantError } from '../core/errors.ts';
import { suggestion } from '../core/nearest.ts';
import type { CompileOptions } from '../mappings/engine/options.ts';
import type { Problem } from '../mappings/engine/problems.ts';
import { type Configured, compileOptions, ownMappings, vendorOptions } from './compile-options.ts';
import { configuredSystem } from './editions.ts';
import { type KnownVendor, type MappingsDirectory, mappingsDirectory } from './known-vendors.ts';
import { type MappingFile, mappingFile } from './mappings.ts';
import { CONNECTORS } from './registry.ts';

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
  /** Files that stand for nothing, wire files with faults, streams of a wire file without a mapping; none where a system or a stream is asked for. */
  readonly problems: readonly Problem[];
}

/** Which mappings are meant; left out: all. */
export interface MappingScope {
  readonly system?: string | undefined;
  readonly vendor?: string | undefined;
  readonly stream?: string | undefined;
}

/**
 * Mappings of the configured systems, and files in the operator's directory that none of them uses; with a vendor, of that vendor as it
 * is shipped or written, whatever systems there are. Throws `ConfigError` where the directory or a file of it cannot be read, and for a
 * vendor that nobody knows.
 */
export async function mappingTargets(loaded: LoadedConfig, scope: MappingScope = {}): Promise<MappingTargets> {
  const directory = await mappingsDirectory(ownMappings(loaded));
  const found = scope.vendor === undefined ? await ofAll(directory, loaded) : await ofVendor(scope.vendor, directory, loaded);
  const astray = scope.system === undefined && scope.stream === undefined ? [...directory.problems, ...missing(directory)] : [];
  return {
    targets: found.filter(({ system, stream }) => (scope.system ?? system) === system && (scope.stream ?? stream) === stream),
    problems: astray.filter(({ file }) => scope.vendor === undefined || folderOf(file) === scope.vendor),
  };
}

async function ofAll(directory: MappingsDirectory, loaded: LoadedConfig): Promise<readonly MappingTarget[]> {
  const configured = await Promise.all(Object.keys(loaded.config.systems).map((name) => ofSystem(configuredSystem(loaded, name), loaded)));
  const used = new Set(configured.flat().map(({ vendor, stream }) => `${vendor}/${stream}`));
  const unused = directory.files.filter(({ vendor, stream }) => !used.has(`${vendor}/${stream}`));
  return [...configured.flat(), ...(await Promise.all(unused.map(({ vendor, stream }) => ofFile(vendor, stream, directory, loaded))))];
}

/** Of a vendor with a connector every stream has a mapping; of another one those that were written. */
async function ofVendor(vendor: string, directory: MappingsDirectory, loaded: LoadedConfig): Promise<readonly MappingTarget[]> {
  const { vendors, files, problems } = directory;
  const known = vendors.get(vendor);
  if (known === undefined && !problems.some(({ file }) => folderOf(file) === vendor)) {
    const names = [...vendors.keys()];
    throw new ConfigError('CONFIG_USAGE', `there is no vendor "${vendor}"${suggestion(vendor, names) || `; there are ${names.join(', ')}`}`);
  }
  const written = files.filter((one) => one.vendor === vendor).map(({ stream }) => stream);
  const streams = known?.file === null ? Object.keys(known.wire) : written;
  return Promise.all(streams.map((stream) => ofFile(vendor, stream, directory, loaded)));
}

/** A file that stands for no mapping: the folder in the place of the system. */
export interface Stray {
  readonly system: string;
  readonly stream: string;
  readonly file: string;
  readonly problems: readonly Problem[];
}

export function strays({ problems }: MappingTargets): readonly Stray[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  return files.map((file) => ({ system: folderOf(file), stream: basename(file, '.yaml'), file, problems: problems.filter((one) => one.file === file) }));
}

const folderOf = (file: string): string => basename(dirname(file));

/** Vendors with a connector that no configured system is of. */
export function unusedVendors(loaded: LoadedConfig): readonly string[] {
  const used = new Set(Object.values(loaded.config.systems).map(({ vendor }) => vendor));
  return [...CONNECTORS.keys()].filter((vendor) => !used.has(vendor));
}

/** JSON Schema of the records of a mapping. */
export const schemaOf = ({ wire }: MappingTarget): unknown => z.toJSONSchema(wire, { io: 'input', unrepresentable: 'any' });

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
  const options = vendorOptions(vendor, stream, wire, loaded.config.zone);
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
