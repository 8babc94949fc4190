/** From the text of a mapping file to functions. */
import { digest } from '../../core/hash.ts';
import { FIELDS } from '../../core/model.ts';
import { assertZone } from '../../core/zone.ts';
import { MOMENT } from './canonical.ts';
import { checkCoverage, checkWrites, type Use } from './check.ts';
import { stableText } from './equal.ts';
import { type FileForm, plainForm, readForm } from './file-form.ts';
import { compileLine, compileSource, type Line } from './line.ts';
import { sourcesIn } from './line-keys.ts';
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

/** Every fault of a mapping file in the order of their places, 50 at most; none: it compiles. */
export function checkMapping(source: MappingSource, options: CompileOptions): readonly Problem[] {
  assertZone(options.zone);
  const problems = new Problems();
  planOf(source, options, problems);
  return problems.inOrder();
}

function planOf(source: MappingSource, options: CompileOptions, problems: Problems): Plan | null {
  const tree = readSource(source, problems);
  if (tree === null) return null;
  const form = readForm(withSettings(tree, options, problems), options, problems);
  if (form === null) return null;
  const lines: Line[] = [];
  const uses: Use[] = [];
  for (const entry of form.fields.values()) {
    if (problems.isFull) return null;
    const line = compileLine(resolved(entry, options, problems), form, options, problems, uses);
    if (line !== null) lines.push(line);
  }
  const moment = (entry: Entry | null): Entry | null => (entry === null ? null : resolved(entry, options, problems));
  const changedAt = momentOf(moment(form.changedAt), options, problems, uses);
  const createdAt = momentOf(moment(form.createdAt), options, problems, uses);
  const key = keyOf(form, problems);
  const constants = constantsOf(form, problems);
  if (problems.isFull) return null;
  checkWrites(lines, constants, problems);
  if (key === null) problems.incomplete = true;
  else uses.push(key);
  // A line whose sources cannot be read leaves them unmapped: saying so as well would only bury the fault.
  if (problems.list.length > 0 && !sourcesKnown(form, lines, uses)) problems.incomplete = true;
  checkCoverage(form, [...uses, ...constants], options, problems);
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

/** Whether every line of the file has told at least one wire path. */
function sourcesKnown(form: FileForm, lines: readonly Line[], uses: readonly Use[]): boolean {
  const told = new Set(uses.map(({ at }) => `${at.file}:${at.line}`));
  const whole = new Set(lines.map((line) => line.name));
  const entries = [...form.fields.values(), ...[form.changedAt, form.createdAt].filter((entry) => entry !== null)];
  return entries.every(({ name, node }) => {
    const items = sourcesIn(node);
    return whole.has(name) || (items.length > 0 && items.every((item) => told.has(`${item.at.file}:${item.at.line}`)));
  });
}

/** Overrides come as plain values, so their settings are put in here. */
function resolved(entry: Entry, options: CompileOptions, problems: Problems): Entry {
  return entry.at.file === options.overrides?.place.file ? { ...entry, node: withSettings(entry.node, options, problems) } : entry;
}

function momentOf(entry: Entry | null, options: CompileOptions, problems: Problems, uses: Use[]): Line | null {
  const empty = entry?.node.entries?.get('empty');
  if (empty !== undefined) problems.add(empty.at, '"empty" says how empty is written, and a time of the record is only read: take it away');
  return entry === null ? null : compileSource(entry, { ...MOMENT, name: entry.name }, options, problems, uses);
}

function keyOf(form: FileForm, problems: Problems): Use | null {
  const { node } = form.key;
  if (form.key.name === '') return null;
  const path = typeof node.value === 'string' ? parsePath(node.value) : "the key is one wire path, the field of the record's key, such as `key: id`";
  const fault = typeof path === 'string' ? path : path.selector === null ? null : 'the key is one field of the record: it takes no selector [ ]';
  if (fault === null && typeof path !== 'string') return { path, at: node.at };
  problems.add(node.at, fault ?? '');
  return null;
}

function constantsOf(form: FileForm, problems: Problems): readonly Use[] {
  const uses: Use[] = [];
  for (const entry of form.constants.values()) {
    const path = parsePath(entry.name);
    if (typeof path === 'string') problems.add(entry.at, path);
    else if (path.selector !== null) problems.add(entry.at, 'a constant is a field of its own: it takes no selector [ ]');
    else uses.push({ path, at: entry.at });
  }
  return uses;
}
