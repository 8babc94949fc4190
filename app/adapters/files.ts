import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Files } from '../../core/context.ts';
import { ConfigError, ConnectionError } from '../../core/errors.ts';

/** Names a device, a shell or a listing could read otherwise than we do are refused. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const UNSAFE = /[\u0000-\u001f\u007f/\\:*?"<>|]/;

/** Exchange directories on this machine's file system. */
export const localFiles: Files = {
  async writeNew(directory, name, content) {
    checkName(name);
    await checkDirectory(directory);
    const target = join(directory, name);
    const temporary = join(directory, `.${name.slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`);
    try {
      await writeWhole(temporary, content);
      // A link refuses an existing name, where a rename would replace it.
      await link(temporary, target);
    } catch (cause) {
      throw failure(codeOf(cause) === 'EEXIST' ? `"${name}" exists already` : `"${name}" cannot be written`, cause);
    } finally {
      await unlink(temporary).catch(() => undefined);
    }
  },

  async exists(directory, name) {
    checkName(name);
    await checkDirectory(directory);
    try {
      const found = await lstat(join(directory, name));
      if (found.isSymbolicLink()) throw failure(`"${name}" is a symlink`);
      return true;
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return false;
      throw cause instanceof ConnectionError ? cause : failure(`"${name}" cannot be looked up`, cause);
    }
  },

  async remove(directory, name) {
    if (!(await localFiles.exists(directory, name))) return false;
    try {
      await unlink(join(directory, name));
      return true;
    } catch (cause) {
      // Whoever reads the directory was faster.
      if (codeOf(cause) === 'ENOENT') return false;
      throw failure(`"${name}" cannot be removed`, cause);
    }
  },

  async list(directory) {
    await checkDirectory(directory);
    try {
      const entries = await readdir(directory, { withFileTypes: true });
      return entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => entry.name);
    } catch (cause) {
      throw failure('the directory cannot be read', cause);
    }
  },
};

async function writeWhole(path: string, content: string): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  const file = await open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(content, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

function checkName(name: string): void {
  if (name === '' || name.startsWith('.') || name.length > 200 || UNSAFE.test(name)) {
    throw new ConfigError('CONFIG_INVALID', 'a file name must be one plain path segment that does not begin with a dot');
  }
}

async function checkDirectory(directory: string): Promise<void> {
  let found: Awaited<ReturnType<typeof lstat>>;
  try {
    // Without the slash at the end, which would follow a link.
    found = await lstat(directory.replace(/(?<=.)\/+$/, ''));
  } catch (cause) {
    throw failure('the directory cannot be reached', cause);
  }
  if (found.isSymbolicLink()) throw failure('the directory is a symlink');
  if (!found.isDirectory()) throw failure('the directory is not a directory');
}

function failure(what: string, cause?: unknown): ConnectionError {
  const code = codeOf(cause);
  return new ConnectionError('EXCHANGE_DIRECTORY', `exchange directory: ${what}${code === undefined ? '' : ` (${code})`}`, { cause });
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
