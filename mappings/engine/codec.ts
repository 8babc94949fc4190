/** What a codec is: one named way to read a wire value into a canonical one, and to write it back. */
import type * as z from 'zod';
import type { Json } from '../../core/contract.ts';
import type { FieldSpec, Value, ValueKind } from '../../core/model.ts';
import type { Loss } from './mapping.ts';
import type { Part } from './part.ts';
import type { Selector } from './path.ts';

/** A canonical value that is not empty. */
export type Given = Exclude<Value, null>;

/** A wire value that cannot be read, and the rule it breaks. Made once per rule; never holds the value. */
export class Unreadable {
  readonly rule: string;
  constructor(rule: string) {
    this.rule = rule;
  }
}

export type LossNote = Pick<Loss, 'kind' | 'detail'>;

/** What is to be written; `wire` undefined: nothing. */
export interface Encoding {
  readonly wire: Json | undefined;
  readonly losses: readonly LossNote[];
}

export interface EncodingOfMany {
  /** One for every source; undefined: that source is left as it is. */
  readonly wires: readonly (Json | undefined)[];
  readonly losses: readonly LossNote[];
}

interface Shared {
  /** Losses known before any value is seen. */
  readonly declared: readonly LossNote[];
}

/** Reads one wire value. */
export interface One extends Shared {
  readonly arity: 'one';
  /** `wire` is not empty. May answer null for what turns out to be empty. Never throws. */
  decode(wire: Json): Value | Unreadable;
  encode(value: Given, current: Json | undefined): Encoding;
  /** Replaces the plain empty form for codecs that own only a part of the wire value. */
  clear?(current: Json | undefined): Encoding;
  /** A list or text with nothing in it says something: it is decoded too, and only null is empty. */
  readonly readsEmpty?: true;
  /** Inside: `decode(encode(value))` is the value. */
  inDomain(value: Given): boolean;
}

/** Reads several wire values into one. */
export interface Many extends Shared {
  readonly arity: 'many';
  /** At least one wire value is there and not empty. */
  decode(wires: readonly (Json | undefined)[]): Value | Unreadable;
  encode(value: Given, currents: readonly (Json | undefined)[]): EncodingOfMany;
  clear?(currents: readonly (Json | undefined)[]): EncodingOfMany;
  inDomain(value: Given): boolean;
}

export type GroupValues = Readonly<Record<string, Value>>;

/** Reads wire values into a group of fields that stand and fall together. */
export interface Group extends Shared {
  readonly arity: 'group';
  /** Members of the group, without its name: `last`, `first`. */
  readonly targets: readonly string[];
  /** At least one wire value is there and not empty. Every target is answered. */
  decode(wires: readonly (Json | undefined)[]): GroupValues | Unreadable;
  /** `values` holds every target; at least one is not null. */
  encode(values: GroupValues, currents: readonly (Json | undefined)[]): EncodingOfMany;
  inDomain(values: GroupValues): boolean;
}

export type Compiled = One | Many | Group;

/** The mapping asks a codec for something it does not do. Becomes a problem with a place. */
export class CodecMisuse {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export interface CodecContext {
  readonly field: FieldSpec;
  /** IANA zone of times without one. */
  readonly zone: string;
  /** Wire value → canonical name, by table. */
  readonly lookups: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly sourceCount: number;
  readonly selector: Selector | null;
  readonly itemPath: readonly string[] | null;
  /** A codec for the items of a list, given as a name or as `{ as, …params }`; undefined: the plain one for the kind. */
  inner(definition: unknown, kind: ValueKind): One | CodecMisuse;
  /** The same for the wire field of that number, whose selector it minds. */
  innerAt(definition: unknown, kind: ValueKind, index: number): One | CodecMisuse;
}

/** An example is documentation and test at once. `way` says in which direction it holds; both when left out. */
export interface Example {
  readonly params?: Readonly<Record<string, unknown>>;
  /** For codecs of several sources: one item for each. */
  readonly wire?: Json;
  readonly value?: Value;
  readonly way?: 'decode' | 'encode';
  readonly current?: Json;
  readonly loss?: Loss['kind'];
  /** Reading gives a problem. */
  readonly problem?: true;
  /** Field on which the example is compiled, where the codec's first kind will not do. */
  readonly field?: string;
  readonly path?: string;
  readonly lookups?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly zone?: string;
}

export interface Codec {
  readonly name: string;
  readonly doc: string;
  /** In words: the values that are read back just as they were. `inDomain` of the compiled codec decides. */
  readonly domain: string;
  readonly params: z.ZodObject;
  /** Kinds of canonical fields it can fill. */
  readonly kinds: readonly ValueKind[];
  /** How many wire paths a line gives it. */
  readonly sources: 'one' | 'many';
  readonly takesSelector: boolean;
  /** The group of fields that it fills as a whole. */
  readonly group?: string;
  /** Only written, never read. */
  readonly pushOnly: boolean;
  /** The part of the wire value it owns: lines with different parts may share one wire path. */
  part?(params: unknown, selector: Selector | null, kind: ValueKind, itemPath: readonly string[] | null): Part | null;
  /** Whether it writes the wire field of that number; false: it only reads it, and another line may write it. */
  writes(index: number): boolean;
  compile(params: unknown, ctx: CodecContext): Compiled | CodecMisuse;
  readonly examples: readonly Example[];
}

interface Definition<S extends z.ZodObject> {
  readonly name: string;
  readonly doc: string;
  readonly domain: string;
  readonly params: S;
  readonly kinds: readonly ValueKind[];
  readonly sources?: 'one' | 'many';
  readonly takesSelector?: boolean;
  readonly pushOnly?: boolean;
  readonly group?: string;
  part?(params: z.infer<S>, selector: Selector | null, kind: ValueKind, itemPath: readonly string[] | null): Part | null;
  writes?(index: number): boolean;
  compile(params: z.infer<S>, ctx: CodecContext): Compiled | CodecMisuse;
  readonly examples: readonly Example[];
}

/** Declares a codec; its parameters arrive in `compile` as the schema has checked them. */
export function defineCodec<S extends z.ZodObject>(definition: Definition<S>): Codec {
  const { part } = definition;
  return {
    name: definition.name,
    doc: definition.doc,
    domain: definition.domain,
    params: definition.params,
    kinds: definition.kinds,
    sources: definition.sources ?? 'one',
    takesSelector: definition.takesSelector ?? false,
    pushOnly: definition.pushOnly ?? false,
    writes: definition.writes ?? (() => true),
    ...(definition.group === undefined ? {} : { group: definition.group }),
    ...(part === undefined
      ? {}
      : {
          part: (params: unknown, selector: Selector | null, kind: ValueKind, itemPath: readonly string[] | null) =>
            part(params as z.infer<S>, selector, kind, itemPath),
        }),
    compile: (params, ctx) => definition.compile(params as z.infer<S>, ctx),
    examples: definition.examples,
  };
}

export const NO_LOSS: readonly LossNote[] = [];

/** Written as it stands. */
export function exactly(wire: Json): Encoding {
  return { wire, losses: NO_LOSS };
}

/** Not written at all, with the reason. */
export function refused(kind: Loss['kind'], detail: string): Encoding {
  return { wire: undefined, losses: [{ kind, detail }] };
}
