/** Runs as they were kept. */
import type { RunRow } from '../../canonical/stores/runs.ts';
import { HIDDEN } from '../../pipeline/plan/filter.ts';

export interface RunSummary {
  readonly id: number;
  readonly job: string;
  /** Job of the configuration, and when it was due; null for what was asked for on the command line. */
  readonly name: string | null;
  readonly dueAt: number | null;
  readonly state: RunRow['state'];
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly scope: unknown;
  readonly counts: unknown;
  readonly problems: unknown;
  readonly acknowledged: boolean;
}

export function summaryOf(row: RunRow): RunSummary {
  return {
    id: row.id,
    job: row.job,
    name: row.name,
    dueAt: row.due_at,
    state: row.state,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    scope: parsed(row.scope),
    counts: parsed(row.counts),
    problems: row.problems === null ? [] : parsed(row.problems),
    acknowledged: row.acknowledged === 1,
  };
}

function parsed(text: string): unknown {
  return text === '' ? null : (JSON.parse(text, withoutDigests) as unknown);
}

/** Digests of values that somebody asked for are to compare with, not to be shown: who sees them could try guesses. */
function withoutDigests(key: string, value: unknown): unknown {
  return key === 'digests' && Array.isArray(value) ? value.map(() => HIDDEN) : value;
}
