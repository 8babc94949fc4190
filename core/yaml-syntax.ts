/** Faults that the parser found, told where a person has to mend them: it stumbles later than the slip, and in words of its own. */
import type { YAMLError } from 'yaml';
import { quoted } from './names.ts';
import type { TextFault } from './yaml-fault.ts';
import { indentOf, lineEnd, lineStart } from './yaml-lines.ts';
import { yamlWords } from './yaml-words.ts';

/** `all`: what else it found, by which the slip is known. */
export function mendable(error: YAMLError, all: readonly YAMLError[], text: string): TextFault {
  const { code, pos } = error;
  const [at] = pos;
  const start = lineStart(text, at);
  const line = text.slice(start, lineEnd(text, at));
  const content = start + (line.length - line.trimStart().length);
  const runsOn = all.some((other) => other.pos[0] === at && other.code === 'MULTILINE_IMPLICIT_KEY');
  if (/^\s*-\s/.test(line) && code === 'BLOCK_AS_IMPLICIT_KEY')
    return { offset: content, message: 'an item of a list stands among keys: take the dash away, or write the list under a key of its own' };
  if (runsOn && all.some((other) => other.pos[0] === at && other.code === 'BLOCK_IN_FLOW'))
    return { offset: at, message: 'inside brackets and braces a comma is missing after this' };
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && runsOn) {
    const next = /^[ \t]*(?![ \t#\r\n])/m.exec(text.slice(lineEnd(text, at) + 1));
    if (next !== null)
      return {
        offset: lineEnd(text, at) + 1 + next.index + next[0].length,
        message: `this line is indented further than the one before it, which is complete: let it begin in column ${content - start + 1}`,
      };
  }
  const outdented = code === 'BAD_INDENT' ? outdentedBefore(text, start) : null;
  if (outdented !== null) return { offset: outdented, message: 'this line is indented less than those before and after it: indent it as they are' };
  if (code === 'BAD_INDENT') return { offset: Math.max(at, content), message: yamlWords(code, error.message) };
  const glue = /^([^\s:"'[{]+):[{[]/.exec(line.trim())?.[1];
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && glue !== undefined) return { offset: content, message: `after the colon of ${quoted(glue)} a blank is missing` };
  const head = /^([^\s:"'[{]+)\s+[{[]/.exec(line.trim())?.[1];
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && head !== undefined && head !== '-')
    return { offset: content, message: `after ${quoted(head)} a colon with a blank is missing` };
  if (code === 'MULTILINE_IMPLICIT_KEY' || (code === 'MISSING_CHAR' && /followed by map values/.test(error.message))) {
    const word = /^"?([^\s:"]+)/.exec(text.slice(content))?.[1] ?? '';
    const glued = /^\S+:\S/.test(line.trim());
    return {
      offset: content,
      message: glued ? `after the colon of ${quoted(word)} a blank is missing` : `after ${quoted(word)} a colon with a blank is missing`,
    };
  }
  return { offset: Math.min(at, text.length), message: yamlWords(code, error.message) };
}

/** A complete line before this one that stands further out than both its neighbours, which makes the parser stumble over the second. */
function outdentedBefore(text: string, start: number): number | null {
  if (start === 0) return null;
  const before = lineStart(text, start - 1);
  const line = text.slice(before, lineEnd(text, before));
  const indent = indentOf(text, before);
  if (before === 0 || !/^\s*[^\s#]+:\s+\S/.test(line) || indent >= indentOf(text, start)) return null;
  return indentOf(text, lineStart(text, before - 1)) >= indentOf(text, start) ? before + indent : null;
}
