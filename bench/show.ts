/** Figures as they are printed. */
import type { Spread } from './statistics.ts';

export function ranged({ median, min, max }: Spread, show: (value: number) => string): string {
  return min === max ? show(median) : `${show(median)} (${show(min)}–${show(max)})`;
}

/** A share, with its sign: `+10 %`. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  return `${rounded >= 0 ? '+' : ''}${rounded} %`;
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

export function count(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '–';
}

export function fixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(2) : '–';
}

export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const written = rows.map((row) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`);
  return [written[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...written.slice(1)].join('\n');
}
