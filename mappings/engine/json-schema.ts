/**
 * A JSON Schema as it stands in a wire file, made harmless: known keywords, local references put in, no cycle, nothing huge, no
 * pattern that backtracks. What comes out is plain and finite, for zod to convert.
 */
import { suggestion } from '../../core/nearest.ts';
import { parsePath } from './path.ts';
import { Problems } from './problems.ts';
import { patternFault } from './safe-pattern.ts';
import type { Plain, Tree } from './source.ts';

export type PlainSchema = boolean | { readonly [keyword: string]: unknown };

/** Say nothing of what is valid. `format` is one of them, as the standard has it: what a text means is the mapping's affair. */
const NOTES = ['$schema', '$id', '$comment', 'title', 'description', 'default', 'example', 'examples', 'deprecated', 'readOnly', 'writeOnly', 'format'];
const DEFINITIONS = ['$defs', 'definitions'];
const TYPES = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];
/** Keywords with a whole number or a number. */
const COUNTS = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'];
const NUMBERS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'];
const CHOICES = ['anyOf', 'oneOf', 'allOf'];
const OTHERS = ['type', 'enum', 'const', 'properties', 'required', 'additionalProperties', 'items', 'uniqueItems', 'pattern', '$ref'];
const KNOWN = [...OTHERS, ...CHOICES, ...COUNTS, ...NUMBERS, ...NOTES, ...DEFINITIONS];

/** Schemas in one stream's schema, those that references put in counted each time. */
const MOST = 5000;
const DEEPEST = 32;

interface Walk {
  /** Where `#/…` begins: the stream's own schema, then the whole file. */
  readonly roots: readonly Tree[];
  readonly problems: Problems;
  /** References that are being put in. */
  readonly open: readonly string[];
  readonly depth: number;
  readonly count: { schemas: number };
}

/** The schema of one stream; null with faults. */
export function plainSchema(tree: Tree, file: Tree, problems: Problems): PlainSchema | null {
  const found = new Problems();
  const plain = schemaOf(tree, { roots: [tree, file], problems: found, open: [], depth: 0, count: { schemas: 0 } });
  // What references put in several times has its faults once.
  const told = new Set<string>();
  for (const { line, column, file: name, message } of found.list) {
    const text = `${line}:${column} ${message}`;
    if (!told.has(text)) problems.add({ file: name, line, column }, message);
    told.add(text);
  }
  return told.size > 0 ? null : plain;
}

function schemaOf(tree: Tree, walk: Walk): PlainSchema {
  const { problems, count } = walk;
  count.schemas += 1;
  if (count.schemas === MOST + 1) problems.add(tree.at, `the schema is larger than ${MOST} parts, with all that its references put in`);
  if (walk.depth > DEEPEST) problems.add(tree.at, `the schema is nested deeper than ${DEEPEST} levels`);
  if (count.schemas > MOST || walk.depth > DEEPEST) return true;
  if (typeof tree.value === 'boolean') return tree.value;
  if (tree.entries === undefined) {
    problems.add(tree.at, 'a schema is a map of JSON Schema keywords, true or false');
    return true;
  }
  const result: Record<string, unknown> = {};
  for (const [keyword, { at, node }] of tree.entries) {
    if (NOTES.includes(keyword) || DEFINITIONS.includes(keyword) || keyword.startsWith('x-')) continue;
    if (!KNOWN.includes(keyword)) problems.add(at, `"${keyword}" is no keyword of JSON Schema that is taken here${suggestion(keyword, KNOWN)}`);
    else if (keyword === '$ref') return referred(tree, node, walk);
    else result[keyword] = valueFor(keyword, node, { ...walk, depth: walk.depth + 1 });
  }
  const names = Object.keys((result['properties'] ?? {}) as object);
  for (const item of tree.entries.get('required')?.node.items ?? []) {
    const name = String(item.value);
    if (names.length > 0 && !names.includes(name)) problems.add(item.at, `"${name}" is required, but is no property${suggestion(name, names)}`);
  }
  return result;
}

/** The schema that a reference names, in its place. */
function referred(tree: Tree, node: Tree, walk: Walk): PlainSchema {
  const { problems, open } = walk;
  const beside = [...(tree.entries?.keys() ?? [])].find((name) => name !== '$ref' && !NOTES.includes(name) && !name.startsWith('x-'));
  const ref = typeof node.value === 'string' ? node.value : '';
  const target = ref.startsWith('#') ? walk.roots.map((root) => pointed(root, ref)).find((found) => found !== null) : undefined;
  if (beside !== undefined) problems.add(tree.entries?.get(beside)?.at ?? tree.at, `"${beside}" stands beside "$ref", which stands for the whole schema`);
  else if (!ref.startsWith('#')) problems.add(node.at, '"$ref" leads out of this file; only references such as "#/$defs/address" are followed');
  else if (target === undefined || target === null) problems.add(node.at, `there is nothing at "${ref}" in this file`);
  else if (open.includes(ref)) problems.add(node.at, `"${ref}" leads back to itself; a record has an end`);
  else return schemaOf(target, { ...walk, open: [...open, ref], depth: walk.depth + 1 });
  return true;
}

/** What a JSON pointer names below a root. */
function pointed(root: Tree, ref: string): Tree | null {
  let tree: Tree | undefined = root;
  for (const part of ref.slice(1).split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    tree = tree?.entries?.get(name)?.node ?? tree?.items?.[/^\d+$/.test(name) ? Number(name) : -1];
  }
  return tree ?? null;
}

function valueFor(keyword: string, node: Tree, walk: Walk): unknown {
  const { problems } = walk;
  const fault = (message: string): undefined => {
    problems.add(node.at, `"${keyword}" ${message}`);
    return undefined;
  };
  if (CHOICES.includes(keyword)) return (node.items ?? []).length === 0 ? fault('is a list of schemas') : node.items?.map((item) => schemaOf(item, walk));
  if (COUNTS.includes(keyword)) return Number.isSafeInteger(node.value) && Number(node.value) >= 0 ? node.value : fault('is a whole number');
  if (NUMBERS.includes(keyword)) return typeof node.value === 'number' ? node.value : fault('is a number');
  switch (keyword) {
    case 'type':
      return typesOf(node, fault);
    case 'enum':
      return node.items !== undefined && node.items.length > 0 && node.items.every(isScalar)
        ? node.value
        : fault('is a list of texts, numbers, true, false or null');
    case 'const':
      return isScalar(node) ? node.value : fault('is a text, a number, true, false or null');
    case 'properties':
      return propertiesOf(node, walk, fault);
    case 'required':
      return node.items?.every((item) => typeof item.value === 'string') ? node.value : fault('is a list of names');
    case 'uniqueItems':
      return typeof node.value === 'boolean' ? node.value : fault('is true or false');
    case 'pattern': {
      const why = typeof node.value === 'string' ? patternFault(node.value) : 'is a text';
      if (why !== null) problems.add(node.at, `"pattern": ${why}`);
      return why === null ? node.value : undefined;
    }
    default:
      return schemaOf(node, walk);
  }
}

/** YAML reads a bare `null` as nothing: among types it is the word. */
function typesOf(node: Tree, fault: (message: string) => undefined): unknown {
  const word = (value: Plain): string => (value === null ? 'null' : String(value));
  const words = node.items === undefined ? [word(node.value)] : node.items.map((item) => word(item.value));
  const wrong = words.find((one) => !TYPES.includes(one));
  if (wrong !== undefined) return fault(`is ${TYPES.join(', ')}, or a list of them, not "${wrong}"${suggestion(wrong, TYPES)}`);
  if (words.length === 0) return fault(`is ${TYPES.join(', ')}, or a list of them`);
  return words.length === 1 ? words[0] : words;
}

function propertiesOf(node: Tree, walk: Walk, fault: (message: string) => undefined): unknown {
  if (node.entries === undefined) return fault('is a map: the name of a field → its schema');
  const result: Record<string, PlainSchema> = {};
  for (const { name, at, node: schema } of node.entries.values()) {
    if (typeof parsePath(name) === 'string' || name.includes('.') || name.includes('[')) {
      walk.problems.add(at, `"${name}" cannot be the name of a field in a mapping: letters, digits, _ and - only`);
    }
    result[name] = schemaOf(schema, walk);
  }
  return result;
}

function isScalar(node: Tree): boolean {
  return node.items === undefined && node.entries === undefined;
}
