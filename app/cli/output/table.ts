/** Tables for terminals. Cells are plain text: escaping is done here, colour is added here. */
import picocolors from 'picocolors';
import { escapeForTerminal } from '../../../core/redact.ts';

export type Cell = string | number | null | undefined;

export interface TableOptions {
  /** Columns (by index) of numbers, aligned to the right. */
  readonly right?: readonly number[];
  /** Longest cell; longer ones are cut. */
  readonly maxWidth?: number;
}

const MAX_WIDTH = 60;

/** A header line and one line for each row; an empty text without rows. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[], options: TableOptions = {}): string {
  if (rows.length === 0) return '';
  const most = options.maxWidth ?? MAX_WIDTH;
  const texts = rows.map((row) => header.map((_, index) => cellText(row[index], most)));
  const widths = header.map((title, index) => Math.max(title.length, ...texts.map((row) => width(row[index] ?? ''))));
  const right = new Set(
    options.right ?? header.map((_, index) => index).filter((index) => rows.every((row) => row[index] == null || typeof row[index] === 'number')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, index) => pad(text, widths[index] ?? 0, right.has(index)))
      .join('  ')
      .trimEnd();
  return [picocolors.dim(line(header)), ...texts.map(line)].join('\n');
}

function cellText(cell: Cell, most: number): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return cell.toLocaleString('en-US').replaceAll(',', ' ');
  const text = escapeForTerminal(cell);
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

const width = (text: string): number => [...text].length;

function pad(text: string, to: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(0, to - width(text)));
  return right ? blanks + text : text + blanks;
}

/** A title above a block; nothing when the block is empty. */
export function section(title: string, block: string): string {
  return block === '' ? '' : `${picocolors.bold(title)}\n${block}`;
}

/** Blocks with an empty line between them; empty ones are left out. */
export function blocks(...parts: readonly (string | null | undefined)[]): string {
  return parts.filter((part): part is string => typeof part === 'string' && part !== '').join('\n\n');
}

/** `1 client`, `2 clients`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US').replaceAll(',', ' ')} ${number === 1 ? one : many}`;
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

/** UTC, to the second. */
export function when(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
