import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, open, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileContent, Files } from '../../core/context.ts';
import { ConnectionError, ContractError, SverkaError } from '../../core/errors.ts';
import { isPlainFileName, shownFileName } from '../../core/file-name.ts';

const PART_CHARACTERS = 1 << 20;

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
      return await readdir(directory);
    } catch (cause) {
      throw failure('the directory cannot be read', cause);
    }
  },

  async stat(directory, name) {
    checkName(name);
    await checkDirectory(directory);
    try {
      const found = await lstat(join(directory, name));
      if (found.isSymbolicLink()) throw failure(`"${name}" is a symlink`);
      if (!found.isFile()) throw failure(`"${name}" is no file`);
      return { size: found.size, changedAt: Math.floor(found.mtimeMs) };
    } catch (cause) {
      if (codeOf(cause) === 'ENOENT') return null;
      throw cause instanceof ConnectionError ? cause : failure(`"${name}" cannot be looked up`, cause);
    }
  },

  async read(directory, name, maxBytes) {
    checkName(name);
    await checkDirectory(directory);
    try {
      const file = await open(join(directory, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        return await readWhole(file, name, maxBytes);
      } finally {
        await file.close();
      }
    } catch (cause) {
      const code = codeOf(cause);
      if (code === 'ENOENT') return null;
      if (cause instanceof SverkaError) throw cause;
      throw failure(code === 'ELOOP' ? `"${name}" is a symlink` : `"${name}" cannot be read`, cause);
    }
  },
};

/** Looked at before and after: what changes while it is read is still being written. */
async function readWhole(file: FileHandle, name: string, maxBytes: number): Promise<FileContent> {
  const before = await file.stat();
  if (!before.isFile()) throw failure(`"${name}" is no file`);
  if (before.size > maxBytes) throw tooLarge(name, maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of file.createReadStream({ autoClose: false })) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) throw tooLarge(name, maxBytes);
    chunks.push(chunk as Buffer);
  }
  const after = await file.stat();
  const moving = after.size !== size || after.size !== before.size || after.mtimeMs !== before.mtimeMs;
  return { content: Buffer.concat(chunks, size), size, changedAt: Math.floor(after.mtimeMs), moving };
}

function tooLarge(name: string, maxBytes: number): ContractError {
  return new ContractError('EXCHANGE_TOO_LARGE', `exchange directory: "${name}" is larger than ${maxBytes} bytes`);
}

async function writeWhole(path: string, content: string | AsyncIterable<string>): Promise<void> {
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  const file = await open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, 0o600);
  try {
    if (typeof content === 'string') await file.writeFile(content, 'utf8');
    else for await (const piece of gathered(content)) await file.appendFile(piece, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Pieces joined to some size: a command is much smaller than what is worth a write. */
async function* gathered(content: AsyncIterable<string>): AsyncGenerator<string> {
  let part = '';
  for await (const piece of content) {
    part += piece;
    if (part.length < PART_CHARACTERS) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}

function checkName(name: string): void {
  if (isPlainFileName(name)) return;
  throw new ConnectionError('EXCHANGE_DIRECTORY', `exchange directory: ${shownFileName(name)} is no name of one plain path segment`, {
    hint: 'Give the file a name of letters, digits, dots and dashes that does not begin with a dot, or take it out of the directory.',
  });
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
