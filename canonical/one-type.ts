/** Types of rows in MariaDB's bulk protocol. */
import type { Value } from './dialect.ts';

/**
 * Gives each column one type. The bulk protocol names the types once for a packet, and the driver takes those of the first row: where a
 * later one differs it begins another packet, at worst for every row. A column of several types is sent as text.
 */
export function giveOneType(rows: readonly Value[][]): void {
  const types: number[] = [];
  for (const row of rows) for (let at = 0; at < row.length; at += 1) types[at] = (types[at] ?? 0) | typeOf(row[at] as Value);
  for (const [at, type] of types.entries()) {
    if (type === TEXT || type === INT || type === DOUBLE) continue;
    for (const row of rows) if (typeof row[at] === 'number') row[at] = String(row[at]);
  }
}

const [INT, DOUBLE, TEXT] = [1, 2, 4];

/** As the driver tells them apart: it takes an empty value for text. */
function typeOf(value: Value): number {
  if (typeof value !== 'number') return TEXT;
  return (value | 0) === value && value !== 0x7fffffff ? INT : DOUBLE;
}
