/** Reading small files of a configuration. */
import { readFile, stat } from 'node:fs/promises';

export interface ConfigFile {
  readonly text: string;
  /** Permission bits. */
  readonly mode: number;
}

/** Null when there is no such file; throws what the system throws for one that is there and cannot be read. */
export type ReadConfigFile = (path: string) => Promise<ConfigFile | null>;

export const readConfigFile: ReadConfigFile = async (path) => {
  try {
    const [text, found] = [await readFile(path, 'utf8'), await stat(path)];
    return { text, mode: found.mode & 0o777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};
