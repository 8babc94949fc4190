import type { ArtixOptions } from './options.ts';
import type { JsonObject } from './values.ts';

/** One parsed command of a file. `line` is the 1-based line its text begins on. */
export interface FileCommand {
  line: number;
  value: unknown;
}

/** The file holds a command that is not JSON; nothing of it may be loaded. */
export class MalformedFile extends Error {
  readonly line: number;

  constructor(line: number) {
    super(`malformed JSON in the command that begins on line ${line}`);
    this.line = line;
  }
}

const MARKER = /^### data (begin|end) ###$/;

/** Below version 2 the loader lowers every key and drops keys whose value is `null` or `[]`, at every level. */
export function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (typeof value !== 'object' || value === null) return value;
  const out: JsonObject = Object.create(null);
  for (const [key, child] of Object.entries(value)) {
    if (child === null || (Array.isArray(child) && child.length === 0)) continue;
    out[key.toLowerCase()] = lowered(child);
  }
  return out;
}

const parsed = (text: string, line: number, version: 1 | 2): FileCommand => {
  try {
    const value: unknown = JSON.parse(text);
    return { line, value: version === 1 ? lowered(value) : value };
  } catch {
    throw new MalformedFile(line);
  }
};

/**
 * The commands of an ArtixInterchange file. A line that is `---` but for spaces ends a command, empty commands are
 * skipped, text after the last separator is lost without a word, a byte order mark is stripped.
 */
export function parseInterchange(bytes: Buffer, options: Pick<ArtixOptions, 'formatVersion' | 'skipsMarkers'>): FileCommand[] {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const commands: FileCommand[] = [];
  let pending: string[] = [];
  let begin = 1;
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (options.skipsMarkers && MARKER.test(trimmed)) continue;
    if (trimmed !== '---') {
      if (pending.length === 0) begin = index + 1;
      if (pending.length > 0 || trimmed !== '') pending.push(line);
      continue;
    }
    const command = pending.join('\n');
    if (command.trim() !== '') commands.push(parsed(command, begin, options.formatVersion));
    pending = [];
  }
  return commands;
}
