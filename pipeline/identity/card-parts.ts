/**
 * Records with one card number are one card, unless two systems say of it, and always did, that it is another client's: that is a
 * contradiction between the systems, and each has a card of its own until the two clients turn out to be one or somebody moves it.
 */
import type { LinkRow } from '../../canonical/stores/links.ts';
import type { ResolveRow } from '../../canonical/stores/records.ts';
import type { Claim } from './card-owners.ts';

type Links = ReadonlyMap<number, LinkRow>;

/** The cards among records with one number. */
export function cardsIn(rows: readonly ResolveRow[], claims: ReadonlyMap<number, Claim>, links: Links): ResolveRow[][] {
  const speaks = (row: ResolveRow): boolean => row.state !== 'deleted' && links.get(row.id)?.rule !== 'own-create' && claims.get(row.id)?.ours === false;
  const ordered = [...rows].sort((x, y) => x.id - y.id);
  const cards = joined(ordered.filter(speaks), (x, y) => isOneCard(x, y, ordered, claims, links));
  if (cards.length < 2) return [ordered];
  for (const row of ordered) if (!speaks(row)) homeOf(row, cards, claims, links).push(row);
  return cards;
}

/** Both name one client; or they were one card already, and somebody moved it in one of the two systems. */
function isOneCard(x: ResolveRow, y: ResolveRow, all: readonly ResolveRow[], claims: ReadonlyMap<number, Claim>, links: Links): boolean {
  const [a, b] = [claims.get(x.id), claims.get(y.id)];
  if (a === undefined || b === undefined || a.value === b.value) return true;
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
