/** What the steps of one landing hand on to each other. */
import type { RecordRow } from '../../canonical/stores/records.ts';
import type { NewUnit } from '../identity/newcomers.ts';
import { emptyCounts, type StreamCounts } from '../report.ts';
import type { Landed } from './land-record.ts';
import type { LandingPass } from './pass.ts';
import type { ReadBatch, UnitMember } from './units.ts';

/** A record of the batch, compared with what was stored of it. */
export interface LandedMember {
  readonly member: UnitMember;
  readonly landed: Landed;
  readonly previous: RecordRow | undefined;
  /** Identity keys of its values, by hash; null where its row is not written. */
  readonly hashes: ReadonlySet<number> | null;
}

export interface LandWork {
  readonly pass: LandingPass;
  readonly batch: ReadBatch;
  readonly counts: Map<string, StreamCounts>;
  readonly shown: (readonly [id: number, unitSize: number | null])[];
  readonly landed: LandedMember[];
  readonly deleted: number[];
  /** Rows of units' roots that got a digest, by `unitKey`. */
  readonly roots: Map<string, RecordRow>;
  /** Units that are resolved as they land. */
  readonly newcomers: NewUnit[];
}

export const unitKey = (stream: string, key: string): string => `${stream}\n${key}`;

/** Counts of a stream, begun where there are none. */
export function countsOf(counts: Map<string, StreamCounts>, stream: string): StreamCounts {
  let found = counts.get(stream);
  if (found === undefined) {
    found = emptyCounts();
    counts.set(stream, found);
  }
  return found;
}
