/** Three versions of a text: what it was, what it became here, and what it became there. */
import { diff3Merge } from 'node-diff3';
import { mergeEntries } from './keyed-merge.ts';

export interface Conflict {
  /** Lines of the text here, from 1; an empty range begins where something would stand. */
  readonly from: number;
  readonly to: number;
  readonly mine: readonly string[];
  readonly base: readonly string[];
  readonly theirs: readonly string[];
}

export interface Merge {
  /** Null where both changed the same entry. */
  readonly text: string | null;
  readonly conflicts: readonly Conflict[];
}

/**
 * Pure. Lines are compared without their ends; the text has the ends of `mine`. Where both changed lines beside one another, the texts
 * are taken for YAML, and entries of `fields` and its like that only one of them changed are no conflict.
 */
export function mergeTexts(mine: string, base: string, theirs: string): Merge {
  const end = mine.includes('\r\n') ? '\r\n' : '\n';
  const conflicts: Conflict[] = [];
  const lines: string[] = [];
  for (const { ok, conflict } of diff3Merge(linesOf(mine), linesOf(base), linesOf(theirs), { excludeFalseConflicts: true })) {
    const merged = ok ?? (conflict === undefined ? [] : mergeEntries({ mine: conflict.a, base: conflict.o, theirs: conflict.b }, DEEPEST));
    if (merged !== null) lines.push(...merged);
    else if (conflict !== undefined)
      conflicts.push({ from: conflict.aIndex + 1, to: conflict.aIndex + conflict.a.length, mine: conflict.a, base: conflict.o, theirs: conflict.b });
  }
  return { text: conflicts.length > 0 ? null : lines.join(end), conflicts };
}

/** Blanks before an entry of a section of a mapping: those of its lines stand deeper. */
const DEEPEST = 2;

export function sameText(a: string, b: string): boolean {
  return linesOf(a).join('\n') === linesOf(b).join('\n');
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);
