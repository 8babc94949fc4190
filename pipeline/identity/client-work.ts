/** What the steps of one chunk hand on to each other. */
import type { LinkRow } from '../../canonical/stores/links.ts';
import type { Doubt } from './cluster.ts';
import type { EntityBatch } from './entities.ts';
import type { Neighbourhood } from './neighbourhood.ts';

/** Clients of a chunk: decided links, and the entities to write. */
export interface ClientWork {
  readonly hood: Neighbourhood;
  readonly batch: EntityBatch;
  readonly links: LinkRow[];
  readonly relinked: number[];
  /** Client of every record looked at. */
  readonly clientOf: Map<number, number>;
  readonly gone: Map<number, number>;
  readonly doubts: readonly Doubt[];
}

/** Pairs of clients whom a person told apart. */
export function toldApart(work: ClientWork): ReadonlySet<string> {
  return new Set(
    work.hood.decisions
      .filter(({ verdict }) => verdict === 'different')
      .flatMap(({ record_a, record_b }) => {
        const [a, b] = [work.clientOf.get(record_a), work.clientOf.get(record_b)];
        return [`${a}:${b}`, `${b}:${a}`];
      }),
  );
}
