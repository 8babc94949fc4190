import type * as z from 'zod';
import type { ZodType } from 'zod';
import type { Json, RejectedRecord, VendorRecord, WireBody } from '../../core/contract.ts';

/** A scalar of the wire as text: numbers and booleans in their JSON spelling; null, `[]` and `{}` as the empty text. */
export function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
}

/** Whether a value is a JSON object (not null, not an array). */
export function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a wire value is one of the spellings of nothing: absent, null, empty text, empty list, empty object. */
export function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The wire paths that a record speaks of by name; none where it is a whole one. */
export function coveredBy({ covers, body }: VendorRecord): readonly string[] {
  return covers === 'body' ? Object.keys(body) : (covers ?? []);
}

/** A body that passed its schema, or the record that broke it. */
export type Checked = { readonly ok: WireBody } | { readonly rejected: RejectedRecord };

/** Checks a body against its wire schema. The rejection names field and rule, never a value. The body itself is what goes on. */
export function checkWire(schema: ZodType, stream: string, key: string | null, body: WireBody): Checked {
  const result = schema.safeParse(body);
  if (result.success) return { ok: body };
  const issue = result.error.issues[0];
  return {
    rejected: { stream, key, body, field: issue?.path.map(String).join('.') ?? '', rule: ruleOf(issue) },
  };
}

/** What was expected, in words. Zod's own messages may quote the input, so they are not used. */
function ruleOf(issue: z.core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'too_big':
      return `expected at most ${issue.maximum} (${issue.origin})`;
    case 'too_small':
      return `expected at least ${issue.minimum} (${issue.origin})`;
    case 'invalid_format':
      return `expected the form "${issue.format}"`;
    case 'invalid_value':
      return `expected one of ${issue.values.length} known values`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return 'expected no unknown fields';
    case 'invalid_union':
      return formsOf(issue.errors);
    case 'custom':
      // Ours, from a refinement: it quotes nothing.
      return issue.message;
    default:
      return 'expected the documented form';
  }
}

/** The forms of which one was expected, by the first fault of each; with the member where it lies deeper. */
function formsOf(forms: readonly (readonly z.core.$ZodIssue[])[]): string {
  const words = forms.flatMap(([first]) => {
    if (first === undefined) return [];
    const member = first.path.map(String).join('.');
    return [`${member === '' ? '' : `${member}: `}${ruleOf(first).replace('expected ', '')}`];
  });
  return words.length === 0 ? 'expected one of the documented forms' : `expected ${[...new Set(words)].join(', or ')}`;
}
