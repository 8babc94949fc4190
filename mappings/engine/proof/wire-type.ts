/**
 * What a wire field may hold, out of JSON Schema: a connector's zod schema gives one, and so does a vendor's `.wire.yaml`. Only what
 * proofs need is read; whatever is not understood counts as "anything", so that no proof fails for a schema's sake.
 */
import type { Json } from '../../../core/contract.ts';

export type WireKind = 'text' | 'number' | 'boolean' | 'list' | 'object' | 'null';
type Scalar = string | number | boolean;

export interface WireType {
  /** Null: anything. */
  readonly kinds: ReadonlySet<WireKind> | null;
  /** Scalars that the schema names one by one. */
  readonly values: readonly Scalar[];
  /** No scalar but `values` (and empty) is there. */
  readonly closed: boolean;
  /** Null, or an empty text, is among what it may hold. */
  readonly mayBeEmpty: boolean;
  /** An empty text is. */
  readonly blank: boolean;
  /** Forms of texts; a text has one of them. Null: any text. */
  readonly forms: readonly RegExp[] | null;
  /** Members of an object; null: not said. */
  readonly members: ReadonlyMap<string, WireType> | null;
  readonly required: ReadonlySet<string>;
  /** Items of a list; null: not said. */
  readonly items: WireType | null;
}

export const ANYTHING: WireType = {
  kinds: null,
  values: [],
  closed: false,
  mayBeEmpty: true,
  blank: true,
  forms: null,
  members: null,
  required: new Set(),
  items: null,
};

type Schema = Readonly<Record<string, unknown>>;
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const KINDS: Readonly<Record<string, WireKind>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  array: 'list',
  object: 'object',
  null: 'null',
};
/** Schemas that point at themselves are followed so far. */
const DEEPEST = 6;

/** The type that a JSON Schema describes. Never throws. */
export function wireTypeOf(schema: unknown): WireType {
  return read(schema, isSchema(schema) ? schema : {}, 0);
}

function read(schema: unknown, root: Schema, depth: number): WireType {
  if (!isSchema(schema) || depth > DEEPEST) return ANYTHING;
  if (typeof schema['$ref'] === 'string') return read(pointed(root, schema['$ref']), root, depth + 1);
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) return union(choices.map((choice) => read(choice, root, depth + 1)));
  if ('const' in schema) return listed([schema['const']]);
  if (Array.isArray(schema['enum'])) return listed(schema['enum']);
  const { type } = schema;
  if (Array.isArray(type)) return union(type.map((one) => read({ ...schema, type: one }, root, depth + 1)));
  const kind = typeof type === 'string' ? KINDS[type] : undefined;
  return kind === undefined ? ANYTHING : ofKind(kind, schema, root, depth);
}

function pointed(root: Schema, pointer: string): unknown {
  if (!pointer.startsWith('#')) return undefined;
  let value: unknown = root;
  for (const step of pointer.slice(1).split('/').filter(Boolean)) {
    value = isSchema(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return value;
}

function ofKind(kind: WireKind, schema: Schema, root: Schema, depth: number): WireType {
  const bare: WireType = { ...ANYTHING, kinds: new Set([kind]), mayBeEmpty: kind === 'null', blank: false };
  if (kind === 'boolean') return { ...bare, values: [true, false], closed: true };
  if (kind === 'null') return { ...bare, closed: true };
  if (kind === 'list') return { ...bare, closed: true, items: 'items' in schema ? read(schema['items'], root, depth + 1) : null };
  if (kind === 'object') {
    const { properties, required } = schema;
    const members = isSchema(properties) ? new Map(Object.entries(properties).map(([name, one]) => [name, read(one, root, depth + 1)])) : null;
    return { ...bare, closed: true, members, required: new Set(Array.isArray(required) ? required.map(String) : []) };
  }
  return kind === 'text' ? ofText(bare, schema) : bare;
}

/** `^(a|b|c)?$`: texts that a pattern names one by one. */
const CHOICE = /^\^\(((?:[\p{L}\p{N}_-]+\|)*[\p{L}\p{N}_-]+)\)(\?)?\$$/u;
/** A repetition inside a repetition may take for ever. */
const RISKY = /[+*}]\)?[+*{]/;

function ofText(bare: WireType, { pattern, minLength }: Schema): WireType {
  const text = typeof pattern === 'string' ? pattern : '';
  const choice = CHOICE.exec(text);
  if (choice !== null) return { ...bare, values: (choice[1] ?? '').split('|'), closed: true, ...emptied(choice[2] !== undefined) };
  const form = text === '' || text.length > 200 || RISKY.test(text) ? null : compiled(text);
  return { ...bare, forms: form === null ? null : [form], ...emptied(form === null ? !(Number(minLength) > 0) : form.test('')) };
}

const emptied = (blank: boolean): Pick<WireType, 'mayBeEmpty' | 'blank'> => ({ mayBeEmpty: blank, blank });

function compiled(text: string): RegExp | null {
  try {
    return new RegExp(text, 'u');
  } catch {
    return null;
  }
}

function listed(values: readonly unknown[]): WireType {
  const scalars = values.filter((value): value is Scalar => ['string', 'number', 'boolean'].includes(typeof value));
  const kinds = new Set(values.map((value) => kindOf(value as Json)));
  const blank = values.includes('');
  return { ...ANYTHING, kinds, values: scalars.filter((value) => value !== ''), closed: true, mayBeEmpty: values.includes(null) || blank, blank };
}

function union(types: readonly WireType[]): WireType {
  const [only] = types;
  if (types.length === 1 && only !== undefined) return only;
  if (types.some((type) => type.kinds === null)) return ANYTHING;
  const members = types.flatMap((type) => (type.members === null ? [] : [...type.members]));
  const texts = types.filter((type) => type.kinds?.has('text'));
  return {
    kinds: new Set(types.flatMap((type) => [...(type.kinds ?? [])])),
    values: [...new Set(types.flatMap((type) => type.values))],
    closed: types.every((type) => type.closed),
    mayBeEmpty: types.some((type) => type.mayBeEmpty),
    blank: types.some((type) => type.blank),
    forms: texts.every((type) => type.forms !== null) && texts.length > 0 ? texts.flatMap((type) => type.forms ?? []) : null,
    members: members.length === 0 ? null : new Map(members),
    required: new Set(),
    items: types.find((type) => type.items !== null)?.items ?? null,
  };
}

export function kindOf(value: Json): WireKind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  const type = typeof value;
  return type === 'string' ? 'text' : type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'object';
}

/** In words: `a text, a number or an object`. */
export function inWords(kinds: Iterable<WireKind>): string {
  const names = [...kinds]
    .filter((kind) => kind !== 'null')
    .map((kind) => (kind === 'object' ? 'an object' : kind === 'boolean' ? 'true or false' : `a ${kind}`));
  return names.length < 2 ? (names[0] ?? 'nothing') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
