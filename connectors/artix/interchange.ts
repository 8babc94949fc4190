/** The ArtixInterchange format, read: JSON commands, each closed by a line `---`. */
import { isUtf8 } from 'node:buffer';
import type { Json } from '../../core/contract.ts';
import { parseExact } from '../shared/json.ts';
import { isObject } from '../shared/records.ts';
import { artixWire } from './wire.ts';

export interface Command {
  /** The line on which its text begins, from 1. */
  readonly line: number;
  readonly name: string;
  readonly parts: { readonly [name: string]: Json };
}

/** What a file says. */
export interface CommandFile {
  readonly commands: readonly Command[];
  /** The line of what makes the loader reject the file whole; then there are no commands. */
  readonly malformed: number | null;
  /** Text after the last separator, which the loader drops without a word, and the line on which it begins. */
  readonly lost: { readonly line: number; readonly text: string } | null;
}

const MARKER = /^###\s*data\s+(begin|end)\s*###$/i;
const SEPARATOR = '---';

/** Reads a file as the loader of this version does. A byte order mark and the lines that begin and end the data are passed over. */
export function parseCommands(content: Buffer, version: '1' | '2'): CommandFile {
  if (!isUtf8(content)) return { commands: [], malformed: 1, lost: null };
  const commands: Command[] = [];
  let pending: string[] = [];
  let begin = 1;
  for (const [index, line] of content
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const trimmed = line.trim();
    if (MARKER.test(trimmed)) continue;
    if (trimmed !== SEPARATOR) {
      if (pending.length === 0) begin = index + 1;
      if (pending.length > 0 || trimmed !== '') pending.push(line);
      continue;
    }
    if (pending.length === 0) continue;
    const command = commandOf(pending.join('\n'), begin, version);
    if (command === null) return { commands: [], malformed: begin, lost: null };
    commands.push(command);
    pending = [];
  }
  const text = pending.join('\n').trim();
  return { commands, malformed: null, lost: text === '' ? null : { line: begin, text } };
}

function commandOf(source: string, line: number, version: '1' | '2'): Command | null {
  let value: Json;
  try {
    value = parseExact(source);
  } catch {
    return null;
  }
  const said = version === '1' ? asLoaded(value) : value;
  if (!isObject(said)) return { line, name: '', parts: {} };
  return { line, name: typeof said.command === 'string' ? said.command : '', parts: said };
}

const WIRES = [artixWire.clients, artixWire['card-types'], artixWire.cards, artixWire['additional-cards']];

/** Names as we know them, by their lower-case form: below version 2 the case of a key says nothing. */
const SPELLINGS: ReadonlyMap<string, string> = new Map(
  ['cardGroup', ...WIRES.flatMap((wire) => Object.keys(wire.shape))].map((name) => [name.toLowerCase(), name]),
);

/** Below version 2 the loader does not tell keys apart by case, and drops those whose value is `null` or `[]`, at every level. */
function asLoaded(value: Json): Json {
  if (Array.isArray(value)) return value.map(asLoaded);
  if (!isObject(value)) return value;
  const result: Record<string, Json> = Object.create(null);
  for (const [name, child] of Object.entries(value)) {
    if (child === null || (Array.isArray(child) && child.length === 0)) continue;
    const lower = name.toLowerCase();
    result[SPELLINGS.get(lower) ?? lower] = asLoaded(child);
  }
  return result;
}
