/**
 * Who is who, within one neighbourhood of records: a pure function of records, evidence and what people decided, so that the
 * order in which records arrive does not matter.
 */
import type { FieldValues } from '../../core/model.ts';
import { contradiction, type Evidence, judgePair, stillOne, type Verdict } from './evidence.ts';

export interface ClusterRecord {
  readonly id: number;
  readonly systemId: number;
  /** Sorts records the same way whatever their numbers: `system/key`. */
  readonly order: string;
  readonly values: FieldValues;
}

/** Records that share something, or were linked directly before, each pair once. */
export interface SharedEvidence {
  readonly a: number;
  readonly b: number;
  readonly kinds: ReadonlySet<Evidence>;
  /** By this rule the one was linked to the other, and both speak of one client still. */
  readonly linked?: string;
}

/** Established from outside: by a person, or because our own create made the record for that entity. */
export interface Fact {
  readonly a: number;
  readonly b: number;
  readonly verdict: 'same' | 'different';
}

export interface Cluster {
  readonly records: readonly number[];
  /** Rule and evidence of each record's membership. */
  readonly rules: ReadonlyMap<number, { readonly rule: string; readonly with: number | null; readonly why: string }>;
}

export interface Doubt {
  readonly a: number;
  readonly b: number;
  readonly kind: 'match' | 'duplicate';
  readonly why: string;
}

interface Edge {
  readonly a: ClusterRecord;
  readonly b: ClusterRecord;
  readonly kinds: ReadonlySet<Evidence>;
  readonly verdict: Verdict;
  /** The rule by which they were linked; what was true then and has been edited since does not part them. */
  readonly kept: string | null;
}

/** A link that only its own past speaks for comes after everything that speaks for itself. */
const KEPT = 10;

/** Links by card or reference stand whatever names and birth dates say further on. */
const CERTAIN = 80;
const RULES: readonly (readonly [Evidence, string])[] = [
  ['reference', 'reference'],
  ['card', 'card'],
  ['phone', 'contact'],
  ['email', 'contact'],
];

export function cluster(
  records: readonly ClusterRecord[],
  shared: readonly SharedEvidence[],
  facts: readonly Fact[],
): { clusters: Cluster[]; doubts: Doubt[] } {
  const byId = new Map(records.map((record) => [record.id, record]));
  const groups = new Groups(records);
  const forbidden = new Set<string>();
  for (const fact of facts) {
    if (!byId.has(fact.a) || !byId.has(fact.b)) continue;
    if (fact.verdict === 'different') forbidden.add(pairKey(fact.a, fact.b));
  }
  for (const fact of facts) {
    if (fact.verdict === 'same' && byId.has(fact.a) && byId.has(fact.b)) groups.join(fact.a, fact.b, 'fact', 'said by a person, or made by our own create');
  }
  const edges = edgesOf(byId, shared, forbidden);
  const doubts: Doubt[] = [];
  for (const edge of edges) decide(edge, edges, groups, forbidden, doubts);
  return { clusters: groups.clusters(), doubts: openDoubts(doubts, groups, forbidden) };
}

const pairKey = (a: number, b: number): string => (a < b ? `${a}:${b}` : `${b}:${a}`);

function edgesOf(byId: ReadonlyMap<number, ClusterRecord>, shared: readonly SharedEvidence[], forbidden: ReadonlySet<string>): Edge[] {
  const edges: Edge[] = [];
  for (const { a, b, kinds, linked } of shared) {
    const [left, right] = [byId.get(a), byId.get(b)];
    if (left === undefined || right === undefined || a === b || forbidden.has(pairKey(a, b))) continue;
    const judged = judgePair(left.values, right.values, kinds);
    const keeps = judged.kind !== 'link' && linked !== undefined && stillOne(left.values, right.values, kinds);
    const verdict: Verdict = keeps ? { kind: 'link', strength: KEPT, why: 'linked before; one of them was edited since' } : judged;
    if (verdict.kind === 'none') continue;
    const [a1, b1] = left.order < right.order ? [left, right] : [right, left];
    edges.push({ a: a1, b: b1, kinds, verdict, kept: keeps ? linked : null });
  }
  return edges.sort((x, y) => y.verdict.strength - x.verdict.strength || compare(x.a.order, y.a.order) || compare(x.b.order, y.b.order));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Joins the two ends, unless they are of one system, or one end has an equally good partner of the other's system. */
function decide(edge: Edge, edges: readonly Edge[], groups: Groups, forbidden: ReadonlySet<string>, doubts: Doubt[]): void {
  const { a, b, verdict } = edge;
  if (groups.together(a.id, b.id)) return;
  if (verdict.kind === 'review') {
    doubts.push({ a: a.id, b: b.id, kind: a.systemId === b.systemId ? 'duplicate' : 'match', why: verdict.why });
    return;
  }
  if (a.systemId === b.systemId) {
    doubts.push({ a: a.id, b: b.id, kind: 'duplicate', why: verdict.why });
    return;
  }
  const rival = edge.kept === null ? rivalOf(edge, edges, groups) : null;
  if (rival !== null) {
    doubts.push({ a: a.id, b: b.id, kind: 'match', why: 'more than one record of the same system fits as well' });
    return;
  }
  const clash = groups.clash(a.id, b.id, forbidden);
  if (clash !== null) {
    doubts.push({ a: a.id, b: b.id, kind: 'match', why: clash });
    return;
  }
  const against = verdict.strength >= CERTAIN || edge.kept !== null ? null : groups.contradiction(a.id, b.id);
  if (against !== null) {
    doubts.push({ a: a.id, b: b.id, kind: 'match', why: `would join records with different ${against}` });
    return;
  }
  const rule = edge.kept ?? RULES.find(([kind]) => edge.kinds.has(kind))?.[1] ?? 'contact';
  groups.join(a.id, b.id, rule, verdict.why);
}

/** Another link of the same strength from one end to another record of the other end's system. */
function rivalOf(edge: Edge, edges: readonly Edge[], groups: Groups): Edge | null {
  if (edge.verdict.strength >= CERTAIN) return null;
  for (const other of edges) {
    if (other === edge || other.verdict.kind !== 'link' || other.verdict.strength !== edge.verdict.strength) continue;
    for (const [from, to] of [
      [edge.a, edge.b],
      [edge.b, edge.a],
    ] as const) {
      const end = other.a.id === from.id ? other.b : other.b.id === from.id ? other.a : null;
      if (end !== null && end.systemId === to.systemId && end.id !== to.id && !groups.together(end.id, to.id)) return other;
    }
  }
  return null;
}

/**
 * A doubt about two records that something stronger has joined after all is none, and neither is one between two clients whom a
 * person told apart: else every copy that we made of them would be asked about again. Each pair is asked once.
 */
function openDoubts(doubts: readonly Doubt[], groups: Groups, forbidden: ReadonlySet<string>): Doubt[] {
  const seen = new Set<string>();
  return doubts.filter((doubt) => {
    const key = pairKey(doubt.a, doubt.b);
    if (groups.together(doubt.a, doubt.b) || groups.toldApart(doubt.a, doubt.b, forbidden) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Disjoint sets of records, with the rule by which each came in. */
class Groups {
  private readonly members = new Map<number, ClusterRecord[]>();
  private readonly home = new Map<number, number>();
  private readonly rules = new Map<number, { rule: string; with: number | null; why: string }>();

  constructor(records: readonly ClusterRecord[]) {
    for (const record of [...records].sort((x, y) => compare(x.order, y.order))) {
      this.members.set(record.id, [record]);
      this.home.set(record.id, record.id);
      this.rules.set(record.id, { rule: 'single', with: null, why: '' });
    }
  }

  together(a: number, b: number): boolean {
    return this.home.get(a) === this.home.get(b);
  }

  /** What members of the two groups say against each other, though the two ends do not. */
  contradiction(a: number, b: number): string | null {
    for (const x of this.groupOf(a)) {
      for (const y of this.groupOf(b)) {
        const against = contradiction(x.values, y.values);
        if (against !== null) return against;
      }
    }
    return null;
  }

  /** A person said of a record here and one there that they are different. */
  toldApart(a: number, b: number, forbidden: ReadonlySet<string>): boolean {
    return forbidden.size > 0 && this.groupOf(a).some((x) => this.groupOf(b).some((y) => forbidden.has(pairKey(x.id, y.id))));
  }

  /** Why the two groups must not be joined: two records of one system, or a person said otherwise. */
  clash(a: number, b: number, forbidden: ReadonlySet<string>): string | null {
    const [left, right] = [this.groupOf(a), this.groupOf(b)];
    for (const x of left) {
      for (const y of right) {
        if (forbidden.has(pairKey(x.id, y.id))) return 'a person said that they are different';
        if (x.systemId === y.systemId) return 'would join two records of one system';
      }
    }
    return null;
  }

  join(a: number, b: number, rule: string, why: string): void {
    const [left, right] = [this.home.get(a), this.home.get(b)];
    if (left === undefined || right === undefined || left === right) return;
    for (const record of this.groupOf(b)) this.home.set(record.id, left);
    this.members.set(left, [...this.groupOf(a), ...(this.members.get(right) ?? [])]);
    this.members.delete(right);
    for (const [record, other] of [
      [a, b],
      [b, a],
    ] as const) {
      if (this.rules.get(record)?.rule === 'single') this.rules.set(record, { rule, with: other, why });
    }
  }

  clusters(): Cluster[] {
    return [...this.members.values()].map((records) => ({
      records: records.map((record) => record.id),
      rules: new Map(records.map((record) => [record.id, this.rules.get(record.id) ?? { rule: 'single', with: null, why: '' }])),
    }));
  }

  private groupOf(id: number): readonly ClusterRecord[] {
    return this.members.get(this.home.get(id) ?? -1) ?? [];
  }
}
