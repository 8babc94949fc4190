/** What no text that a person wrote for us goes beyond. Looked at before the YAML parser is, which hostile texts keep busy or bring down. */

import { Lexer } from 'yaml';
import { signName } from './names.ts';
import type { TextFault } from './yaml-fault.ts';

const BYTES = 1024 * 1024;
const DEPTH = 60;
/** Columns that structure (blanks, dashes, question marks) may take at the beginning of a line. */
const INDENT = 300;

/**
 * The first reason to refuse the text unread; null where there is none. `mostMarks`: how many signs that mean something in YAML it may
 * hold, since a parser's work grows with them and not with the letters.
 */
export function beyondLimits(text: string, mostMarks: number): TextFault | null {
  return size(text) ?? unreadableSign(text) ?? marks(text, mostMarks) ?? indents(text) ?? depth(text);
}

function size(text: string): TextFault | null {
  if (text.length <= BYTES && Buffer.byteLength(text) <= BYTES) return null;
  return { offset: 0, message: 'the file is larger than 1 MB: take out what does not belong here' };
}

/** Control characters but tab and line ends, signs that stand for what could not be read, and halves of characters. */
const UNREADABLE = /(?![\t\n\r])\p{Cc}|[\ufffd\ufffe\uffff]|\p{Cs}/u;

function unreadableSign(text: string): TextFault | null {
  const match = UNREADABLE.exec(text);
  if (match === null) return null;
  const [sign] = match;
  const offset = match.index;
  if (/^(?:\ufffd\ufffd)?(?:[^\0]\0|\0[^\0]){2}/.test(text)) return { offset: 0, message: 'the file is saved as UTF-16: save it as UTF-8' };
  if (sign === '\ufffd') return { offset, message: 'there is something here that is not UTF-8: save the file as UTF-8' };
  return { offset, message: `a control character (${signName(sign)}) stands here: take it away` };
}

function marks(text: string, most: number): TextFault | null {
  let count = 0;
  for (const { index } of text.matchAll(/[[\]{},:"'&*!%#|>?\-\n]/g)) {
    count++;
    if (count > most) return { offset: index, message: 'the file is too long to be read: it has more lines, entries and quotes than a file of ours can need' };
  }
  return null;
}

function indents(text: string): TextFault | null {
  for (const match of text.matchAll(/^[ \t?:-]+/gm)) {
    if (match[0].length > INDENT)
      return { offset: match.index, message: `this line begins with more than ${INDENT} blanks or dashes: it is nested too deeply` };
  }
  return null;
}

/** Control characters by which the lexer tells of scalars and ends: they are not in the text. */
const SIGNALS: ReadonlySet<string> = new Set(['\u0002', '\u0018', '\u001f']);

/** The parser goes down with every level; the lexer does not. */
function depth(text: string): TextFault | null {
  let offset = 0;
  let open = 0;
  let inLine = 0;
  for (const piece of new Lexer().lex(text)) {
    if (piece === '[' || piece === '{') open++;
    else if ((piece === ']' || piece === '}') && open > 0) open--;
    else if (piece.startsWith('\n') || piece.startsWith('\r')) inLine = 0;
    else if (open === 0 && (piece === '-' || piece === ':' || piece === '?')) inLine++;
    if (open > DEPTH || inLine > DEPTH) return { offset: Math.min(offset, text.length - 1), message: `this is nested more than ${DEPTH} levels deep` };
    if (!SIGNALS.has(piece)) offset += piece.length;
  }
  return null;
}
