/** Lines of a text by offsets into it. */

/** Where the line of the offset begins, and where it ends. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;
export const lineEnd = (text: string, offset: number): number => {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
};

/** Columns before the line's first sign; a tab may stand for as many as an editor shows. */
export const indentOf = (text: string, start: number): number =>
  (/^[ \t]*/.exec(text.slice(start, lineEnd(text, start)))?.[0] ?? '').replaceAll('\t', '        ').length;

/** The text with blanks for the line, and for those that belong to it by their indentation. */
export function withoutLine(text: string, offset: number): string {
  const start = entryStart(text, lineStart(text, Math.min(offset, text.length)));
  let end = lineEnd(text, start);
  const indent = indentOf(text, start);
  const opens = !/^\s*[^\s:]+:\s+[^\s{["']/.test(text.slice(start, end));
  while (opens && end < text.length) {
    const nextEnd = lineEnd(text, end + 1);
    const next = text.slice(end + 1, nextEnd);
    if (next.trim() !== '' && indentOf(text, end + 1) <= indent) break;
    end = nextEnd;
  }
  return text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
}

/** A key of a block is left out with the whole block, which would be told to lack it. */
function entryStart(text: string, start: number): number {
  let indent = indentOf(text, start);
  let before = start;
  while (before > 0) {
    before = lineStart(text, before - 1);
    const line = text.slice(before, lineEnd(text, before));
    if (/^\s*(#|$)/.test(line)) continue;
    const less = indentOf(text, before);
    if (less >= indent) continue;
    if (less === 0 || /:\s*(#.*)?$/.test(line)) return less === 0 ? start : before;
    indent = less;
  }
  return start;
}
