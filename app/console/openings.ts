/** What a person has to know who is asked which opening balance counts: each system's, and what each answer would give. */
import type { Store } from '../../canonical/open.ts';
import { decimalFromMinor } from '../../core/money.ts';
import { accountsOfClients, membersOf } from '../../pipeline/ledger/accounts.ts';
import { canonicalBalance } from '../../pipeline/ledger/openings.ts';
import type { RunSetup } from '../../pipeline/setup.ts';

/** Amounts are decimal texts, as everywhere that people look. */
export interface OpeningsView {
  readonly systems: readonly {
    readonly system: string;
    /** When its accounts were first seen. */
    readonly opening: string;
    /** Earned and spent there since. */
    readonly moved: string;
    /** What it shows now, with what was sent to it. */
    readonly shown: string;
  }[];
  /** The balance that the client would have everywhere, by the answer. */
  readonly answers: readonly { readonly answer: string; readonly balance: string }[];
}

/** The opening balances of a client in a programme, and what would become of them. */
export async function openingsView(store: Store, setup: RunSetup, client: number, programme: number, answers: readonly string[]): Promise<OpeningsView> {
  const accounts = (await accountsOfClients({ store, setup }, [client])).filter(({ row }) => row.programme_id === programme);
  const members = membersOf({ setup }, accounts);
  const sum = (amounts: readonly number[]): string => decimalFromMinor(amounts.reduce((total, amount) => total + amount, 0));
  const names = [...new Set(members.map(({ system }) => system))].sort();
  return {
    systems: names.map((system) => {
      const here = members.filter((one) => one.system === system);
      return {
        system,
        opening: sum(here.filter(({ account }) => account.origin === 'opening').map(({ account }) => account.opening)),
        moved: sum(here.map(({ moved }) => moved)),
        shown: sum(here.map(({ account }) => account.agreed)),
      };
    }),
    answers: answers.map((answer) => ({
      answer,
      balance: decimalFromMinor(canonicalBalance(setup.policies, client, programme, members, new Map([[`${client}:${programme}`, answer]])).total),
    })),
  };
}
