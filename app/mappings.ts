/** Mapping files of the streams: the operator's own directory first, then those shipped. */
import { randomUUID } from 'node:crypto';
import { lstat, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfigError } from '../core/errors.ts';
import { shippedMappings } from './project.ts';

export interface MappingText {
  readonly file: string;
  readonly text: string;
}

export interface MappingFile extends MappingText {
  /** The cases beside it, if there are any. */
  readonly cases: { readonly file: string; readonly text: string } | null;
}

/** A mapping with its cases. Throws `ConfigError` as `mappingText` does. */
export async function mappingFile(own: string | undefined, vendor: string, stream: string): Promise<MappingFile> {
  const { file, text } = await mappingText(own, vendor, stream);
  const casesFile = join(dirname(file), `${stream}.cases.yaml`);
  const cases = await textOf(casesFile);
  return { file, text, cases: cases === null ? null : { file: casesFile, text: cases } };
}

/** Throws `ConfigError` where no directory has a mapping of that stream. `own`: absolute path of the operator's directory. */
export async function mappingText(own: string | undefined, vendor: string, stream: string): Promise<MappingText> {
  const directories = [...(own === undefined ? [] : [own]), shippedMappings()];
  for (const directory of directories) {
    const file = join(directory, vendor, `${stream}.yaml`);
    const text = await textOf(file);
    if (text !== null) return { file, text };
  }
  throw new ConfigError('MAPPING_INVALID', `there is no mapping ${vendor}/${stream}.yaml in ${directories.join(' or ')}`);
}

/** The text of a file; null: there is none. Throws `ConfigError` where it cannot be read. */
export async function textOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new ConfigError('MAPPING_INVALID', `${file} cannot be read (${code ?? 'unknown'})`, {
      cause,
      where: { file },
    });
  }
}

/**
 * Writes a file whole: beside it first, then in its place, so that nothing half written is ever read. One that is there keeps its
 * permissions, and the place where a link leads. Throws `ConfigError`.
 */
export async function writeText(file: string, text: string): Promise<void> {
  let beside: string | null = null;
  try {
    const { real, mode } = await standing(file);
    beside = join(dirname(real), `.${basename(real)}.${randomUUID()}`);
    await writeFile(beside, text, { flag: 'wx', mode });
    await rename(beside, real);
  } catch (cause) {
    if (beside !== null) await rm(beside, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError('CONFIG_USAGE', `${file} cannot be written (${code ?? 'unknown'})`, { cause, hint: 'Check the directory and its permissions.' });
  }
}

/** Where the file is, and its permissions; those of a new one where it is not there. */
async function standing(file: string): Promise<{ readonly real: string; readonly mode: number }> {
  try {
    const real = await realpath(file);
    return { real, mode: (await lstat(real)).mode & 0o777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { real: file, mode: 0o644 };
    throw error;
  }
}
