/** What a codec is told of the line it stands in, and the codecs inside codecs. */
import { expectation, type SchemaIssue } from '../../core/expectation.ts';
import type { FieldSpec } from '../../core/model.ts';
import { suggestion } from '../../core/nearest.ts';
import { type Codec, type CodecContext, CodecMisuse, type One } from './codec.ts';
import type { CompileOptions } from './options.ts';
import type { WirePath } from './path.ts';
import { CODECS, codecOf, PLAIN_CODEC } from './registry.ts';

type Source = Pick<WirePath, 'selector' | 'itemPath'>;

/** What a codec is told of the line it stands in. */
export function contextOf(field: FieldSpec, paths: readonly Source[], options: Pick<CompileOptions, 'zone' | 'lookups'>): CodecContext {
  const [path] = paths;
  const ctx: CodecContext = {
    field,
    zone: options.zone,
    lookups: ownTables(options.lookups),
    sourceCount: paths.length,
    selector: path?.selector ?? null,
    itemPath: path?.itemPath ?? null,
    inner: (definition, kind) => compileInner(definition, { ...field, kind }, ctx),
    innerAt: (definition, kind, index) => compileInnerAt(definition, { ...field, kind }, ctx, paths[index]),
  };
  return ctx;
}

/** The name and the parameters of a codec given as a name or as `{ as, …params }`. */
function definedCodec(definition: unknown, field: FieldSpec): { readonly codec: Codec; readonly params: Readonly<Record<string, unknown>> } | CodecMisuse {
  const { as, ...params }: Record<string, unknown> = typeof definition === 'object' && definition !== null ? { ...definition } : { as: definition };
  const name = as === undefined ? PLAIN_CODEC[field.kind] : String(as);
  if (name === undefined) return new CodecMisuse(`"item" is needed: the codec of a ${field.kind}`);
  const codec = codecOf(name);
  if (codec === undefined)
    return new CodecMisuse(
      `"${name}" is no codec${suggestion(
        name,
        CODECS.map((one) => one.name),
      )}`,
    );
  return codec.kinds.includes(field.kind) ? { codec, params } : new CodecMisuse(`item: ${name} does not fit a ${field.kind}`);
}

function compileOne(definition: unknown, field: FieldSpec, ctx: CodecContext): One | CodecMisuse {
  const defined = definedCodec(definition, field);
  if (defined instanceof CodecMisuse) return defined;
  const { codec, params } = defined;
  const checked = codec.params.safeParse(params);
  if (!checked.success) return new CodecMisuse(`item: ${checked.error.issues.map((issue) => faultOf(issue, codec.name)).join('; ')}`);
  const compiled = codec.compile(checked.data, ctx);
  if (compiled instanceof CodecMisuse) return compiled;
  return compiled.arity === 'one' && !codec.pushOnly ? compiled : new CodecMisuse(`${codec.name} cannot be a codec of items`);
}

function faultOf(issue: SchemaIssue, codec: string): string {
  if (issue.code === 'unrecognized_keys') return `"${issue.keys.join('", "')}" is not known to ${codec}: take it away`;
  return `"${issue.path.join('.')}" of ${codec}: ${expectation(issue)}`;
}

/** Tables by their own names only: what every object inherits is none. */
function ownTables(lookups: CompileOptions['lookups']): CompileOptions['lookups'] {
  return Object.assign(Object.create(null), lookups) as CompileOptions['lookups'];
}

function compileInner(definition: unknown, field: FieldSpec, outer: CodecContext): One | CodecMisuse {
  const compiled = compileOne(definition, field, { ...outer, field, sourceCount: 1, selector: null, itemPath: null });
  if (compiled instanceof CodecMisuse || compiled.clear === undefined) return compiled;
  return new CodecMisuse('item: this codec shares its wire field with others and cannot be one of items');
}

/** As `compileInner` for one of several sources: items of a list are read by `list-item`, and a plain field without it. */
function compileInnerAt(definition: unknown, field: FieldSpec, outer: CodecContext, path: Source | undefined): One | CodecMisuse {
  const defined = definedCodec(definition, field);
  if (defined instanceof CodecMisuse) return defined;
  const { selector = null, itemPath = null } = path ?? {};
  const ctx = { ...outer, field, sourceCount: 1, selector, itemPath };
  if (selector === null) return compileInner(defined.codec.takesSelector ? defined.params['item'] : definition, field, outer);
  return compileOne(defined.codec.takesSelector ? definition : { as: 'list-item', ...(definition === undefined ? {} : { item: definition }) }, field, ctx);
}
