/** What the mapping of one stream is compiled with in one system, as the configuration says. */
import { resolve } from 'node:path';
import type { ZodType } from 'zod';
import type { LoadedConfig } from '../config/load.ts';
import type { SystemConfig } from '../config/schema/system.ts';
import type { Connector } from '../core/contract.ts';
import type { CompileOptions, SettingValue } from '../mappings/engine/options.ts';
import { CONNECTORS, wireNames } from './registry.ts';

/** Absolute path of the operator's own mappings. */
export function ownMappings(loaded: LoadedConfig): string | undefined {
  return loaded.config.mappings === undefined ? undefined : resolve(loaded.directory, loaded.config.mappings);
}

/** A system as configured, with what its name and vendor stand for. */
export interface Configured {
  readonly name: string;
  readonly config: SystemConfig;
  readonly zone: string;
  readonly connector: Connector;
}

/** What a mapping of one stream is compiled with in one system. */
export function compileOptions({ name, config, zone, connector }: Configured, stream: string, loaded: LoadedConfig): CompileOptions {
  const wire = connector.wire[stream];
  const overrides = config.overrides[stream];
  const settings = Object.entries(config.settings as Record<string, unknown>).filter((entry): entry is [string, SettingValue] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  return {
    zone,
    lookups: config.lookups,
    wire: wire === undefined ? null : wireNames(wire),
    settings: Object.fromEntries(settings.filter(([, value]) => !loaded.secrets.has(String(value)))),
    ...settingNames(connector),
    expect: { vendor: config.vendor, stream },
    ...(overrides === undefined ? {} : { overrides: { ...overridesPlaces(loaded, name, stream), ...said(overrides) } }),
  };
}

/** Without the sections that are not there. */
function said(overrides: SystemConfig['overrides'][string]): Omit<NonNullable<CompileOptions['overrides']>, 'place' | 'placeOf'> {
  return Object.fromEntries(Object.entries(overrides).filter(([, section]) => section !== undefined));
}

function overridesPlaces(loaded: LoadedConfig, system: string, stream: string): Pick<NonNullable<CompileOptions['overrides']>, 'place' | 'placeOf'> {
  const path = ['systems', system, 'overrides', stream];
  const { line = 1, column = 1 } = loaded.place(path);
  return {
    place: { file: loaded.file, line, column },
    placeOf: (inside, atKey) => ({ file: loaded.file, ...loaded.place([...path, ...inside], { atKey }) }),
  };
}

/** What a mapping is compiled with where no system says more: the vendor's records and the names of its settings, and no value of any. */
export function vendorOptions(vendor: string, stream: string, wire: ZodType, zone: string): CompileOptions {
  const connector = CONNECTORS.get(vendor);
  const names = connector === undefined ? {} : settingNames(connector);
  return { zone, lookups: {}, settings: {}, wire: wireNames(wire), ...names, expect: { vendor, stream } };
}

/** Every setting of a vendor, with or without a value in the configuration. */
function settingNames(connector: Connector): Pick<CompileOptions, 'settingNames'> {
  const { shape } = connector.settings as Connector['settings'] & { shape?: Readonly<Record<string, unknown>> };
  return shape === undefined ? {} : { settingNames: Object.keys(shape) };
}
