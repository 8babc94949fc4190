/** What the target cannot take of what is moved, by field: the loss that its mappings declare, met by these very values. */
import { ATTRIBUTES, type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import { isEmpty } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { valuesOfRow } from '../land/rows.ts';
import type { LossCount } from '../report.ts';
import type { SystemSetup } from '../setup.ts';
import { type Moved, recordsIn } from './source.ts';

/** Fields that belong to their own system, or are keys: nobody expects them elsewhere. */
export const isOwn = (mapping: Mapping, field: string): boolean => {
  const spec = fieldSpec(mapping.entity, field);
  return spec === undefined || spec.kind === 'ref' || (spec.policy === 'local' && !field.startsWith(ATTRIBUTES));
};

export class Losses {
  private readonly counts = new Map<string, { stream: string; field: string; kind: string; detail: string; count: number }>();

  /** Counts what is lost of one entity. The canonical values count, as far as the source says something of the field. */
  add(from: SystemSetup, stream: string, mapping: Mapping, moved: Moved): void {
    const values = movedValues(from, mapping, moved);
    const told = new Set<string>();
    for (const { field, kind, detail } of mapping.encode(values, null).losses) {
      told.add(field);
      this.count(stream, field, kind, detail);
    }
    for (const field of Object.keys(values)) {
      if (field.startsWith(ATTRIBUTES) && !told.has(field) && !mapping.lines.some((line) => line.field === field))
        this.count(stream, field, 'no-home', `a field that ${from.name} alone has`);
    }
  }

  list(): LossCount[] {
    return [...this.counts.values()].sort((a, b) => b.count - a.count || (a.field < b.field ? -1 : 1));
  }

  private count(stream: string, field: string, kind: string, detail: string): void {
    const at = [stream, field, kind, detail].join('\n');
    const one = this.counts.get(at) ?? { stream, field, kind, detail, count: 0 };
    one.count += 1;
    this.counts.set(at, one);
  }
}

/** Canonical values of the fields, and groups of fields, in which the source says something. */
export function movedValues(from: SystemSetup, mapping: Mapping, moved: Moved): FieldValues {
  const groupOf = (field: string): string => fieldSpec(mapping.entity, field)?.group ?? field;
  const said = new Set<string>();
  for (const row of recordsIn(from, moved)) {
    for (const [field, value] of Object.entries(valuesOfRow(row))) if (!isEmpty(value)) said.add(groupOf(field));
  }
  const values: Record<string, Value> = {};
  for (const [field, value] of Object.entries(moved.folded.values)) {
    if (!isEmpty(value) && said.has(groupOf(field)) && !isOwn(mapping, field)) values[field] = value;
  }
  return values;
}
