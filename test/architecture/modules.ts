/** Source files as the architecture sees them: what each imports and which words of the world it uses. Read from the syntax tree, types included. */
import { posix } from 'node:path';
import { parseAst } from 'vitest/node';

export interface SourceFile {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Import {
  /** As written; null where it is computed. */
  readonly specifier: string | null;
  /** Path from the root for a relative import; null for a package. */
  readonly target: string | null;
  readonly line: number;
}

/** A word that reaches out of the program: `Date.now`, `process.env`, `new Error`. */
export interface Use {
  readonly word: string;
  readonly line: number;
}

export interface Module extends SourceFile {
  readonly imports: readonly Import[];
  readonly uses: readonly Use[];
  readonly defaultExports: readonly number[];
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [member: string]: unknown;
}

const ERRORS = new Set(['Error', 'TypeError', 'RangeError', 'SyntaxError', 'AggregateError']);
const TIMERS = new Set(['setTimeout', 'setInterval']);
const MEMBERS = new Set(['Date.now', 'Math.random', 'performance.now', 'process.env', 'process.hrtime', 'crypto.randomUUID']);
/** Exports of Node's own modules that bring in time, randomness or the environment. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  'node:crypto': ['randomUUID', 'randomBytes', 'randomInt', 'getRandomValues'],
  'node:perf_hooks': ['performance'],
  'node:process': ['env', 'hrtime', 'default'],
};

/** Parses one file. Throws where its syntax is wrong. */
export function moduleOf(file: SourceFile): Module {
  const starts = lineStarts(file.text);
  const lineAt = (offset: number): number => starts.findLastIndex((start) => start <= offset) + 1;
  const imports: Import[] = [];
  const uses: Use[] = [];
  const defaultExports: number[] = [];
  const addImport = (source: unknown, at: number): void => {
    const specifier = textOf(source);
    const relative = specifier?.startsWith('.') === true;
    imports.push({ specifier, target: relative ? posix.join(posix.dirname(file.path), specifier) : null, line: lineAt(at) });
  };
  const addUse = (word: string, at: number): void => {
    uses.push({ word, line: lineAt(at) });
  };
  visit(parseAst(file.text, { lang: 'ts' }), (node) => {
    if (IMPORTING.has(node.type) && node['source'] != null) addImport(node['source'], node.start);
    if (node.type === 'ImportDeclaration') for (const word of namedUses(node)) addUse(word, node.start);
    if (isDefaultExport(node)) defaultExports.push(lineAt(node.start));
    const word = wordOf(node);
    if (word === 'require') addImport(listOf(node['arguments'])[0], node.start);
    else if (word !== null) addUse(word, node.start);
  });
  return { ...file, imports, uses, defaultExports };
}

const IMPORTING = new Set(['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType']);

function wordOf(node: Node): string | null {
  if (node.type === 'MemberExpression') {
    const word = `${nameOf(node['object'])}.${nameOf(node['property']) ?? textOf(node['property'])}`;
    return MEMBERS.has(word) ? word : null;
  }
  if (node.type === 'CallExpression') {
    const callee = nameOf(node['callee']);
    return callee !== null && (TIMERS.has(callee) || callee === 'require') ? callee : null;
  }
  if (node.type === 'NewExpression') {
    const callee = nameOf(node['callee']);
    if (callee === 'Date' && listOf(node['arguments']).length === 0) return 'new Date()';
    return callee !== null && ERRORS.has(callee) ? `new ${callee}` : null;
  }
  const destructured = node.type === 'VariableDeclarator' && isNode(node['id']) && node['id'].type === 'ObjectPattern';
  return destructured && nameOf(node['init']) === 'process' ? 'process.env' : null;
}

function namedUses(node: Node): string[] {
  const source = textOf(node['source']) ?? '';
  if (/^(node:)?timers(\/|$)/.test(source)) return ['setTimeout'];
  const named = NAMED[source.startsWith('node:') ? source : `node:${source}`] ?? [];
  return listOf(node['specifiers']).flatMap((specifier) => {
    const name = specifier.type === 'ImportSpecifier' ? nameOf(specifier['imported']) : 'default';
    if (name === null || !named.includes(name)) return [];
    return [source.endsWith('process') ? 'process.env' : `${source} ${name}`];
  });
}

function isDefaultExport(node: Node): boolean {
  if (node.type === 'ExportDefaultDeclaration') return true;
  return node.type === 'ExportSpecifier' && nameOf(node['exported']) === 'default';
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see);
  } else if (isNode(value)) {
    see(value);
    for (const member of Object.values(value)) visit(member, see);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

const listOf = (value: unknown): Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const nameOf = (value: unknown): string | null => (isNode(value) && value.type === 'Identifier' ? String(value['name']) : null);
const textOf = (value: unknown): string | null => (isNode(value) && typeof value['value'] === 'string' ? value['value'] : null);

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
