/** Copies of shipped mappings beside the configuration: what is written into them, and what of them is the operator's. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { digest } from '../core/hash.ts';
import { textOf } from './mappings.ts';
import { shippedMappings } from './project.ts';
import { schemaLineOf } from './schema-line.ts';

/** A file to be written into the operator's directory. */
export interface Copy {
  readonly vendor: string;
  /** `clients.yaml`, `clients.cases.yaml`. */
  readonly name: string;
  readonly text: string;
}

/** The last line of the head; the digest is that of the shipped text, so that an unedited copy can be told. */
const MARK = /^# Shipped text: ([\w-]+)(?: .*)?$/;
/** The head is sought in so many lines. */
const HEAD_LINES = 10;

export interface SplitCopy {
  /** With its line break and the empty line below; empty where there is none. */
  readonly head: string;
  readonly body: string;
  /** Digest of the shipped text it was copied from; null: no copy of ours. */
  readonly digest: string | null;
}

/** Mappings and cases shipped for a vendor, as they are copied. */
export async function copiesFor(vendor: string, version: string): Promise<readonly Copy[]> {
  const directory = join(shippedMappings(), vendor);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(names.map(async (name) => ({ vendor, name, text: copyOf((await textOf(join(directory, name))) ?? '', `${vendor}/${name}`, version) })));
}

/** The text with a head that says what the file is. */
export function copyOf(shipped: string, name: string, version: string): string {
  const about = name.endsWith('.cases.yaml')
    ? ['# Cases of the mapping beside this file: what goes in, what must come out. `sverka mapping check` runs them; add your own.']
    : [
        '# Yours to edit: no upgrade replaces it, and without this file the shipped one counts. An edit counts once it is activated:',
        '# sverka mapping check, then sverka mapping preview. The language: docs/mappings.md. After an upgrade: sverka mapping upgrade.',
      ];
  return [`# ${name}, as shipped with Sverka ${version}; written by sverka init.`, ...about, markOf(shipped), '', shipped].join('\n');
}

const markOf = (shipped: string): string => `# Shipped text: ${digest(shipped)} (what sverka mapping upgrade starts from)`;

/** The head, saying that this shipped text is in the file, or was considered. */
export function headFor(head: string, shipped: string): string {
  if (head === '') return `${markOf(shipped)}\n\n`;
  return head
    .split('\n')
    .map((line) => (MARK.test(line.trimEnd()) ? markOf(shipped) : line))
    .join('\n');
}

/** Parts a file from the head that `copyOf` gave it. */
export function splitCopy(text: string): SplitCopy {
  const lines = text.split('\n');
  const at = lines.slice(0, HEAD_LINES).findIndex((line) => MARK.test(line.trimEnd()));
  if (at < 0 || lines.slice(0, at).some((line) => !line.startsWith('#'))) return { head: '', body: text, digest: null };
  const end = lines[at + 1]?.trim() === '' ? at + 2 : at + 1;
  return {
    head: lines
      .slice(0, end)
      .map((line) => `${line}\n`)
      .join(''),
    body: lines.slice(end).join('\n'),
    digest: MARK.exec(lines[at]?.trimEnd() ?? '')?.[1] ?? null,
  };
}

/** The copy made anew out of another shipped text; the line for editors stays. */
export function renewed(text: string, shipped: string, name: string, version: string): string {
  return `${schemaLineOf(text)}${copyOf(shipped, name, version)}`;
}

/** Whether nobody has edited the copy since it was written. */
export function isUntouched(text: string): boolean {
  const { body, digest: shipped } = splitCopy(text);
  return shipped !== null && digest(body) === shipped;
}
