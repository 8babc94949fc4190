/** Commands about mappings that need no system: with a configuration, or with a directory of mappings alone. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { LoadedConfig } from '../../config/load.ts';
import { ConfigError } from '../../core/errors.ts';
import { assertZone } from '../../core/zone.ts';
import type { Invocation } from './host.ts';
import { withSession } from './session.ts';
import { exists } from './write-file.ts';

export interface MappingsOptions {
  readonly mappings?: string;
  readonly zone?: string;
}

/** Adds the options that put a directory in the place of the configuration. */
export function mappingsOptions(command: Command): Command {
  return command
    .option('--mappings <directory>', 'look at this directory of mappings alone, without a configuration')
    .option('--zone <zone>', 'with --mappings: IANA zone of times without one (when silent: UTC)');
}

/** Throws `ConfigError` as `withSession` does, and for a zone that is none. */
export async function withMappings<T>(invocation: Invocation, options: MappingsOptions, fn: (loaded: LoadedConfig) => Promise<T>): Promise<T> {
  if (options.mappings === undefined) {
    if (await exists(resolve(invocation.options.config))) return withSession(invocation, {}, async ({ loaded }) => fn(loaded));
    throw new ConfigError('CONFIG_UNREADABLE', `there is no configuration ${invocation.options.config}`, {
      hint: 'Give its path with --config, or the directory of your mappings alone with --mappings.',
    });
  }
  return fn(await bareConfig(resolve(options.mappings), options.zone ?? 'UTC'));
}

/** A configuration without a system. */
async function bareConfig(mappings: string, zone: string): Promise<LoadedConfig> {
  assertZone(zone);
  const { configSchema } = await import('../../config/schema/config.ts');
  const config = configSchema.parse({ store: { sqlite: './sverka.db' }, zone, mappings, systems: { none: { vendor: 'none', settings: {} } } });
  return {
    file: mappings,
    directory: mappings,
    config: { ...config, systems: {} },
    secrets: new Set(),
    warnings: [],
    place: () => ({ file: mappings }),
  };
}
