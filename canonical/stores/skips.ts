/** Executions that were due and by policy left out, as entries of `runs`. */
import type { Db } from '../db.ts';
import { type JobRow, sets } from './jobs.ts';
import type { RunRow } from './runs.ts';

/** What was due and by policy not executed; one entry for a row of them without an execution between. */
export interface Skip {
  readonly job: string;
  readonly kind: string;
  readonly first: number;
  readonly last: number;
  readonly count: number;
  readonly why: string;
}

interface SkipCounts {
  readonly skipped: number;
  readonly last: number;
}

/** Records skips in `runs`; `ids` are numbers for as many new entries. */
export async function recordSkips(trx: Db, skips: readonly Skip[], ids: () => number, now: number): Promise<void> {
  const open = new Map<string, number>();
  for (const some of sets(skips.map((skip) => skip.job))) {
    for (const row of await trx<JobRow>('jobs').select('name', 'skip_id').whereIn('name', some).whereNotNull('skip_id'))
      open.set(row.name, Number(row.skip_id));
  }
  for (const skip of skips) {
    const id = open.get(skip.job);
    const before = id === undefined ? undefined : await trx<RunRow>('runs').where({ id }).first('counts');
    if (id === undefined || before === undefined) {
      const made = ids();
      await trx('runs').insert(skipRow(made, skip, now));
      await trx('jobs').where({ name: skip.job }).update({ skip_id: made });
      continue;
    }
    const counts = JSON.parse(before.counts) as SkipCounts;
    await trx('runs')
      .where({ id })
      .update({ counts: countsOf(skip, counts.skipped), problems: problemsOf(skip), ended_at: now });
  }
}

const countsOf = (skip: Skip, before: number): string => JSON.stringify({ skipped: before + skip.count, last: skip.last } satisfies SkipCounts);
const problemsOf = (skip: Skip): string => JSON.stringify([{ code: 'JOB_SKIPPED', message: skip.why, hint: 'With `catchUp: once` it would be run once.' }]);

function skipRow(id: number, skip: Skip, now: number): Record<string, unknown> {
  return {
    id,
    job: skip.kind,
    name: skip.job,
    due_at: skip.first,
    scope: '{}',
    state: 'skipped',
    started_at: now,
    ended_at: now,
    counts: countsOf(skip, 0),
    problems: problemsOf(skip),
    acknowledged: 1,
  };
}
