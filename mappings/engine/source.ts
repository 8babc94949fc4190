/** A YAML text as a tree that remembers where every key and value stands. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, visit } from 'yaml';
import type { At, Problems } from './problems.ts';

/** The text of a mapping or cases file, and the name under which messages speak of it. */
export interface MappingSource {
  readonly text: string;
  readonly file: string;
}

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** A value with its place. `entries` of a map, `items` of a list. */
export interface Tree {
  readonly at: At;
  readonly value: Plain;
  readonly entries?: ReadonlyMap<string, Entry>;
  readonly items?: readonly Tree[];
}

export interface Entry {
  readonly name: string;
  /** Where the key stands. */
  readonly at: At;
  readonly node: Tree;
}

const LARGEST = 1024 * 1024;
const FORBIDDEN = new Set(Object.getOwnPropertyNames(Object.prototype).concat('prototype'));

/** Names that JavaScript objects have by themselves: never a field, a path or a key. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN.has(name);
}

/** Reads the text; faults go to `problems`, and then the answer is null. */
export function readSource(source: MappingSource, problems: Problems): Tree | null {
  const start: At = { file: source.file, line: 1, column: 1 };
  if (Buffer.byteLength(source.text) > LARGEST) {
    problems.add(start, 'the file is larger than 1 MB', 'MAPPING_SYNTAX');
    return null;
  }
  const lines = new LineCounter();
  const text = source.text.replace(/^\uFEFF/, '');
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, merge: false, prettyErrors: false });
  const place = (offset: number): At => {
    const { line, col } = lines.linePos(offset);
    return { file: source.file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  for (const fault of [...document.errors, ...document.warnings]) {
    problems.add(place(fault.pos[0]), fault.message, 'MAPPING_SYNTAX');
  }
  visit(document, (_, node) => {
    if (isAlias(node) || (isNode(node) && 'anchor' in node && node.anchor !== undefined)) {
      problems.add(place(node.range?.[0] ?? 0), 'anchors and aliases are not allowed', 'MAPPING_SYNTAX');
    }
  });
  if (problems.list.length > 0) return null;
  return document.contents === null ? { at: start, value: null } : build(document.contents, place, problems);
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value);
}

function build(node: unknown, place: (offset: number) => At, problems: Problems): Tree {
  if (isMap(node)) {
    const at = place(node.range?.[0] ?? 0);
    const entries = new Map<string, Entry>();
    for (const pair of node.items) {
      const keyAt = isNode(pair.key) ? place(pair.key.range?.[0] ?? 0) : at;
      const name = isScalar(pair.key) ? keyText(pair.key) : null;
      if (name === null || isForbiddenName(name)) {
        problems.add(keyAt, name === null ? 'a key must be a plain word' : `"${name}" cannot be a name here`);
        continue;
      }
      const tree = pair.value === null ? { at: keyAt, value: null } : build(pair.value, place, problems);
      entries.set(name, { name, at: keyAt, node: tree });
    }
    return mapTree(at, entries);
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => build(item, place, problems));
    return { at: place(node.range?.[0] ?? 0), items, value: items.map((item) => item.value) };
  }
  if (isScalar(node)) {
    const at = place(node.range?.[0] ?? 0);
    const { value } = node;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return { at, value };
    if (typeof value === 'number' && Number.isFinite(value)) return { at, value };
    problems.add(at, 'only texts, numbers, true, false and null are values');
    return { at, value: null };
  }
  const at = place(0);
  problems.add(at, 'this form of YAML is not known here');
  return { at, value: null };
}

/** Codes such as `01` are texts as written, not numbers. */
function keyText(key: Scalar): string | null {
  if (typeof key.value === 'string') return key.value;
  return key.source ?? (key.value === null ? null : String(key.value));
}

/** A map made of entries, with its plain value. */
export function mapTree(at: At, entries: ReadonlyMap<string, Entry>): Tree {
  const value: Record<string, Plain> = {};
  for (const [name, entry] of entries) value[name] = entry.node.value;
  return { at, entries, value };
}

/** A tree of a plain value that did not come from the file: everything stands at one place. */
export function treeOf(value: unknown, at: At, problems: Problems): Tree {
  if (Array.isArray(value)) {
    const items = value.map((item) => treeOf(item, at, problems));
    return { at, items, value: items.map((item) => item.value) };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = new Map<string, Entry>();
    for (const [name, item] of Object.entries(value)) {
      if (isForbiddenName(name)) problems.add(at, `"${name}" cannot be a name here`);
      else entries.set(name, { name, at, node: treeOf(item, at, problems) });
    }
    return mapTree(at, entries);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') {
    return { at, value };
  }
  problems.add(at, 'only texts, numbers, true, false and null are values');
  return { at, value: null };
}
