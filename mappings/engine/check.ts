/** Checks across lines: nothing written twice, nothing of the wire forgotten, nothing both mapped and ignored. */

import { suggestion } from '../../core/nearest.ts';
import { partsClash } from './codec.ts';
import { exclude } from './condition.ts';
import type { FileForm } from './file-form.ts';
import type { Line } from './line.ts';
import type { CompileOptions } from './options.ts';
import { parsePath, type WirePath } from './path.ts';
import type { At, Problems } from './problems.ts';
import type { Entry } from './source.ts';

/** A wire path somewhere in the mapping, with its place. */
export interface Use {
  readonly path: WirePath;
  readonly at: At;
}

/** Two lines that write one wire path, or one inside another. */
export function checkWrites(lines: readonly Line[], constants: readonly Use[], problems: Problems): void {
  const writers = lines.filter((line) => line.only !== 'pull');
  for (const [index, line] of writers.entries()) {
    for (const other of writers.slice(0, index)) {
      if (clash(line, other)) problems.add(line.at, `"${line.name}" and "${other.name}" (line ${other.at.line}) write the same wire path`);
    }
    for (const constant of constants) {
      if (line.written.some((path) => overlap(path, constant.path))) problems.add(constant.at, `"${constant.path.text}" is written by "${line.name}" too`);
    }
  }
  const filled = new Map<string, Line>();
  for (const line of lines) {
    for (const target of line.targets) {
      const other = filled.get(target);
      if (other !== undefined) problems.add(line.at, `${target} is filled by "${other.name}" (line ${other.at.line}) too`);
      filled.set(target, line);
    }
  }
}

function clash(a: Line, b: Line): boolean {
  if (exclude(a.when, b.when)) return false;
  return a.written.some((one) =>
    b.written.some((other) => {
      if (!overlap(one, other)) return false;
      const same = one.segments.length === other.segments.length;
      return !(same && a.part !== null && b.part !== null && !partsClash(a.part, b.part));
    }),
  );
}

function overlap(a: WirePath, b: WirePath): boolean {
  const length = Math.min(a.segments.length, b.segments.length);
  return a.segments.slice(0, length).every((segment, index) => segment === b.segments[index]);
}

/** Wire names that are unknown, forgotten, ignored without a reason, or both mapped and ignored. */
export function checkCoverage(form: FileForm, uses: readonly Use[], options: CompileOptions, problems: Problems): void {
  const { wire } = options;
  const ignored = [...form.ignored.values()].map((entry) => ({ entry, use: ignoredUse(entry, problems) }));
  for (const { entry, use } of ignored) {
    const reason = entry.node.value;
    if (typeof reason !== 'string' || reason.trim().split(/\s+/).length < 3) {
      problems.add(entry.node.at, `"${entry.name}" needs a reason of three words or more`);
    }
    if (use === null) continue;
    const mapped = uses.find((one) => one.path.text === use.path.text || (use.path.segments.length === 1 && one.path.top === use.path.top));
    if (mapped !== undefined && !isLifted(mapped.at, entry.at, options)) {
      problems.add(entry.at, `"${entry.name}" is ignored here and mapped on line ${mapped.at.line}`);
    }
  }
  if (wire === null) return;
  const known = new Set(wire);
  const all = [...uses, ...ignored.flatMap(({ use }) => (use === null ? [] : [use]))];
  for (const { path, at } of all) {
    if (!known.has(path.top)) problems.add(at, `"${path.top}" is no wire field of ${form.stream}${suggestion(path.top, known)}`);
  }
  const covered = new Set(all.map(({ path }) => path.top));
  for (const name of wire) {
    if (!covered.has(name)) problems.add({ ...form.key.at, line: 1, column: 1 }, `the wire field "${name}" is neither mapped nor ignored`);
  }
}

function ignoredUse(entry: Entry, problems: Problems): Use | null {
  const path = parsePath(entry.name);
  if (typeof path !== 'string') return { path, at: entry.at };
  problems.add(entry.at, path);
  return null;
}

/** A line of the configuration may map what the file ignores. */
function isLifted(mapped: At, ignored: At, options: CompileOptions): boolean {
  const over = options.overrides?.place.file;
  return over !== undefined && mapped.file === over && ignored.file !== over;
}
