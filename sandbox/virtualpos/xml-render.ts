import type { BranchNode } from './tree.ts';
import { isList } from './tree.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

// XML 1.0 has no form at all for these characters, so the vendor cannot send them either.
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are meant.
const IMPOSSIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

const escaped = (text: string): string => text.replace(IMPOSSIBLE, '').replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? '');

const children = (branch: BranchNode): string => {
  let out = '';
  for (const name in branch) {
    const node = branch[name] ?? '';
    const inner = isList(node) ? node.items.map((item) => `<${node.item}>\n${children(item)}</${node.item}>\n`).join('') : escaped(node);
    if (inner === '') out += `<${name}/>\n`;
    else out += isList(node) ? `<${name}>\n${inner}</${name}>\n` : `<${name}>${inner}</${name}>\n`;
  }
  return out;
};

/** The answer as the document's samples show it: UTF-8, one `<root>`, empty values as empty elements. */
export function renderXml(root: BranchNode): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<root>\n${children(root)}</root>\n`;
}
