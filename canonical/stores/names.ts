/** Numbers of things known by their names alone: bonus programmes, client groups. */
import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import type { NumberName, Numbers } from './numbers.ts';
import { selectIn } from './select.ts';

const NUMBERS = { bonus_programmes: 'programmes', groups: 'groups' } as const satisfies Record<string, NumberName>;

/**
 * Numbers by name. Unknown names are given one, each in a moment of its own, so that no batch waits for another over a name: to be
 * asked before the transaction that needs them.
 */
export async function idsByName(db: Db, table: keyof typeof NUMBERS, names: Iterable<string>, numbers: Numbers): Promise<Map<string, number>> {
  const wanted = [...new Set(names)];
  const find = async (): Promise<Map<string, number>> =>
    new Map((await selectIn<{ id: number; name: string }>(db, table, ['id', 'name'], 'name', wanted)).map((row) => [row.name, row.id]));
  const known = await find();
  const missing = wanted.filter((name) => !known.has(name));
  if (missing.length === 0) return known;
  for (const name of missing) await bulkInsert(db, table, ['id', 'name'], [[await numbers.take(NUMBERS[table]), name]], { onDuplicate: 'ignore' });
  return find();
}
