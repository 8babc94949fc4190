/** What a line owns of its wire value, where several lines share one wire path. */

/** What a line owns of a list that several lines share. */
export interface ItemPart {
  readonly which: 'main' | 'rest' | 'all';
  /** The member by which items are chosen, and its values; null: every item counts. */
  readonly by: string | null;
  readonly values: readonly string[];
  /** The one member of the item that it owns; null: the whole item. */
  readonly member: string | null;
}

/** What a line owns of its wire value: a named part, or items of a list. */
export type Part = string | ItemPart;

/** Whether two lines of one wire path write the same part of it. */
export function partsClash(a: Part, b: Part): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b || typeof a !== typeof b;
  const sameItems = a.by === null || b.by === null || a.by !== b.by || a.values.some((value) => b.values.includes(value));
  const sameRank = a.which === b.which || a.which === 'all' || b.which === 'all';
  return sameItems && sameRank && (a.member === null || b.member === null || a.member === b.member);
}
