/** Bonus programmes, accounts and entries. */

import { bulkInsert, bulkUpdate } from '../bulk.ts';
import type { Db } from '../db.ts';
import { cellsOf } from '../rows.ts';
import { selectIn } from './select.ts';

export interface AccountRow {
  record_id: number;
  programme_id: number;
  origin: 'opening' | 'new' | 'own';
  opening: number;
  agreed: number;
  observed: number;
  observed_began: number;
  owed: number;
}

export interface EntryRow {
  id: number;
  account_id: number;
  kind: 'movement' | 'correction' | 'transfer';
  amount: number;
  after: number | null;
  not_after: number;
  run_id: number;
  evidence: string | null;
  note: string | null;
}

const ACCOUNT = ['record_id', 'programme_id', 'origin', 'opening', 'agreed', 'observed', 'observed_began', 'owed'] as const;
const ENTRY = ['id', 'account_id', 'kind', 'amount', 'after', 'not_after', 'run_id', 'evidence', 'note'] as const;

export async function accountsOf(db: Db, recordIds: readonly number[]): Promise<Map<number, AccountRow>> {
  const rows = await selectIn<AccountRow>(db, 'bonus_accounts', [...ACCOUNT], 'record_id', recordIds);
  return new Map(rows.map((row) => [row.record_id, row]));
}

export async function insertAccounts(db: Db, rows: readonly AccountRow[]): Promise<void> {
  if (rows.length > 0) await bulkInsert(db, 'bonus_accounts', [...ACCOUNT], cellsOf(rows, ACCOUNT));
}

export async function updateAccounts(db: Db, rows: readonly AccountRow[]): Promise<void> {
  if (rows.length > 0) await bulkUpdate(db, 'bonus_accounts', 'record_id', ACCOUNT.slice(1), cellsOf(rows, ACCOUNT));
}

/** Entries are only ever added. */
export async function addEntries(db: Db, rows: readonly EntryRow[]): Promise<void> {
  if (rows.length > 0) await bulkInsert(db, 'bonus_entries', [...ENTRY], cellsOf(rows, ENTRY));
}

export async function entriesOf(db: Db, accountIds: readonly number[]): Promise<EntryRow[]> {
  return selectIn<EntryRow>(db, 'bonus_entries', [...ENTRY], 'account_id', accountIds);
}

export async function programmeNames(db: Db): Promise<Map<number, string>> {
  const rows: { id: number; name: string }[] = await db('bonus_programmes').select('id', 'name');
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Notes what a system cannot hold of a negative balance. */
export async function setOwed(db: Db, owed: readonly (readonly [recordId: number, owed: number])[]): Promise<void> {
  for (const [record_id, amount] of owed) await db('bonus_accounts').where({ record_id }).update({ owed: amount });
}
