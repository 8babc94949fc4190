/** Files that commands write: whole, never through a symlink, readable by their owner alone. */
import { constants, type Stats } from 'node:fs';
import { access, lstat, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ConfigError } from '../../core/errors.ts';

/** Throws `ConfigError` when the file exists and may not be replaced, or cannot be written. */
export async function writePrivate(path: string, text: string, options: { readonly replace: boolean }): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_TRUNC, O_NOFOLLOW } = constants;
  try {
    const file = await open(path, O_CREAT | O_WRONLY | O_NOFOLLOW | (options.replace ? O_TRUNC : O_EXCL), 0o600);
    try {
      await file.chmod(0o600);
      await file.writeFile(text, 'utf8');
    } finally {
      await file.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      throw new ConfigError('CONFIG_USAGE', `${path} exists`, {
        cause,
        hint: 'Choose another name, or say --force to replace it.',
      });
    throw new ConfigError('CONFIG_USAGE', `${path} cannot be written (${code ?? 'unknown'})`, {
      cause,
      hint: 'Check the directory and its permissions.',
    });
  }
}

/** Throws `ConfigError` where `writePrivate` could not write them all: to be asked before the first of several is written. */
export async function assertWritable(paths: readonly string[], options: { readonly replace: boolean }): Promise<void> {
  for (const path of paths) {
    const found = await lstat(path).catch(() => null);
    if (found !== null && !options.replace)
      throw new ConfigError('CONFIG_USAGE', `${path} exists`, { hint: 'Choose another name, or say --force to replace it.' });
    const [why, hint] = await hindrance(path, found);
    if (why !== null) throw new ConfigError('CONFIG_USAGE', `${path} cannot be written: ${why}`, { hint });
  }
}

async function hindrance(path: string, found: Stats | null): Promise<readonly [why: string | null, hint: string]> {
  if (found?.isSymbolicLink() === true) return ['it is a symlink, and nothing secret is written through one', 'Remove the link, or choose another name.'];
  if (found !== null && !found.isFile()) return ['it is no file', 'Move it away, or choose another name.'];
  const directory = dirname(path);
  // A directory that is not there is made.
  if (found === null && !(await exists(directory))) return [null, ''];
  try {
    await access(found === null ? directory : path, constants.W_OK);
    return [null, ''];
  } catch (error) {
    return [(error as NodeJS.ErrnoException).code ?? 'unknown', 'Check the directory and its permissions.'];
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch {
    return false;
  }
}

export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new ConfigError('CONFIG_USAGE', `${path} cannot be made (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`, {
      cause,
      hint: 'Choose another directory.',
    });
  }
}
