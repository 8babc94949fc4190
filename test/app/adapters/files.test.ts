import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localFiles } from '../../../app/adapters/files.ts';
import { ConnectionError } from '../../../core/errors.ts';
import { shownFileName } from '../../../core/file-name.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sverka-files-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('an exchange directory', () => {
  it('takes a new file whole, for its owner only, and leaves nothing else behind', async () => {
    await localFiles.writeNew(directory, 'pos1.aif', '{"команда":1}');
    expect(await readFile(join(directory, 'pos1.aif'), 'utf8')).toBe('{"команда":1}');
    expect((await stat(join(directory, 'pos1.aif'))).mode & 0o777).toBe(0o600);
    expect(await localFiles.list(directory)).toEqual(['pos1.aif']);
    expect(await localFiles.exists(directory, 'pos1.aif')).toBe(true);
    expect(await localFiles.exists(directory, 'pos2.aif')).toBe(false);
  });

  it('removes a file, and says whether there was one', async () => {
    await localFiles.writeNew(directory, 'pos1.aif', 'x');
    expect(await localFiles.remove(directory, 'pos1.aif')).toBe(true);
    expect(await localFiles.remove(directory, 'pos1.aif')).toBe(false);
    expect(await readdir(directory)).toEqual([]);
  });

  it('never replaces a file', async () => {
    await writeFile(join(directory, 'pos1.aif'), 'theirs');
    await expect(localFiles.writeNew(directory, 'pos1.aif', 'ours')).rejects.toBeInstanceOf(ConnectionError);
    expect(await readFile(join(directory, 'pos1.aif'), 'utf8')).toBe('theirs');
    expect(await readdir(directory)).toEqual(['pos1.aif']);
  });

  it.each(['', '.', '..', '../x', 'a/b', 'a\\b', '.hidden', 'a\u0000b', 'a\nb', 'a"b', 'a\ufffdb', 'x'.repeat(201)])('refuses the name %j', async (name) => {
    const refused = { name: 'ConnectionError', code: 'EXCHANGE_DIRECTORY', message: expect.stringContaining(shownFileName(name)) };
    await expect(localFiles.writeNew(directory, name, '')).rejects.toMatchObject(refused);
    await expect(localFiles.exists(directory, name)).rejects.toMatchObject(refused);
    await expect(localFiles.remove(directory, name)).rejects.toMatchObject(refused);
    await expect(localFiles.read(directory, name, 100)).rejects.toMatchObject(refused);
    await expect(localFiles.stat(directory, name)).rejects.toMatchObject(refused);
    expect(await readdir(directory)).toEqual([]);
  });

  it('follows no symlink', async () => {
    const outside = join(directory, 'outside.txt');
    await writeFile(outside, 'theirs');
    await symlink(outside, join(directory, 'pos1.aif'));
    await expect(localFiles.writeNew(directory, 'pos1.aif', 'ours')).rejects.toBeInstanceOf(ConnectionError);
    await expect(localFiles.exists(directory, 'pos1.aif')).rejects.toBeInstanceOf(ConnectionError);
    await expect(localFiles.remove(directory, 'pos1.aif')).rejects.toBeInstanceOf(ConnectionError);
    await expect(localFiles.stat(directory, 'pos1.aif')).rejects.toBeInstanceOf(ConnectionError);
    await expect(localFiles.read(directory, 'pos1.aif', 100)).rejects.toMatchObject({ code: 'EXCHANGE_DIRECTORY' });
    // It is named, so that nobody passes it over without a word.
    expect([...(await localFiles.list(directory))].sort()).toEqual(['outside.txt', 'pos1.aif']);
    expect(await readFile(outside, 'utf8')).toBe('theirs');
    const link = join(directory, 'link');
    await symlink(directory, link);
    for (const path of [link, `${link}/`]) {
      await expect(localFiles.list(path)).rejects.toBeInstanceOf(ConnectionError);
      await expect(localFiles.writeNew(path, 'a', '')).rejects.toBeInstanceOf(ConnectionError);
    }
  });

  it('reads a file whole, with its facts, and no larger one than allowed', async () => {
    expect(await localFiles.read(directory, 'pos1.aif', 100)).toBeNull();
    expect(await localFiles.stat(directory, 'pos1.aif')).toBeNull();
    await writeFile(join(directory, 'pos1.aif'), 'abc');
    const facts = { size: 3, changedAt: Math.floor((await stat(join(directory, 'pos1.aif'))).mtimeMs) };
    expect(await localFiles.stat(directory, 'pos1.aif')).toEqual(facts);
    expect(await localFiles.read(directory, 'pos1.aif', 3)).toEqual({ ...facts, content: Buffer.from('abc'), moving: false });
    await expect(localFiles.read(directory, 'pos1.aif', 2)).rejects.toMatchObject({ code: 'EXCHANGE_TOO_LARGE' });
    await mkdir(join(directory, 'pos2.aif'));
    await expect(localFiles.read(directory, 'pos2.aif', 100)).rejects.toBeInstanceOf(ConnectionError);
  });

  it('says so when it is not there, or no directory', async () => {
    await expect(localFiles.list(join(directory, 'gone'))).rejects.toMatchObject({ code: 'EXCHANGE_DIRECTORY' });
    await writeFile(join(directory, 'file'), '');
    await expect(localFiles.exists(join(directory, 'file'), 'a')).rejects.toBeInstanceOf(ConnectionError);
  });
});
