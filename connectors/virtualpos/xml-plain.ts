/**
 * Reads the plain XML that the vendor's samples show (elements without attributes, five entities, no more) several times as fast as a
 * parser that knows all of XML. Whatever else a document holds, and whatever is wrong with it, is left to that parser: it is the one
 * that refuses.
 */
import type { Json } from '../../core/contract.ts';
import { type Branch, put } from './xml-branch.ts';

const DECLARATION = /^<\?xml version="1\.0"(?: encoding="(?:utf|UTF)-8")? ?\?>\s*/;
const NAME = /^[A-Za-z_][\w.-]*$/;
/** What XML forbids, what it asks to be read as something else (line ends), and what may not stand in a text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are meant.
const UNUSUAL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\ufffe\uffff]|\]\]>/;
const ENTITY = /&(amp|lt|gt|quot|apos);/g;
const SIGNS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const GREATER = 0x3e;
const SLASH = 0x2f;
const LINE_END = 0x0a;
const BLANK = /^[ \t\n]*$/;
/** A document has few names, thousands of times: each is looked at once, and the same text serves for all. */
const MOST_NAMES = 500;

interface Open {
  readonly name: string;
  branch: Branch | null;
}

/** The content of the root element; undefined for anything that is not plain. */
export function parsePlainXml(source: string, maxDepth: number): Json | undefined {
  if (UNUSUAL.test(source)) return undefined;
  const stack: Open[] = [];
  const names = new Map<string, string>();
  let at = DECLARATION.exec(source)?.[0].length ?? 0;
  for (;;) {
    const sign = source.indexOf('<', at);
    if (sign < 0) return undefined;
    const open = stack.at(-1);
    if (source.charCodeAt(sign + 1) === SLASH) {
      if (open === undefined || !source.startsWith(open.name, sign + 2)) return undefined;
      const end = sign + 2 + open.name.length;
      if (source.charCodeAt(end) !== GREATER) return undefined;
      const value = open.branch === null ? textOf(source.slice(at, sign)) : isBlank(source, at, sign) ? open.branch : undefined;
      if (value === undefined) return undefined;
      stack.pop();
      at = end + 1;
      if (stack.length === 0) return isBlank(source, at, source.length) ? value : undefined;
      put(branchOf(stack), open.name, value);
      continue;
    }
    if (!isBlank(source, at, sign) || stack.length >= maxDepth) return undefined;
    const end = source.indexOf('>', sign);
    const empty = source.charCodeAt(end - 1) === SLASH;
    const name = nameOf(source.slice(sign + 1, empty ? end - 1 : end), names);
    if (end < 0 || name === undefined) return undefined;
    at = end + 1;
    if (!empty) stack.push({ name, branch: null });
    else if (open === undefined) return isBlank(source, at, source.length) ? '' : undefined;
    else put(branchOf(stack), name, '');
  }
}

function nameOf(written: string, names: Map<string, string>): string | undefined {
  const known = names.get(written);
  if (known !== undefined) return known;
  if (names.size >= MOST_NAMES || !NAME.test(written)) return undefined;
  names.set(written, written);
  return written;
}

function isBlank(source: string, from: number, to: number): boolean {
  if (to - from <= 1 && (from === to || source.charCodeAt(from) === LINE_END)) return true;
  return BLANK.test(source.slice(from, to));
}

/** What a leaf says; undefined for an entity that is none of the five, or a sign that stands alone. */
function textOf(text: string): string | undefined {
  if (!text.includes('&')) return text;
  const read = text.replace(ENTITY, (_all, name: string) => SIGNS[name] ?? '');
  return text.replace(ENTITY, '').includes('&') ? undefined : read;
}

function branchOf(stack: readonly Open[]): Branch {
  const open = stack[stack.length - 1] as Open;
  open.branch ??= {};
  return open.branch;
}
