/** From a neighbourhood to clusters: builds the evidence and the facts, and lets the pure clustering decide. */
import type { LinkRow } from '../../canonical/stores/links.ts';
import type { RunSetup } from '../setup.ts';
import { type Cluster, type ClusterRecord, cluster, type Doubt, type Fact, type SharedEvidence } from './cluster.ts';
import type { Evidence } from './evidence.ts';
import { keysOfNeighbour, type Neighbour, type Neighbourhood, withOf } from './neighbourhood.ts';

export interface Decided {
  readonly clusters: readonly Cluster[];
  readonly doubts: readonly Doubt[];
}

/** Decides who is who among the clients of a neighbourhood. `issued` are references that we gave out: record → record of that client. */
export function decide(setup: RunSetup, hood: Neighbourhood, issued: ReadonlyMap<number, number>): Decided {
  const records: ClusterRecord[] = [];
  for (const { row, values } of hood.clients.values()) {
    records.push({ id: row.id, systemId: row.system_id, order: `${nameOf(setup, row.system_id)}/${row.record_key}`, values });
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
    const [low, high] = a < b ? [a, b] : [b, a];
    const at = `${low}:${high}`;
    const pair = pairs.get(at) ?? { a: low, b: high, kinds: new Set<Evidence>() };
    pairs.set(at, pair);
    return pair;
  };
  const add = (a: number, b: number, kind: Evidence): void => {
    pairOf(a, b).kinds.add(kind);
  };
  for (const { record, other, rule } of directLinks(hood)) pairOf(record, other).linked = rule;
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

function factsOf(hood: Neighbourhood): Fact[] {
  const facts: Fact[] = hood.decisions.map(({ record_a, record_b, verdict }) => ({ a: record_a, b: record_b, verdict }));
  for (const link of hood.links.values()) {
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
 * Gives each cluster the oldest entity its records were linked to; the cluster with the oldest record chooses first. Answers
 * also where the entities that are left over went.
 */
export function assign(
  clusters: readonly Cluster[],
  links: ReadonlyMap<number, Pick<LinkRow, 'entity_id'>>,
): { assigned: Assigned[]; gone: Map<number, number> } {
  const ordered = [...clusters].sort((a, b) => Math.min(...a.records) - Math.min(...b.records));
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
