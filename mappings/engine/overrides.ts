/** Lines of the configuration laid over those of the file, for one system. */
import { quoted } from '../../core/names.ts';
import { suggestion } from '../../core/nearest.ts';
import type { Overrides } from './options.ts';
import type { At, Problems } from './problems.ts';
import { type Entry, type Places, treeOf } from './source.ts';

/** A line of the file that no longer holds, and the place of the override that says so. */
export interface Replaced {
  readonly entry: Entry;
  readonly by: At;
}

type Section = 'fields' | 'ignored' | 'constants';
type Single = 'changedAt' | 'createdAt';

/** The lines of a section with the overrides over them; `replaced` gains those that they replace. */
export function laidOver(
  base: ReadonlyMap<string, Entry>,
  section: Section,
  overrides: Overrides | undefined,
  problems: Problems,
  replaced: Replaced[],
): ReadonlyMap<string, Entry> {
  const over = overrides?.[section];
  if (over === undefined || overrides === undefined) return base;
  const result = new Map(base);
  for (const entry of treeOf(over, placesOf(overrides, section), problems).entries?.values() ?? []) {
    const before = base.get(entry.name);
    if (before !== undefined) replaced.push({ entry: before, by: entry.at });
    if (entry.node.value !== null) result.set(entry.name, entry);
    else if (!result.delete(entry.name)) problems.add(entry.at, nothingToTake(entry.name, section, base));
  }
  return result;
}

/** A line that stands by itself, with the override in its place; null: there is none. `replaced` gains the line that it replaces. */
export function laidOverOne(base: Entry | undefined, name: Single, overrides: Overrides | undefined, problems: Problems, replaced: Replaced[]): Entry | null {
  const over = overrides?.[name];
  if (over === undefined || overrides === undefined) return base ?? null;
  const [entry] = treeOf({ [name]: over }, placesOf(overrides), problems).entries?.values() ?? [];
  if (entry === undefined) return base ?? null;
  if (base !== undefined) replaced.push({ entry: base, by: entry.at });
  if (entry.node.value !== null) return entry;
  if (base === undefined) problems.add(entry.at, `the mapping has no line "${name}" that could be taken away; take this line out`);
  return null;
}

function nothingToTake(name: string, section: Section, base: ReadonlyMap<string, Entry>): string {
  return `the mapping has no line ${quoted(name)} under "${section}" that could be taken away${suggestion(name, base.keys()) || '; take this line out'}`;
}

/** Every key of the configuration has its own place, where it tells of them. */
function placesOf({ place, placeOf }: Overrides, section?: Section): Places {
  const all: At = { file: place.file, line: place.line ?? 1, column: place.column ?? 1 };
  return (path, atKey) => {
    const found = placeOf?.(section === undefined ? path : [section, ...path], atKey);
    return found === undefined ? all : { file: found.file, line: found.line ?? all.line, column: found.column ?? all.column };
  };
}
