import { lstat } from 'node:fs/promises';

/** Time of change and size of a file, by which a look at it is told from the next; null where there is no regular file (a symlink is none). */
export async function markOf(path: string): Promise<string | null> {
  try {
    const found = await lstat(path);
    return found.isFile() ? `${Math.round(found.mtimeMs)} ${found.size}` : null;
  } catch {
    return null;
  }
}
