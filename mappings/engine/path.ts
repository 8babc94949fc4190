/** Wire paths: `a`, `a.b`, and `list[member=value]` for lists of objects. Split once, when a mapping is compiled. */
import type { Json, WireBody } from '../../core/contract.ts';
import { isForbiddenName } from '../../core/names.ts';
import { notAPath } from './path-fault.ts';

export interface Selector {
  readonly member: string;
  readonly value: string;
  /** `[type=mobile,main]`: the main item is meant. */
  readonly main: boolean;
}

export interface WirePath {
  /** As written. */
  readonly text: string;
  /** Top-level wire name. */
  readonly top: string;
  /** The path without selector and item member: what is read and written as one value. */
  readonly segments: readonly string[];
  readonly selector: Selector | null;
  /** `.value` behind a selector. */
  readonly itemMember: string | null;
  /** Undefined when the top-level name is absent; null when something below it is. */
  get(body: WireBody): Json | undefined;
}

const NAME = '[\\p{L}_][\\p{L}\\p{N}_-]*';
const PATH = new RegExp(`^(${NAME}(?:\\.${NAME})*)(?:\\[(${NAME})=([^\\],=]+)(,main)?\\](?:\\.(${NAME}))?)?$`, 'u');

/** The path, or what is wrong with it. */
export function parsePath(text: string): WirePath | string {
  const match = PATH.exec(text.trim());
  if (match === null) return notAPath(text);
  const [, plain = '', member, value, main, itemMember = null] = match;
  const segments = plain.split('.');
  const bad = [...segments, member, itemMember].find((name) => typeof name === 'string' && isForbiddenName(name));
  if (bad !== undefined) return `"${bad}" cannot be part of a wire path: no record has such a field; take it away`;
  const selector = member === undefined ? null : { member, value: (value ?? '').trim(), main: main !== undefined };
  return { text: text.trim(), top: segments[0] ?? '', segments, selector, itemMember, get: getter(segments) };
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

function withMember(base: Json | undefined, segments: readonly string[], value: Json): Json {
  const [name, ...rest] = segments;
  if (name === undefined) return value;
  const object = isObject(base) ? base : {};
  return { ...object, [name]: withMember(memberOf(object, name), rest, value) };
}
