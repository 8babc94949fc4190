/** Files of the directories that are read as a source: which count, in what order, and which have to be waited for. */
import type { Context } from '../../core/context.ts';
import { isPlainFileName, shownFileName } from '../../core/file-name.ts';
import type { SourceSettings } from './settings-commands.ts';

/** One data file with the directory it lies in. */
export interface DataFile {
  readonly directory: string;
  readonly name: string;
}

export interface Listed {
  /** In the order of their names. */
  readonly files: readonly DataFile[];
  /** Why they may not be all there are now; null: they are. */
  readonly waited: string | null;
}

type Files = Context['files'];

/** Data files of each directory, and what speaks against their being all. Throws `ConnectionError` where a directory cannot be read. */
export async function listed(files: Files, directories: readonly string[], source: SourceSettings): Promise<Listed> {
  const found: DataFile[] = [];
  let waited: string | null = null;
  for (const directory of directories) {
    const names = new Set(await files.list(directory));
    for (const name of names) {
      if (!name.startsWith(source.prefix)) continue;
      const [base, extension] = splitName(name);
      if (extension === source.flagExtension && source.flags === 'needed' && !names.has(`${base}.${source.dataExtension}`)) {
        waited ??= `the flag ${shownFileName(name)} lies there without its file`;
      }
      if (extension !== source.dataExtension) continue;
      if (source.flags === 'none' || names.has(`${base}.${source.flagExtension}`)) found.push({ directory, name });
      else waited ??= `${shownFileName(name)} has no flag yet`;
    }
  }
  return { files: found.sort((a, b) => (a.name < b.name ? -1 : 1)), waited };
}

/** Which files these are, and how they lie there: as long as it is the same text, they say the same. */
export async function signatureOf(files: Files, { files: found, waited }: Listed): Promise<string> {
  const facts: string[] = [];
  for (const { directory, name } of found) {
    const fact = isPlainFileName(name) ? await files.stat(directory, name) : null;
    facts.push(`${directory}/${name}:${fact?.size ?? 0}:${fact?.changedAt ?? 0}`);
  }
  return facts.join('\n') + String(waited);
}

/** Whether a file may still be written: without flags nothing says that it is whole; with them, one that changed after its flag is not. */
export async function mayGrow(files: Files, { directory, name }: DataFile, changedAt: number, source: SourceSettings): Promise<boolean> {
  if (source.flags === 'none') return true;
  const [base] = splitName(name);
  const flag = await files.stat(directory, `${base}.${source.flagExtension}`);
  return flag !== null && flag.changedAt < changedAt;
}

function splitName(name: string): [base: string, extension: string] {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}
