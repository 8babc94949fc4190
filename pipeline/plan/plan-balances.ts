/** Plans adjustments: canonical − what a system shows, for every client whose accounts moved. */

import { cardsOfClients } from '../../canonical/stores/entities.ts';
import { programmeNames, setOwed } from '../../canonical/stores/ledger.ts';
import { linksOfEntities } from '../../canonical/stores/links.ts';
import { type OperationRow, openOperations } from '../../canonical/stores/operations.ts';
import { loadRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { Engine } from '../engine.ts';
import { clientsWithCardInDoubt, WHOSE_CARD } from '../identity/contested.ts';
import { accountsOfClients, type ClientAccount, groupsOf, membersOf, sharesOf } from '../ledger/accounts.ts';
import { programmeOf } from '../ledger/book.ts';
import { adjustmentFor } from '../ledger/ledger.ts';
import { canonicalBalance, type OpeningChoices, openingChoices } from '../ledger/openings.ts';
import type { Draft, Question } from './draft.ts';
import { clientsToCome } from './owner-change.ts';
import type { PlanTarget } from './target.ts';

export async function planBalances(target: PlanTarget, clients: readonly number[]): Promise<{ drafts: Draft[]; open: OperationRow[] }> {
  const { engine, system, stream } = target;
  const { db } = engine.store;
  const accounts = await accountsOfClients(engine, clients);
  const all = await openOperations(db, system.id, stream, clients);
  const carriers = await carriersIn(target, clients);
  const names = await programmeNames(db);
  const known: Known = {
    takes: (programme) => takesProgramme(target, names.get(programme) ?? ''),
    carriers,
    choices: await openingChoices(db, clients),
    doubted: await clientsWithCardInDoubt(db, clients),
  };
  const drafts: Draft[] = [];
  const owed: (readonly [recordId: number, owed: number])[] = [];
  const groups = [...groupsOf(accounts)].filter(([, group]) => target.movedFrom === undefined || group.some(({ name }) => name.system_id === target.movedFrom));
  const planned = new Set(groups.map(([at]) => at));
  const open = target.movedFrom === undefined ? all : all.filter((row) => planned.has(`${row.entity_id}:${row.programme_id}`));
  for (const [, group] of groups) {
    drafts.push(...draftsFor(target, group, known, owed));
  }
  await setOwed(db, owed);
  return { drafts, open };
}

interface Known {
  /** Whether the system has a programme. */
  readonly takes: (programme: number) => boolean;
  /** Clients to whom an account can be given here. */
  readonly carriers: ReadonlySet<number>;
  readonly choices: OpeningChoices;
  /** Clients of whom nobody knows whether a card is theirs. */
  readonly doubted: ReadonlySet<number>;
}

/** Whether an account of a programme, told to the system, would be read as one of that programme: where all points are of one kind, others would be added to these. */
function takesProgramme({ mapping }: PlanTarget, programme: string): boolean {
  const told = mapping.encode({ owner: '1', cardNumber: '1', programme, balance: 0 }, null).wire;
  return programmeOf(mapping.decode(told).values) === programme;
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

function draftsFor(
  target: PlanTarget,
  group: readonly ClientAccount[],
  { takes, carriers, choices, doubted }: Known,
  owed: (readonly [number, number])[],
): Draft[] {
  const { engine, system, port, whole } = target;
  const { policies } = engine.setup;
  const [first] = group;
  if (first === undefined) return [];
  const balance = canonicalBalance(policies, first.client, first.row.programme_id, membersOf(engine, group), choices);
  const here = group.filter(({ name }) => name.system_id === system.id);
  const shown = here.reduce((sum, { row }) => sum + row.agreed, 0);
  const floor = port.capabilities.balance?.floor ?? null;
  const adjustment = adjustmentFor(balance.total, shown, floor);
  const shares = sharesOf(here, adjustment.delta, floor);
  const [owing] = [...here].sort((a, b) => a.row.record_id - b.row.record_id);
  if (owing !== undefined && owing.row.owed !== adjustment.owed) owed.push([owing.row.record_id, adjustment.owed]);
  if (adjustment.delta === 0 && !balance.undecided) return [];
  const base = {
    action: 'adjust',
    entity: 'account',
    entityId: first.client,
    programmeId: first.row.programme_id,
    recordId: shares[0]?.account.row.record_id ?? null,
    changes: { balance: { before: shown, after: adjustment.target } },
    reason: { canonical: balance.total, owed: adjustment.owed },
  } as const;
  if (doubted.has(first.client)) return [{ ...base, state: 'held', why: WHOSE_CARD, needsPerson: false }];
  if (balance.undecided)
    return [
      {
        ...base,
        state: 'held',
        why: 'opening: the systems open with different balances, and a person has to say which counts',
        needsPerson: true,
        review: openingQuestion(engine, group),
      },
    ];
  const none = here.length === 0;
  if (none && !carriers.has(first.client)) return [];
  if (none && !takes(first.row.programme_id))
    return [{ ...base, state: 'unsupported', why: 'the system has no bonus programme of that name', needsPerson: false }];
  if (none && !whole && system.creates !== 'blind')
    return [{ ...base, state: 'held', why: 'unseen: the system was not read whole in this run', needsPerson: false }];
  if (shares.length < 2) return [{ ...base, state: 'ready', why: null, needsPerson: false }];
  return shares.map(({ account: { row }, delta }) => ({
    ...base,
    recordId: row.record_id,
    changes: { balance: { before: row.agreed, after: row.agreed + delta } },
    state: 'ready',
    why: null,
    needsPerson: false,
  }));
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
