/** Three versions of some lines of a mapping, merged entry by entry: neighbours that each side changed are no conflict. */

/** An entry of a YAML map: its key with the blanks before it, the comments above, and its own lines. */
interface Entry {
  readonly comments: readonly string[];
  readonly lines: readonly string[];
}

interface Entries {
  readonly indent: number;
  /** In their order. */
  readonly byKey: ReadonlyMap<string, Entry>;
  /** Comments below the last entry. */
  readonly rest: readonly string[];
}

export interface Sides {
  readonly mine: readonly string[];
  readonly base: readonly string[];
  readonly theirs: readonly string[];
}

const KEY = /^( *)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"&*!|>{}[\],?-][^#]*?) *:(?: |$)/;
const isComment = (line: string): boolean => /^\s*(?:#|$)/.test(line);
const indentOf = (line: string): number => line.length - line.trimStart().length;

/**
 * The lines with the changes of both; null where both changed one entry, where the lines are no whole entries of one map, or where they
 * stand deeper than `deepest`: inside one entry what belongs together is not known. Pure; `mine` and `theirs` may be exchanged, but for the order.
 */
export function mergeEntries({ mine, base, theirs }: Sides, deepest: number): readonly string[] | null {
  const [a, o, b] = [entriesOf(mine), entriesOf(base), entriesOf(theirs)];
  if (a === null || o === null || b === null) return null;
  const indents = new Set([a, o, b].filter(({ byKey }) => byKey.size > 0).map(({ indent }) => indent));
  if (indents.size !== 1 || [...indents].some((indent) => indent > deepest)) return null;
  if (!keepsOrder(a, o) || !keepsOrder(b, o)) return null;
  const result: string[] = [];
  for (const key of orderOf([...a.byKey.keys()], [...b.byKey.keys()])) {
    const [own, old, other] = [a.byKey.get(key), o.byKey.get(key), b.byKey.get(key)];
    const lines = chosen(own?.lines, old?.lines, other?.lines);
    if (lines === null) return null;
    if (lines.here === undefined) continue;
    const comments = own === undefined || other === undefined ? { here: (own ?? other)?.comments } : chosen(own.comments, old?.comments, other.comments);
    if (comments === null) return null;
    result.push(...(comments.here ?? []), ...lines.here);
  }
  const rest = chosen(a.rest, o.rest, b.rest);
  return rest === null ? null : [...result, ...(rest.here ?? [])];
}

type Lines = readonly string[] | undefined;

/** What became of some lines; null: both sides changed them, and not alike. */
function chosen(own: Lines, old: Lines, other: Lines): { readonly here: Lines } | null {
  if (same(own, other) || same(old, other)) return { here: own };
  return same(own, old) ? { here: other } : null;
}

const same = (a: Lines, b: Lines): boolean => (a === undefined || b === undefined ? a === b : a.join('\n') === b.join('\n'));

/** Entries that stood there before stand in the same order still. */
function keepsOrder({ byKey }: Entries, { byKey: before }: Entries): boolean {
  const kept = [...byKey.keys()].filter((key) => before.has(key));
  return kept.join('\n') === [...before.keys()].filter((key) => byKey.has(key)).join('\n');
}

/** The keys of both: those of the other side that this one lacks stand behind the one that they follow there. */
function orderOf(own: readonly string[], other: readonly string[]): readonly string[] {
  const order = [...own];
  for (const [index, key] of other.entries()) {
    if (order.includes(key)) continue;
    const before = other[index - 1];
    order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, key);
  }
  return order;
}

/** Null where the lines are no whole entries, or an entry stands twice. */
function entriesOf(lines: readonly string[]): Entries | null {
  const byKey = new Map<string, Entry>();
  let indent = -1;
  let comments: string[] = [];
  let open: { key: string; lines: string[] } | null = null;
  for (const line of lines) {
    if (isComment(line)) {
      comments.push(line);
      continue;
    }
    const key = KEY.exec(line)?.[2];
    if (open !== null && indentOf(line) > indent) {
      open.lines.push(...comments, line);
    } else {
      if (key === undefined || byKey.has(key) || (indent >= 0 && indentOf(line) !== indent)) return null;
      indent = indentOf(line);
      open = { key, lines: [line] };
      byKey.set(key, { comments, lines: open.lines });
    }
    comments = [];
  }
  return { indent, byKey, rest: comments };
}
