/** Ledger arithmetic: what a reading of a balance means, and what is owed to each system. Pure; integers of minor units. */
import { InvariantError } from '../../core/errors.ts';
import { assertMinor } from '../../core/money.ts';

/** An account in one system. `agreed`: the last booked reading plus our confirmed adjustments. */
export interface Account {
  readonly origin: 'opening' | 'new' | 'own';
  readonly opening: number;
  readonly agreed: number;
}

/** The movement that a reading reveals: what happened there since we last agreed. */
export function movementOf(account: Account, observed: number): number {
  assertMinor(observed);
  const movement = observed - account.agreed;
  assertMinor(movement);
  return movement;
}

/** An account seen for the first time. With a history before us its balance is an opening; otherwise it began at zero. */
export function firstSeen(observed: number, hadHistory: boolean): { account: Account; movement: number } {
  assertMinor(observed);
  if (hadHistory) return { account: { origin: 'opening', opening: observed, agreed: observed }, movement: 0 };
  return { account: { origin: 'new', opening: 0, agreed: observed }, movement: observed };
}

export interface MemberAccount {
  readonly recordId: number;
  readonly system: string;
  readonly account: Account;
  /** Sum of its entries. */
  readonly moved: number;
}

export type OpeningPolicy = 'authority' | 'sum' | 'max' | 'review';

export interface Balance {
  readonly total: number;
  /** Openings differ and a person has to say which counts. */
  readonly undecided: boolean;
}

/**
 * The canonical balance of one client in one programme: openings by policy, plus every movement seen anywhere. Independent of
 * the order in which accounts came in, and exactly undone when a merge is undone.
 */
export function balanceOf(accounts: readonly MemberAccount[], policy: OpeningPolicy, authority: readonly string[]): Balance {
  const bySystem = new Map<string, number>();
  let moved = 0;
  for (const member of accounts) {
    moved += member.moved;
    if (member.account.origin === 'opening') bySystem.set(member.system, (bySystem.get(member.system) ?? 0) + member.account.opening);
  }
  const openings = [...bySystem].sort(([a], [b]) => rank(a, authority) - rank(b, authority) || (a < b ? -1 : 1));
  const amounts = openings.map(([, amount]) => amount);
  const differ = amounts.some((amount) => amount !== amounts[0]);
  const total = moved + openingTotal(amounts, policy);
  assertMinor(total);
  return { total, undecided: policy === 'review' && differ };
}

function openingTotal(amounts: readonly number[], policy: OpeningPolicy): number {
  if (amounts.length === 0) return 0;
  switch (policy) {
    case 'sum':
      return amounts.reduce((sum, amount) => sum + amount, 0);
    case 'max':
      return Math.max(...amounts);
    case 'authority':
    case 'review':
      return amounts[0] ?? 0;
  }
}

const rank = (system: string, authority: readonly string[]): number => {
  const place = authority.indexOf(system);
  return place < 0 ? authority.length : place;
};

export interface Adjustment {
  /** To be added to what the system shows. */
  readonly delta: number;
  readonly target: number;
  /** Part of a negative balance that the system cannot hold. */
  readonly owed: number;
}

/** What one system must be told: canonical − what it shows in all the client's accounts there, down to its floor. */
export function adjustmentFor(canonical: number, shown: number, floor: number | null): Adjustment {
  const target = floor !== null && canonical < floor ? floor : canonical;
  assertMinor(target - shown);
  return { delta: target - shown, target, owed: target - canonical };
}

/** The account after an adjustment that arrived. */
export function confirmAdjustment(account: Account, delta: number): Account {
  const agreed = account.agreed + delta;
  assertMinor(agreed);
  if (!Number.isInteger(delta)) throw new InvariantError('INVARIANT_BROKEN', 'an adjustment is not an integer');
  return { ...account, agreed };
}
