/** Plans adjustments: canonical − what a system shows, for every client whose accounts moved. */

import { cardsOfClients } from '../../canonical/stores/entities.ts';
import { type AccountRow, accountsOf, entriesOf, setOwed } from '../../canonical/stores/ledger.ts';
import { linksOfEntities } from '../../canonical/stores/links.ts';
import { type OperationRow, openOperations } from '../../canonical/stores/operations.ts';
import { loadRecords, namesOfChildren, type RecordName, type RecordRow } from '../../canonical/stores/records.ts';
import type { Engine } from '../engine.ts';
import { entityOf } from '../fold/voices.ts';
import { bySystemAndStream } from '../identity/neighbourhood.ts';
import { adjustmentFor, type MemberAccount } from '../ledger/ledger.ts';
import { canonicalBalance, type OpeningChoices, openingChoices } from '../ledger/openings.ts';
import type { Draft, Question } from './draft.ts';
import { clientsToCome } from './owner-change.ts';
import type { PlanTarget } from './plan-entities.ts';

/** A client's account in one system. */
export interface ClientAccount {
  readonly client: number;
  readonly row: AccountRow;
  readonly name: RecordName;
  readonly moved: number;
}

/** All accounts of clients, over the records that their records carry. */
export async function accountsOfClients(engine: Pick<Engine, 'store' | 'setup'>, clients: readonly number[]): Promise<ClientAccount[]> {
  const { db } = engine.store;
  const links = await linksOfEntities(db, 'client', clients);
  const clientOf = new Map(links.map((link) => [link.record_id, link.entity_id]));
  const holders = (
    await loadRecords(
      db,
      links.map((link) => link.record_id),
    )
  ).map((row) => ({ name: row as RecordName, client: clientOf.get(row.id) ?? 0 }));
  const found: { name: RecordName; client: number }[] = [];
  let wave = holders;
  for (let step = 0; wave.length > 0 && step < 2; step++) {
    const next: { name: RecordName; client: number }[] = [];
    const byKey = new Map(wave.map(({ name, client }) => [`${name.system_id}\n${name.stream}\n${name.record_key}`, client]));
    for (const [systemId, stream, list] of bySystemAndStream(wave.map(({ name }) => name))) {
      for (const child of await namesOfChildren(
        db,
        systemId,
        stream,
        list.map((name) => name.record_key),
      )) {
        const client = byKey.get(`${systemId}\n${stream}\n${child.parent_key}`);
        if (client === undefined) continue;
        const entity = entityOf(engine.setup, systemId, child.stream);
        if (entity === 'account') found.push({ name: child, client });
        else if (entity === 'card') next.push({ name: child, client });
      }
    }
    wave = next;
  }
  const rows = await accountsOf(
    db,
    found.map(({ name }) => name.id),
  );
  const moved = new Map<number, number>();
  for (const entry of await entriesOf(db, [...rows.keys()])) moved.set(entry.account_id, (moved.get(entry.account_id) ?? 0) + entry.amount);
  return found.flatMap(({ name, client }) => {
    const row = rows.get(name.id);
    return row === undefined ? [] : [{ client, row, name, moved: moved.get(name.id) ?? 0 }];
  });
}

/** Sums of accounts by client and programme, for the fold of openings. */
export function membersOf(engine: Pick<Engine, 'setup'>, accounts: readonly ClientAccount[]): MemberAccount[] {
  return accounts.map(({ row, name, moved }) => ({
    recordId: row.record_id,
    system: engine.setup.systems.find((system) => system.id === name.system_id)?.name ?? `#${name.system_id}`,
    account: { origin: row.origin, opening: row.opening, agreed: row.agreed },
    moved,
  }));
}

export async function planBalances(target: PlanTarget, clients: readonly number[]): Promise<{ drafts: Draft[]; open: OperationRow[] }> {
  const { engine, system, stream } = target;
  const { db } = engine.store;
  const accounts = await accountsOfClients(engine, clients);
  const open = await openOperations(db, system.id, stream, clients);
  const carriers = await carriersIn(target, clients);
  const choices = await openingChoices(db, clients);
  const drafts: Draft[] = [];
  const owed: (readonly [recordId: number, owed: number])[] = [];
  const groups = new Map<string, ClientAccount[]>();
  for (const account of accounts) {
    const at = `${account.client}:${account.row.programme_id}`;
    groups.set(at, [...(groups.get(at) ?? []), account]);
  }
  for (const group of groups.values()) {
    const draft = draftFor(target, group, carriers, choices, owed);
    if (draft !== null) drafts.push(draft);
  }
  await setOwed(db, owed);
  return { drafts, open };
}

/** Clients to whom an account can be given in the system: they are there, or will be; with a card where accounts hang on cards. */
async function carriersIn(target: PlanTarget, clients: readonly number[]): Promise<ReadonlySet<number>> {
  const { engine, system, port } = target;
  const { db } = engine.store;
  const links = await linksOfEntities(db, 'client', clients);
  const rows: RecordRow[] = await loadRecords(
    db,
    links.map((link) => link.record_id),
  );
  const there = new Set(rows.filter((row) => row.system_id === system.id && row.state !== 'deleted' && row.state !== 'missing').map((row) => row.id));
  const present = new Set(links.filter((link) => there.has(link.record_id)).map((link) => link.entity_id));
  for (const client of await clientsToCome(engine, system, clients)) present.add(client);
  if (port.capabilities.balance?.needs !== 'card') return present;
  const cards = await cardsOfClients(db, clients);
  const cardLinks = await linksOfEntities(
    db,
    'card',
    cards.map((card) => card.id),
  );
  const cardRows = new Map(
    (
      await loadRecords(
        db,
        cardLinks.map((link) => link.record_id),
      )
    ).map((row) => [row.id, row]),
  );
  const inSystem = new Set(cardLinks.filter((link) => cardRows.get(link.record_id)?.system_id === system.id).map((link) => link.entity_id));
  for (const [cardStream, mapping] of system.mappings) {
    if (mapping.entity !== 'card') continue;
    for (const row of await openOperations(
      db,
      system.id,
      cardStream,
      cards.map((card) => card.id),
    ))
      if (row.action === 'create' && row.state !== 'held') inSystem.add(row.entity_id);
  }
  const holders = new Set(cards.filter((card) => inSystem.has(card.id)).map((card) => card.client_id));
  return new Set([...present].filter((client) => holders.has(client)));
}

function draftFor(
  target: PlanTarget,
  group: readonly ClientAccount[],
  carriers: ReadonlySet<number>,
  choices: OpeningChoices,
  owed: (readonly [number, number])[],
): Draft | null {
  const { engine, system, port, whole } = target;
  const { policies } = engine.setup;
  const [first] = group;
  if (first === undefined) return null;
  const balance = canonicalBalance(policies, first.client, first.row.programme_id, membersOf(engine, group), choices);
  const here = group.filter(({ name }) => name.system_id === system.id).sort((a, b) => a.row.record_id - b.row.record_id);
  const shown = here.reduce((sum, { row }) => sum + row.agreed, 0);
  const adjustment = adjustmentFor(balance.total, shown, port.capabilities.balance?.floor ?? null);
  const [account] = here;
  if (account !== undefined && account.row.owed !== adjustment.owed) owed.push([account.row.record_id, adjustment.owed]);
  if (adjustment.delta === 0 && !balance.undecided) return null;
  const base = {
    action: 'adjust',
    entity: 'account',
    entityId: first.client,
    programmeId: first.row.programme_id,
    recordId: account?.row.record_id ?? null,
    changes: { balance: { before: shown, after: adjustment.target } },
    reason: { canonical: balance.total, owed: adjustment.owed },
  } as const;
  if (balance.undecided)
    return {
      ...base,
      state: 'held',
      why: 'opening: the systems open with different balances, and a person has to say which counts',
      needsPerson: true,
      review: openingQuestion(engine, group),
    };
  if (account === undefined && !carriers.has(first.client)) return null;
  if (account === undefined && !whole && system.creates !== 'blind')
    return { ...base, state: 'held', why: 'unseen: the system was not read whole in this run', needsPerson: false };
  return { ...base, state: 'ready', why: null, needsPerson: false };
}

function openingQuestion(engine: Engine, group: readonly ClientAccount[]): Question {
  const [first] = group;
  const opened = group
    .filter(({ row }) => row.origin === 'opening')
    .map(({ name }) => engine.setup.systems.find((system) => system.id === name.system_id)?.name ?? '');
  const systems = [...new Set(opened)].sort();
  return {
    kind: 'opening',
    subject: `opening:${first?.client}:${first?.row.programme_id}`,
    recordId: first?.row.record_id ?? null,
    question: { client: first?.client, programme: first?.row.programme_id, systems, why: 'the systems open with different balances' },
  };
}
