/** Files that commands write: whole, never through a symlink, readable by their owner alone. */
import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
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
