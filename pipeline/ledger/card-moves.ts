/**
 * A card that goes from one client to another takes its accounts along, and with them what was ever booked there. Counter-entries
 * see to it that no points come into being or go: both balances stay what they were, but for the points that went with the card.
 */
import type { Db } from '../../canonical/db.ts';
import { addEntries, type EntryRow } from '../../canonical/stores/ledger.ts';
import type { Engine } from '../engine.ts';
import { accountsOfClients, type ClientAccount, groupsOf, membersOf } from './accounts.ts';
import { canonicalBalance, type OpeningChoices, openingChoices } from './openings.ts';

/** The canonical owner of a card changed, because somebody moved it. */
export interface CardMove {
  readonly from: number;
  readonly to: number;
  /** Records of the card. */
  readonly records: readonly number[];
  /** Those whose system already shows the new owner: it was moved there, and the points on it with it. */
  readonly there: readonly number[];
}

export interface Transfer extends Pick<EntryRow, 'account_id' | 'amount'> {
  /** The account of the other client that it is the counterpart to. */
  readonly other: number | null;
}

/** Counter-entries for cards that were moved; to be asked before the new owners are written. `gone`: clients that were merged meanwhile. */
export async function transfersOf(engine: Engine, moves: readonly CardMove[], gone: ReadonlyMap<number, number>): Promise<Transfer[]> {
  if (moves.length === 0) return [];
  const clients = [...new Set([...moves.flatMap(({ from, to }) => [from, to]), ...gone.keys()])];
  let accounts = (await accountsOfClients(engine, clients)).map((one) => ({ ...one, client: gone.get(one.client) ?? one.client }));
  const choices = await openingChoices(engine.store.db, clients);
  const transfers: Transfer[] = [];
  for (const move of moves) {
    const after = accounts.map((one) => (one.client === move.from && one.card !== null && move.records.includes(one.card) ? { ...one, client: move.to } : one));
    for (const programme of new Set(after.filter((one, index) => one !== accounts[index]).map((one) => one.row.programme_id))) {
      for (const entry of entriesFor(engine, move, programme, { before: accounts, after }, choices)) {
        transfers.push(entry);
        const at = after.findIndex((one) => one.row.record_id === entry.account_id);
        const one = after[at];
        if (one !== undefined) after[at] = { ...one, transfers: [...one.transfers, entry] };
      }
    }
    accounts = after;
  }
  return transfers;
}

/** Writes counter-entries; their numbers are reserved. */
export async function bookTransfers(trx: Db, engine: Engine, transfers: readonly Transfer[]): Promise<void> {
  const now = engine.setup.clock.now();
  await addEntries(
    trx,
    transfers.map(({ account_id, amount, other }) => ({
      account_id,
      amount,
      evidence: JSON.stringify({ other }),
      id: engine.numbers.takeReserved('entries'),
      kind: 'transfer' as const,
      after: null,
      not_after: now,
      run_id: engine.runId,
      note: null,
    })),
  );
}

interface Accounts {
  readonly before: readonly ClientAccount[];
  readonly after: readonly ClientAccount[];
}

function entriesFor(engine: Engine, move: CardMove, programme: number, { before, after }: Accounts, choices: OpeningChoices): Transfer[] {
  const totalOf = (accounts: readonly ClientAccount[], client: number): number => {
    const group = groupsOf(accounts).get(`${client}:${programme}`) ?? [];
    return canonicalBalance(engine.setup.policies, client, programme, membersOf(engine, group), choices).total;
  };
  const [had, has] = [totalOf(before, move.from), totalOf(before, move.to)];
  const ordered = after.filter((one) => one.row.programme_id === programme).sort((a, b) => a.row.record_id - b.row.record_id);
  const owners = new Map(before.map((one) => [one.row.record_id, one.client]));
  const moved = ordered.filter((one) => one.client === move.to && owners.get(one.row.record_id) === move.from);
  const left = ordered.find((one) => one.client === move.from);
  const shown = moved.filter((one) => one.card !== null && move.there.includes(one.card)).reduce((sum, one) => sum + one.row.agreed, 0);
  // Who has no other account has all points on the card.
  const carried = left === undefined ? had : Math.max(0, Math.min(shown, had));
  const entries: Transfer[] = [];
  const [taken] = moved;
  const [leftId, takenId] = [left?.row.record_id ?? null, taken?.row.record_id ?? null];
  if (leftId !== null) entries.push({ account_id: leftId, amount: had - carried - totalOf(after, move.from), other: takenId });
  if (takenId !== null) entries.push({ account_id: takenId, amount: has + carried - totalOf(after, move.to), other: leftId });
  return entries.filter((one) => one.amount !== 0);
}
