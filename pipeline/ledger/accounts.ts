/** Whose an account is: the client's on whose record it hangs, or the owner's of the card on which it hangs. */
import { cardsOfClients, clientOfCards } from '../../canonical/stores/entities.ts';
import { type AccountRow, accountsOf, entriesOf } from '../../canonical/stores/ledger.ts';
import { linksOfEntities, linksOfRecords } from '../../canonical/stores/links.ts';
import { namesOfChildren, namesOfRecords, type RecordName } from '../../canonical/stores/record-names.ts';
import { bySystemAndStream } from '../by-stream.ts';
import type { Engine } from '../engine.ts';
import { entityOf } from '../fold/voices.ts';
import type { MemberAccount } from './ledger.ts';

/** A client's account in one system. */
export interface ClientAccount {
  readonly client: number;
  readonly row: AccountRow;
  readonly name: RecordName;
  /** Record of the card on which it hangs; null where it hangs on the client's own record. */
  readonly card: number | null;
  /** Sum of what was earned, spent and corrected there. */
  readonly moved: number;
  /** Counter-entries for cards that were moved, each with the account of the other client. */
  readonly transfers: readonly { readonly amount: number; readonly other: number | null }[];
}

type Scope = Pick<Engine, 'store' | 'setup'>;

interface Held {
  readonly name: RecordName;
  readonly client: number;
}

/**
 * All accounts of clients. What hangs on a card is the canonical owner's, whoever the system of the account still takes for it:
 * a card that is about to be moved there has its points counted once, and for the right client.
 */
export async function accountsOfClients(engine: Scope, clients: readonly number[]): Promise<ClientAccount[]> {
  const holders = await clientRecords(engine, clients);
  const children = await childrenOf(engine, holders);
  const cards = await cardRecords(engine, clients, children.get('card') ?? []);
  const hanging = (await childrenOf(engine, cards)).get('account') ?? [];
  const found = [...(children.get('account') ?? []).map((held) => ({ ...held, card: null })), ...hanging.map((held) => ({ ...held, card: held.parent }))];
  const rows = await accountsOf(
    engine.store.db,
    found.map(({ name }) => name.id),
  );
  const moved = new Map<number, number>();
  const transfers = new Map<number, { amount: number; other: number | null }[]>();
  for (const { account_id, kind, amount, evidence } of await entriesOf(engine.store.db, [...rows.keys()])) {
    if (kind !== 'transfer') moved.set(account_id, (moved.get(account_id) ?? 0) + amount);
    else transfers.set(account_id, [...(transfers.get(account_id) ?? []), { amount, ...(JSON.parse(evidence ?? '{}') as { other: number | null }) }]);
  }
  return found.flatMap(({ name, client, card }) => {
    const row = rows.get(name.id);
    return row === undefined ? [] : [{ client, row, name, card, moved: moved.get(name.id) ?? 0, transfers: transfers.get(name.id) ?? [] }];
  });
}

async function clientRecords({ store: { db } }: Scope, clients: readonly number[]): Promise<Held[]> {
  const links = await linksOfEntities(db, 'client', clients);
  const clientOf = new Map(links.map((link) => [link.record_id, link.entity_id]));
  const names = await namesOfRecords(
    db,
    links.map((link) => link.record_id),
  );
  return names.map((name) => ({ name, client: clientOf.get(name.id) ?? 0 }));
}

/** Records of the clients' cards; of a card that is nobody's, those on which it hangs have it. */
async function cardRecords({ store: { db } }: Scope, clients: readonly number[], hanging: readonly Held[]): Promise<Held[]> {
  const links = await linksOfRecords(
    db,
    hanging.map(({ name }) => name.id),
  );
  const owned = await clientOfCards(
    db,
    [...links.values()].map((link) => link.entity_id),
  );
  const ownerless = hanging.filter(({ name }) => !owned.has(links.get(name.id)?.entity_id ?? -1));
  const cards = new Map((await cardsOfClients(db, clients)).map((card) => [card.id, card.client_id]));
  const own = await linksOfEntities(db, 'card', [...cards.keys()]);
  const clientOf = new Map(own.map((link) => [link.record_id, cards.get(link.entity_id) ?? 0]));
  const names = await namesOfRecords(db, [...clientOf.keys()]);
  return [...ownerless, ...names.map((name) => ({ name, client: clientOf.get(name.id) ?? 0 }))];
}

/** Records that hang on some, by what they are. */
async function childrenOf({ store: { db }, setup }: Scope, parents: readonly Held[]): Promise<Map<string, (Held & { readonly parent: number })[]>> {
  const found = new Map<string, (Held & { readonly parent: number })[]>();
  const byKey = new Map(parents.map((held) => [`${held.name.system_id}\n${held.name.stream}\n${held.name.record_key}`, held]));
  for (const [systemId, stream, list] of bySystemAndStream(parents.map(({ name }) => name))) {
    const keys = list.map((name) => name.record_key);
    for (const child of await namesOfChildren(db, systemId, stream, keys)) {
      const parent = byKey.get(`${systemId}\n${stream}\n${child.parent_key}`);
      const entity = entityOf(setup, systemId, child.stream);
      if (parent === undefined || entity === undefined) continue;
      const held = { name: child, client: parent.client, parent: parent.name.id };
      const others = found.get(entity);
      if (others === undefined) found.set(entity, [held]);
      else others.push(held);
    }
  }
  return found;
}

/**
 * A client's accounts as the fold of openings and movements wants them. What went from one client to another counts while the
 * two are two: with both accounts in one hand again (moved back, or merged), it is as if nothing had gone.
 */
export function membersOf(engine: Pick<Engine, 'setup'>, accounts: readonly ClientAccount[]): MemberAccount[] {
  const own = new Set(accounts.map(({ row }) => row.record_id));
  const gone = ({ transfers }: ClientAccount): number =>
    transfers.filter(({ other }) => other === null || !own.has(other)).reduce((sum, { amount }) => sum + amount, 0);
  return accounts
    .map((account) => [account, account.moved + gone(account)] as const)
    .map(([{ row, name }, moved]) => ({
      recordId: row.record_id,
      system: engine.setup.systems.find((system) => system.id === name.system_id)?.name ?? `#${name.system_id}`,
      account: { origin: row.origin, opening: row.opening, agreed: row.agreed },
      moved,
    }));
}

/** Accounts by client and programme. */
export function groupsOf(accounts: readonly ClientAccount[]): Map<string, ClientAccount[]> {
  const groups = new Map<string, ClientAccount[]>();
  for (const account of accounts) {
    const at = `${account.client}:${account.row.programme_id}`;
    const group = groups.get(at);
    if (group === undefined) groups.set(at, [account]);
    else group.push(account);
  }
  return groups;
}

/** Part of an adjustment that goes through one account. */
export interface Share {
  readonly account: ClientAccount;
  readonly delta: number;
}

/**
 * How an adjustment is spread over a client's accounts in one system: what is added goes to the first, what is taken comes from
 * the fullest, and from the next where the vendor lets no account go below `floor`. Empty where there is no account.
 */
export function sharesOf(here: readonly ClientAccount[], delta: number, floor: number | null): Share[] {
  const ordered = [...here].sort((a, b) => (delta < 0 ? b.row.agreed - a.row.agreed : 0) || a.row.record_id - b.row.record_id);
  const shares: Share[] = [];
  let rest = delta;
  for (const account of ordered) {
    const part = rest < 0 && floor !== null ? Math.max(rest, Math.min(0, floor - account.row.agreed)) : rest;
    if (part !== 0) shares.push({ account, delta: part });
    rest -= part;
    if (rest === 0) break;
  }
  return shares;
}
