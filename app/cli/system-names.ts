/** Names of the systems of a configuration, whether or not all else in it is right. */
import { parse } from 'yaml';
import { readConfigFile } from '../../config/files.ts';

/** None where the file cannot be read: a Tab says nothing. */
export async function systemNames(file: string): Promise<readonly string[]> {
  try {
    const { systems } = (parse((await readConfigFile(file))?.text ?? '') ?? {}) as { systems?: unknown };
    return typeof systems === 'object' && systems !== null ? Object.keys(systems).filter((name) => /^[a-z][a-z0-9-]{0,39}$/.test(name)) : [];
  } catch {
    return [];
  }
}
