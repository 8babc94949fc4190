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
  /** Why more of it may be to come; null: it is whole, as far as can be told. */
  readonly cut: Cut | null;
}

/** Where a file breaks off. */
export interface Cut {
  /** The line on which the text begins, or that of the begin marker. */
  readonly line: number;
  /** Text after the last separator, which the loader drops without a word; null: the marker that ends the data is not there. */
  readonly lost: string | null;
}

const MARKER = /^###\s*data\s+(begin|end)\s*###$/i;
const SEPARATOR = '---';

/** Reads a file as the loader of this version does. A byte order mark and the lines that begin and end the data are passed over. */
export function parseCommands(content: Buffer, version: '1' | '2'): CommandFile {
  const read = textOf(content);
  if (read === null) return { commands: [], malformed: 1, cut: null };
  const commands: Command[] = [];
  let pending: string[] = [];
  let begin = 1;
  let end = 0;
  let opened: number | null = null;
  let unended: number | null = null;
  for (const [index, line] of read.text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    end = index + 1;
    const trimmed = line.trim();
    const [marker, edge] = MARKER.exec(trimmed) ?? [];
    if (marker !== undefined) {
      const begins = edge?.toLowerCase() === 'begin';
      // Begun anew before it was ended: what was begun first broke off.
      if (begins) unended ??= opened;
      opened = begins ? end : null;
      continue;
    }
    if (trimmed !== SEPARATOR) {
      if (pending.length === 0) begin = end;
      if (pending.length > 0 || trimmed !== '') pending.push(line);
      continue;
    }
    if (pending.length === 0) continue;
    const command = commandOf(pending.join('\n'), begin, version);
    if (command === null) return { commands: [], malformed: begin, cut: null };
    commands.push(command);
    pending = [];
  }
  const lost = pending.join('\n').trim();
  if (lost !== '' || read.broken) return { commands, malformed: null, cut: { line: lost === '' ? end : begin, lost } };
  unended ??= opened;
  return { commands, malformed: null, cut: unended === null ? null : { line: unended, lost: null } };
}

/** UTF-8 as text; `broken`: but for a last character of which bytes are missing. Null: it is something else. */
function textOf(content: Buffer): { readonly text: string; readonly broken: boolean } | null {
  if (isUtf8(content)) return { text: content.toString('utf8'), broken: false };
  let lead = content.length - 1;
  while (lead > content.length - 3 && isContinuation(content[lead])) lead -= 1;
  const length = lengthFrom(content[lead] ?? 0);
  const whole = content.subarray(0, Math.max(lead, 0));
  return content.length - lead < length && isUtf8(whole) ? { text: whole.toString('utf8'), broken: true } : null;
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x80 && byte < 0xc0;

/** Bytes of a character that begins so; 0 where none does. */
const lengthFrom = (byte: number): number => (byte < 0xc2 || byte > 0xf4 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4);

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
