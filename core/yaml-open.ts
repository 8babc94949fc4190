/**
 * Where a quote or bracket was opened that is not closed. A parser notices at the end of the file or lines later; a person has to
 * look where it begins. Asked only of texts that cannot be parsed.
 */
import { unseenSign } from './names.ts';
import type { TextFault } from './yaml-fault.ts';

interface Open {
  readonly sign: '[' | '{';
  readonly offset: number;
  /** Blanks before the line in which it stands. */
  readonly indent: number;
}

const CLOSES: Readonly<Record<string, string>> = { ']': '[', '}': '{' };

/** The first of them; null where everything is closed. */
export function openFault(text: string): TextFault | null {
  const open: Open[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const fault = leftOpen(line, start, open) ?? lineFault(line, start, open);
    if (fault !== null) return fault;
    start += line.length + 1;
  }
  const [first] = open;
  return first === undefined ? null : notClosed(first);
}

const blanks = (line: string): number => line.length - line.trimStart().length;
const notClosed = ({ sign, offset }: Open): TextFault => ({
  offset,
  message: `this ${sign} is not closed: a ${sign === '{' ? '}' : ']'} is missing, or a comma, quote or bracket before it is wrong`,
});

/** A line that goes on in the outer indentation shows that what is open should have been closed before. */
function leftOpen(line: string, start: number, open: readonly Open[]): TextFault | null {
  const unseen = /^\s*/.exec(line)?.[0] ?? '';
  const sign = unseenSign(unseen);
  if (sign !== null) return { offset: start + sign.index, message: `a ${sign.name} stands here where a blank must: type the blanks anew` };
  const [first] = open;
  if (first === undefined || /^\s*(#|$|[\]}])/.test(line)) return null;
  return blanks(line) <= first.indent ? notClosed(first) : null;
}

/** Goes through one line, and keeps book of what it opens and closes. */
function lineFault(line: string, start: number, open: Open[]): TextFault | null {
  const indent = blanks(line);
  let begins = true;
  for (let index = indent; index < line.length; index++) {
    const sign = line[index] ?? '';
    const offset = start + index;
    if (sign === ' ' || sign === '\t' || sign === '\r') continue;
    const before = line[index - 1] ?? ' ';
    if (sign === '#' && (index === 0 || before === ' ' || before === '\t')) return null;
    if (begins && (sign === '"' || sign === "'")) {
      const end = closing(line, index, sign);
      if (end < 0) return { offset, message: `this quote (${sign}) is not closed on its line` };
      index = end;
      begins = false;
      continue;
    }
    if ((sign === '[' || sign === '{') && (begins || open.length > 0)) {
      if (!begins && sign === '[' && /[\p{L}\p{N}_-]/u.test(before))
        return { offset: start + wordStart(line, index), message: 'inside braces and brackets a path with [ ] needs quotes round it' };
      open.push({ sign, offset, indent });
      begins = true;
      continue;
    }
    if ((sign === ']' || sign === '}') && open.length > 0) {
      const last = open.pop();
      if (last !== undefined && last.sign !== CLOSES[sign]) return notClosed(last);
      begins = false;
      continue;
    }
    const next = line[index + 1];
    const ends = next === undefined || next === ' ' || next === '\r' || next === '\t';
    begins = (sign === ',' && open.length > 0) || (sign === ':' && (ends || before === '"' || before === "'")) || (sign === '-' && begins && ends);
  }
  return null;
}

function wordStart(line: string, index: number): number {
  const before = /[^\s,[\]{}:]*$/u.exec(line.slice(0, index));
  return before?.index ?? index;
}

/** Where the quote that opens at `from` closes; -1: not on this line. */
function closing(line: string, from: number, quote: string): number {
  for (let index = from + 1; index < line.length; index++) {
    if (quote === '"' && line[index] === '\\') index++;
    else if (line[index] === quote) {
      if (quote === '"' || line[index + 1] !== "'") return index;
      index++;
    }
  }
  return -1;
}
