/** Checks across lines: nothing written twice, nothing of the wire forgotten, nothing both mapped and ignored. */

import { FIELDS } from '../../core/model.ts';
import { quoted } from '../../core/names.ts';
import { nearest, suggestion } from '../../core/nearest.ts';
import { exclude } from './condition.ts';
import { type FileForm, SECTIONS } from './file-form.ts';
import type { Line } from './line.ts';
import { sourcesIn, type Use } from './line-keys.ts';
import type { CompileOptions } from './options.ts';
import { partsClash } from './part.ts';
import { parsePath, type WirePath } from './path.ts';
import type { At, Problems } from './problems.ts';
import type { Entry } from './source.ts';

export type { Use } from './line-keys.ts';

/** Two lines that write one wire path, or one inside another. */
export function checkWrites(lines: readonly Line[], constants: readonly Use[], problems: Problems): void {
  const writers = byTop(lines.filter((line) => line.only !== 'pull'));
  for (const same of writers.values()) {
    for (const [index, line] of same.entries()) {
      for (const other of same.slice(0, index)) {
        // That both fill one field is told below.
        if (clash(line, other) && !line.targets.some((target) => other.targets.includes(target)))
          problems.add(
            line.at,
            `"${line.name}" and "${other.name}" (${lineOf(other.at, line.at)}) write the same wire path: let one of them be \`only: pull\``,
          );
      }
    }
  }
  for (const constant of constants) {
    const line = writers.get(constant.path.top)?.find((one) => one.written.some((path) => overlap(path, constant.path)));
    if (line !== undefined)
      problems.add(constant.at, `"${constant.path.text}" is written by "${line.name}" (${lineOf(line.at, constant.at)}) too: keep one of them`);
  }
  const filled = new Map<string, Line>();
  for (const line of lines) {
    for (const target of line.targets) {
      const other = filled.get(target);
      if (other !== undefined) problems.add(line.at, `${target} is filled by "${other.name}" (${lineOf(other.at, line.at)}) too: keep one of them`);
      filled.set(target, line);
    }
  }
}

/** Lines by the top-level wire names they touch. */
function byTop(lines: readonly Line[]): ReadonlyMap<string, readonly Line[]> {
  const found = new Map<string, Line[]>();
  for (const line of lines) {
    for (const top of new Set(line.written.map((path) => path.top))) found.set(top, [...(found.get(top) ?? []), line]);
  }
  return found;
}

/** `line 6`, or with its file where that is another one. */
const lineOf = (at: At, from: At): string => (at.file === from.file ? `line ${at.line}` : `${at.file}:${at.line}`);

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
  const ignored = [...form.ignored.values()].map((entry) => ({ entry, use: ignoredUse(entry, problems) }));
  const mappedTops = new Map(uses.map((use) => [use.path.top, use]));
  const mappedPaths = new Map(uses.map((use) => [use.path.text, use]));
  for (const { entry, use } of ignored) {
    if (!checkReason(entry, options, problems) || use === null) continue;
    const mapped = mappedPaths.get(use.path.text) ?? (use.path.segments.length === 1 ? mappedTops.get(use.path.top) : undefined);
    if (mapped !== undefined && !isLifted(mapped.at, entry.at, options)) {
      problems.add(entry.at, `${quoted(entry.name)} is ignored here and mapped on ${lineOf(mapped.at, entry.at)}: take one of them away`);
    }
  }
  const all = [...uses, ...ignored.flatMap(({ entry, use }) => (use === null || entry.node.entries?.has('from') ? [] : [use]))];
  if (options.wire !== null) checkNames(form, all, options.wire, problems);
}

/** False for what is no reason but a line that went astray. */
function checkReason(entry: Entry, { wire }: CompileOptions, problems: Problems): boolean {
  const reason = entry.node.value;
  const isPath = typeof reason === 'string' && /^\S+$/.test(reason.trim());
  if (entry.node.entries?.has('from') || (isPath && isFieldName(entry.name) && wire?.includes(entry.name) !== true)) {
    const stands = 'here stands a wire field with the reason why it is not kept';
    problems.add(entry.at, `${quoted(entry.name)} is a line with a source: it belongs under "fields"; ${stands}`);
    return false;
  }
  if (typeof reason !== 'string' || reason.trim().split(/\s+/).length < 3)
    problems.add(entry.node.at, `${quoted(entry.name)} needs a reason of three words or more, as a text: why it is not kept`);
  return true;
}

const isFieldName = (name: string): boolean => FIELDS.some((field) => field.name === name);

/** Every wire name is known, and every known one has its line. */
function checkNames(form: FileForm, all: readonly Use[], wire: readonly string[], problems: Problems): void {
  const known = new Set(wire);
  const covered = new Set(all.map(({ path }) => path.top));
  for (const { path, at } of all) {
    if (known.has(path.top)) continue;
    const near = suggestion(path.top, known);
    const meant = nearest(path.top, known);
    // What was meant is not forgotten: saying so as well would only bury the fault.
    if (meant !== undefined) covered.add(meant);
    const field = SECTIONS.includes(path.text)
      ? ': it is a section of the file; let it begin in column 1'
      : isFieldName(path.text)
        ? ': it is a field of ours; a wire path stands here'
        : '';
    const stream = form.stream === '' ? 'these records' : form.stream;
    problems.add(at, `${quoted(path.top)} is no wire field of ${stream}${near || field || '; take the line away, or mend the name'}`);
  }
  if (problems.incomplete) return;
  for (const name of wire) {
    if (covered.has(name)) continue;
    const gone = form.replaced.find(({ entry }) => entry.name === name || sourcesOf(entry).includes(name));
    problems.add(gone?.by ?? form.end, `the wire field "${name}" is neither mapped nor ignored: map it under "fields", or give a reason under "ignored"`);
  }
}

/** Top-level wire names of a line as written, as far as they can be read. */
function sourcesOf({ node }: Entry): readonly string[] {
  return sourcesIn(node).flatMap(({ value }) => {
    const path = typeof value === 'string' ? parsePath(value) : '';
    return typeof path === 'string' ? [] : [path.top];
  });
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
