/** Anchors (`&name`) and aliases (`*name`): refused in mappings, and in a configuration held to what a person may have meant. */
import { type Document, isAlias, isCollection, isMap, isPair, isScalar, type Node, visit } from 'yaml';
import { quoted } from './names.ts';
import type { TextFault } from './yaml-fault.ts';

/** Values that a file may stand for once its aliases are put in. */
const EXPANDED = 50_000;

/** Every anchor and alias, as a fault. */
export function anchorFaults(document: Document, text: string): TextFault[] {
  const faults: TextFault[] = [];
  visit(document, (_, node) => {
    const offset = isPair(node) ? 0 : ((node as Node | null)?.range?.[0] ?? 0);
    if (isAlias(node))
      faults.push({ offset, message: `an alias (*${quoted(node.source).slice(1, -1)}) is not allowed here: write the value out, or put quotes round it` });
    else if ((isCollection(node) || isScalar(node)) && node.anchor !== undefined)
      faults.push({
        offset: Math.max(0, text.lastIndexOf(`&${node.anchor}`, offset)),
        message: `an anchor (&${quoted(node.anchor).slice(1, -1)}) is not allowed here: take it away, or put quotes round the text`,
      });
  });
  return faults;
}

/** An alias inside the value that it stands for, or one too many of those that multiply each other; null: all can be put in. */
export function aliasFault(document: Document): TextFault | null {
  const anchors = new Map<string, Node>();
  const sizes = new Map<unknown, number>();
  let fault: TextFault | null = null;
  const sizeOf = (node: unknown): number => {
    if (fault !== null) return 0;
    if (isAlias(node)) return aliased(node);
    if (isPair(node)) return sizeOf(node.key) + sizeOf(node.value);
    if (!isCollection(node) && !isScalar(node)) return 0;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    let size = 1;
    if (isCollection(node)) for (const item of node.items) size += sizeOf(item);
    sizes.set(node, size);
    return size;
  };
  const aliased = (alias: Node & { source: string }): number => {
    const target = anchors.get(alias.source);
    if (target === undefined) return 1;
    const offset = alias.range?.[0] ?? 0;
    const size = sizes.get(target);
    if (size === undefined)
      fault = { offset, message: `*${quoted(alias.source).slice(1, -1)} stands inside the value that it stands for: write the value out` };
    else if (size > EXPANDED) fault = { offset, message: 'aliases that stand for one another make this file too large: write the values out' };
    return size ?? 0;
  };
  const root = document.contents;
  if (root !== null && (isMap(root) || isCollection(root) || isScalar(root)) && sizeOf(root) > EXPANDED && fault === null)
    fault = { offset: root.range?.[0] ?? 0, message: 'aliases that stand for one another make this file too large: write the values out' };
  return fault;
}
