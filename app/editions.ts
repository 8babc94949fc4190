/** The mappings of the configured systems: those that are active in the store, and those that lie on the disk. */
import { join } from 'node:path';
import type { Db } from '../canonical/db.ts';
import { activeVersions, type MappingVersionRow } from '../canonical/stores/mapping-versions.ts';
import { systemNames } from '../canonical/stores/systems.ts';
import type { LoadedConfig } from '../config/load.ts';
import { ConfigError } from '../core/errors.ts';
import type { Mapping } from '../mappings/engine/mapping.ts';
import type { CompileOptions } from '../mappings/engine/options.ts';
import { MappingError } from '../mappings/engine/problems.ts';
import type { Edition, PendingEdit } from '../pipeline/activation/edition.ts';
import { type Configured, compileOptions, ownMappings } from './compile-options.ts';
import { compiledOnce } from './compiled.ts';
import { mappingText, textOf } from './mappings.ts';
import { shippedMappings } from './project.ts';
import { CONNECTORS } from './registry.ts';

/** Active versions by `<system>/<stream>`. */
export type ActiveVersions = ReadonlyMap<string, MappingVersionRow>;

export async function activeByName(db: Db): Promise<ActiveVersions> {
  const names = await systemNames(db);
  return new Map((await activeVersions(db)).map((row) => [`${names.get(row.system_id) ?? ''}/${row.stream}`, row]));
}

/** An edition as it lies on the disk, not compiled yet. */
export interface Source extends Omit<Edition, 'systemId' | 'mapping'> {
  /** Throws `MappingError`. */
  compile(): Mapping;
}

/** What a stream would be mapped with now: the file, and what the configuration says. Throws `ConfigError` where there is no file. */
export async function sourceOf(configured: Configured, stream: string, loaded: LoadedConfig): Promise<Source> {
  const { name, config } = configured;
  const found = await mappingText(ownMappings(loaded), config.vendor, stream);
  const shipped = join(shippedMappings(), config.vendor, `${stream}.yaml`);
  // What only checks the file, and where the configuration says so, is no part of what the mapping does.
  const { wire, expect, settingNames, ...rest } = compileOptions(configured, stream, loaded);
  const options = { ...rest, settings: namedSettings(rest, found.text) };
  return {
    system: name,
    stream,
    file: found.file,
    source: found.text,
    options: JSON.stringify(options),
    shipped: shipped === found.file ? found.text : await textOf(shipped),
    compile: () => compiledOnce({ file: found.file, text: found.text }, { ...options, wire, ...(expect && { expect }), ...(settingNames && { settingNames }) }),
  };
}

/** Only settings that the mapping names decide how values are read: an address does not. */
function namedSettings({ settings = {}, overrides }: Omit<CompileOptions, 'wire'>, text: string): NonNullable<CompileOptions['settings']> {
  const all = `${text}\n${JSON.stringify(overrides ?? null)}`;
  return Object.fromEntries(Object.entries(settings).filter(([name]) => all.includes(name)));
}

/**
 * The mapping of a stored version. Which wire fields there are was checked when it was activated: that a newer Sverka knows of
 * further ones does not stop it. Throws `MappingError` where this installation cannot compile it.
 */
export function compileStored(row: Pick<MappingVersionRow, 'file' | 'source' | 'options'>): Mapping {
  const options = JSON.parse(row.options) as Omit<CompileOptions, 'wire'>;
  return compiledOnce({ file: row.file, text: row.source }, { ...options, wire: null });
}

/** The stored version as an edition, to be activated once more. */
export function editionOf(row: MappingVersionRow, configured: Configured): Edition {
  const { system_id: systemId, stream, file, source, options, shipped } = row;
  return { system: configured.name, systemId, stream, file, source, options, shipped, mapping: compileStored(row) };
}

/** What lies on the disk and is not what is active; null: it is the same. */
export function pendingOf(source: Source, row: Pick<MappingVersionRow, 'source' | 'options' | 'id'>, active: Mapping): PendingEdit | null {
  if (source.source === row.source && source.options === row.options) return null;
  const { system, stream, file } = source;
  const edit = { system, stream, file };
  try {
    const mapping = source.compile();
    if (mapping.version === active.version) return null;
    const where = source.source === row.source ? 'what the configuration says of it was changed' : `${file} was edited`;
    return {
      ...edit,
      what: 'edited',
      message: `the mapping ${system}/${stream} is not what is on the disk: ${where}; version ${row.id} is in use until the edit is activated (sverka mapping preview)`,
    };
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return {
      ...edit,
      what: 'broken',
      message: `the mapping ${system}/${stream} on the disk cannot be compiled: ${error.message}; version ${row.id} is in use (sverka mapping check)`,
    };
  }
}

/** A configured system by its name. Throws `ConfigError` where there is none. */
export function configuredSystem(loaded: LoadedConfig, name: string): Configured {
  const config = loaded.config.systems[name];
  const connector = config === undefined ? undefined : CONNECTORS.get(config.vendor);
  if (config === undefined || connector === undefined) throw new ConfigError('NOT_FOUND', `there is no system ${name} in the configuration`);
  return { name, config, zone: config.zone ?? loaded.config.zone, connector };
}
