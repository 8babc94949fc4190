/** Points that the target does not show as the source does. */
import { openOperations } from '../../canonical/stores/operations.ts';
import { accountsOfClients, groupsOf, membersOf } from '../ledger/accounts.ts';
import { canonicalBalance, openingChoices } from '../ledger/openings.ts';
import { obstacleTo } from './preview.ts';
import type { RestItem } from './rest.ts';
import { NOT_PROPOSED, whyOf } from './rest-of-entities.ts';
import { type Migration, type Portion, recordsIn, type Scope, streamsOf } from './source.ts';

export interface BalanceRest {
  readonly programmeId: number;
  /** What each side shows, in minor units. */
  readonly from: number;
  readonly to: number;
  readonly item: RestItem | null;
}

/** One for each client and programme in which the source has an account. */
export async function restOfBalances(scope: Scope, migration: Migration, { clients, owners, cards, accounts }: Portion): Promise<BalanceRest[]> {
  if (accounts.length === 0) return [];
  const { from, to } = migration;
  const { db } = scope.store;
  const obstacle = obstacleTo(migration, 'account');
  const [stream] = streamsOf(to, 'account');
  const ids = clients.map(({ one }) => one.id);
  const open = stream === undefined ? [] : await openOperations(db, to.id, stream, ids);
  const choices = await openingChoices(db, ids);
  const present = new Set(clients.filter((client) => recordsIn(to, client).length > 0).map(({ one }) => one.id));
  const holders = new Set(cards.filter((card) => recordsIn(to, card).length > 0).map(({ one }) => owners.get(one.id)));
  const needsCard = stream !== undefined && to.streams.get(stream)?.capabilities.balance?.needs === 'card';
  const found: BalanceRest[] = [];
  for (const group of groupsOf(await accountsOfClients(scope, ids)).values()) {
    const [first] = group.filter(({ name }) => name.system_id === from.id);
    if (first === undefined) continue;
    const { client, row } = first;
    const shown = (id: number): number => group.filter(({ name }) => name.system_id === id).reduce((sum, one) => sum + one.row.agreed, 0);
    const [source, target] = [shown(from.id), shown(to.id)];
    const operation = open.find((one) => one.entity_id === client && one.programme_id === row.programme_id);
    const why = (): string => {
      if (obstacle !== null) return obstacle.why;
      if (operation !== undefined) return whyOf(operation);
      if (!present.has(client)) return 'its client is not there';
      if (needsCard && !holders.has(client)) return 'it keeps points on cards, and the client has none there';
      const canonical = canonicalBalance(scope.setup.policies, client, row.programme_id, membersOf(scope, group), choices).total;
      return canonical === target ? 'the balance that counts by the policies is the one shown there' : NOT_PROPOSED;
    };
    found.push({
      programmeId: row.programme_id,
      from: source,
      to: target,
      item:
        source === target
          ? null
          : {
              what: 'balance',
              stream: first.name.stream,
              key: first.name.record_key,
              client,
              fields: ['balance'],
              amounts: { from: source, to: target },
              why: why(),
            },
    });
  }
  return found;
}
