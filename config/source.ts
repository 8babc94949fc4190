/** YAML with places: every key and value knows its line and column. */
import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { ErrorCode } from '../core/error-catalogue.ts';
import { isForbiddenName, quoted } from '../core/names.ts';
import type { YamlFault } from '../core/yaml-fault.ts';
import { readYaml } from '../core/yaml-text.ts';
import type { ConfigProblem } from './problems.ts';

export type KeyPath = readonly (string | number)[];

export interface Source {
  readonly file: string;
  /** Plain values of the document; null when it is empty. */
  readonly value: unknown;
  /** A fault at the value that the path leads to, or at the nearest thing around it. `atKey`: at its key instead. */
  problem(path: KeyPath, message: string, options?: { readonly code?: ErrorCode; readonly atKey?: boolean }): ConfigProblem;
}

/** A file of this many lines, entries and quotes can hold the streets of a country. */
const MARKS = 200_000;

/** Reads a text. Its YAML faults (duplicate keys among them) are added to `problems`; then the value may be incomplete. */
export function readSource(file: string, text: string, problems: ConfigProblem[]): Source {
  const { document, faults, place } = readYaml(text, { aliases: true, marks: MARKS });
  const contents = document?.contents ?? null;
  const add = (offset: number, message: string): void => void problems.push({ code: 'CONFIG_SYNTAX', file, ...place(offset), path: '', message });
  for (const fault of faults) add(fault.offset, fault.kind === 'twice' ? twice(contents, fault) : fault.message);
  for (const { offset, name } of forbiddenNames(contents)) add(offset, `${quoted(name)} cannot be a name here: take another`);
  return {
    file,
    value: problems.length > 0 || document === null ? null : document.toJS({ maxAliasCount: -1 }),
    problem(path, message, options = {}) {
      const offset = offsetOf(document, path, options.atKey ?? false);
      return { code: options.code ?? 'CONFIG_INVALID', file, ...place(offset), path: path.join('.'), message };
    },
  };
}

/** Keys that JavaScript objects have by themselves. */
function forbiddenNames(root: unknown): readonly { readonly offset: number; readonly name: string }[] {
  const found: { offset: number; name: string }[] = [];
  const visit = (node: unknown): void => {
    if (isSeq(node)) for (const item of node.items) visit(item);
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      if (isScalar(key) && isForbiddenName(String(key.value))) found.push({ offset: startOf(key), name: String(key.value) });
      visit(value);
    }
  };
  visit(root);
  return found;
}

/** A key that stands twice, with what it names where that is known. */
function twice(root: unknown, { offset, message }: YamlFault): string {
  const systems = isMap(root) ? root.get('systems', true) : undefined;
  const pair = isMap(systems) ? systems.items.find(({ key }) => startOf(key) === offset) : undefined;
  if (pair === undefined || !isScalar(pair.key)) return message;
  return `there are two systems named ${quoted(String(pair.key.value))}: each needs a name of its own`;
}

function offsetOf(document: Document | null, path: KeyPath, atKey: boolean): number {
  let node: unknown = document?.contents ?? null;
  let offset = startOf(node);
  for (const [index, step] of path.entries()) {
    // Behind an alias the place is where the value is written.
    if (isAlias(node) && document !== null) node = node.resolve(document);
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) break;
      node = pair.value;
      // A value that is empty, or a block that begins on the next line, is best pointed at by its key.
      const useKey = (last && atKey) || !isScalar(node) || node.range === undefined || node.value === null;
      offset = startOf(useKey ? pair.key : node);
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (node === undefined) break;
      offset = startOf(node);
    } else break;
  }
  return offset;
}

function startOf(node: unknown): number {
  return isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0;
}
