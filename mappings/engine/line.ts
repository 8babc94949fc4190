/** One line of `fields`, checked and compiled. */
import type { Json } from '../../core/contract.ts';
import { type EntityKind, FIELDS, type FieldSpec, fieldSpec, type Value, type ValueKind } from '../../core/model.ts';
import { suggestion } from '../../core/nearest.ts';
import { type Codec, type CodecContext, CodecMisuse, type Compiled, type One, PLAIN_CODEC } from './codec.ts';
import { type Condition, readCondition } from './condition.ts';
import type { CompileOptions } from './options.ts';
import { parsePath, type WirePath } from './path.ts';
import type { At, Problems } from './problems.ts';
import { CODECS, codecOf } from './registry.ts';
import { type Entry, isForbiddenName, type Plain, type Tree } from './source.ts';

export interface Line {
  /** As written: a field, or a group such as `name`. */
  readonly name: string;
  /** Canonical fields it fills. */
  readonly targets: readonly string[];
  readonly paths: readonly WirePath[];
  readonly codec: string;
  /** The codec's parameters, as its schema made them. */
  readonly params: unknown;
  readonly compiled: Compiled;
  /** What it owns of its wire path, where several lines may share one. */
  readonly part: string | null;
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

const OWN_KEYS = ['from', 'as', 'only', 'when', 'else', 'empty', 'emptyWhen', 'otherwise'];

/** The line, or null when it has faults (they are in `problems`). */
export function compileLine(entry: Entry, entity: EntityKind, options: CompileOptions, problems: Problems): Line | null {
  const { name, at } = entry;
  const field = isForbiddenName(name) ? undefined : (fieldSpec(entity, name) ?? groupSpec(entity, name));
  if (field === undefined) {
    const known = FIELDS.filter((one) => one.entity === entity).flatMap((one) => (one.group === undefined ? [one.name] : [one.name, one.group]));
    problems.add(at, `"${name}" is no field of ${entity}${suggestion(name, known)}`);
    return null;
  }
  return compileSource(entry, field, options, problems);
}

/** A group as a field of its own, for codecs that fill several fields. */
function groupSpec(entity: EntityKind, name: string): FieldSpec | undefined {
  const member = FIELDS.find((one) => one.entity === entity && one.group === name);
  return member === undefined ? undefined : { ...member, name };
}

/** A line for a given field: also used for `changedAt` and `createdAt`, which are no canonical fields. */
export function compileSource(entry: Entry, field: FieldSpec, options: CompileOptions, problems: Problems): Line | null {
  const before = problems.list.length;
  const { node, name, at } = entry;
  const members = node.entries ?? new Map<string, Entry>();
  if (node.entries === undefined && typeof node.value !== 'string') {
    problems.add(node.at, `"${name}" needs a wire path, or { from, as, … }`);
    return null;
  }
  const paths = readPaths(node.entries === undefined ? node : members.get('from')?.node, node.at, problems);
  const codec = chooseCodec(members.get('as')?.node, field.kind, paths, node.at, problems);
  if (codec === null || paths.length === 0) return null;
  const params = checkParams(codec, node, problems);
  const sources = codec.sources === 'one' && paths.length > 1 ? `${codec.name} reads one wire field, not ${paths.length}` : null;
  if (sources !== null) problems.add(node.at, sources);
  const [path] = paths;
  if (path !== undefined && path.selector !== null && !codec.takesSelector) problems.add(node.at, `${codec.name} takes no selector [member=value]`);
  const generic = genericKeys(codec, members, problems);
  if (problems.list.length > before || params === null || path === undefined) return null;
  const compiled = codec.compile(params, contextOf(field, paths, options));
  if (compiled instanceof CodecMisuse) {
    problems.add(node.at, compiled.message);
    return null;
  }
  const targets = targetsOf(field, codec, compiled, node.at, problems);
  return targets === null
    ? null
    : {
        name,
        targets,
        paths,
        codec: codec.name,
        params,
        compiled,
        part: codec.part?.(params, path.selector, field.kind) ?? null,
        ...generic,
        at,
      };
}

function readPaths(from: Tree | undefined, at: At, problems: Problems): readonly WirePath[] {
  const written = from?.items ?? (from === undefined ? [] : [from]);
  if (written.length === 0) problems.add(at, '"from" is missing: the wire path');
  const paths: WirePath[] = [];
  for (const item of written) {
    const path = typeof item.value === 'string' ? parsePath(item.value) : 'a wire path is a text';
    if (typeof path === 'string') problems.add(item.at, path);
    else paths.push(path);
  }
  return paths.length === written.length ? paths : [];
}

function chooseCodec(as: Tree | undefined, kind: ValueKind, paths: readonly WirePath[], at: At, problems: Problems): Codec | null {
  if (as === undefined) {
    const list = kind === 'texts' || kind === 'phones' || kind === 'emails';
    const plain = (paths[0]?.selector ?? null) === null ? PLAIN_CODEC[kind] : list ? 'list-rest' : 'list-item';
    const codec = plain === undefined ? undefined : codecOf(plain);
    if (codec === undefined) problems.add(at, `a field of kind ${kind} needs "as": the codec that reads it`);
    return codec ?? null;
  }
  const codec = codecOf(String(as.value));
  if (codec === undefined)
    problems.add(
      as.at,
      `"${String(as.value)}" is no codec${suggestion(
        String(as.value),
        CODECS.map((one) => one.name),
      )}`,
    );
  return codec ?? null;
}

/** The codec's parameters as its schema makes them, or null with faults. */
function checkParams(codec: Codec, node: Tree, problems: Problems): unknown {
  const known = [...new Set([...OWN_KEYS, ...Object.keys(codec.params.shape)])];
  const given: Record<string, Plain> = {};
  for (const [name, member] of node.entries ?? []) {
    if (!known.includes(name)) problems.add(member.at, `"${name}" is not known to ${codec.name}${suggestion(name, known)}`);
    else if (name in codec.params.shape) given[name] = member.node.value;
  }
  const result = codec.params.safeParse(given);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const [name] = issue.path;
    const member = node.entries?.get(String(name));
    problems.add(member?.node.at ?? node.at, `${codec.name}: ${issue.path.join('.')}: ${issue.message}`);
  }
  return null;
}

function genericKeys(codec: Codec, members: ReadonlyMap<string, Entry>, problems: Problems) {
  const only = members.get('only')?.node;
  if (only !== undefined && only.value !== 'pull' && only.value !== 'push') problems.add(only.at, '"only" is pull or push');
  const unreadable = 'otherwise' in codec.params.shape ? undefined : members.get('otherwise')?.node;
  if (unreadable !== undefined && unreadable.value !== 'problem' && unreadable.value !== 'ignore')
    problems.add(unreadable.at, '"otherwise" is problem or ignore');
  const when = members.get('when')?.node;
  const other = members.get('else')?.node;
  if (other !== undefined && when === undefined) problems.add(other.at, '"else" needs "when"');
  const emptyWhen = members.get('emptyWhen')?.node;
  const texts = emptyWhen === undefined ? null : (emptyWhen.items?.map((item) => item.value) ?? [emptyWhen.value]);
  const empty = members.get('empty')?.node;
  return {
    only: codec.pushOnly || only?.value === 'push' ? ('push' as const) : only?.value === 'pull' ? ('pull' as const) : null,
    unreadable: unreadable?.value === 'ignore' ? ('ignore' as const) : ('problem' as const),
    when: when === undefined ? null : readCondition(when, problems),
    otherwise: other === undefined ? undefined : (other.value as Value),
    empty: empty === undefined ? '' : (empty.value as Json),
    emptyWhen: texts === null ? null : new Set(texts.map(String)),
  };
}

function targetsOf(field: FieldSpec, codec: Codec, compiled: Compiled, at: At, problems: Problems): readonly string[] | null {
  const isGroup = field.group === field.name;
  if (compiled.arity === 'group') {
    if (isGroup) return compiled.targets.map((target) => `${field.name}.${target}`);
    problems.add(at, `${codec.name} fills the whole group: write it under "${field.group ?? 'name'}"`);
    return null;
  }
  if (isGroup) {
    problems.add(at, `"${field.name}" is a group: name one of its fields, or a codec that fills the group`);
    return null;
  }
  if (codec.kinds.includes(field.kind)) return [field.name];
  problems.add(at, `${codec.name} does not fit ${field.name}, which is of kind ${field.kind}`);
  return null;
}

/** What a codec is told of the line it stands in. */
export function contextOf(
  field: FieldSpec,
  paths: readonly Pick<WirePath, 'selector' | 'itemMember'>[],
  options: Pick<CompileOptions, 'zone' | 'lookups'>,
): CodecContext {
  const [path] = paths;
  const ctx: CodecContext = {
    field,
    zone: options.zone,
    lookups: options.lookups,
    sourceCount: paths.length,
    selector: path?.selector ?? null,
    itemMember: path?.itemMember ?? null,
    inner: (definition, kind) => compileInner(definition, { ...field, kind }, ctx),
  };
  return ctx;
}

function compileInner(definition: unknown, field: FieldSpec, outer: CodecContext): One | CodecMisuse {
  const { as, ...params }: Record<string, unknown> = typeof definition === 'object' && definition !== null ? { ...definition } : { as: definition };
  const name = as === undefined ? PLAIN_CODEC[field.kind] : String(as);
  if (name === undefined) return new CodecMisuse(`"item" is needed: the codec of a ${field.kind}`);
  const codec = codecOf(name);
  if (codec === undefined)
    return new CodecMisuse(
      `"${name}" is no codec${suggestion(
        name,
        CODECS.map((one) => one.name),
      )}`,
    );
  if (!codec.kinds.includes(field.kind)) return new CodecMisuse(`item: ${name} does not fit a ${field.kind}`);
  const checked = codec.params.safeParse(params);
  if (!checked.success) return new CodecMisuse(`item: ${checked.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`);
  const compiled = codec.compile(checked.data, { ...outer, field, sourceCount: 1, selector: null, itemMember: null });
  if (compiled instanceof CodecMisuse) return compiled;
  return compiled.arity === 'one' && compiled.clear === undefined && !codec.pushOnly ? compiled : new CodecMisuse(`${name} cannot be a codec of items`);
}
