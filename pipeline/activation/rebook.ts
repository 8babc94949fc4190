/**
 * What another mapping of accounts does to the ledger. An edit neither earns nor spends points: nothing that it makes of a balance is a
 * movement. An account goes over to another programme with all that was booked in it; one of which nothing but its opening is known opens with
 * what is read now. Where points rest on the former reading, they cannot be read anew.
 */
import type { Db } from '../../canonical/db.ts';
import { adjustmentsUnderWay } from '../../canonical/stores/adjustments.ts';
import { type AccountRow, accountsOf, addEntries, type EntryRow, entriesOf, updateAccounts } from '../../canonical/stores/ledger.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import { ConfigError } from '../../core/errors.ts';
import type { FieldValues } from '../../core/model.ts';
import type { Engine } from '../engine.ts';
import { bookReadings, knowProgrammes, programmeOf } from '../ledger/book.ts';
import type { SystemSetup } from '../setup.ts';

/** The stream of the accounts. */
interface Accounts {
  readonly system: SystemSetup;
  readonly stream: string;
}

/** A record of an account as it was read, and as it is. */
export interface Reread {
  readonly row: RecordRow;
  readonly before: FieldValues;
  readonly after: FieldValues;
}

/** Accounts that cannot be read anew, by why. */
export interface Unbookable {
  /** Another amount, and points were booked or adjusted with the former one. */
  amount: number;
  /** No balance is read any more. */
  unread: number;
}

interface Rereading extends Reread {
  readonly account: AccountRow;
  /** The balance that is read now, and by how much it is another one than was read of the same record before. */
  readonly balance: number;
  readonly delta: number;
}

/**
 * Carries accounts over to what is read of them now, and counts in `refused` those that cannot be. A mapping can always be taken back:
 * then these are carried by the difference. `programmes`: numbers by name, out of `prepareRebook`.
 */
export async function rebook(
  trx: Db,
  engine: Engine,
  change: Accounts,
  reads: readonly Reread[],
  programmes: ReadonlyMap<string, number>,
  refused: Unbookable,
): Promise<void> {
  const known = await accountsOf(
    trx,
    reads.map(({ row }) => row.id),
  );
  const goingBack = engine.activationWhy !== undefined;
  if (!goingBack)
    refused.unread += reads.filter(({ row, before, after }) => known.has(row.id) && isNumber(before['balance']) && !isNumber(after['balance'])).length;
  const readings = reads.flatMap((read) => rereading(read, known.get(read.row.id)));
  const others = readings.filter(({ delta }) => delta !== 0).map(({ row }) => row.id);
  const booked = new Set((await entriesOf(trx, others)).map((entry) => entry.account_id));
  const busy = await adjustmentsUnderWay(trx, others);
  const updates: AccountRow[] = [];
  const entries: EntryRow[] = [];
  for (const { row, account, after, delta } of readings) {
    const programme_id = programmes.get(programmeOf(after)) ?? account.programme_id;
    const carried = { ...account, programme_id, ...(delta === 0 ? {} : carriedBy(account, delta)) };
    if (delta !== 0 && !goingBack && (!isAsOpened(account) || booked.has(row.id) || busy.has(row.id))) refused.amount += 1;
    else if (delta !== 0 || programme_id !== account.programme_id) updates.push(carried);
    // It began under our eyes and the mapping that is taken back: what it began with is an entry.
    if (delta !== 0 && goingBack && account.origin === 'new') entries.push(correction(engine, account, delta));
  }
  await updateAccounts(trx, updates);
  await addEntries(trx, entries);
  await openUnread(
    trx,
    engine,
    change,
    reads.filter(({ row }) => !known.has(row.id)),
    programmes,
  );
}

function rereading(read: Reread, account: AccountRow | undefined): Rereading[] {
  const balance = read.after['balance'];
  if (account === undefined || !isNumber(balance)) return [];
  const before = read.before['balance'];
  return [{ ...read, account, balance, delta: balance - (isNumber(before) ? before : account.observed) }];
}

/** Nothing is known of it but the balance that it opened with. */
const isAsOpened = ({ origin, opening, agreed, observed }: AccountRow): boolean => origin === 'opening' && agreed === opening && observed === opening;

function carriedBy({ origin, opening, agreed, observed }: AccountRow, delta: number): Pick<AccountRow, 'opening' | 'agreed' | 'observed'> {
  return { opening: origin === 'opening' ? opening + delta : opening, agreed: agreed + delta, observed: observed + delta };
}

/** Accounts of which no balance could be read so far: when they began is not known. */
async function openUnread(trx: Db, engine: Engine, { system }: Accounts, reads: readonly Reread[], programmes: ReadonlyMap<string, number>): Promise<void> {
  const at = engine.setup.clock.now();
  const readings = reads.map(({ row, after: values }) => ({ row, values, isNew: false, isNews: true, before: null }));
  await bookReadings(trx, { engine, system, programmes, began: at, ended: at, history: true }, readings);
}

/** Numbers of all programmes that occur, and of as many entries as may be needed. */
export async function prepareRebook(engine: Engine, reads: readonly Reread[]): Promise<ReadonlyMap<string, number>> {
  if (reads.length > 0) await engine.numbers.reserve('entries', reads.length);
  return knowProgrammes(
    engine,
    reads.map(({ after }) => after),
  );
}

/** Throws `ConfigError` where points rest on what the edit would read otherwise. */
export function assertBookable({ system, stream }: Accounts, { amount, unread }: Unbookable): void {
  const accounts = (count: number): string => (count === 1 ? '1 account' : `${count} accounts`);
  const faults = [
    ...(amount === 0
      ? []
      : [`another amount would be read of ${accounts(amount)}, and points were booked or sent to other systems by the amount that was read so far`]),
    ...(unread === 0 ? [] : [`no balance would be read any more of ${accounts(unread)} that other systems are reconciled with`]),
  ];
  if (faults.length === 0) return;
  throw new ConfigError('MAPPING_INVALID', `the edit of ${system.name}/${stream} cannot be put into use: ${faults.join('; ')}`, {
    hint: 'Leave the line `balance` as it was. `pull: off` takes the stream out of the reconciliation; a new store begins with balances as the edit reads them.',
  });
}

const isNumber = (value: unknown): value is number => typeof value === 'number';

function correction(engine: Engine, account: AccountRow, amount: number): EntryRow {
  const { observed } = account;
  return {
    id: engine.numbers.takeReserved('entries'),
    account_id: account.record_id,
    kind: 'correction',
    amount,
    after: null,
    not_after: engine.setup.clock.now(),
    run_id: engine.runId,
    evidence: JSON.stringify({ before: observed, after: observed + amount }),
    note: `read as another amount: ${engine.activationWhy ?? ''}`,
  };
}
