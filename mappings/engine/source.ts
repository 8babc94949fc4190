/** A YAML text as a tree that remembers where every key and value stands. */
import { type Document, isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { isForbiddenName, quoted } from '../../core/names.ts';
import { readYaml } from '../../core/yaml-text.ts';
import type { At, Problems } from './problems.ts';

/** The text of a mapping or cases file, and the name under which messages speak of it. */
export interface MappingSource {
  readonly text: string;
  readonly file: string;
}

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [name: string]: Plain };

/** A value with its place. `entries` of a map, `items` of a list. */
export interface Tree {
  /** Of a map or list that begins on a line below its key: where the key stands. */
  readonly at: At;
  readonly value: Plain;
  readonly entries?: ReadonlyMap<string, Entry>;
  readonly items?: readonly Tree[];
  /** What stands here has its message already, and no value. */
  readonly isFaulty?: true;
}

export interface Entry {
  readonly name: string;
  /** Where the key stands. */
  readonly at: At;
  readonly node: Tree;
}

/** A mapping with more lines, entries and quotes than this is none that a person wrote. */
const MARKS = 12_000;

/**
 * Reads the text; faults go to `problems`. Lines with faults of YAML are left out of the answer; it is null when nothing can be read.
 * Faults of YAML make the tree incomplete, which `problems.incomplete` tells of.
 */
export function readSource(source: MappingSource, problems: Problems): Tree | null {
  const { document, faults, place } = readYaml(source.text, { aliases: false, marks: MARKS });
  const at = (offset: number): At => ({ file: source.file, ...place(offset) });
  for (const fault of faults) problems.add(at(fault.offset), fault.message, 'MAPPING_SYNTAX');
  if (faults.length > 0) problems.incomplete = true;
  if (document === null) return null;
  return treeOfDocument(document, at, problems);
}

function treeOfDocument(document: Document, at: (offset: number) => At, problems: Problems): Tree {
  return document.contents === null ? { at: at(0), value: null } : build(document.contents, null, at, problems);
}

const startOf = (node: unknown): number => (isMap(node) || isSeq(node) || isScalar(node) ? ((node as Node).range?.[0] ?? 0) : 0);

function build(node: unknown, key: At | null, place: (offset: number) => At, problems: Problems): Tree {
  const own = place(startOf(node));
  const at = key !== null && !isScalar(node) && own.line !== key.line ? key : own;
  if (isMap(node)) {
    const entries = new Map<string, Entry>();
    for (const pair of node.items) {
      // A key that is none, or that stands twice, has its message already.
      if (!isScalar(pair.key)) continue;
      const keyAt = place(startOf(pair.key));
      const name = String(pair.key.value ?? '');
      if (isForbiddenName(name)) {
        problems.add(keyAt, `${quoted(name)} cannot be a name here: take another`);
        problems.incomplete = true;
      } else if (name !== '' && !entries.has(name)) {
        const tree = pair.value === null || isEmptyScalar(pair.value) ? { at: keyAt, value: null } : build(pair.value, keyAt, place, problems);
        entries.set(name, { name, at: keyAt, node: tree });
      }
    }
    return mapTree(at, entries);
  }
  if (isSeq(node)) {
    const items = node.items.map((item) => build(item, null, place, problems));
    return { at, items, value: items.map((item) => item.value) };
  }
  const value = isScalar(node) ? scalarValue(node, at, problems) : null;
  return value === undefined ? { at, value: null, isFaulty: true } : { at, value };
}

const isEmptyScalar = (node: unknown): boolean => isScalar(node) && node.value === null && (node.source ?? '') === '';

function scalarValue(node: Scalar, at: At, problems: Problems): Plain | undefined {
  const { value, source = '' } = node;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'number') problems.add(at, 'only texts, numbers, true, false and null are values');
  else if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(source)) problems.add(at, `${source} is read as the number ${value}: put quotes round it`);
  else if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    problems.add(at, 'a number of so many digits is not kept exactly: put quotes round it');
  else return value;
  return undefined;
}

/** Whether something in the tree has its message already. */
export function hasFault(tree: Tree): boolean {
  if (tree.isFaulty === true || tree.items?.some(hasFault)) return true;
  for (const entry of tree.entries?.values() ?? []) if (hasFault(entry.node)) return true;
  return false;
}

/** A map made of entries, with its plain value. */
export function mapTree(at: At, entries: ReadonlyMap<string, Entry>): Tree {
  const value: Record<string, Plain> = {};
  for (const [name, entry] of entries) value[name] = entry.node.value;
  return { at, entries, value };
}

/** Where a part of a value stands that did not come from the file: by the keys that lead to it; `atKey`: its key and not its value. */
export type Places = (path: readonly (string | number)[], atKey: boolean) => At;

/** A tree of a plain value that did not come from the file. */
export function treeOf(value: unknown, places: Places, problems: Problems, path: readonly (string | number)[] = []): Tree {
  const at = places(path, false);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => treeOf(item, places, problems, [...path, index]));
    return { at, items, value: items.map((item) => item.value) };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = new Map<string, Entry>();
    for (const [name, item] of Object.entries(value)) {
      const keyAt = places([...path, name], true);
      if (isForbiddenName(name)) problems.add(keyAt, `${quoted(name)} cannot be a name here: take another`);
      else entries.set(name, { name, at: keyAt, node: treeOf(item, places, problems, [...path, name]) });
    }
    return mapTree(at, entries);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return { at, value };
  problems.add(at, 'only texts, numbers, true, false and null are values');
  return { at, value: null };
}
