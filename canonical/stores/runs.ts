/** Runs: what was executed, when, and how it ended. */
import type { Db } from '../db.ts';
import { selectIn } from './select.ts';

export interface RunRow {
  id: number;
  job: string;
  name: string | null;
  due_at: number | null;
  scope: string;
  /** `interrupted` also where a person or a stop signal ended it. */
  state: 'running' | 'done' | 'waiting' | 'failed' | 'interrupted' | 'skipped';
  started_at: number;
  ended_at: number | null;
  counts: string;
  problems: string | null;
  acknowledged: number;
  cancelled_by: string | null;
}

/** Notes the begin of a run that holds the lease. One run works on a store at a time: any other that still stands as running died. */
export async function beginRun(db: Db, run: Pick<RunRow, 'id' | 'job' | 'scope' | 'started_at' | 'name' | 'due_at'>): Promise<void> {
  await db('runs').where({ state: 'running' }).update({ state: 'interrupted' });
  const row: RunRow = { ...run, state: 'running', ended_at: null, counts: '{}', problems: null, acknowledged: 0, cancelled_by: null };
  await db('runs').insert(row);
}

/** Notes a job that failed before its run could begin: people are told of it as of any failed run. It never held the lease. */
export async function noteFailedStart(
  db: Db,
  run: Pick<RunRow, 'id' | 'job' | 'scope' | 'started_at' | 'name' | 'due_at' | 'ended_at' | 'problems'>,
): Promise<void> {
  const row: RunRow = { ...run, state: 'failed', counts: '{}', acknowledged: 0, cancelled_by: null };
  await db('runs').insert(row);
}

export async function updateRun(db: Db, id: number, patch: Partial<RunRow>): Promise<void> {
  await db('runs').where({ id }).update(patch);
}

/** The run that is under way; null when there is none. */
export async function runningRun(db: Db): Promise<number | null> {
  const row = await db<RunRow>('runs').where({ state: 'running' }).orderBy('id', 'desc').first('id');
  return row === undefined ? null : Number(row.id);
}

/** States of runs by their numbers. */
export async function runStates(db: Db, ids: readonly number[]): Promise<Map<number, RunRow['state']>> {
  return new Map((await selectIn<RunRow>(db, 'runs', ['id', 'state'], 'id', ids)).map((row) => [row.id, row.state]));
}

/** Asks a run to stop; false when it is not running (any more). */
export async function askToStop(db: Db, id: number, by: string): Promise<boolean> {
  return (await db('runs').where({ id, state: 'running' }).update({ cancelled_by: by })) > 0;
}

/** Who asked a run to stop; null when nobody did. */
export async function whoStops(db: Db, id: number): Promise<string | null> {
  return (await db<RunRow>('runs').where({ id }).first('cancelled_by'))?.cancelled_by ?? null;
}

export async function lastRuns(db: Db, limit: number): Promise<RunRow[]> {
  return db<RunRow>('runs').select('*').orderBy('id', 'desc').limit(limit);
}
