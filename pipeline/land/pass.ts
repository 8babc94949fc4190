/** One pass through a reading of a system, or one look-up whose answer is landed in the same way. */

import type { CheckpointRow } from '../../canonical/stores/progress.ts';
import type { UnitRow } from '../../canonical/stores/records.ts';
import type { Engine } from '../engine.ts';
import type { KnownKeys } from '../identity/newcomers.ts';
import type { StreamCounts } from '../report.ts';
import type { SystemSetup } from '../setup.ts';
import { Seen } from './seen.ts';

export interface LandingPass {
  readonly engine: Engine;
  readonly system: SystemSetup;
  readonly reading: string;
  readonly streams: readonly string[];
  readonly seen: Seen;
  readonly counts: Map<string, StreamCounts>;
  /** As it was before this pass. */
  readonly checkpoint: CheckpointRow | undefined;
  /** Nothing of these streams is stored yet, so nothing has to be looked up. */
  fresh: boolean;
  /** Every identity key in the store, where all of them came in this run; null: unknown. */
  readonly known: KnownKeys | null;
  /** Units that the connector was told are unchanged, by `unitKey`, until they are landed. */
  readonly recognised: Map<string, UnitRow>;
  /** What is landed now is the first reading of a facet. */
  firstFacet: boolean;
}

/** A pass over some streams of a system; what is not given is as for a look-up between two readings. */
export function landingPass(
  engine: Engine,
  system: SystemSetup,
  streams: readonly string[],
  more: Partial<Pick<LandingPass, 'reading' | 'counts' | 'checkpoint' | 'fresh' | 'known'>> = {},
): LandingPass {
  const plain = { reading: '', counts: new Map(), checkpoint: undefined, fresh: false, known: null };
  return { ...plain, engine, system, streams, seen: new Seen(), recognised: new Map(), firstFacet: false, ...more };
}
