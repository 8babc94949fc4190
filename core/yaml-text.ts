/** Reads YAML that people write: every fault with the place where it has to be mended, and what can be read in spite of it. */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLError } from 'yaml';
import { quoted, unseenSign } from './names.ts';
import { aliasFault, anchorFaults } from './yaml-aliases.ts';
import { beyondLimits, type TextFault } from './yaml-limits.ts';
import { openFault } from './yaml-open.ts';
import { yamlWords } from './yaml-words.ts';

export interface YamlFault extends TextFault {
  /** `twice`: a key that stands before in the same map. */
  readonly kind: 'syntax' | 'twice';
}

export interface YamlText {
  /** What can be read; lines with faults are left out. Null where nothing can. */
  readonly document: Document | null;
  /** In the order of their places. */
  readonly faults: readonly YamlFault[];
  place(offset: number): { readonly line: number; readonly column: number };
}

/** Texts longer than this are not parsed again after a fault. */
const MENDABLE = 30_000;
const ROUNDS = 12;

export interface YamlRules {
  /** Whether values may be marked and named again. */
  readonly aliases: boolean;
  /** How many lines, entries and quotes a text may have, all in all. */
  readonly marks: number;
}

/** Reads a text; a BOM and any line ends will do. */
export function readYaml(given: string, rules: YamlRules): YamlText {
  const text = given.replace(/^\ufeff/, '').replace(/\r(?!\n)/g, '\n');
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const match of text.matchAll(/\n/g)) lines.addNewLine(match.index + 1);
  const place = (offset: number) => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refused = beyondLimits(text, rules.marks);
  if (refused !== null) return { document: null, faults: [{ ...refused, kind: 'syntax' }], place };
  const { document, faults } = parsed(text);
  const more = document === null ? [] : [...marked(document, rules, text), ...keyFaults(document.contents, rules.aliases, (offset) => place(offset).line)];
  return { document, faults: [...faults, ...more].sort((a, b) => a.offset - b.offset), place };
}

function marked(document: Document, { aliases }: YamlRules, text: string): YamlFault[] {
  const faults = aliases ? [aliasFault(document)].filter((fault) => fault !== null) : anchorFaults(document, text);
  return faults.map((fault) => ({ ...fault, kind: 'syntax' }));
}

/** Parses, and after a fault of syntax once more without the line at fault, so that one slip does not hide the others. */
function parsed(text: string): { readonly document: Document | null; readonly faults: readonly YamlFault[] } {
  const faults: YamlFault[] = [];
  let rest = text;
  for (let round = 0; round < ROUNDS; round++) {
    const document = parseDocument(rest, { uniqueKeys: false, merge: false, prettyErrors: false, stringKeys: true });
    const fault = syntaxFault(document, rest);
    if (fault === null) return { document, faults };
    faults.push({ ...fault, kind: 'syntax' });
    const without = withoutLine(rest, fault.offset);
    if (text.length > MENDABLE || without === rest) break;
    rest = without;
  }
  return { document: null, faults };
}

/** The first fault of syntax, where it has to be mended. */
function syntaxFault(document: Document, text: string): TextFault | null {
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const [first] = errors;
  if (first === undefined) return null;
  const open = openFault(text);
  if (open !== null && open.offset <= lineEnd(text, first.pos[0])) return open;
  return refined(first, errors, text);
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;
const lineEnd = (text: string, offset: number): number => {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
};

function refined(error: YAMLError, all: readonly YAMLError[], text: string): TextFault {
  const { code, pos } = error;
  const [at] = pos;
  const start = lineStart(text, at);
  const line = text.slice(start, lineEnd(text, at));
  const content = start + (line.length - line.trimStart().length);
  const runsOn = all.some((other) => other.pos[0] === at && other.code === 'MULTILINE_IMPLICIT_KEY');
  if (/^\s*-\s/.test(line) && code === 'BLOCK_AS_IMPLICIT_KEY')
    return { offset: content, message: 'an item of a list stands among keys: take the dash away, or write the list under a key of its own' };
  if (runsOn && all.some((other) => other.pos[0] === at && other.code === 'BLOCK_IN_FLOW'))
    return { offset: at, message: 'inside brackets and braces a comma is missing after this' };
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && runsOn) {
    const next = /^[ \t]*(?![ \t#\r\n])/m.exec(text.slice(lineEnd(text, at) + 1));
    if (next !== null)
      return {
        offset: lineEnd(text, at) + 1 + next.index + next[0].length,
        message: `this line is indented further than the one before it, which is complete: let it begin in column ${content - start + 1}`,
      };
  }
  const outdented = code === 'BAD_INDENT' ? outdentedBefore(text, start) : null;
  if (outdented !== null) return { offset: outdented, message: 'this line is indented less than those before and after it: indent it as they are' };
  if (code === 'BAD_INDENT') return { offset: Math.max(at, content), message: yamlWords(code, error.message) };
  const glue = /^([^\s:"'[{]+):[{[]/.exec(line.trim())?.[1];
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && glue !== undefined) return { offset: content, message: `after the colon of ${quoted(glue)} a blank is missing` };
  const head = /^([^\s:"'[{]+)\s+[{[]/.exec(line.trim())?.[1];
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && head !== undefined && head !== '-')
    return { offset: content, message: `after ${quoted(head)} a colon with a blank is missing` };
  if (code === 'MULTILINE_IMPLICIT_KEY' || (code === 'MISSING_CHAR' && /followed by map values/.test(error.message))) {
    const word = /^"?([^\s:"]+)/.exec(text.slice(content))?.[1] ?? '';
    const glued = /^\S+:\S/.test(line.trim());
    return {
      offset: content,
      message: glued ? `after the colon of ${quoted(word)} a blank is missing` : `after ${quoted(word)} a colon with a blank is missing`,
    };
  }
  return { offset: Math.min(at, text.length), message: yamlWords(code, error.message) };
}

/** A complete line before this one that stands further out than both its neighbours, which makes the parser stumble over the second. */
function outdentedBefore(text: string, start: number): number | null {
  if (start === 0) return null;
  const before = lineStart(text, start - 1);
  const line = text.slice(before, lineEnd(text, before));
  const indent = indentOf(text, before);
  if (before === 0 || !/^\s*[^\s#]+:\s+\S/.test(line) || indent >= indentOf(text, start)) return null;
  return indentOf(text, lineStart(text, before - 1)) >= indentOf(text, start) ? before + indent : null;
}

/** The text with blanks for the line, and for those that belong to it by their indentation. */
function withoutLine(text: string, offset: number): string {
  const start = entryStart(text, lineStart(text, Math.min(offset, text.length)));
  let end = lineEnd(text, start);
  const indent = indentOf(text, start);
  const opens = !/^\s*[^\s:]+:\s+[^\s{["']/.test(text.slice(start, end));
  while (opens && end < text.length) {
    const nextEnd = lineEnd(text, end + 1);
    const next = text.slice(end + 1, nextEnd);
    if (next.trim() !== '' && indentOf(text, end + 1) <= indent) break;
    end = nextEnd;
  }
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
}

/** A key of a block is left out with the whole block, which would be told to lack it. */
function entryStart(text: string, start: number): number {
  let indent = indentOf(text, start);
  let before = start;
  while (before > 0) {
    before = lineStart(text, before - 1);
    const line = text.slice(before, lineEnd(text, before));
    if (/^\s*(#|$)/.test(line)) continue;
    const less = indentOf(text, before);
    if (less >= indent) continue;
    if (less === 0 || /:\s*(#.*)?$/.test(line)) return less === 0 ? start : before;
    indent = less;
  }
  return start;
}

/** Columns before the line's first sign; a tab may stand for as many as an editor shows. */
const indentOf = (text: string, start: number): number =>
  (/^[ \t]*/.exec(text.slice(start, lineEnd(text, start)))?.[0] ?? '').replaceAll('\t', '        ').length;

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value);
}

/**
 * Keys that stand twice, or that are not what the person meant to write. Entries with such keys or with aliases are taken out of the
 * document, so that nobody is told that they are incomplete.
 */
function keyFaults(root: unknown, aliases: boolean, lineOf: (offset: number) => number): YamlFault[] {
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
