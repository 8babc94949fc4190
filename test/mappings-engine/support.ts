/** Ways into mappings and single codecs, as a mapping line would use them. */
import type { Json } from '../../core/contract.ts';
import { type EntityKind, FIELDS, type FieldSpec, fieldSpec } from '../../core/model.ts';
import { type Codec, CodecMisuse, type Compiled, type Example } from '../../mappings/engine/codec.ts';
import { contextOf } from '../../mappings/engine/context.ts';
import { type CompiledMapping, type CompileOptions, compileMapping } from '../../mappings/engine/index.ts';
import { parsePath } from '../../mappings/engine/path.ts';

export const OPTIONS: CompileOptions = { zone: 'Europe/Moscow', lookups: {}, wire: null };

export const source = (text: string, file = 'mappings/test/clients.yaml') => ({ text, file });

/** A mapping of lines over `id`. */
export function mappingOf(fields: Readonly<Record<string, unknown>>, options: Partial<CompileOptions> = {}, entity: EntityKind = 'client'): CompiledMapping {
  const text = JSON.stringify({ vendor: 'test', stream: 'clients', entity, key: 'id', fields });
  return compileMapping(source(text), { ...OPTIONS, ...options });
}

/** A field for a codec: the one asked for, or one of the codec's first kind. */
export function fieldFor(codec: Codec, asked?: string): FieldSpec {
  const [kind = 'text'] = codec.kinds;
  const known = asked === undefined ? undefined : fieldSpec('client', asked);
  const group = asked === undefined ? undefined : FIELDS.find((one) => one.group === asked && one.entity === 'client');
  return known ?? { name: asked ?? 'made.up', entity: 'client', kind: group?.kind ?? kind, doc: '', personal: false };
}

export interface Setup {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly field?: string;
  readonly path?: string;
  readonly zone?: string;
  readonly lookups?: Example['lookups'];
  readonly sources?: number;
}

/** A codec as a line compiles it; a misuse is thrown. */
export function compiled(codec: Codec, setup: Setup = {}): Compiled {
  const path = parsePath(setup.path ?? 'w');
  if (typeof path === 'string') throw new Error(path);
  const paths = Array.from({ length: setup.sources ?? 1 }, () => path);
  const result = codec.compile(
    codec.params.parse(setup.params ?? {}),
    contextOf(fieldFor(codec, setup.field), paths, { zone: setup.zone ?? 'UTC', lookups: setup.lookups ?? {} }),
  );
  if (result instanceof CodecMisuse) throw new Error(`${codec.name}: ${result.message}`);
  return result;
}

export function compiledExample(codec: Codec, example: Example): Compiled {
  const isMany = codec.sources === 'many' || codec.name === 'full-name';
  const sources = isMany ? Math.max(1, ...[example.wire, example.current].map((wires) => (Array.isArray(wires) ? wires.length : 0))) : 1;
  return compiled(codec, { ...example, sources });
}

/** What `decode` answers: a group's and a list's sources come as a list. */
export function decodeAny(codec: Compiled, wire: Json): unknown {
  return codec.arity === 'one' ? codec.decode(wire) : codec.decode(wire as readonly Json[]);
}

/** What would be written, in the form of an example's `wire`. */
export function encodeAny(codec: Compiled, value: unknown, current?: Json): { wire: unknown; losses: readonly { kind: string }[] } {
  if (codec.arity === 'one') return codec.encode(value as never, current);
  const { wires, losses } = codec.encode(value as never, current === undefined ? [] : (current as readonly Json[]));
  return { wire: wires, losses };
}
