/** From the text of a mapping file to functions. */
import { digest } from '../../core/hash.ts';
import { FIELDS, type FieldSpec } from '../../core/model.ts';
import { assertZone } from '../../core/zone.ts';
import { checkCoverage, checkWrites, type Use } from './check.ts';
import { stableText } from './equal.ts';
import { type FileForm, plainForm, readForm } from './file-form.ts';
import { compileLine, compileSource, type Line } from './line.ts';
import type { CompileOptions } from './options.ts';
import { parsePath } from './path.ts';
import { type Problem, Problems } from './problems.ts';
import { type CompiledMapping, makeMapping, type Plan } from './runtime.ts';
import { withSettings } from './settings.ts';
import { type Entry, type MappingSource, readSource } from './source.ts';

/**
 * Compiles a mapping. Throws `MappingError` (a `ConfigError` with code MAPPING_SYNTAX or MAPPING_INVALID) naming file, line and
 * column of the first fault; its `problems` hold all of them.
 */
export function compileMapping(source: MappingSource, options: CompileOptions): CompiledMapping {
  assertZone(options.zone);
  const problems = new Problems();
  const plan = planOf(source, options, problems);
  if (plan !== null) return makeMapping(plan);
  return problems.raise({ file: source.file, line: 1, column: 1 });
}

/** Every fault of a mapping file, 50 at most; none: it compiles. */
export function checkMapping(source: MappingSource, options: CompileOptions): readonly Problem[] {
  assertZone(options.zone);
  const problems = new Problems();
  planOf(source, options, problems);
  return problems.list;
}

function planOf(source: MappingSource, options: CompileOptions, problems: Problems): Plan | null {
  const tree = readSource(source, problems);
  if (tree === null) return null;
  const form = readForm(withSettings(tree, options, problems), options, problems);
  if (form === null) return null;
  const lines: Line[] = [];
  for (const entry of form.fields.values()) {
    const line = compileLine(resolved(entry, options, problems), form.entity, options, problems);
    if (line !== null) lines.push(line);
  }
  const changedAt = momentOf(form.changedAt, options, problems);
  const createdAt = momentOf(form.createdAt, options, problems);
  const key = keyOf(form, problems);
  const constants = constantsOf(form, problems);
  const faultsOfLines = problems.list.length > 0;
  checkWrites(lines, constants, problems);
  const uses = [...(key === null ? [] : [key]), ...usesOf([...lines, ...[changedAt, createdAt].filter((line) => line !== null)]), ...constants];
  // A line with a fault leaves its wire fields unmapped: saying so as well would only bury the fault.
  checkCoverage(form, uses, faultsOfLines ? { ...options, wire: null } : options, problems);
  if (problems.list.length > 0 || key === null) return null;
  return {
    file: source.file,
    vendor: form.vendor,
    stream: form.stream,
    entity: form.entity,
    version: digest(stableText([plainForm(form), options.zone, options.lookups, options.settings ?? {}])),
    key,
    lines,
    changedAt,
    createdAt,
    constants: constants.map(({ path }) => ({ path, value: form.constants.get(path.text)?.node.value ?? null })),
    ignored: [...form.ignored.values()].map((entry) => ({ name: entry.name, reason: String(entry.node.value) })),
    fields: FIELDS.filter((field) => field.entity === form.entity),
  };
}

/** Overrides come as plain values, so their settings are put in here. */
function resolved(entry: Entry, options: CompileOptions, problems: Problems): Entry {
  return entry.at.file === options.overrides?.place.file ? { ...entry, node: withSettings(entry.node, options, problems) } : entry;
}

const MOMENT: FieldSpec = { name: 'changedAt', entity: 'client', kind: 'instant', doc: '', personal: false };

function momentOf(entry: Entry | null, options: CompileOptions, problems: Problems): Line | null {
  return entry === null ? null : compileSource(entry, { ...MOMENT, name: entry.name }, options, problems);
}

function keyOf(form: FileForm, problems: Problems): Use | null {
  const { node } = form.key;
  const path = typeof node.value === 'string' ? parsePath(node.value) : 'the key is a wire path';
  if (typeof path !== 'string') return { path, at: node.at };
  problems.add(node.at, path);
  return null;
}

function constantsOf(form: FileForm, problems: Problems): readonly Use[] {
  const uses: Use[] = [];
  for (const entry of form.constants.values()) {
    const path = parsePath(entry.name);
    if (typeof path === 'string') problems.add(entry.at, path);
    else uses.push({ path, at: entry.at });
  }
  return uses;
}

function usesOf(lines: readonly Line[]): readonly Use[] {
  return lines.flatMap((line) => [...line.paths, ...(line.when === null ? [] : [line.when.path])].map((path) => ({ path, at: line.at })));
}
