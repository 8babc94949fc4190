/** The outer form of a mapping file, with the overrides of a system laid over it. */
import type { EntityKind } from '../../core/model.ts';
import { suggestion } from '../../core/nearest.ts';
import type { CompileOptions, Overrides } from './options.ts';
import type { At, Problems } from './problems.ts';
import { type Entry, mapTree, type Tree, treeOf } from './source.ts';

export interface FileForm {
  readonly vendor: string;
  readonly stream: string;
  readonly entity: EntityKind;
  readonly key: Entry;
  readonly changedAt: Entry | null;
  readonly createdAt: Entry | null;
  readonly fields: ReadonlyMap<string, Entry>;
  readonly constants: ReadonlyMap<string, Entry>;
  readonly ignored: ReadonlyMap<string, Entry>;
}

const KEYS = ['vendor', 'stream', 'entity', 'key', 'changedAt', 'createdAt', 'fields', 'constants', 'ignored'];
const ENTITIES: readonly EntityKind[] = ['client', 'card', 'cardType', 'account'];

/** Faults of keys that a map has and should not have. */
export function refuseUnknown(tree: Tree, known: readonly string[], problems: Problems): void {
  for (const entry of tree.entries?.values() ?? []) {
    if (!known.includes(entry.name)) problems.add(entry.at, `"${entry.name}" is not known here${suggestion(entry.name, known)}`);
  }
}

/** Null when the form is so far off that no line can be looked at. */
export function readForm(tree: Tree, options: CompileOptions, problems: Problems): FileForm | null {
  if (tree.entries === undefined) {
    problems.add(tree.at, `a mapping is a map of ${KEYS.join(', ')}`);
    return null;
  }
  refuseUnknown(tree, KEYS, problems);
  const vendor = word(tree, 'vendor', problems);
  const stream = word(tree, 'stream', problems);
  const entity = word(tree, 'entity', problems);
  const kind = ENTITIES.find((one) => one === entity);
  if (kind === undefined && entity !== null) {
    problems.add(tree.entries.get('entity')?.node.at ?? tree.at, `"${entity}" is no entity; one of ${ENTITIES.join(', ')}`);
  }
  const key = tree.entries.get('key');
  if (key === undefined) problems.add(tree.at, '"key" is missing: the wire field of the record\'s key');
  const fields = laidOver(section(tree, 'fields', problems), options.overrides?.fields, options.overrides, problems);
  if (fields.size === 0 && !tree.entries.has('fields')) problems.add(tree.at, '"fields" is missing');
  const ignored = laidOver(section(tree, 'ignored', problems), options.overrides?.ignored, options.overrides, problems);
  if (vendor === null || stream === null || kind === undefined || key === undefined) return null;
  const optional = (name: string): Entry | null => tree.entries?.get(name) ?? null;
  return {
    vendor,
    stream,
    entity: kind,
    key,
    changedAt: optional('changedAt'),
    createdAt: optional('createdAt'),
    fields,
    constants: section(tree, 'constants', problems),
    ignored,
  };
}

function word(tree: Tree, name: string, problems: Problems): string | null {
  const entry = tree.entries?.get(name);
  if (entry === undefined) {
    problems.add(tree.at, `"${name}" is missing`);
    return null;
  }
  const { value } = entry.node;
  if (typeof value === 'string' && /^[A-Za-z][A-Za-z0-9-]*$/.test(value)) return value;
  problems.add(entry.node.at, `"${name}" must be one word`);
  return null;
}

function section(tree: Tree, name: string, problems: Problems): ReadonlyMap<string, Entry> {
  const node = tree.entries?.get(name)?.node;
  if (node === undefined || (node.value === null && node.entries === undefined)) return new Map();
  if (node.entries === undefined) problems.add(node.at, `"${name}" must be a map`);
  return node.entries ?? new Map();
}

function laidOver(
  base: ReadonlyMap<string, Entry>,
  over: Readonly<Record<string, unknown>> | undefined,
  overrides: Overrides | undefined,
  problems: Problems,
): ReadonlyMap<string, Entry> {
  if (over === undefined || overrides === undefined) return base;
  const at: At = { file: overrides.place.file, line: overrides.place.line ?? 1, column: overrides.place.column ?? 1 };
  const result = new Map(base);
  for (const entry of treeOf(over, at, problems).entries?.values() ?? []) {
    if (entry.node.value === null) result.delete(entry.name);
    else result.set(entry.name, entry);
  }
  return result;
}

/** The plain value of everything that decides what the mapping does, for its version. */
export function plainForm(form: FileForm): unknown {
  const plain = (map: ReadonlyMap<string, Entry>) => mapTree({ file: '', line: 1, column: 1 }, map).value;
  return [
    form.vendor,
    form.stream,
    form.entity,
    form.key.node.value,
    form.changedAt?.node.value ?? null,
    form.createdAt?.node.value ?? null,
    plain(form.fields),
    plain(form.constants),
    Object.keys(plain(form.ignored) ?? {}),
  ];
}
