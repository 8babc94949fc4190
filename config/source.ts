/** YAML with places: every key and value knows its line and column. */
import { isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import type { ErrorCode } from '../core/error-catalogue.ts';
import type { ConfigProblem } from './problems.ts';

export type KeyPath = readonly (string | number)[];

export interface Source {
  readonly file: string;
  /** Plain values of the document; null when it is empty. */
  readonly value: unknown;
  /** A fault at the value that the path leads to, or at the nearest thing around it. `atKey`: at its key instead. */
  problem(path: KeyPath, message: string, options?: { readonly code?: ErrorCode; readonly atKey?: boolean }): ConfigProblem;
}

/** Reads a text. Its YAML faults (duplicate keys among them) are added to `problems`; then the value may be incomplete. */
export function readSource(file: string, text: string, problems: ConfigProblem[]): Source {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: true,
    prettyErrors: false,
    stringKeys: true,
  });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  // After the first real fault of syntax the parser reads on in confusion; duplicate keys are told apart from that.
  const syntax = document.errors.filter((error) => error.code !== 'DUPLICATE_KEY').slice(0, 1);
  for (const error of [...syntax, ...document.errors.filter((one) => one.code === 'DUPLICATE_KEY')]) {
    problems.push({
      code: 'CONFIG_SYNTAX',
      file,
      ...at(error.pos[0]),
      path: '',
      message: error.code === 'DUPLICATE_KEY' ? twice(document.contents, error.pos[0]) : syntaxMessage(error.code, error.message),
    });
  }
  return {
    file,
    value: document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 100 }),
    problem(path, message, options = {}) {
      const offset = offsetOf(document.contents, path, options.atKey ?? false);
      return { code: options.code ?? 'CONFIG_INVALID', file, ...at(offset), path: path.join('.'), message };
    },
  };
}

/** A key that stands twice, with what it names where that is known. */
function twice(root: unknown, offset: number): string {
  const systems = isMap(root) ? root.get('systems', true) : undefined;
  const pair = isMap(systems) ? systems.items.find(({ key }) => startOf(key) === offset) : undefined;
  if (pair === undefined || !isScalar(pair.key)) return 'this key stands here twice';
  return `there are two systems named "${String(pair.key.value)}": each needs a name of its own`;
}

/** Faults of YAML in words that need no grammar of it. */
const SYNTAX: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'a tab stands where blanks must',
  BAD_INDENT: 'this line is indented too little or too much, or a bracket or brace that was opened before is not closed',
  MISSING_CHAR: 'something is missing here: a colon with a blank after a key, a comma in a list, or the end of a quote, bracket or brace',
  UNEXPECTED_TOKEN: 'this cannot stand here: look for a quote, bracket or brace too many, or a line that is indented wrongly',
  BLOCK_AS_IMPLICIT_KEY: 'a key and its value stand where a value alone may: put quotes round a text with ": " in it, or begin a new line',
  BLOCK_IN_FLOW: 'inside brackets and braces nothing is written in indented lines',
  BAD_SCALAR_START: 'a text cannot begin with this sign: put quotes round it',
  BAD_ALIAS: 'an alias (*name) names nothing that was marked before (&name); a text that begins with * needs quotes',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line: perhaps a colon is missing after the last key',
  BAD_DQ_ESCAPE: 'in double quotes a backslash begins an escape: double it, or use single quotes',
};

function syntaxMessage(code: string, message: string): string {
  const plain = SYNTAX[code];
  if (plain !== undefined) return plain;
  // The parser's own words never quote more than a key or a sign.
  return message.replace(/ at line \d+.*$/s, '').split('\n')[0] ?? message;
}

function offsetOf(root: unknown, path: KeyPath, atKey: boolean): number {
  let node: unknown = root;
  let offset = startOf(root);
  for (const [index, step] of path.entries()) {
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
