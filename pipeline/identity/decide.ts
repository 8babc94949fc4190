/** From a neighbourhood to clusters: builds the evidence and the facts, and lets the pure clustering decide. */
import type { LinkRow } from '../../canonical/stores/links.ts';
import { isBelieved } from '../fold/voices.ts';
import type { RunSetup } from '../setup.ts';
import { cluster, type Doubt, type Fact, type SharedEvidence } from './cluster.ts';
import type { Evidence } from './evidence.ts';
import { type Cluster, type ClusterRecord, pairKey } from './groups.ts';
import { keysOfNeighbour, type Neighbour, type Neighbourhood } from './neighbourhood.ts';
import { withOf } from './referred.ts';

export interface Decided {
  readonly clusters: readonly Cluster[];
  readonly doubts: readonly Doubt[];
}

/** Decides who is who among the clients of a neighbourhood. `issued` are references that we gave out: record → record of that client. */
export function decide(setup: RunSetup, hood: Neighbourhood, issued: ReadonlyMap<number, number>): Decided {
  const records: ClusterRecord[] = [];
  for (const { row, values } of hood.clients.values()) {
    const client = hood.links.get(row.id)?.entity_id;
    records.push({
      id: row.id,
      systemId: row.system_id,
      order: `${nameOf(setup, row.system_id)}/${row.record_key}`,
      values,
      dead: row.state === 'deleted',
      ...(client === undefined ? {} : { client }),
    });
  }
  return cluster(records, evidenceOf(setup, hood, issued), factsOf(hood));
}

const nameOf = (setup: RunSetup, id: number): string => setup.systems.find((system) => system.id === id)?.name ?? `#${id}`;

function evidenceOf(setup: RunSetup, hood: Neighbourhood, issued: ReadonlyMap<number, number>): SharedEvidence[] {
  const holders = new Map<string, { kind: Evidence; ids: Set<number> }>();
  for (const neighbour of hood.clients.values()) {
    for (const { kind, value } of keysOfNeighbour(neighbour)) {
      const at = `${kind}:${value}`;
      const holder = holders.get(at);
      if (holder === undefined) holders.set(at, { kind, ids: new Set([neighbour.row.id]) });
      else holder.ids.add(neighbour.row.id);
    }
  }
  const pairs = new Map<string, { a: number; b: number; kinds: Set<Evidence>; linked?: string }>();
  const pairOf = (a: number, b: number): { kinds: Set<Evidence>; linked?: string } => {
    const at = pairKey(a, b);
    const pair = pairs.get(at) ?? { a: Math.min(a, b), b: Math.max(a, b), kinds: new Set<Evidence>() };
    pairs.set(at, pair);
    return pair;
  };
  for (const { record, other, rule } of [...directLinks(hood), ...strandedDead(hood)]) pairOf(record, other).linked = rule;
  const silent = silentRecords(setup, hood);
  const add = (a: number, b: number, kind: Evidence): void => {
    if ((silent.has(a) || silent.has(b)) && !pairs.has(pairKey(a, b))) return;
    pairOf(a, b).kinds.add(kind);
  };
  for (const { kind, ids } of holders.values()) {
    if (ids.size < 2 || (kind !== 'card' && ids.size > setup.policies.maxSharedContact)) continue;
    const list = [...ids];
    for (let i = 0; i < list.length; i++) for (let j = i + 1; j < list.length; j++) add(list[i] as number, list[j] as number, kind);
  }
  for (const [record, other] of issued) if (hood.clients.has(other)) add(record, other, 'reference');
  return [...pairs.values()];
}

/** Derived links as they stand: which record was linked to which, by which rule. */
function directLinks(hood: Neighbourhood): { record: number; other: number; rule: string }[] {
  return [...hood.links.values()].flatMap((link) => {
    if (!['reference', 'card', 'contact'].includes(link.rule) || link.evidence === null) return [];
    const other = (JSON.parse(link.evidence) as { with?: number }).with;
    const same = other !== undefined && hood.links.get(other)?.entity_id === link.entity_id;
    return same ? [{ record: link.record_id, other, rule: link.rule }] : [];
  });
}

/** Deleted records whose partners have gone to other clients: the oldest record that is left keeps them where they are. */
function strandedDead(hood: Neighbourhood): { record: number; other: number; rule: string }[] {
  const tied = new Set(directLinks(hood).flatMap(({ record, other }) => [record, other]));
  for (const { a, b, verdict } of factsOf(hood)) if (verdict === 'same') tied.add(a).add(b);
  return [...hood.links.values()].flatMap((link) => {
    if (hood.clients.get(link.record_id)?.row.state !== 'deleted' || tied.has(link.record_id)) return [];
    const others = [...hood.links.values()].filter((one) => one.entity_id === link.entity_id && one.record_id !== link.record_id).map((one) => one.record_id);
    return others.length === 0 ? [] : [{ record: link.record_id, other: Math.min(...others), rule: 'contact' }];
  });
}

/** Deleted records that the policy believes no more: they stay where they are linked, and are evidence of nothing new. */
function silentRecords(setup: RunSetup, hood: Neighbourhood): ReadonlySet<number> {
  const silent = new Set<number>();
  for (const { row } of hood.clients.values()) if (row.state === 'deleted' && !isBelieved(setup, row)) silent.add(row.id);
  return silent;
}

/** What people said last comes first, and before what our own creates made. */
function factsOf(hood: Neighbourhood): Fact[] {
  const said = [...hood.decisions].sort((x, y) => y.decided_at - x.decided_at || x.record_a - y.record_a || x.record_b - y.record_b);
  const facts: Fact[] = said.map(({ record_a, record_b, verdict }) => ({ a: record_a, b: record_b, verdict }));
  for (const link of [...hood.links.values()].sort((x, y) => x.record_id - y.record_id)) {
    const other = withOf(link);
    if (other !== null) facts.push({ a: other, b: link.record_id, verdict: 'same' });
  }
  return facts;
}

export interface Assigned {
  readonly cluster: Cluster;
  /** Entity the cluster keeps; null: a new one. */
  readonly entityId: number | null;
}

/**
 * Gives each cluster the oldest entity its records were linked to; the cluster with the oldest record, by `age`, chooses first.
 * Answers also where the entities that are left over went.
 */
export function assign(
  clusters: readonly Cluster[],
  links: ReadonlyMap<number, Pick<LinkRow, 'entity_id'>>,
  age: (a: number, b: number) => number,
): { assigned: Assigned[]; gone: Map<number, number> } {
  const oldest = ({ records }: Cluster): number => records.reduce((one, other) => (age(other, one) < 0 ? other : one));
  const ordered = clusters
    .map((cluster) => ({ cluster, record: oldest(cluster) }))
    .sort((a, b) => age(a.record, b.record))
    .map(({ cluster }) => cluster);
  const taken = new Set<number>();
  const assigned: Assigned[] = [];
  for (const one of ordered) {
    const before = [...new Set(one.records.flatMap((id) => links.get(id)?.entity_id ?? []))].sort((a, b) => a - b);
    const entityId = before.find((id) => !taken.has(id)) ?? null;
    if (entityId !== null) taken.add(entityId);
    assigned.push({ cluster: one, entityId });
  }
  const gone = new Map<number, number>();
  assigned.forEach(({ cluster: one }, index) => {
    for (const id of one.records) {
      const before = links.get(id)?.entity_id;
      if (before !== undefined && !taken.has(before)) gone.set(before, index);
    }
  });
  return { assigned, gone };
}

export type { Neighbour };
