/** Books balance readings: one immutable entry for every movement that a reading reveals. */

import type { Db } from '../../canonical/db.ts';
import { adjustmentsUnderWay } from '../../canonical/stores/adjustments.ts';
import { type AccountRow, accountsOf, addEntries, type EntryRow, insertAccounts, updateAccounts } from '../../canonical/stores/ledger.ts';
import { idsByName } from '../../canonical/stores/names.ts';
import { patchOperation } from '../../canonical/stores/operations.ts';
import { patchRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { FieldValues } from '../../core/model.ts';
import type { Engine } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';
import { askAboutUnmoved } from './doubts.ts';
import { firstSeen, movementOf } from './ledger.ts';
import { openedByUs } from './opened.ts';

export interface BalanceReading {
  readonly row: RecordRow;
  readonly values: FieldValues;
  readonly isNew: boolean;
  /** The record has a new place in the order of changes, so its client is planned anew. */
  readonly isNews: boolean;
  /** When the account was last read. */
  readonly before: number | null;
}

export interface Booking {
  readonly engine: Engine;
  readonly system: SystemSetup;
  /** Numbers of the programmes that occur, by `knowProgrammes`. */
  readonly programmes: ReadonlyMap<string, number>;
  readonly began: number;
  readonly ended: number;
  /** No complete snapshot came before this one: a balance first seen now has a history that we do not know. */
  readonly history: boolean;
}

/** Programme of accounts whose mapping names none. */
const DEFAULT_PROGRAMME = 'main';

/** Numbers of the programmes of some values, by name; to be asked before the transaction in which they are booked. */
export async function knowProgrammes(engine: Engine, values: Iterable<FieldValues>): Promise<Map<string, number>> {
  const names = new Set<string>();
  for (const one of values) if (typeof one['balance'] === 'number') names.add(programmeOf(one));
  return names.size === 0 ? new Map() : idsByName(engine.store.db, 'bonus_programmes', names, engine.numbers);
}

/** Books the readings of one batch in its transaction. Readings begun while an adjustment is under way are not booked. */
export async function bookReadings(trx: Db, booking: Booking, readings: readonly BalanceReading[]): Promise<{ count: number; sum: number }> {
  const usable = readings.filter(({ values }) => typeof values['balance'] === 'number');
  if (usable.length === 0) return { count: 0, sum: 0 };
  const { engine, programmes } = booking;
  const known = await accountsOf(
    trx,
    usable.filter(({ isNew }) => !isNew).map(({ row }) => row.id),
  );
  const busy = known.size === 0 ? new Set<number>() : await adjustmentsUnderWay(trx, [...known.keys()]);
  const opened = await openedByUs(
    trx,
    engine,
    booking.system,
    usable.filter(({ row }) => !known.has(row.id)).map(({ row }) => row),
  );
  const inserts: AccountRow[] = [];
  const updates: AccountRow[] = [];
  const entries: EntryRow[] = [];
  // What was read while an adjustment was under way is booked later, from a record that says nothing new.
  const late = new Set<number>();
  for (const reading of usable) {
    const observed = reading.values['balance'] as number;
    const account = known.get(reading.row.id);
    const programme = programmes.get(programmeOf(reading.values)) ?? 0;
    if (account === undefined) {
      const own = opened.get(`${reading.row.id}:${programme}`);
      if (own === 'under way') continue;
      if (own !== undefined) {
        await patchOperation(trx, own.operationId, { record_id: reading.row.id });
        inserts.push({
          record_id: reading.row.id,
          programme_id: programme,
          origin: 'own',
          opening: 0,
          agreed: observed,
          observed,
          observed_began: booking.began,
          owed: 0,
        });
        if (observed !== own.delta) entries.push(entryOf(booking, reading, observed - own.delta, own.delta, observed));
        continue;
      }
      // A record that is known and could not be read so far had a history, too.
      const first = firstSeen(observed, booking.history || !reading.isNew);
      inserts.push({ record_id: reading.row.id, programme_id: programme, ...first.account, observed, observed_began: booking.began, owed: 0 });
      if (first.movement !== 0) entries.push(entryOf(booking, reading, first.movement, 0, observed));
      continue;
    }
    if (booking.began < account.observed_began || busy.has(account.record_id)) continue;
    if (observed === account.observed && account.agreed !== account.observed) {
      await askAboutUnmoved(trx, engine, booking.system, reading.row, account);
      continue;
    }
    const movement = movementOf(account, observed);
    if (movement !== 0) entries.push(entryOf(booking, reading, movement, account.agreed, observed));
    if (movement !== 0 && !reading.isNews) late.add(reading.row.id);
    updates.push({ ...account, programme_id: programme, agreed: observed, observed, observed_began: booking.began });
  }
  await insertAccounts(trx, inserts);
  await updateAccounts(trx, updates);
  await addEntries(trx, entries);
  for (const id of late) await patchRecords(trx, [id], { change_seq: engine.numbers.takeReserved('changes') });
  return { count: entries.length, sum: entries.reduce((sum, entry) => sum + entry.amount, 0) };
}

/** The programme of an account's values: where they name none, the main one. */
export function programmeOf(values: FieldValues): string {
  const programme = values['programme'];
  return typeof programme === 'string' && programme !== '' ? programme : DEFAULT_PROGRAMME;
}

function entryOf(booking: Booking, reading: BalanceReading, amount: number, before: number, after: number): EntryRow {
  return {
    id: booking.engine.numbers.takeReserved('entries'),
    account_id: reading.row.id,
    kind: 'movement',
    amount,
    after: reading.before,
    not_after: booking.ended,
    run_id: booking.engine.runId,
    evidence: JSON.stringify({ before, after }),
    note: null,
  };
}
