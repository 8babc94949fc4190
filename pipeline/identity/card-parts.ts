/**
 * Records with one card number are one card, unless two systems say, and always did, that it is another's, and nobody knows whether
 * the two are one person, or a person said that they are not. That is a contradiction between the systems, and each has a card of
 * its own until the two turn out to be one, or the systems agree.
 */
import type { Db } from '../../canonical/db.ts';
import type { LinkRow } from '../../canonical/stores/links.ts';
import type { ResolveRow } from '../../canonical/stores/resolve-rows.ts';
import { openReviewsOfRecords } from '../../canonical/stores/reviews.ts';
import type { Claim } from './card-owners.ts';
import { type ClientWork, toldApart } from './client-work.ts';
import { IDENTITY_REVIEWS } from './doubts.ts';

type Links = ReadonlyMap<number, LinkRow>;

/** Pairs of clients, `a:b` both ways round. */
type Pairs = ReadonlySet<string>;

/** Clients of whom it is asked whether they are one, and whom a person told apart. */
export async function notKnownAsOne(db: Db, work: ClientWork): Promise<Pairs> {
  const open = await openReviewsOfRecords(db, [...work.clientOf.keys()], IDENTITY_REVIEWS);
  const doubted = [...work.doubts, ...open.map(({ record_a, record_b }) => ({ a: record_a ?? 0, b: record_b ?? 0 }))];
  const pairs = doubted.flatMap(({ a, b }) => {
    const [x, y] = [work.clientOf.get(a), work.clientOf.get(b)];
    return x === undefined || y === undefined ? [] : [`${x}:${y}`, `${y}:${x}`];
  });
  return new Set([...pairs, ...toldApart(work)]);
}

/** The cards among records with one number. `apart`: clients who are not known as one. */
export function cardsIn(rows: readonly ResolveRow[], claims: ReadonlyMap<number, Claim>, links: Links, apart: Pairs): ResolveRow[][] {
  const speaks = (row: ResolveRow): boolean => row.state !== 'deleted' && links.get(row.id)?.rule !== 'own-create' && claims.get(row.id)?.ours === false;
  const ordered = [...rows].sort((x, y) => x.id - y.id);
  const cards = joined(ordered.filter(speaks), (x, y) => isOneCard(x, y, { all: ordered, claims, links, apart }));
  if (cards.length < 2) return [ordered];
  for (const row of ordered) if (!speaks(row)) homeOf(row, cards, claims, links).push(row);
  return cards;
}

interface Known {
  readonly all: readonly ResolveRow[];
  readonly claims: ReadonlyMap<number, Claim>;
  readonly links: Links;
  readonly apart: Pairs;
}

/** Nothing stands between the two clients they name; or they were one card already, and somebody moved it in one of the two systems. */
function isOneCard(x: ResolveRow, y: ResolveRow, { all, claims, links, apart }: Known): boolean {
  const [a, b] = [claims.get(x.id), claims.get(y.id)];
  if (a === undefined || b === undefined || a.value === b.value || !apart.has(`${a.value}:${b.value}`)) return true;
  const [was, other] = [placeOf(x, a, all, links), placeOf(y, b, all, links)];
  return was.card !== undefined && was.card === other.card && (was.moved || other.moved);
}

/** The card that a record was linked to, and whether its owner was changed there. One that came for a deleted record stands in its place. */
function placeOf(row: ResolveRow, claim: Claim, all: readonly ResolveRow[], links: Links): { card: number | undefined; moved: boolean } {
  const before = all.find((one) => one.state === 'deleted' && one.system_id === row.system_id && links.has(one.id));
  const card = links.get(row.id)?.entity_id ?? links.get(before?.id ?? 0)?.entity_id;
  return { card, moved: claim.stamp.after !== null || before !== undefined };
}

/** A record that says nothing of the owner, or only what we wrote, goes with what it was linked with; else with those who say the same. */
function homeOf(row: ResolveRow, cards: readonly ResolveRow[][], claims: ReadonlyMap<number, Claim>, links: Links): ResolveRow[] {
  const link = links.get(row.id);
  const { with: partner } = JSON.parse(link?.evidence ?? '{}') as { with?: number | null };
  const has = (test: (one: ResolveRow) => boolean): ResolveRow[] | undefined => cards.find((card) => card.some(test));
  return (
    has((one) => one.id === partner) ??
    has((one) => link !== undefined && links.get(one.id)?.entity_id === link.entity_id) ??
    has((one) => claims.has(row.id) && claims.get(one.id)?.value === claims.get(row.id)?.value) ??
    cards[0] ??
    []
  );
}

/** Sets of records, each the closure of what belongs together. */
function joined(rows: readonly ResolveRow[], together: (x: ResolveRow, y: ResolveRow) => boolean): ResolveRow[][] {
  let sets: ResolveRow[][] = [];
  for (const row of rows) {
    const near = sets.filter((set) => set.some((one) => together(one, row)));
    sets = [...sets.filter((set) => !near.includes(set)), [...near.flat(), row]];
  }
  return sets.sort((a, b) => Math.min(...a.map((one) => one.id)) - Math.min(...b.map((one) => one.id)));
}
