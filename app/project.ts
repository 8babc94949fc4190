/** Where the files shipped with Sverka are: the folder of its `package.json`, from `dist/` as from the sources. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvariantError } from '../core/errors.ts';

let found: string | null = null;

export function projectRoot(): string {
  if (found !== null) return found;
  for (let directory = dirname(fileURLToPath(import.meta.url)); ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) {
      found = directory;
      return directory;
    }
    if (dirname(directory) === directory) throw new InvariantError('INVARIANT_BROKEN', 'the package.json of Sverka is not above its code');
  }
}

/** `mappings/` or a file of it, as shipped. */
export function shippedMappings(): string {
  return join(projectRoot(), 'mappings');
}

let version: string | null = null;

/** Version of Sverka, from its `package.json`. */
export function sverkaVersion(): string {
  if (version !== null) return version;
  const manifest: unknown = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8'));
  version = String((manifest as { version?: unknown }).version);
  return version;
}
