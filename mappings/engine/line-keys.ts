/** The keys of a line, each checked: the wire paths, the codec's parameters, and what every line may say. */
import type { Json } from '../../core/contract.ts';
import { expectation, type SchemaIssue } from '../../core/expectation.ts';
import type { FieldSpec, Value } from '../../core/model.ts';
import { isForbiddenName, quoted } from '../../core/names.ts';
import { suggestion } from '../../core/nearest.ts';
import { fits } from './canonical.ts';
import type { Codec } from './codec.ts';
import { readCondition } from './condition.ts';
import type { CompileOptions } from './options.ts';
import { parsePath, type WirePath } from './path.ts';
import type { At, Problems } from './problems.ts';
import { CODECS } from './registry.ts';
import type { Entry, Plain, Tree } from './source.ts';

/** A wire path somewhere in the mapping, with its place. */
export interface Use {
  readonly path: WirePath;
  readonly at: At;
}

const OWN_KEYS = ['from', 'as', 'only', 'when', 'else', 'empty', 'emptyWhen', 'otherwise'];

/** The wire paths of a line; none when one of them has a fault. */
export function readPaths(from: Tree | undefined, at: At, problems: Problems): readonly Use[] {
  if (from?.entries !== undefined) {
    problems.add(from.at, '"from" is a wire path or a list of them: [one, other]');
    return [];
  }
  const written = from?.items ?? (from === undefined || from.value === null ? [] : [from]);
  if (written.length === 0) problems.add(from?.at ?? at, `"from" is ${from === undefined ? 'missing' : 'empty'}: the wire path, such as \`from: phone\``);
  const uses: Use[] = [];
  for (const item of written) {
    const path = typeof item.value === 'string' ? parsePath(item.value) : 'a wire path is a text: put quotes round it';
    const twice = typeof path !== 'string' && uses.some((use) => use.path.text === path.text);
    if (typeof path === 'string') problems.add(item.at, path);
    else if (twice) problems.add(item.at, `${quoted(path.text)} stands twice in "from": take one away`);
    else uses.push({ path, at: item.at });
  }
  return uses.length === written.length ? uses : [];
}

/** The codec's parameters as its schema makes them, or null with faults. */
export function checkParams(codec: Codec, node: Tree, problems: Problems): unknown {
  const own = Object.keys(codec.params.shape);
  const known = [...new Set([...OWN_KEYS, ...own])];
  const given: Record<string, Plain> = {};
  for (const [name, member] of node.entries ?? []) {
    if (!known.includes(name)) problems.add(member.at, `${quoted(name)} is not known to ${codec.name}${otherHome(name, known)}`);
    else if (own.includes(name)) given[name] = member.node.value;
  }
  const result = codec.params.safeParse(given);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
    const isMissing = path.length === 1 && !Object.hasOwn(given, path[0] ?? '');
    const what = `"${path.join('.')}" of ${codec.name}`;
    problems.add(placeIn(node, path), isMissing ? `${what} is missing: ${expected(issue)}` : `${what}: ${expected(issue)}`);
  }
  return null;
}

function expected(issue: SchemaIssue): string {
  return expectation(issue, issue.code === 'invalid_union' ? (issue.errors.flat() as SchemaIssue[]) : []);
}

/** Keys that no line and no codec knows, told where the codec is not named: one of them may be its name misspelt. */
export function refuseStrangers(members: ReadonlyMap<string, Entry>, problems: Problems): boolean {
  const known = [...OWN_KEYS, ...new Set(CODECS.flatMap((codec) => Object.keys(codec.params.shape)))];
  const strangers = [...members.values()].filter(({ name }) => !known.includes(name));
  for (const { name, at } of strangers)
    problems.add(at, `${quoted(name)} is not known to a line${suggestion(name, known) || `; known here: ${OWN_KEYS.join(', ')}`}`);
  return strangers.length > 0;
}

/** A near name, else the codecs to which the parameter belongs, else what is known. */
function otherHome(name: string, known: readonly string[]): string {
  const homes = CODECS.filter((codec) => Object.hasOwn(codec.params.shape, name)).map((codec) => codec.name);
  if (homes.length > 0) return `; it belongs to ${homes.join(', ')}`;
  return suggestion(name, known) || `; known here: ${known.join(', ')}`;
}

/** Where a part of a line stands, by the keys that lead to it; what is not there is looked for at what is around it. */
export function placeIn(node: Tree, path: readonly (string | number)[]): At {
  let tree = node;
  for (const step of path) {
    const next: Tree | undefined = typeof step === 'number' ? tree.items?.[step] : tree.entries?.get(step)?.node;
    if (next === undefined) break;
    tree = next;
  }
  return tree.at;
}

/** Where the part of a line stands that a message of its codec speaks of, by the name or value in quotes, or the number it begins with. */
export function placeOfMention(node: Tree, message: string): At {
  const mentioned = new Set([...message.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? ''));
  const number = /^-?\d+(?:\.\d+)?/.exec(message)?.[0];
  if (number !== undefined) mentioned.add(number);
  return (mentioned.size === 0 ? null : found(node, mentioned)) ?? node.at;
}

function found(tree: Tree, texts: ReadonlySet<string>): At | null {
  for (const item of tree.items ?? []) {
    const at = found(item, texts);
    if (at !== null) return at;
  }
  let atKey: At | null = null;
  for (const entry of tree.entries?.values() ?? []) {
    if (entry.name === 'from') continue;
    const inside = found(entry.node, texts);
    if (inside !== null) return inside;
    if (texts.has(entry.name)) atKey ??= entry.node.at;
  }
  if (atKey !== null) return atKey;
  const isLeaf = tree.items === undefined && tree.entries === undefined && tree.value !== null;
  return isLeaf && texts.has(String(tree.value)) ? tree.at : null;
}

/** A table that is a slip away from one of the configuration. One that is not near any may be filled later; until then it is empty. */
export function checkTable(tree: Tree | undefined, { lookups }: Pick<CompileOptions, 'lookups'>, problems: Problems): void {
  if (tree === undefined || typeof tree.value !== 'string' || Object.hasOwn(lookups, tree.value)) return;
  const near = suggestion(tree.value, Object.keys(lookups));
  if (isForbiddenName(tree.value)) problems.add(tree.at, `${quoted(tree.value)} cannot be a name of a table: take another`);
  else if (near !== '') problems.add(tree.at, `there is no table ${quoted(tree.value)} in "lookups" of the configuration${near}`);
}

/** Where a line as written names its wire paths, whatever else it says. */
export function sourcesIn(node: Tree): readonly Tree[] {
  const from = node.entries?.get('from')?.node ?? node;
  return from.items ?? [from];
}

/** What every line may say beside its codec's parameters. */
export function genericKeys(codec: Codec, field: FieldSpec, members: ReadonlyMap<string, Entry>, problems: Problems) {
  const only = oneOf(members.get('only')?.node, '"only"', ['pull', 'push'], problems);
  const unreadable = 'otherwise' in codec.params.shape ? null : oneOf(members.get('otherwise')?.node, '"otherwise"', ['problem', 'ignore'], problems);
  const when = members.get('when')?.node;
  const emptyWhen = members.get('emptyWhen')?.node;
  const texts = emptyWhen === undefined ? null : (emptyWhen.items?.map((item) => item.value) ?? [emptyWhen.value]);
  if (emptyWhen !== undefined && texts?.some((text) => text === null || typeof text === 'object'))
    problems.add(emptyWhen.at, '"emptyWhen" is a value or a list of values: [0, "-"]');
  const empty = members.get('empty')?.node;
  return {
    only: codec.pushOnly || only === 'push' ? ('push' as const) : only === 'pull' ? ('pull' as const) : null,
    unreadable: unreadable === 'ignore' ? ('ignore' as const) : ('problem' as const),
    when: when === undefined ? null : readCondition(when, problems),
    otherwise: elseOf(members, field, problems),
    empty: empty === undefined ? '' : (empty.value as Json),
    emptyWhen: texts === null ? null : new Set(texts.map(String)),
  };
}

/** The value under `else`; undefined where there is none. */
export function elseOf(members: ReadonlyMap<string, Entry>, field: FieldSpec, problems: Problems): Value | undefined {
  const other = members.get('else');
  if (other === undefined) return undefined;
  if (!members.has('when')) {
    problems.add(other.at, '"else" needs "when": it is the value where the condition does not hold');
    return undefined;
  }
  const { value, at } = other.node;
  const codes = field.kind === 'code' ? field.codes : undefined;
  if (value !== null && !fits(value, field)) {
    const known = codes === undefined ? '' : `${suggestion(String(value), codes)}; one of ${codes.join(', ')}`;
    problems.add(at, `"else" must be a value of ${field.name}, which is of kind ${field.kind}${known}`);
  }
  return value as Value;
}

function oneOf(tree: Tree | undefined, name: string, words: readonly string[], problems: Problems): string | null {
  if (tree === undefined) return null;
  const word = typeof tree.value === 'string' ? tree.value : '';
  if (!words.includes(word)) problems.add(tree.at, `${name} is ${words.join(' or ')}${suggestion(word, words)}`);
  return words.includes(word) ? word : null;
}
