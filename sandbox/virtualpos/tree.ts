/** A list of like elements: `<customers><customer/>…</customers>`. */
export interface ListNode {
  item: string;
  items: BranchNode[];
}

/** An element with named children, in order. A leaf is its text; the empty text is an empty element. */
export interface BranchNode {
  [name: string]: string | ListNode;
}

/** Tells a list from a leaf. */
export function isList(node: string | ListNode): node is ListNode {
  return typeof node !== 'string';
}
