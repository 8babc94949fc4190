/** Keys of YAML maps that stand twice, or that are not what the person meant to write. */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { quoted, unseenSign } from './names.ts';
import type { TextFault, YamlFault } from './yaml-fault.ts';

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value);
}

/**
 * Keys that stand twice, or that are not what the person meant to write. Entries with such keys or with aliases are taken out of the
 * document, so that nobody is told that they are incomplete.
 */
export function keyFaults(root: unknown, aliases: boolean, lineOf: (offset: number) => number): YamlFault[] {
  const faults: YamlFault[] = [];
  /** Whether something in the node is not as it was meant. */
  const visit = (node: unknown, depth: number): boolean => {
    if (isAlias(node)) return !aliases;
    if (isSeq(node)) return node.items.map((item) => visit(item, depth + 1)).includes(true);
    if (!isMap(node)) return false;
    const seen = new Map<string, number>();
    const odd = new Set<Pair>();
    for (const pair of node.items) {
      const name = isScalar(pair.key) ? String(pair.key.value ?? '') : '';
      const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
      const fault = isScalar(pair.key) ? oddKey(name, pair, offset) : null;
      if (fault !== null) faults.push({ ...fault, kind: 'syntax' });
      const before = seen.get(name);
      if (before !== undefined)
        faults.push({ offset, kind: 'twice', message: `${quoted(name)} stands here twice (before on line ${lineOf(before)}): keep one of them` });
      else seen.set(name, offset);
      if (visit(pair.value, depth + 1) || fault !== null) odd.add(pair);
    }
    if (depth <= 1) node.items = node.items.filter((pair) => !odd.has(pair) || (depth === 0 && isMap(pair.value)));
    return odd.size > 0;
  };
  visit(root, 0);
  return faults;
}

function oddKey(name: string, { key, value }: Pair, offset: number): TextFault | null {
  if (name === '') return { offset, message: 'before this colon a key is missing' };
  const isPlain = isScalar(key) && key.type === 'PLAIN';
  const isBare = value === null || (isScalar(value) && value.value === null);
  const word = (isBare ? /^([^:]+):\S/ : /^([^:]+):[{["']/).exec(name)?.[1];
  if (isPlain && word !== undefined) return { offset, message: `after the colon of ${quoted(word)} a blank is missing` };
  const sign = unseenSign(name);
  return sign === null ? null : { offset: offset + sign.index, message: `a ${sign.name} stands in this name: type it anew` };
}
