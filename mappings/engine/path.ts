/** Wire paths: `a`, `a.b`, `"a name with blanks"`, and lists: `list[member=value].member`. Split once, when a mapping is compiled. */
import type { Json, WireBody } from '../../core/contract.ts';
import { isForbiddenName, quoted } from '../../core/names.ts';
import { notAPath } from './path-fault.ts';

/** Which of the chosen items: the one marked as main, the first, all but that one, or every one; null: as the codec says. */
export type Pick = 'main' | 'first' | 'others' | 'all';

/** Which items of a list are meant. */
export interface Selector {
  /** The member that is compared; null: every item counts. */
  readonly member: string | null;
  /** Its values; the first is written into new items. */
  readonly values: readonly string[];
  readonly pick: Pick | null;
  /** The member that marks the main item, where the path names it: `[type=mobile,main=general]`. */
  readonly mark: string | null;
}

export interface WirePath {
  /** As written. */
  readonly text: string;
  /** Top-level wire name. */
  readonly top: string;
  /** The path without selector and item member: what is read and written as one value. */
  readonly segments: readonly string[];
  /** The segments with points between them. */
  readonly name: string;
  readonly selector: Selector | null;
  /** The name behind a selector, `.value`; of a longer chain the first. */
  readonly itemMember: string | null;
  /** The whole chain behind the selector. */
  readonly itemPath: readonly string[] | null;
  /** Undefined when the top-level name is absent; null when something below it is. */
  get(body: WireBody): Json | undefined;
}

const NAME = '(?:[\\p{L}_@$][\\p{L}\\p{N}_@$-]*|"[^"\\]\\[]+")';
const CHAIN = `${NAME}(?:\\.${NAME})*`;
const PATH = new RegExp(`^(${CHAIN})(?:\\[([^\\]]*)\\](?:\\.(${CHAIN}))?)?$`, 'u');
const COMPARED = new RegExp(`^(${NAME})=([^,=]+)$`, 'u');
const MARKED = new RegExp(`^main(?:=(${NAME}))?$`, 'u');
const PICKS: readonly string[] = ['first', 'others', 'all'] satisfies readonly Pick[];

const bare = (name: string): string => (name.startsWith('"') ? name.slice(1, -1) : name);
/** The names of a chain; a point inside quotes separates nothing. */
const namesOf = (chain: string): readonly string[] => (chain.match(new RegExp(NAME, 'gu')) ?? []).map(bare);

/** The path, or what is wrong with it. */
export function parsePath(text: string): WirePath | string {
  const match = PATH.exec(text.trim());
  if (match === null) return notAPath(text);
  const [, plain = '', choice, behind] = match;
  const segments = namesOf(plain);
  const selector = choice === undefined ? null : parseSelector(choice);
  if (typeof selector === 'string') return selector;
  const members = behind === undefined ? [] : namesOf(behind);
  const bad = [...segments, ...members, selector?.member, selector?.mark].find((name) => typeof name === 'string' && isForbiddenName(name));
  if (typeof bad === 'string') return `"${bad}" cannot be part of a wire path: no record has such a field; take it away`;
  return {
    text: text.trim(),
    top: segments[0] ?? '',
    segments,
    name: segments.join('.'),
    selector,
    itemMember: members[0] ?? null,
    itemPath: behind === undefined ? null : members,
    get: getter(segments),
  };
}

const FORMS = '[member=value], [member=one|other], [first], [main=member], [others] or [all]';

/** `type=mobile,main=general`: at most one comparison, and at most one word for which of them. */
function parseSelector(text: string): Selector | string {
  let [member, values, pick, mark]: [string | null, readonly string[], Pick | null, string | null] = [null, [], null, null];
  const parts = text.split(',').map((part) => part.trim());
  for (const [index, part] of parts.entries()) {
    const marked = MARKED.exec(part);
    if (marked !== null && pick === null) {
      [pick, mark] = ['main', marked[1] === undefined ? 'main' : bare(marked[1])];
      continue;
    }
    if (PICKS.includes(part) && pick === null) {
      pick = part as Pick;
      continue;
    }
    const compared = COMPARED.exec(part);
    if (compared === null || index > 0) return `${quoted(`[${text}]`)} does not choose items of a list: ${FORMS}`;
    member = bare(compared[1] ?? '');
    values = (compared[2] ?? '').split('|').map((value) => value.trim());
    if (values.some((value) => value === '')) return `${quoted(`[${text}]`)} does not choose items of a list: ${FORMS}`;
  }
  return { member, values, pick, mark };
}

function getter(segments: readonly string[]): WirePath['get'] {
  const [first = '', ...rest] = segments;
  if (rest.length === 0) return (body) => body[first];
  return (body) => {
    let value: Json | undefined = body[first];
    if (value === undefined) return undefined;
    for (const name of rest) value = memberOf(value, name) ?? null;
    return value;
  };
}

/** A member of a JSON object; undefined for anything else. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

export function isObject(value: unknown): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Empty in the sense of the contract: said, and nothing there. */
export function isEmptyWire(value: Json): boolean {
  if (value === null || value === '') return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.length === 0;
  for (const _ in value) return false;
  return true;
}

/** Wire fields under construction over the record's present body. */
export class Draft {
  readonly wire: Record<string, Json> = {};
  readonly current: WireBody | null;
  constructor(current: WireBody | null) {
    this.current = current;
  }

  /** The present value with everything written so far laid over it. */
  read(path: WirePath): Json | undefined {
    if (Object.hasOwn(this.wire, path.top)) return path.get(this.wire);
    return this.current === null ? undefined : path.get(this.current);
  }

  /** Sets the value, keeping the other members of the objects it stands in. */
  write(path: WirePath, value: Json): void {
    if (path.segments.length === 1) {
      this.wire[path.top] = value;
      return;
    }
    const base = Object.hasOwn(this.wire, path.top) ? this.wire[path.top] : this.current?.[path.top];
    this.wire[path.top] = withMember(base, path.segments.slice(1), value);
  }
}

/** A member of members, by names with points between them. */
export function memberAt(value: Json | undefined, names: readonly string[]): Json | undefined {
  let found = value;
  for (const name of names) found = memberOf(found, name);
  return found;
}

/** The object with a member of members set; everything else in it stays. */
export function withMember(base: Json | undefined, segments: readonly string[], value: Json): Json {
  const [name, ...rest] = segments;
  if (name === undefined) return value;
  const object = isObject(base) ? base : {};
  return { ...object, [name]: withMember(memberOf(object, name), rest, value) };
}
