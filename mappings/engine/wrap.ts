/** Codecs of one value put to work on more: several wire fields in order, items of a list, lists of values. */
import type { FieldSpec, ValueKind } from '../../core/model.ts';
import type { Codec } from './codec.ts';
import { innerKind } from './codecs/list-values.ts';
import type { WirePath } from './path.ts';
import { PLAIN_CODEC } from './registry.ts';

/** A codec by its name, with parameters for it. */
export interface Use {
  readonly codec: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const isListKind = (kind: ValueKind): boolean => kind === 'texts' || kind === 'phones' || kind === 'emails';

/** Codec of a line that names none; undefined where there is more than one plain way. */
export function plainCodec(kind: ValueKind, paths: readonly WirePath[]): string | undefined {
  const list = isListKind(kind);
  if ((paths[0]?.selector ?? null) !== null) return list && paths.length === 1 ? 'list-rest' : 'list-item';
  if (list) return paths.length > 1 ? PLAIN_CODEC[innerKind(kind)] : 'texts';
  return PLAIN_CODEC[kind];
}

/** The codec that the line is really read with, where the one it names reads one value and the line says more; else null. */
export function wrapOf(codec: Codec, params: unknown, field: FieldSpec, paths: readonly WirePath[]): Use | null {
  if (codec.sources === 'many' || codec.pushOnly || field.group === field.name) return null;
  const item = { as: codec.name, ...(params as Readonly<Record<string, unknown>>) };
  const list = isListKind(field.kind);
  const ofItems = list && !codec.kinds.includes(field.kind) && codec.kinds.includes(innerKind(field.kind));
  if (paths.length > 1) {
    if (list) return ofItems ? { codec: 'collect', params: { item } } : null;
    return codec.kinds.includes(field.kind) ? { codec: 'first-of', params: { item } } : null;
  }
  if ((paths[0]?.selector ?? null) === null) return ofItems ? { codec: 'texts', params: { item } } : null;
  if (codec.takesSelector) return null;
  if (list) return ofItems ? { codec: 'list-rest', params: { item } } : null;
  return codec.kinds.includes(field.kind) ? { codec: 'list-item', params: { item } } : null;
}
