/** Turns the adjustment of a balance into the vendor's form: the difference as it is now, and the account through which it goes. */
import { cardsOfClients } from '../../canonical/stores/entities.ts';
import { programmeNames } from '../../canonical/stores/ledger.ts';
import { linksOfEntities } from '../../canonical/stores/links.ts';
import type { OperationRow } from '../../canonical/stores/operations.ts';
import { loadRecords, type RecordRow } from '../../canonical/stores/records.ts';
import { type Engine, mappingOf } from '../engine.ts';
import { entityOf } from '../fold/voices.ts';
import { valuesOfRow } from '../land/rows.ts';
import { accountsOfClients, type ClientAccount, membersOf, sharesOf } from '../ledger/accounts.ts';
import { adjustmentFor } from '../ledger/ledger.ts';
import { canonicalBalance, openingChoices } from '../ledger/openings.ts';
import type { SystemSetup } from '../setup.ts';
import { clientIn } from './parent.ts';
import type { Prepared, Withheld } from './prepared.ts';

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
