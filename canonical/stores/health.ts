/** How things stand, for those who watch: when each system was last read or written with success, and how long what waits has waited. */
import type { Db } from '../db.ts';
import type { RunRow } from './runs.ts';

/** Kinds of things that may wait too long. */
export type WaitingKind = 'reviews' | 'quarantine' | 'proposed' | 'held' | 'refused' | 'unknown' | 'accepted' | 'later';

export interface WaitingSince {
  readonly kind: WaitingKind;
  readonly count: number;
  /** UTC ms since when the oldest of them has waited. */
  readonly oldest: number;
}

/** What waits, or what has waited since before `before`. */
export async function waitingSince(db: Db, before: number = Number.MAX_SAFE_INTEGER): Promise<readonly WaitingSince[]> {
  const found: WaitingSince[] = [];
  const note = (kind: WaitingKind, row: Record<string, unknown> | undefined): void => {
    const count = Number(row?.['count'] ?? 0);
    if (count > 0) found.push({ kind, count, oldest: Number(row?.['oldest']) });
  };
  const one = (table: string, column: string) => db(table).where(column, '<', before).count({ count: '*' }).min({ oldest: column });
  note('reviews', await one('reviews', 'asked_at').where({ state: 'open' }).first());
  note('quarantine', await one('quarantine', 'first_at').where({ state: 'open' }).first());
  const operations = () => one('operations', 'created_at');
  note('proposed', await operations().where({ state: 'proposed' }).first());
  note('held', await operations().where({ state: 'held' }).first());
  note('refused', await operations().where({ state: 'rejected', needs_person: 1 }).first());
  note('unknown', await operations().where({ state: 'unknown', needs_person: 0 }).first());
  note('accepted', await operations().where({ state: 'accepted' }).first());
  note('later', await operations().whereIn('state', ['ready', 'retry']).first());
  return found;
}

/** The last run of each job that is over, dry ones left out; one that was killed has no end. */
export async function lastEnded(db: Db): Promise<readonly RunRow[]> {
  const rows: { last: number }[] = await db('runs').max({ last: 'id' }).whereNot({ state: 'running' }).whereNot('scope', 'like', '%"dry":true%').groupBy('job');
  return db<RunRow>('runs')
    .select('*')
    .whereIn(
      'id',
      rows.map((row) => Number(row.last)),
    )
    .orderBy('job');
}

/** When each system was first configured. */
export async function systemsSince(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows: { name: string; created_at: number }[] = await db('systems').select('name', 'created_at');
  return new Map(rows.map((row) => [row.name, Number(row.created_at)]));
}

const PAGE = 50;
const MAX_RUNS = 2000;

/** When each of the systems last took part in a run without failing there, UTC ms; those that never did within the last runs are left out. */
export async function lastSuccesses(db: Db, systems: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  let before = Number.MAX_SAFE_INTEGER;
  for (let looked = 0; found.size < systems.length && looked < MAX_RUNS; looked += PAGE) {
    const rows: Pick<RunRow, 'id' | 'ended_at' | 'counts' | 'problems'>[] = await db('runs')
      .select('id', 'ended_at', 'counts', 'problems')
      .where('id', '<', before)
      .whereNotNull('ended_at')
      .orderBy('id', 'desc')
      .limit(PAGE);
    for (const row of rows) {
      for (const system of goodSystems(row)) if (systems.includes(system) && !found.has(system)) found.set(system, Number(row.ended_at));
    }
    before = rows.at(-1)?.id ?? 0;
    if (rows.length < PAGE) break;
  }
  return found;
}

interface Kept {
  readonly readings?: readonly { readonly system: string; readonly result: string; readonly code?: string }[];
}

function goodSystems(row: Pick<RunRow, 'counts' | 'problems'>): Set<string> {
  const { readings = [] } = (row.counts === '' ? {} : JSON.parse(row.counts)) as Kept;
  const problems = (row.problems === null ? [] : JSON.parse(row.problems)) as readonly { system?: string }[];
  // A system that was left alone on purpose did not succeed; one that cannot be read at all did, if nothing else failed.
  const good = new Set(readings.filter((one) => one.result !== 'failed' && one.code?.startsWith('SYSTEM_') !== true).map((one) => one.system));
  for (const { system } of problems) if (system !== undefined) good.delete(system);
  return good;
}
