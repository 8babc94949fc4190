/** One line of `fields`, checked and compiled. */
import type { Json } from '../../core/contract.ts';
import { FIELDS, type FieldSpec, fieldSpec, type Value, type ValueKind } from '../../core/model.ts';
import { isForbiddenName, quoted } from '../../core/names.ts';
import { suggestion } from '../../core/nearest.ts';
import { type Codec, CodecMisuse, type Compiled } from './codec.ts';
import type { Condition } from './condition.ts';
import { contextOf } from './context.ts';
import { checkEffects } from './effects.ts';
import { checkOwner, groupSpec, isFieldOf, otherPlace } from './field-name.ts';
import type { FileForm } from './file-form.ts';
import { fixedLine } from './fixed-line.ts';
import { checkParams, checkTable, genericKeys, placeOfMention, readPaths, refuseStrangers, type Use } from './line-keys.ts';
import type { CompileOptions } from './options.ts';
import type { Part } from './part.ts';
import { parsePath, type WirePath } from './path.ts';
import type { At, Problems } from './problems.ts';
import { CODECS, codecOf } from './registry.ts';
import { type Entry, hasFault, type Tree } from './source.ts';
import { plainCodec, wrapOf } from './wrap.ts';

export interface Line {
  /** As written: a field, or a group such as `name`. */
  readonly name: string;
  /** Canonical fields it fills. */
  readonly targets: readonly string[];
  readonly paths: readonly WirePath[];
  /** Those of the paths that it writes, unless it is one-way. */
  readonly written: readonly WirePath[];
  readonly codec: string;
  /** The codec's parameters, as its schema made them. */
  readonly params: unknown;
  readonly compiled: Compiled;
  /** What it owns of its wire path, where several lines may share one. */
  readonly part: Part | null;
  readonly only: 'pull' | 'push' | null;
  readonly when: Condition | null;
  /** Value where the condition does not hold; undefined: not said. */
  readonly otherwise: Value | undefined;
  readonly unreadable: 'problem' | 'ignore';
  readonly empty: Json;
  /** Wire texts that mean empty. */
  readonly emptyWhen: ReadonlySet<string> | null;
  readonly at: At;
}

/** The line, or null when it has faults (they are in `problems`). `uses` gains the wire paths that can be read either way. */
export function compileLine(
  entry: Entry,
  form: Pick<FileForm, 'entity' | 'vendor'>,
  options: CompileOptions,
  problems: Problems,
  uses: Use[] = [],
): Line | null {
  const { name, at } = entry;
  const { entity } = form;
  const field = isForbiddenName(name) ? undefined : (fieldSpec(entity, name) ?? groupSpec(entity, name));
  if (field !== undefined) {
    checkOwner(entry, options.expect?.vendor ?? form.vendor, problems);
    return compileSource(entry, field, options, problems, uses);
  }
  problems.add(at, `${quoted(name)} is no field of ${entity}${otherPlace(entry, entity, options)}`);
  const written = entry.node.entries?.get('from')?.node ?? entry.node;
  // Of a line whose sides are exchanged the wire field stands on the left.
  const from = isFieldOf(entity, written.value) ? { at, value: name } : written;
  for (const item of from.items ?? [from]) {
    const path = typeof item.value === 'string' ? parsePath(item.value) : '';
    if (typeof path !== 'string') uses.push({ path, at: item.at });
  }
  return null;
}

/** A message in which nothing is quoted at length. */
const shortened = (message: string): string => message.replace(/"([^"]*)"/g, (_, text: string) => quoted(text));

/** A line for a given field: also used for `changedAt` and `createdAt`, which are no canonical fields. */
export function compileSource(entry: Entry, field: FieldSpec, options: CompileOptions, problems: Problems, uses: Use[] = []): Line | null {
  const before = problems.list.length;
  const { node, name, at } = entry;
  const members = node.entries ?? new Map<string, Entry>();
  if (node.entries === undefined && node.items === undefined && typeof node.value !== 'string') {
    problems.add(node.at, `"${name}" needs a wire path, or { from, as, … }`);
    return null;
  }
  if (hasFault(node)) {
    if (members.has('from') || node.entries === undefined) uses.push(...readPaths(members.get('from')?.node ?? node, node.at, problems));
    return null;
  }
  if (members.has('value') && !members.has('from') && !members.has('as')) return fixedLine(entry, field, members, problems, uses);
  const read = readPaths(node.entries === undefined ? node : members.get('from')?.node, node.at, problems);
  uses.push(...read);
  const paths = read.map(({ path }) => path);
  if (!members.has('as') && refuseStrangers(members, problems)) return null;
  const named = chooseCodec(members.get('as')?.node, field.kind, paths, node.at, problems);
  if (named === null) return null;
  const given = checkParams(named, node, problems);
  const wrap = given === null ? null : wrapOf(named, given, field, paths);
  const codec = (wrap === null ? undefined : codecOf(wrap.codec)) ?? named;
  const params = wrap === null ? given : codec.params.parse(wrap.params);
  const sources = codec.sources === 'one' && paths.length > 1 ? `${codec.name} reads one wire field, not ${paths.length}: take the others away` : null;
  if (sources !== null) problems.add(node.at, sources);
  const [path] = paths;
  const selected = read.find((use) => use.path.selector !== null);
  if (selected !== undefined && !codec.takesSelector)
    problems.add(selected.at, `${codec.name} takes no selector [member=value]: name a field, or use list-item`);
  checkTable(members.get('table')?.node, options, problems);
  const generic = genericKeys(named, field, members, problems);
  if (generic.when !== null) uses.push(generic.when);
  if (problems.list.length > before || problems.isFull || params === null || path === undefined) return null;
  const compiled = codec.compile(params, contextOf(field, paths, options));
  if (compiled instanceof CodecMisuse) {
    problems.add(placeOfMention(node, compiled.message), shortened(compiled.message));
    return null;
  }
  checkEffects({ compiled, codec, named, only: generic.only, sources: paths.length }, members, problems);
  const targets = targetsOf(field, codec, compiled, members.get('as')?.node.at ?? at, problems);
  return targets === null || problems.list.length > before
    ? null
    : {
        name,
        targets,
        paths,
        written: paths.filter((_, index) => codec.writes(index)),
        codec: codec.name,
        params,
        compiled,
        part: codec.part?.(params, path.selector, field.kind, path.itemPath) ?? null,
        ...generic,
        at,
      };
}

function chooseCodec(as: Tree | undefined, kind: ValueKind, paths: readonly WirePath[], at: At, problems: Problems): Codec | null {
  if (as === undefined) {
    const plain = plainCodec(kind, paths);
    const codec = plain === undefined ? undefined : codecOf(plain);
    if (codec === undefined) problems.add(at, `a field of kind ${kind} needs "as": the codec that reads it, one of ${codecsFor(kind)}`);
    return codec ?? null;
  }
  const name = typeof as.value === 'string' ? as.value : '';
  const codec = codecOf(name);
  if (codec !== undefined) return codec;
  const near = suggestion(
    name,
    CODECS.map((one) => one.name),
  );
  if (typeof as.value !== 'string') problems.add(as.at, `"as" is the name of a codec, one of ${codecsFor(kind)}`);
  else problems.add(as.at, `${quoted(name)} is no codec${near || `; one of ${codecsFor(kind)}`}`);
  return null;
}

const codecsFor = (kind: ValueKind): string =>
  CODECS.filter((codec) => codec.kinds.includes(kind))
    .map((codec) => codec.name)
    .join(', ');

function targetsOf(field: FieldSpec, codec: Codec, compiled: Compiled, at: At, problems: Problems): readonly string[] | null {
  const isGroup = field.group === field.name;
  if (compiled.arity === 'group') {
    if (isGroup) return compiled.targets.map((target) => `${field.name}.${target}`);
    problems.add(at, `${codec.name} fills the whole group: write it under "${field.group ?? 'name'}"`);
    return null;
  }
  if (isGroup) {
    const fields = FIELDS.filter((one) => one.entity === field.entity && one.group === field.name).map((one) => one.name);
    problems.add(at, `"${field.name}" is a group: name one of its fields (${fields.join(', ')}), or a codec that fills the group`);
    return null;
  }
  if (codec.kinds.includes(field.kind)) return [field.name];
  problems.add(at, `${codec.name} does not fit ${field.name}, which is of kind ${field.kind}: use ${codecsFor(field.kind)}`);
  return null;
}
