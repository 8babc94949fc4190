/** Lines of a mapping as JSON Schema: what may stand on the right of a canonical field, by its kind. */
import { CONSENTS, type EntityKind, FIELDS, type FieldSpec, type ValueKind } from '../../../core/model.ts';
import { CODECS, type Codec } from '../../../mappings/engine/index.ts';
import { closed, type JsonSchema, ref, schemaOf, where, whereIs } from './parts.ts';

export const ENTITIES: readonly EntityKind[] = ['client', 'card', 'cardType', 'account'];
const LISTS: Readonly<Partial<Record<ValueKind, ValueKind>>> = { texts: 'text', phones: 'phone', emails: 'email' };
const scalar: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };

/** Codecs that may be named on a field of the kind: its own, and those of its items. */
function codecsOf(kind: ValueKind): readonly Codec[] {
  const inner = LISTS[kind];
  return CODECS.filter(({ kinds, group }) => group === undefined && (kinds.includes(kind) || (inner !== undefined && kinds.includes(inner))));
}

const PATH: JsonSchema = { type: 'string', minLength: 1, description: 'Wire path: `phone`, `passport.serial`, `contacts[type=email].value`.' };

/** What every line may say, whatever its codec or kind. */
const LINE_KEYS: Readonly<Record<string, JsonSchema>> = {
  from: { anyOf: [PATH, { type: 'array', items: PATH, minItems: 1 }, ref('setting')], description: 'The wire path, or several.' },
  only: { enum: ['pull', 'push'], description: '`pull`: read, never written. `push`: written, never read.' },
  empty: { anyOf: [scalar, { type: 'array', maxItems: 0 }, ref('setting')], description: "How empty is written, if not as ''." },
  emptyWhen: { anyOf: [scalar, { type: 'array', items: scalar }], description: 'Wire texts that mean empty.' },
  otherwise: { enum: ['problem', 'ignore'], description: '`ignore`: what cannot be read is empty, instead of a problem.' },
};

function lineKeys(kind: ValueKind): Readonly<Record<string, JsonSchema>> {
  const common = Object.keys(LINE_KEYS).map((name) => [name, ref(`key-${name}`)] as const);
  return { ...Object.fromEntries(common), when: ref('condition'), else: { anyOf: [givenOf(kind), { type: 'null' }] } };
}

/** A canonical value as it is written in a mapping. */
function givenOf(kind: ValueKind): JsonSchema {
  if (kind === 'flag') return { type: 'boolean' };
  if (kind === 'integer' || kind === 'minor' || kind === 'instant') return { type: 'integer' };
  if (kind === 'consent') return { enum: CONSENTS };
  if (LISTS[kind] !== undefined) return { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 };
  return kind === 'json' ? {} : { type: 'string', minLength: 1 };
}

/** A codec's parameters; any of them may be left to the system's settings. */
function paramsIn(codec: Codec): { readonly properties: Readonly<Record<string, JsonSchema>>; readonly required: readonly string[] } {
  const { properties = {}, required = [] } = schemaOf(codec.params) as { properties?: Record<string, JsonSchema>; required?: string[] };
  const named = Object.entries(properties).map(([name, { description, default: silent, ...schema }]) => {
    const whole = name === 'item' ? ref('item') : schema;
    const free = Object.keys(whole).length === 0;
    const said = { ...(description === undefined ? {} : { description }), ...(silent === undefined ? {} : { default: silent }) };
    return [name, free ? said : { anyOf: [whole, ref('setting')], ...said }] as const;
  });
  return { properties: Object.fromEntries(named), required };
}

/** The same by reference: a codec stands in the lines of many kinds. */
function paramsOf(codec: Codec): { readonly properties: Readonly<Record<string, JsonSchema>>; readonly required: readonly string[] } {
  const { properties, required } = paramsIn(codec);
  return { properties: Object.fromEntries(Object.keys(properties).map((name) => [name, ref(`${codec.name}-${name}`)])), required };
}

/** The parameters that a line without `as` may have: those of its plain codecs. */
function plainParams(kind: ValueKind): Readonly<Record<string, JsonSchema>> {
  const wanted = ['text', 'phone', 'email', 'integer', 'ref', 'raw', 'texts', 'list-item', 'list-rest', 'first-of', 'collect'];
  const codecs = codecsOf(kind).filter(({ name }) => wanted.includes(name));
  return Object.assign({}, ...codecs.map((codec) => paramsOf(codec).properties)) as Record<string, JsonSchema>;
}

function lineOf(kind: ValueKind, codecs: readonly Codec[], plain: boolean): JsonSchema {
  const keys = lineKeys(kind);
  const names: JsonSchema = { enum: codecs.map(({ name }) => name), description: 'The codec that reads and writes the value.' };
  const variants = codecs.map((codec) => {
    const { properties, required } = paramsOf(codec);
    return whereIs('as', codec.name, closed({ ...keys, as: names, ...properties }, ['from', ...required]));
  });
  const silent = closed({ ...keys, value: { ...givenOf(kind), description: 'Instead of `from`: the value of every record.' }, ...plainParams(kind) });
  const object: JsonSchema = {
    type: 'object',
    // Beside the conditions, so that editors complete before a codec is named.
    properties: { from: ref('key-from'), as: names },
    allOf: [...variants, where({ not: { required: ['as'] } }, plain && { ...silent, anyOf: [{ required: ['from'] }, { required: ['value'] }] })],
  };
  const short = { anyOf: [PATH, { type: 'array', items: PATH, minItems: 1 }, object] };
  return plain ? short : object;
}

const KINDS: readonly ValueKind[] = [...new Set([...FIELDS.map(({ kind }) => kind), 'json' as const])];

/** Definitions of the lines by kind, of group lines by group, of codecs of items, conditions and settings. */
export function lineDefinitions(): Readonly<Record<string, JsonSchema>> {
  const kinds = KINDS.map((kind) => [`line-${kind}`, lineOf(kind, codecsOf(kind), true)] as const);
  const groups = GROUPS.map((group) => [`line-of-${group}`, lineOf('text', groupCodecs(group), false)] as const);
  const params = CODECS.flatMap((codec) => Object.entries(paramsIn(codec).properties).map(([name, schema]) => [`${codec.name}-${name}`, schema] as const));
  const ones = CODECS.filter(({ sources, pushOnly, group }) => sources === 'one' && !pushOnly && group === undefined);
  const names = { enum: ones.map(({ name }) => name) };
  const items = ones.map((codec) => whereIs('as', codec.name, closed({ as: names, ...paramsOf(codec).properties }, ['as', ...paramsOf(codec).required])));
  return {
    ...Object.fromEntries([...kinds, ...groups, ...params]),
    ...Object.fromEntries(Object.entries(LINE_KEYS).map(([name, schema]) => [`key-${name}`, schema])),
    item: { anyOf: [names, { type: 'object', properties: { as: names }, required: ['as'], allOf: items }] },
    condition: {
      ...closed({ field: PATH, is: scalar, in: { type: 'array', items: scalar, minItems: 1 }, empty: { type: 'boolean' } }, ['field']),
      oneOf: ['is', 'in', 'empty'].map((test) => ({ required: [test] })),
      description: 'The line holds only under a condition on a wire field.',
    },
    setting: {
      ...closed({ setting: { type: 'string', minLength: 1 }, default: {} }, ['setting']),
      description: "A value of the system's `settings`, and the value when it says none.",
    },
    moment: lineOf('instant', codecsOf('instant'), false),
  };
}

/** Groups that a codec fills as a whole. */
const GROUPS: readonly string[] = [...new Set(CODECS.flatMap(({ group }) => group ?? []))];
const groupCodecs = (group: string): readonly Codec[] => CODECS.filter((codec) => codec.group === group);

/** The lines of an entity: its fields with their kinds, the groups, and attributes. */
export function fieldsOf(entity: EntityKind, takenAway = false): JsonSchema {
  const some = (line: JsonSchema, field?: FieldSpec): JsonSchema => ({
    ...(takenAway ? { anyOf: [line, { type: 'null' }] } : { allOf: [line] }),
    ...(field === undefined ? {} : { description: field.codes === undefined ? field.doc : `${field.doc} One of ${field.codes.join(', ')}.` }),
  });
  const own = FIELDS.filter((field) => field.entity === entity);
  const groups = GROUPS.filter((group) => own.some((field) => field.group === group));
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(own.map((field) => [field.name, some(ref(`line-${field.kind}`), field)])),
      ...Object.fromEntries(groups.map((group) => [group, some(ref(`line-of-${group}`))])),
    },
    patternProperties: { '^attributes\\.[a-z][a-z0-9-]*\\.[A-Za-z0-9_.-]+$': some(ref('line-json')) },
    additionalProperties: false,
  };
}
