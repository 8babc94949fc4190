/** What a record should hold and does not: the diff reads only the `holds` sides. Pure. */
import type { WireBody } from '../../core/contract.ts';
import { type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import { isEmpty, sameValue } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { sideOf, type ViewSource } from '../land/view.ts';

export interface Change {
  readonly before: Value;
  readonly after: Value;
}

export type Changes = Readonly<Record<string, Change>>;

export interface Diff {
  readonly changes: Changes;
  /** Fields with a difference that the system cannot take. */
  readonly cannot: readonly string[];
}

export interface DiffOptions {
  /** Fields or groups that may be updated. */
  readonly update: 'all' | readonly string[];
  /** The system can clear a field. */
  readonly clear: boolean;
}

/** Fields that a mapping can write and that are ours to write. */
export function pushableFields(mapping: Mapping): string[] {
  return mapping.lines
    .filter((line) => line.only !== 'pull')
    .map((line) => line.field)
    .filter((field) => {
      const spec = fieldSpec(mapping.entity, field);
      return spec !== undefined && spec.kind !== 'ref' && spec.policy !== 'local';
    });
}

export function mayUpdate(mapping: Mapping, field: string, update: DiffOptions['update']): boolean {
  return update === 'all' || update.includes(field) || update.includes(fieldSpec(mapping.entity, field)?.group ?? field);
}

/** Compares the canonical values with what a record holds. */
export function diffRecord(mapping: Mapping, canonical: FieldValues, view: ViewSource, body: WireBody | null, options: DiffOptions): Diff {
  const changes: Record<string, Change> = {};
  const cannot: string[] = [];
  for (const field of pushableFields(mapping)) {
    const wanted = canonical[field];
    if (wanted === undefined || !mayUpdate(mapping, field, options.update)) continue;
    const held = sideOf(view, field)?.holds;
    if (sameValue(wanted, held)) continue;
    if (isEmpty(wanted) && !options.clear) {
      cannot.push(field);
      continue;
    }
    const rendition = mapping.rendition(field, wanted, body);
    if (rendition === undefined) {
      cannot.push(field);
      continue;
    }
    if (sameValue(rendition, held)) continue;
    const push = view.pushes.get(field);
    if (push?.state === 'ignored' && sameValue(push.sent, wanted)) continue;
    changes[field] = { before: held ?? null, after: wanted };
  }
  return { changes, cannot };
}

/** All that a new record would be given. */
export function valuesForCreate(mapping: Mapping, canonical: FieldValues): Record<string, Value> {
  const values: Record<string, Value> = {};
  for (const field of pushableFields(mapping)) {
    const value = canonical[field];
    if (value !== undefined && !isEmpty(value)) values[field] = value;
  }
  return values;
}

/** Changed fields with the unchanged ones that share wire fields with them: a name written in one field is written whole. */
export function valuesToEncode(mapping: Mapping, canonical: FieldValues, changed: Iterable<string>): Record<string, Value> {
  const fields = new Set(changed);
  const sources = new Set(mapping.lines.filter((line) => fields.has(line.field)).flatMap((line) => line.sources));
  const values: Record<string, Value> = {};
  for (const line of mapping.lines) {
    if (line.only === 'pull') continue;
    const value = canonical[line.field];
    if (fields.has(line.field)) values[line.field] = value ?? null;
    else if (value !== undefined && line.sources.some((source) => sources.has(source))) values[line.field] = value;
  }
  return values;
}
