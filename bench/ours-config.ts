/** The configuration with which the product is measured. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

export interface OursConfigOptions {
  readonly vendorUrl: string;
  readonly databaseUrl: string;
  /** Pages in flight. */
  readonly concurrency: number;
  readonly format: 'json' | 'xml';
  /** Directory of the mapping files; the shipped ones where it is silent. */
  readonly mappings?: string;
}

/**
 * Writes a configuration and its secrets into `directory`; answers the path. Pull only: one VirtualPOS system, nothing is
 * written back, and all else as it is when a configuration is silent.
 */
export function writeOursConfig(directory: string, { vendorUrl, databaseUrl, concurrency, format, mappings }: OursConfigOptions): string {
  const config = {
    store: { mysql: { url: { file: 'store.secret' } } },
    zone: 'Europe/Moscow',
    ...(mappings === undefined ? {} : { mappings }),
    systems: {
      pos: {
        vendor: 'virtualpos',
        concurrency,
        settings: { url: vendorUrl, apikey: { file: 'apikey.secret' }, format },
        streams: { clients: { push: 'off' }, cards: { push: 'off' }, bonuses: { push: 'off' } },
        lookups: { programmes: { '1': 'main' } },
      },
    },
    log: { level: 'warn' },
  };
  const path = join(directory, 'sverka.yaml');
  writeFileSync(join(directory, 'store.secret'), databaseUrl, { mode: 0o600 });
  writeFileSync(join(directory, 'apikey.secret'), 'key-of-the-benchmark', { mode: 0o600 });
  writeFileSync(path, stringify(config));
  return path;
}
