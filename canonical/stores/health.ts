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

/** The last run of a job of the configuration, or of what is asked for by hand in the same words. */
export interface LastRun {
  readonly run: RunRow;
  /** What it covered: `shop,tills`, `shop/clients`; empty: everything. */
  readonly covered: string;
}

interface Scope {
  readonly systems?: readonly string[];
  readonly streams?: readonly string[];
}

/**
 * The last run of each of the given jobs, and of each kind and scope asked for by hand; one that was killed has no end. Left out are dry
 * ones, and those that say nothing of success: skipped, or stopped by somebody. A run by hand counts no more once a later one of its
 * kind that covers as much succeeded, whoever began it; a job is judged by its own runs alone.
 */
export async function lastEnded(db: Db, jobs: readonly string[]): Promise<readonly LastRun[]> {
  const groups: { last: number; name: string | null; job: string; scope: string }[] = await db('runs')
    .select('name', 'job', 'scope')
    .max({ last: 'id' })
    .where(
      (told) =>
        void told.whereIn('state', ['done', 'waiting', 'failed']).orWhere((killed) => void killed.where({ state: 'interrupted' }).whereNull('ended_at')),
    )
    .whereNot('scope', 'like', '%"dry":true%')
    .groupBy('name', 'job', 'scope');
  const last = new Map<string, number>();
  for (const { last: id, name, job, scope } of groups) {
    if (name !== null && !jobs.includes(name)) continue;
    const key = name === null ? `hand\n${job}\n${coveredBy(scope)}` : `job\n${name}`;
    last.set(key, Math.max(Number(id), last.get(key) ?? 0));
  }
  const rows = await db<RunRow>('runs')
    .select('*')
    .whereIn('id', [...last.values()]);
  return rows
    .filter((row) => row.name !== null || !rows.some((later) => makesUpFor(later, row)))
    .map((run) => ({ run, covered: coveredBy(run.scope) }))
    .sort((a, b) => a.run.id - b.run.id);
}

function coveredBy(text: string): string {
  const { systems = [], streams = [] } = JSON.parse(text) as Scope;
  return `${[...systems].sort().join(',')}${streams.length === 0 ? '' : `/${[...streams].sort().join(',')}`}`;
}

function makesUpFor(later: RunRow, run: RunRow): boolean {
  if (later.id <= run.id || later.job !== run.job || (later.state !== 'done' && later.state !== 'waiting')) return false;
  const [more, less] = [JSON.parse(later.scope) as Scope, JSON.parse(run.scope) as Scope];
  const holds = (all: readonly string[] | undefined, some: readonly string[] | undefined): boolean =>
    all === undefined || (some?.every((one) => all.includes(one)) ?? false);
  return holds(more.systems, less.systems) && holds(more.streams, less.streams);
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
