/** The outer form of a mapping file, with the overrides of a system laid over it. */
import { type EntityKind, FIELDS } from '../../core/model.ts';
import { quoted } from '../../core/names.ts';
import { nearest, suggestion } from '../../core/nearest.ts';
import type { CompileOptions } from './options.ts';
import { laidOver, laidOverOne, type Replaced } from './overrides.ts';
import type { At, Problems } from './problems.ts';
import { type Entry, mapTree, type Tree } from './source.ts';

export interface FileForm {
  readonly vendor: string;
  readonly stream: string;
  readonly entity: EntityKind;
  /** Without a name where the file has none, which is told already. */
  readonly key: Entry;
  readonly changedAt: Entry | null;
  readonly createdAt: Entry | null;
  readonly fields: ReadonlyMap<string, Entry>;
  readonly constants: ReadonlyMap<string, Entry>;
  readonly ignored: ReadonlyMap<string, Entry>;
  /** Lines of the file that an override replaced or took away. */
  readonly replaced: readonly Replaced[];
  /** Where a further line belongs: the sections `ignored` or `fields`. */
  readonly end: At;
}

/** The sections and facts of a mapping file, in the order in which they are written. */
export const SECTIONS = ['vendor', 'stream', 'entity', 'key', 'changedAt', 'createdAt', 'fields', 'constants', 'ignored'];
const ENTITIES: readonly EntityKind[] = ['client', 'card', 'cardType', 'account'];

/** Faults of keys that a map has and should not have. */
export function refuseUnknown(tree: Tree, known: readonly string[], problems: Problems, hint: (name: string) => string = () => ''): void {
  for (const entry of tree.entries?.values() ?? []) {
    if (known.includes(entry.name)) continue;
    const help = hint(entry.name) || suggestion(entry.name, known) || `; known here: ${known.join(', ')}`;
    problems.add(entry.at, `${quoted(entry.name)} is not known here${help}`);
  }
}

/** With sections whose name is a slip away under their right names: the slip is told, and nothing of them is missing. */
function asMeant(entries: ReadonlyMap<string, Entry>, problems: Problems): ReadonlyMap<string, Entry> {
  const result = new Map(entries);
  for (const entry of entries.values()) {
    const meant = SECTIONS.includes(entry.name) ? undefined : nearest(entry.name, SECTIONS);
    if (meant !== undefined && !result.has(meant)) result.set(meant, { ...entry, name: meant });
    else if (!SECTIONS.includes(entry.name) && entry.node.entries !== undefined) problems.incomplete = true;
  }
  return result;
}

const isField = (name: string): boolean => FIELDS.some((field) => field.name === name || field.group === name);

/** Null when the form is so far off that no line can be looked at. */
export function readForm(given: Tree, options: CompileOptions, problems: Problems): FileForm | null {
  if (given.entries === undefined) {
    problems.add(given.at, `a mapping is a map of ${SECTIONS.join(', ')}${given.items === undefined ? '' : ': take the dashes away'}`);
    return null;
  }
  refuseUnknown(given, SECTIONS, problems, (name) => (isField(name) ? '; it is a field: write it under "fields", indented by two blanks' : ''));
  const entries = asMeant(given.entries, problems);
  const tree: Tree = { ...given, entries };
  const vendor = word(tree, 'vendor', options.expect?.vendor, problems);
  const stream = word(tree, 'stream', options.expect?.stream, problems);
  const written = word(tree, 'entity', undefined, problems);
  // A slip in the entity is told once; the lines are looked at as they were meant.
  const entity = ENTITIES.find((one) => one === (written === null ? undefined : (nearest(written, ENTITIES) ?? written)));
  if (written !== null && !ENTITIES.some((one) => one === written)) {
    problems.add(placeOf(entries, 'entity', tree.at), `${quoted(written)} is no entity${suggestion(written, ENTITIES)}; one of ${ENTITIES.join(', ')}`);
  }
  const key = entries.get('key');
  if (key === undefined) missing(tree, 'key', "the wire field of the record's key, such as `key: id`", problems);
  const replaced: Replaced[] = [];
  const lines = section(tree, 'fields', problems);
  if (!entries.has('fields')) missing(tree, 'fields', 'the lines, each a canonical field and where it is read from', problems);
  const fields = laidOver(lines, 'fields', options.overrides, problems, replaced);
  const ignored = laidOver(section(tree, 'ignored', problems), 'ignored', options.overrides, problems, replaced);
  const constants = laidOver(section(tree, 'constants', problems), 'constants', options.overrides, problems, replaced);
  if (entity === undefined) return null;
  return {
    vendor: vendor ?? '',
    stream: stream ?? options.expect?.stream ?? '',
    entity,
    key: key ?? { name: '', at: tree.at, node: { at: tree.at, value: null } },
    changedAt: laidOverOne(entries.get('changedAt'), 'changedAt', options.overrides, problems, replaced),
    createdAt: laidOverOne(entries.get('createdAt'), 'createdAt', options.overrides, problems, replaced),
    fields,
    constants,
    ignored,
    replaced,
    end: entries.get('ignored')?.at ?? entries.get('fields')?.at ?? tree.at,
  };
}

const placeOf = (entries: ReadonlyMap<string, Entry>, name: string, fallback: At): At => entries.get(name)?.node.at ?? fallback;

/** What is missing may stand in a line that could not be read. */
function missing(tree: Tree, name: string, what: string, problems: Problems): void {
  if (!problems.incomplete) problems.add(tree.at, `"${name}" is missing: ${what}`);
}

/** One word; `expected`: what the name of the file says it is. */
function word(tree: Tree, name: string, expected: string | undefined, problems: Problems): string | null {
  const entry = tree.entries?.get(name);
  if (entry === undefined) {
    missing(tree, name, expected === undefined ? `write \`${name}: …\`` : `write \`${name}: ${expected}\``, problems);
    return null;
  }
  const { value, at } = entry.node;
  if (typeof value !== 'string' || !/^[A-Za-z][A-Za-z0-9-]*$/.test(value)) {
    const near = expected !== undefined && typeof value === 'string' ? suggestion(value, [expected]) : '';
    problems.add(at, `"${name}" must be one word of Latin letters${near || (expected === undefined ? '' : `: ${expected}`)}`);
    return null;
  }
  if (expected !== undefined && value !== expected) {
    const what = name === 'vendor' ? "the folder's name" : "the file's name";
    problems.add(at, `the ${name} is ${quoted(value)} here, and "${expected}" by ${what}${suggestion(value, [expected]) || '; make them one'}`);
  }
  return value;
}

function section(tree: Tree, name: string, problems: Problems): ReadonlyMap<string, Entry> {
  const entry = tree.entries?.get(name);
  if (entry === undefined) return new Map();
  const { node } = entry;
  if (node.value === null && node.entries === undefined) {
    if (name === 'fields' && !problems.incomplete) problems.add(entry.at, '"fields" is empty: write its lines below it, indented by two blanks');
    return new Map();
  }
  if (node.entries !== undefined) return node.entries;
  problems.incomplete = true;
  problems.add(node.at, `"${name}" must be a map, a line for each name${node.items === undefined ? '' : ': take the dashes or brackets away'}`);
  return new Map();
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
