/** Turns an operation into the vendor's form, with the keys that are known by now. */

import { cardsOfClients, clientOfCards } from '../../canonical/stores/entities.ts';
import { programmeNames } from '../../canonical/stores/ledger.ts';
import { linksOfEntities } from '../../canonical/stores/links.ts';
import type { OperationRow } from '../../canonical/stores/operations.ts';
import { loadRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { PushOperation, WireBody } from '../../core/contract.ts';
import type { FieldValues, Value } from '../../core/model.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { type Engine, mappingOf } from '../engine.ts';
import { fold } from '../fold/fold.ts';
import { entityOf, loadKnown } from '../fold/voices.ts';
import { bodyOfRow, valuesOfRow } from '../land/rows.ts';
import { accountsOfClients, type ClientAccount, membersOf, sharesOf } from '../ledger/accounts.ts';
import { adjustmentFor } from '../ledger/ledger.ts';
import { canonicalBalance, openingChoices } from '../ledger/openings.ts';
import { type Changes, valuesToEncode } from '../plan/diff.ts';
import { clientKeysIn, OWNER_TO_COME } from '../plan/owner-change.ts';
import type { SystemSetup } from '../setup.ts';

/** An operation on its way, with what its outcome will be judged by. */
export interface Prepared {
  readonly row: OperationRow;
  readonly push: PushOperation;
  /** The record to change, as it was read last. */
  readonly record: RecordRow | null;
  /** Values sent, by canonical field. */
  readonly sent: Readonly<Record<string, Value>>;
  /** Key of the client it hangs on in this system, and that client's stream. */
  readonly parent: { readonly stream: string; readonly key: string } | null;
}

/** Why an operation is not sent now: it waits for something else, or has become pointless. */
export interface Withheld {
  readonly state: 'ready' | 'withdrawn' | 'held';
  readonly why: string;
  /** Its record is looked at again by the next run, which plans what is to be done instead. */
  readonly again?: true;
}

export async function prepare(engine: Engine, system: SystemSetup, row: OperationRow): Promise<Prepared | Withheld> {
  if (row.action === 'adjust') return prepareAdjustment(engine, system, row);
  const record = row.record_id === null ? null : ((await loadRecords(engine.store.db, [row.record_id]))[0] ?? null);
  if (row.action === 'delete') {
    if (record === null || record.state === 'deleted') return { state: 'withdrawn', why: 'gone already' };
    return {
      row,
      record,
      sent: {},
      parent: null,
      push: { id: String(row.id), action: 'delete', key: record.record_key, fields: {}, idempotencyKey: row.idempotency_key },
    };
  }
  return row.action === 'create' ? prepareCreate(engine, system, row) : prepareUpdate(engine, system, row, record);
}

const afterOf = (changes: Changes): Record<string, Value> => Object.fromEntries(Object.entries(changes).map(([field, change]) => [field, change.after]));

async function prepareCreate(engine: Engine, system: SystemSetup, row: OperationRow): Promise<Prepared | Withheld> {
  const mapping = mappingOf(system, row.stream);
  const sent = afterOf(JSON.parse(row.changes) as Changes);
  const parent = row.entity === 'card' ? await parentOfCard(engine, system, row.entity_id) : null;
  if (row.entity === 'card' && parent === null) return { state: 'ready', why: 'waits: its client is not there yet' };
  const values = parent === null ? sent : { ...sent, owner: parent.key };
  const reference = row.entity === 'client' && system.ownReference === 'use' ? String(row.entity_id) : undefined;
  return {
    row,
    record: null,
    sent,
    parent,
    push: {
      id: String(row.id),
      action: 'create',
      fields: mapping.encode(values, null).wire,
      idempotencyKey: row.idempotency_key,
      ...(parent === null ? {} : { parentKey: parent.key }),
      ...(reference === undefined ? {} : { reference }),
    },
  };
}

async function parentOfCard(engine: Engine, system: SystemSetup, cardId: number): Promise<{ stream: string; key: string } | null> {
  const client = (await clientOfCards(engine.store.db, [cardId])).get(cardId);
  return client === undefined ? null : clientIn(engine, system, client);
}

async function clientIn(engine: Engine, system: SystemSetup, client: number): Promise<{ stream: string; key: string } | null> {
  const key = (await clientKeysIn(engine, system, [client])).get(client);
  const stream = [...system.mappings].find(([, mapping]) => mapping.entity === 'client')?.[0];
  return key === undefined || stream === undefined ? null : { stream, key };
}

async function prepareUpdate(engine: Engine, system: SystemSetup, row: OperationRow, record: RecordRow | null): Promise<Prepared | Withheld> {
  if (record === null || record.state !== 'live') return { state: 'held', why: 'the record to change is not there now' };
  const mapping = mappingOf(system, row.stream);
  const changes = await withOwner(engine, system, row);
  if (changes === null) return { state: 'ready', why: 'waits: its client is not there yet' };
  const canonical = sharesWireFields(mapping, Object.keys(changes)) ? await canonicalOf(engine, row) : {};
  const body = bodyOfRow(record);
  const sent = afterOf(changes);
  const fields = mapping.encode({ ...valuesToEncode(mapping, canonical, Object.keys(changes)), ...sent }, body).wire;
  if (Object.keys(fields).length === 0) return { state: 'withdrawn', why: 'nothing of it can be written' };
  const port = system.streams.get(row.stream);
  const replace = port?.capabilities.update === 'replace';
  if (replace && body === null) return { state: 'held', why: 'unread: the record replaces itself whole, and has not been read' };
  const owner = changes['owner']?.after ?? record.parent_key;
  return {
    row,
    record,
    sent,
    parent: null,
    push: {
      id: String(row.id),
      action: 'update',
      key: record.record_key,
      fields,
      idempotencyKey: row.idempotency_key,
      ...(replace && body !== null ? { body: { ...body, ...fields } as WireBody, before: partOf(body, Object.keys(fields)) } : {}),
      ...(typeof owner === 'string' && owner !== '' ? { parentKey: owner } : {}),
    },
  };
}

const partOf = (body: WireBody, names: readonly string[]): WireBody =>
  Object.fromEntries(names.flatMap((name) => (Object.hasOwn(body, name) ? [[name, body[name] ?? null]] : [])));

/** What is to be changed, with the key of an owner who was to come; null where the owner has not come. */
async function withOwner(engine: Engine, system: SystemSetup, row: OperationRow): Promise<Changes | null> {
  const changes = JSON.parse(row.changes) as Changes;
  if (changes['owner']?.after !== OWNER_TO_COME) return changes;
  const parent = await parentOfCard(engine, system, row.entity_id);
  return parent === null ? null : { ...changes, owner: { ...changes['owner'], after: parent.key } };
}

/** Some changed field is written together with one that did not change: then that one's value is needed too. */
function sharesWireFields(mapping: Mapping, changed: readonly string[]): boolean {
  const sources = new Set(mapping.lines.filter((line) => changed.includes(line.field)).flatMap((line) => line.sources));
  return mapping.lines.some((line) => !changed.includes(line.field) && line.sources.some((source) => sources.has(source)));
}

async function canonicalOf(engine: Engine, row: OperationRow): Promise<FieldValues> {
  const kind = row.entity === 'card' || row.entity === 'cardType' ? row.entity : 'client';
  const known = (await loadKnown(engine.store.db, engine.setup, kind, [row.entity_id])).get(row.entity_id);
  return known === undefined ? {} : fold(kind, known.voices, known.overrides, engine.setup.policies).values;
}

/**
 * The difference as it is now: movements booked since it was planned are part of it. With `sent`, what was sent before under the
 * operation's key: a vendor that knows the key answers for that amount and no other.
 */
export async function prepareAdjustment(
  engine: Engine,
  system: SystemSetup,
  row: OperationRow,
  sent: { readonly delta: number; readonly target: number } | null = null,
): Promise<Prepared | Withheld> {
  const { db } = engine.store;
  const { policies } = engine.setup;
  const group = (await accountsOfClients(engine, [row.entity_id])).filter((one) => one.row.programme_id === row.programme_id);
  const here = group.filter(({ name }) => name.system_id === system.id);
  const shown = here.reduce((sum, one) => sum + one.row.agreed, 0);
  const floor = system.streams.get(row.stream)?.capabilities.balance?.floor ?? null;
  const whole =
    sent ??
    adjustmentFor(
      canonicalBalance(policies, row.entity_id, row.programme_id, membersOf(engine, group), await openingChoices(db, [row.entity_id])).total,
      shown,
      floor,
    );
  if (whole.delta === 0 && sent === null) return { state: 'withdrawn', why: 'the difference is gone' };
  const share = shareOf(row, here, whole.delta, sent === null ? floor : null);
  if (share === null) return { state: 'withdrawn', why: 'other accounts of the client make up the difference now; planned anew', again: true };
  const { account, delta } = share;
  const record = account === undefined ? null : ((await loadRecords(db, [account.row.record_id]))[0] ?? null);
  const parent = await clientIn(engine, system, row.entity_id);
  if (parent === null) return { state: 'ready', why: 'waits: its client is not there yet' };
  const cardNumber = await cardNumberIn(engine, system, row.entity_id, record);
  const needsCard = system.streams.get(row.stream)?.capabilities.balance?.needs === 'card';
  if (needsCard && cardNumber === undefined) return { state: 'ready', why: 'waits: its card is not there yet' };
  const programme = (await programmeNames(db)).get(row.programme_id) ?? '';
  const accountShown = account?.row.agreed ?? 0;
  return {
    row,
    record,
    sent: {},
    parent,
    push: {
      id: String(row.id),
      action: 'adjust',
      fields: mappingOf(system, row.stream).encode({ programme }, null).wire,
      parentKey: parent.key,
      idempotencyKey: row.idempotency_key,
      adjust: { delta, target: here.length > 1 ? accountShown + delta : whole.target, ...(cardNumber === undefined ? {} : { cardNumber }) },
      ...(record === null ? {} : { key: record.record_key }),
    },
  };
}

/**
 * The account through which an operation goes, and its part of the difference; null where other accounts make it up by now. A
 * client without accounts gets its first one.
 */
function shareOf(
  row: OperationRow,
  here: readonly ClientAccount[],
  delta: number,
  floor: number | null,
): { account: ClientAccount | undefined; delta: number } | null {
  const own = here.find((one) => one.row.record_id === row.record_id);
  if (floor === null || here.length < 2) return { account: own ?? here[0], delta };
  const shares = sharesOf(here, delta, floor);
  return (own === undefined ? shares[0] : shares.find(({ account }) => account === own)) ?? null;
}

/** The number through which the account is used: its own, or that of a card of the client in this system. */
async function cardNumberIn(engine: Engine, system: SystemSetup, client: number, account: RecordRow | null): Promise<string | undefined> {
  const own = account === null ? undefined : valuesOfRow(account)['cardNumber'];
  if (typeof own === 'string' && own !== '') return own;
  const cards = await cardsOfClients(engine.store.db, [client]);
  const links = await linksOfEntities(
    engine.store.db,
    'card',
    cards.map((card) => card.id),
  );
  const rows = await loadRecords(
    engine.store.db,
    links.map((link) => link.record_id),
  );
  const there = new Set(
    rows
      .filter((row) => row.system_id === system.id && row.state !== 'deleted' && entityOf(engine.setup, row.system_id, row.stream) === 'card')
      .map((row) => row.id),
  );
  const numbers = links.filter((link) => there.has(link.record_id)).map((link) => cards.find((card) => card.id === link.entity_id)?.number);
  return numbers.filter((number) => typeof number === 'string').sort()[0];
}
