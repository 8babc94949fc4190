/**
 * Who is who, within one neighbourhood of records: a pure function of records, evidence and what people decided, so that the
 * order in which records arrive does not matter.
 */
import { contradiction, type Evidence, incompatible, judgePair, stillOne, type Verdict } from './evidence.ts';
import { type Cluster, type ClusterRecord, compare, Groups, pairKey } from './groups.ts';

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

export interface Doubt {
  readonly a: number;
  readonly b: number;
  readonly kind: 'match' | 'duplicate';
  readonly why: string;
  /** What the two share. */
  readonly shared: ReadonlySet<Evidence>;
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
/** What a deleted record says of others comes last, in the order of its strength. */
const FROM_THE_DEAD = 0.01;

/** Links by card have no rivals, and stand whatever surnames say further on; those by reference whatever anything says. */
const CERTAIN = 80;
const BY_REFERENCE = 90;
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
  const kinds = new Map(shared.map((one) => [pairKey(one.a, one.b), one.kinds]));
  // What two records of one client say against each other was edited since they were linked.
  const wereOne = (x: ClusterRecord, y: ClusterRecord): boolean =>
    x.client !== undefined && x.client === y.client && stillOne(x.values, y.values, kinds.get(pairKey(x.id, y.id)) ?? NOTHING);
  const groups = new Groups(records, wereOne);
  const forbidden = new Set<string>();
  for (const fact of facts) {
    if (!byId.has(fact.a) || !byId.has(fact.b)) continue;
    if (fact.verdict === 'different') forbidden.add(pairKey(fact.a, fact.b));
  }
  // What comes first is right where facts contradict each other.
  for (const fact of facts) {
    if (fact.verdict !== 'same' || !byId.has(fact.a) || !byId.has(fact.b) || groups.toldApart(fact.a, fact.b, forbidden)) continue;
    groups.join(fact.a, fact.b, 'fact', 'said by a person, or made by our own create');
  }
  const edges = edgesOf(byId, shared, forbidden);
  const doubts: Doubt[] = [];
  for (const edge of edges) decide(edge, edges, groups, forbidden, doubts);
  return { clusters: groups.clusters(), doubts: openDoubts(doubts, byId, groups, forbidden) };
}

const NOTHING: ReadonlySet<Evidence> = new Set();

function edgesOf(byId: ReadonlyMap<number, ClusterRecord>, shared: readonly SharedEvidence[], forbidden: ReadonlySet<string>): Edge[] {
  const edges: Edge[] = [];
  for (const { a, b, kinds, linked } of shared) {
    const [left, right] = [byId.get(a), byId.get(b)];
    if (left === undefined || right === undefined || a === b || forbidden.has(pairKey(a, b))) continue;
    const { verdict, kept } = judge(left, right, kinds, linked);
    if (verdict.kind === 'none') continue;
    const [a1, b1] = left.order < right.order ? [left, right] : [right, left];
    edges.push({ a: a1, b: b1, kinds, verdict, kept });
  }
  return edges.sort((x, y) => y.verdict.strength - x.verdict.strength || compare(x.a.order, y.a.order) || compare(x.b.order, y.b.order));
}

/** What two records say of each other, and the rule by which they stay linked where that does not speak for itself. */
function judge(left: ClusterRecord, right: ClusterRecord, kinds: ReadonlySet<Evidence>, linked: string | undefined): Pick<Edge, 'verdict' | 'kept'> {
  const judged = judgePair(left.values, right.values, kinds);
  const dead = left.dead === true || right.dead === true;
  if (judged.kind === 'link' && !dead) return { verdict: judged, kept: null };
  if (linked !== undefined && stillOne(left.values, right.values, kinds)) {
    return { verdict: { kind: 'link', strength: KEPT, why: `linked before; one of them was ${dead ? 'deleted' : 'edited'} since` }, kept: linked };
  }
  if (left.dead === true && right.dead === true) return { verdict: { kind: 'none', strength: 0, why: 'both are deleted' }, kept: null };
  return { verdict: dead ? { ...judged, strength: judged.strength * FROM_THE_DEAD } : judged, kept: null };
}

/** Joins the two ends, unless they are of one system, or one end has an equally good partner of the other's system. */
function decide(edge: Edge, edges: readonly Edge[], groups: Groups, forbidden: ReadonlySet<string>, doubts: Doubt[]): void {
  const { a, b, kinds, verdict } = edge;
  if (groups.together(a.id, b.id)) return;
  const twice = a.systemId === b.systemId && a.dead !== true && b.dead !== true;
  const why = verdict.kind === 'review' || twice ? verdict.why : obstacle(edge, edges, groups, forbidden);
  if (why !== null) {
    doubts.push({ a: a.id, b: b.id, kind: twice ? 'duplicate' : 'match', why, shared: kinds });
    return;
  }
  const rule = edge.kept ?? RULES.find(([kind]) => kinds.has(kind))?.[1] ?? 'contact';
  groups.join(a.id, b.id, rule, verdict.why);
}

/** What stands against a link that its two ends speak for. */
function obstacle(edge: Edge, edges: readonly Edge[], groups: Groups, forbidden: ReadonlySet<string>): string | null {
  const { a, b, verdict, kept } = edge;
  if (kept === null && rivalOf(edge, edges, groups) !== null) return 'more than one record of the same system fits as well';
  const clash = groups.clash(a.id, b.id, forbidden);
  if (clash !== null) return clash;
  if (verdict.strength >= BY_REFERENCE || kept !== null) return null;
  const against = groups.contradiction(a.id, b.id, verdict.strength >= CERTAIN ? incompatible : contradiction);
  return against === null ? null : `would join records with different ${against}`;
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
 * person told apart: else every copy that we made of them would be asked about again. Each pair is asked once; of a deleted
 * record only where its client lives on elsewhere, and nothing else asks about the same two clients.
 */
function openDoubts(doubts: readonly Doubt[], byId: ReadonlyMap<number, ClusterRecord>, groups: Groups, forbidden: ReadonlySet<string>): Doubt[] {
  const dead = (id: number): boolean => byId.get(id)?.dead === true;
  // Each lives beside the other in both systems, as somebody else: the systems disagree about a card, not about who is who.
  const twoPeople = ({ a, b, shared }: Doubt): boolean =>
    shared.has('card') &&
    !shared.has('reference') &&
    groups.sideBySide(a, b) &&
    groups.contradiction(a, b, (x, y) => incompatible(x, y) ?? contradiction(x, y)) !== null;
  const open = doubts.filter(
    (one) =>
      !groups.together(one.a, one.b) &&
      !groups.toldApart(one.a, one.b, forbidden) &&
      groups.lives(one.a) &&
      groups.lives(one.b) &&
      !(one.kind === 'match' && twoPeople(one)),
  );
  const asked = new Set<string>();
  const once = (at: string): boolean => !asked.has(at) && asked.add(at).has(at);
  const ofLiving = open.filter(({ a, b }) => !dead(a) && !dead(b) && once(pairKey(a, b)));
  for (const { a, b } of ofLiving) asked.add(groups.pairOf(a, b));
  return [...ofLiving, ...open.filter(({ a, b }) => (dead(a) || dead(b)) && once(groups.pairOf(a, b)))];
}
