/** Three versions of a text: what it was, what it became here, and what it became there. */
import { diff3Merge } from 'node-diff3';

export interface Conflict {
  /** Lines of the text here, from 1; an empty range begins where something would stand. */
  readonly from: number;
  readonly to: number;
  readonly mine: readonly string[];
  readonly base: readonly string[];
  readonly theirs: readonly string[];
}

export interface Merge {
  /** Null where both changed the same lines. */
  readonly text: string | null;
  readonly conflicts: readonly Conflict[];
}

/** Pure. Lines are compared without their ends; the text has the ends of `mine`. */
export function mergeTexts(mine: string, base: string, theirs: string): Merge {
  const end = mine.includes('\r\n') ? '\r\n' : '\n';
  const blocks = diff3Merge(linesOf(mine), linesOf(base), linesOf(theirs), { excludeFalseConflicts: true });
  const conflicts = blocks.flatMap(({ conflict }): Conflict[] =>
    conflict === undefined
      ? []
      : [{ from: conflict.aIndex + 1, to: conflict.aIndex + conflict.a.length, mine: conflict.a, base: conflict.o, theirs: conflict.b }],
  );
  return { text: conflicts.length > 0 ? null : blocks.flatMap(({ ok }) => ok ?? []).join(end), conflicts };
}

export function sameText(a: string, b: string): boolean {
  return linesOf(a).join('\n') === linesOf(b).join('\n');
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);
