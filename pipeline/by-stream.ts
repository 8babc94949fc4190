/** Rows in groups of one system and stream each, in the order in which those come. */
export function bySystemAndStream<T extends { system_id: number; stream: string }>(
  rows: Iterable<T>,
): (readonly [systemId: number, stream: string, rows: T[]])[] {
  const groups = new Map<string, [number, string, T[]]>();
  for (const row of rows) {
    const at = `${row.system_id}\n${row.stream}`;
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [row.system_id, row.stream, [row]]);
    else group[2].push(row);
  }
  return [...groups.values()];
}
