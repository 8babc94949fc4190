/** Codecs for readers: an example as a line would use it, and the losses a codec declares. */
import { FIELDS, type FieldSpec, fieldSpec } from '../../core/model.ts';
import { type Codec, CodecMisuse, type Compiled, type Example, type LossNote } from './codec.ts';
import { contextOf } from './context.ts';
import { parsePath } from './path.ts';

function fieldOf(codec: Codec, asked: string | undefined): FieldSpec {
  const known = asked === undefined ? undefined : fieldSpec('client', asked);
  const group = asked === undefined ? undefined : FIELDS.find((one) => one.group === asked && one.entity === 'client');
  const [kind = 'text'] = codec.kinds;
  return known ?? { name: asked ?? 'example', entity: 'client', kind: group?.kind ?? kind, doc: '', personal: false };
}

/** The codec as the example uses it; a misuse where the example is none. */
function compileExample(codec: Codec, example: Example): Compiled | CodecMisuse {
  const path = parsePath(example.path ?? 'wire');
  if (typeof path === 'string') return new CodecMisuse(path);
  const lists = codec.sources === 'many' || codec.name === 'full-name' ? [example.wire, example.current] : [];
  const count = Math.max(1, ...lists.map((wires) => (Array.isArray(wires) ? wires.length : 0)));
  const paths = Array.from({ length: count }, () => path);
  const params = codec.params.parse(example.params ?? {});
  return codec.compile(params, contextOf(fieldOf(codec, example.field), paths, { zone: example.zone ?? 'UTC', lookups: example.lookups ?? {} }));
}

/** Losses that the codec declares with the parameters of its examples, each once. */
export function declaredLosses(codec: Codec): readonly LossNote[] {
  const found = new Map<string, LossNote>();
  for (const example of codec.examples) {
    const compiled = compileExample(codec, example);
    if (compiled instanceof CodecMisuse) continue;
    for (const note of compiled.declared) found.set(`${note.kind} ${note.detail}`, note);
  }
  return [...found.values()];
}
