/** What a proof finds: a fault (the mapping is not to be used so) or a note (declared, or worth knowing). */
import type { At } from '../problems.ts';

/** The rules a mapping is proved against; the names are part of the JSON answer. */
export type Rule =
  | 'wire-type'
  | 'wire-member'
  | 'unmapped'
  | 'unreachable'
  | 'shadowed'
  | 'written-twice'
  | 'table'
  | 'empty'
  | 'exact'
  | 'told'
  | 'settles'
  | 'value'
  | 'record'
  | 'share'
  | 'pattern'
  | 'unproved';

/** A counter-example. The values are generated: no person's. JSON texts. */
export interface Example {
  readonly value: string;
  readonly wire: string;
  readonly back: string;
}

export interface Finding {
  readonly severity: 'fault' | 'note';
  readonly rule: Rule;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The line of the mapping by its left side; null where it is none's. */
  readonly field: string | null;
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  readonly example: Example | null;
}

export class Findings {
  readonly list: Finding[] = [];

  fault(rule: Rule, at: At, field: string | null, message: string, hint: string, example: Example | null = null): void {
    this.add('fault', rule, at, field, message, hint, example);
  }

  note(rule: Rule, at: At, field: string | null, message: string, hint: string): void {
    this.add('note', rule, at, field, message, hint, null);
  }

  has(field: string): boolean {
    return this.list.some((one) => one.field === field && one.severity === 'fault');
  }

  private add(severity: Finding['severity'], rule: Rule, at: At, field: string | null, message: string, hint: string, example: Example | null): void {
    this.list.push({ severity, rule, file: at.file, line: at.line, column: at.column, field, message, hint, example });
  }
}

/** A generated value as a text of a message: short, and on one line. */
export function shown(value: unknown): string {
  const text = value === undefined ? '(nothing)' : (JSON.stringify(value) ?? '(nothing)');
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
