/** What is planned for: one stream of one system, and the entities as folded for it. */
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import type { Stream } from '../../core/contract.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import type { Engine } from '../engine.ts';
import { fold } from '../fold/fold.ts';
import type { Folded } from '../fold/folded.ts';
import { type Known, loadKnown } from '../fold/voices.ts';
import type { StreamPolicy, SystemSetup } from '../setup.ts';
import type { Coming } from './coming.ts';

export interface PlanTarget {
  readonly engine: Engine;
  readonly system: SystemSetup;
  readonly stream: string;
  readonly port: Stream;
  readonly mapping: Mapping;
  readonly policy: StreamPolicy;
  /** The stream was seen whole, and read without failure in this run: what is not there can be created. */
  readonly whole: boolean;
  /** Entities as folded in this planning: what is planned for several systems is loaded once. */
  readonly cache: FoldCache;
  /** Who is to be created, as this planning found; absent: what hangs on them is followed otherwise. */
  readonly coming?: Coming;
  /** Number of the system that a migration moves out of: what it holds is created whatever the policy says. */
  readonly movedFrom?: number;
  /** Name of the system whose values count against this one's own; null: none. Absent: as open operations say. */
  readonly valuesOf?: string | null;
}

export type FoldCache = Map<string, { readonly one: Known; readonly folded: Folded }>;

/** Entities held in a cache at most; beyond, it starts anew. */
const MAX_CACHED = 4000;

/** Loads and folds entities, as far as the cache does not have them. */
export async function foldedEntities(target: PlanTarget, kind: FoldedKind, ids: readonly number[]): Promise<{ one: Known; folded: Folded }[]> {
  const { engine, cache } = target;
  if (cache.size + ids.length > MAX_CACHED) cache.clear();
  const known = await loadKnown(
    engine.store.db,
    engine.setup,
    kind,
    ids.filter((id) => !cache.has(`${kind}:${id}`)),
  );
  for (const one of known.values()) cache.set(`${kind}:${one.id}`, { one, folded: fold(kind, one.voices, one.overrides, engine.setup.policies) });
  return ids.flatMap((id) => cache.get(`${kind}:${id}`) ?? []);
}
