/** The state of everything in counts. */
import type { Db } from '../../canonical/db.ts';
import { countEntities, countFresh, countOperations, countQuarantine, countRecords, countReviews } from '../../canonical/stores/console.ts';
import { allCheckpoints } from '../../canonical/stores/progress.ts';
import { lastRuns } from '../../canonical/stores/runs.ts';
import { systemNames } from '../../canonical/stores/systems.ts';
import type { PendingEdit } from '../../pipeline/activation/edition.ts';
import type { Waiting } from '../../pipeline/report.ts';
import { waitingNow } from '../../pipeline/summary.ts';
import { type RunSummary, summaryOf } from './runs.ts';

export interface Status {
  readonly entities: Readonly<Record<string, number>>;
  readonly records: readonly {
    readonly system: string;
    readonly stream: string;
    readonly states: Readonly<Record<string, number>>;
  }[];
  readonly readings: readonly {
    readonly system: string;
    readonly reading: string;
    readonly lastBatch: number | null;
    readonly lastSnapshot: number | null;
  }[];
  /** Operations that are not over, by system, stream and state. */
  readonly operations: readonly {
    readonly system: string;
    readonly stream: string;
    readonly states: Readonly<Record<string, number>>;
  }[];
  /** What waits, for a person or for a later run. */
  readonly waiting: Waiting;
  /** Differences that a system cannot take, by system and stream: nothing waits for them. */
  readonly unsupported: readonly { readonly system: string; readonly stream: string; readonly states: Readonly<Record<string, number>> }[];
  readonly reviews: Readonly<Record<string, number>>;
  readonly quarantined: number;
  /** What waits and nobody has acknowledged. */
  readonly fresh: { readonly reviews: number; readonly quarantined: number; readonly runs: number };
  readonly lastRun: RunSummary | null;
  /** Edits of mappings that are not in use. */
  readonly pending: readonly PendingEdit[];
}

const OVER = new Set(['applied', 'unchanged', 'withdrawn', 'stale', 'unsupported']);

export async function statusOf(db: Db, pending: readonly PendingEdit[] = []): Promise<Status> {
  const names = await systemNames(db);
  const name = (id: number): string => names.get(id) ?? `#${id}`;
  const byStream = (rows: readonly { system_id: number; stream: string; state: string; count: number }[]): Status['records'] => {
    const streams = new Map<string, { system: string; stream: string; states: Record<string, number> }>();
    for (const row of rows) {
      const key = `${row.system_id} ${row.stream}`;
      const one = streams.get(key) ?? { system: name(row.system_id), stream: row.stream, states: {} };
      one.states[row.state] = row.count;
      streams.set(key, one);
    }
    return [...streams.values()];
  };
  const [last] = await lastRuns(db, 1);
  const operations = await countOperations(db);
  return {
    entities: await countEntities(db),
    records: byStream(await countRecords(db)),
    readings: (await allCheckpoints(db)).map((row) => ({
      system: name(row.system_id),
      reading: row.reading,
      lastBatch: row.batch_began,
      lastSnapshot: row.snapshot_began,
    })),
    operations: byStream(operations.filter((row) => !OVER.has(row.state))),
    unsupported: byStream(operations.filter((row) => row.state === 'unsupported')),
    waiting: await waitingNow(db),
    reviews: Object.fromEntries((await countReviews(db)).map((row) => [row.kind, row.count])),
    quarantined: (await countQuarantine(db)).filter((row) => row.state === 'open').reduce((sum, row) => sum + row.count, 0),
    fresh: await countFresh(db),
    lastRun: last === undefined ? null : summaryOf(last),
    pending,
  };
}
