/** Numbers of the configured systems. */
import type { Db } from '../db.ts';
import type { Numbers } from './numbers.ts';

/** Numbers of the configured systems; new ones are made. Several processes, and several parts of one, may ask at one time. */
export async function systemIds(db: Db, systems: readonly { name: string; vendor: string }[], numbers: Numbers, now: number): Promise<Map<string, number>> {
  const known = await knownSystems(db);
  const fresh = systems.filter(({ name }) => !known.has(name));
  if (fresh.length === 0) return known;
  for (const { name, vendor } of fresh) {
    const id = await numbers.take('systems');
    // Another may have made it since: its number holds.
    await db('systems').insert({ id, name, vendor, created_at: now }).onConflict('name').ignore();
  }
  return knownSystems(db);
}

async function knownSystems(db: Db): Promise<Map<string, number>> {
  return new Map((await allSystems(db)).map(({ id, name }) => [name, id]));
}

/** Names of the systems by their numbers. */
export async function systemNames(db: Db): Promise<ReadonlyMap<number, string>> {
  return new Map((await allSystems(db)).map(({ id, name }) => [id, name]));
}

export async function allSystems(db: Db): Promise<{ id: number; name: string; vendor: string }[]> {
  return db('systems').select('id', 'name', 'vendor').orderBy('id');
}
