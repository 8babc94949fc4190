/** Loads configurations out of texts: files and environment of the test alone. */
import { CONNECTOR_FACTS } from '../../app/registry.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import { ConfigFaults, type ConfigProblem } from '../../config/problems.ts';

export interface Given {
  readonly text: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Further files by absolute path, with their modes. */
  readonly files?: Readonly<Record<string, { text: string; mode?: number }>>;
  readonly settings?: Readonly<Record<string, string>>;
}

export const FILE = '/etc/sverka/sverka.yaml';

export function load(given: Given): Promise<LoadedConfig> {
  const files = new Map(Object.entries({ [FILE]: { text: given.text }, ...given.files }));
  return loadConfig(FILE, {
    env: given.env ?? {},
    connectors: CONNECTOR_FACTS,
    readFile: async (path) => {
      const file: { text: string; mode?: number } | undefined = files.get(path);
      return file === undefined ? null : { text: file.text, mode: file.mode ?? 0o600 };
    },
    ...(given.settings === undefined ? {} : { settings: given.settings }),
  });
}

export async function problemsOf(given: Given): Promise<readonly ConfigProblem[]> {
  try {
    await load(given);
  } catch (error) {
    if (error instanceof ConfigFaults) return error.problems;
    throw error;
  }
  return [];
}
