/** Which opening balance counts where systems that were never reconciled open with different ones: the policy, or what a person said. */
import type { Db } from '../../canonical/db.ts';
import { overridesOf } from '../../canonical/stores/links.ts';
import type { Policies } from '../setup.ts';
import { type Balance, balanceOf, type MemberAccount } from './ledger.ts';

/** A person's word for one client and programme: `sum`, `max`, or the name of the system whose opening counts. */
export type OpeningChoices = ReadonlyMap<string, string>;

/** Field under which the choice is laid down, among the overrides of the client's accounts. */
export const openingField = (programmeId: number): string => `opening.${programmeId}`;

/** What people said of the openings of clients, by `client:programme`. */
export async function openingChoices(db: Db, clients: readonly number[]): Promise<OpeningChoices> {
  const choices = new Map<string, string>();
  for (const row of await overridesOf(db, 'account', clients)) {
    const programme = /^opening\.(\d+)$/.exec(row.field)?.[1];
    if (programme !== undefined) choices.set(`${row.entity_id}:${programme}`, String(JSON.parse(row.value)));
  }
  return choices;
}

/** The canonical balance of a client in a programme. */
export function canonicalBalance(
  policies: Policies,
  client: number,
  programmeId: number,
  accounts: readonly MemberAccount[],
  choices: OpeningChoices,
): Balance {
  const choice = choices.get(`${client}:${programmeId}`);
  if (choice === undefined) return balanceOf(accounts, policies.openingBalances, policies.authority);
  if (choice === 'sum' || choice === 'max') return balanceOf(accounts, choice, policies.authority);
  return balanceOf(accounts, 'authority', [choice, ...policies.authority]);
}
