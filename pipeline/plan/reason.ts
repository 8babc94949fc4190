/** Why a value is pushed: the record and the rule that it came from. */
import { digest } from '../../core/hash.ts';
import type { FieldValues } from '../../core/model.ts';
import { stableJson } from '../../core/values.ts';
import type { Folded } from '../fold/folded.ts';

/** Where each new value comes from: record and rule. */
export function reasonOf(folded: Folded, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const source = folded.provenance[field] ?? folded.provenance['*'];
      return source === undefined ? [] : [[field, { record: source.record, rule: source.rule }]];
    }),
  );
}

/** What a push of a field rests on: the same record saying the same thing is the same cause. */
export function causeOf(values: FieldValues, source: { readonly record: number } | undefined, field: string): string {
  return digest(`${source?.record ?? 0}${stableJson(values[field] ?? null)}`);
}
