/** Reads YAML that people write: every fault with the place where it has to be mended, and what can be read in spite of it. */
import { type Document, LineCounter, parseDocument } from 'yaml';
import { aliasFault, anchorFaults } from './yaml-aliases.ts';
import type { TextFault, YamlFault } from './yaml-fault.ts';
import { keyFaults } from './yaml-keys.ts';
import { beyondLimits } from './yaml-limits.ts';
import { lineEnd, withoutLine } from './yaml-lines.ts';
import { openFault } from './yaml-open.ts';
import { mendable } from './yaml-syntax.ts';

export interface YamlText {
  /** What can be read; lines with faults are left out. Null where nothing can. */
  readonly document: Document | null;
  /** In the order of their places. */
  readonly faults: readonly YamlFault[];
  place(offset: number): { readonly line: number; readonly column: number };
}

/** Texts longer than this are not parsed again after a fault. */
const MENDABLE = 30_000;
const ROUNDS = 12;

export interface YamlRules {
  /** Whether values may be marked and named again. */
  readonly aliases: boolean;
  /** How many lines, entries and quotes a text may have, all in all. */
  readonly marks: number;
}

/** Reads a text; a BOM and any line ends will do. */
export function readYaml(given: string, rules: YamlRules): YamlText {
  const text = given.replace(/^\ufeff/, '').replace(/\r(?!\n)/g, '\n');
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const match of text.matchAll(/\n/g)) lines.addNewLine(match.index + 1);
  const place = (offset: number) => {
    const { line, col } = lines.linePos(Math.max(0, offset));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const refused = beyondLimits(text, rules.marks);
  if (refused !== null) return { document: null, faults: [{ ...refused, kind: 'syntax' }], place };
  const { document, faults } = parsed(text);
  const more = document === null ? [] : [...marked(document, rules, text), ...keyFaults(document.contents, rules.aliases, (offset) => place(offset).line)];
  return { document, faults: [...faults, ...more].sort((a, b) => a.offset - b.offset), place };
}

function marked(document: Document, { aliases }: YamlRules, text: string): YamlFault[] {
  const faults = aliases ? [aliasFault(document)].filter((fault) => fault !== null) : anchorFaults(document, text);
  return faults.map((fault) => ({ ...fault, kind: 'syntax' }));
}

/** Parses, and after a fault of syntax once more without the line at fault, so that one slip does not hide the others. */
function parsed(text: string): { readonly document: Document | null; readonly faults: readonly YamlFault[] } {
  const faults: YamlFault[] = [];
  let rest = text;
  for (let round = 0; round < ROUNDS; round++) {
    const document = parseDocument(rest, { uniqueKeys: false, merge: false, prettyErrors: false, stringKeys: true });
    const fault = syntaxFault(document, rest);
    if (fault === null) return { document, faults };
    faults.push({ ...fault, kind: 'syntax' });
    const without = withoutLine(rest, fault.offset);
    if (text.length > MENDABLE || without === rest) break;
    rest = without;
  }
  return { document: null, faults };
}

/** The first fault of syntax, where it has to be mended. */
function syntaxFault(document: Document, text: string): TextFault | null {
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  const [first] = errors;
  if (first === undefined) return null;
  const open = openFault(text);
  if (open !== null && open.offset <= lineEnd(text, first.pos[0])) return open;
  return mendable(first, errors, text);
}
