/** What we pushed into records, and the log of it. */
import { bulkInsert } from '../bulk.ts';
import type { Db } from '../db.ts';
import { cellsOf } from '../rows.ts';
import { selectIn } from './select.ts';

export interface PushRow {
  record_id: number;
  field: string;
  sent: string;
  holds: string;
  before: string | null;
  said: string | null;
  said_known: number;
  stamp: string | null;
  state: 'sent' | 'held' | 'again' | 'ignored';
  sends: number;
  sent_at: number;
  answered_at: number;
  operation_id: number;
}

const PUSH = [
  'record_id',
  'field',
  'sent',
  'holds',
  'before',
  'said',
  'said_known',
  'stamp',
  'state',
  'sends',
  'sent_at',
  'answered_at',
  'operation_id',
] as const satisfies readonly (keyof PushRow)[];

export async function pushesOf(db: Db, recordIds: readonly number[]): Promise<PushRow[]> {
  return selectIn<PushRow>(db, 'pushes', [...PUSH], 'record_id', recordIds);
}

/** Replaces the pushes of records by the given ones. */
export async function writePushes(db: Db, recordIds: readonly number[], rows: readonly PushRow[]): Promise<void> {
  for (let at = 0; at < recordIds.length; at += 500)
    await db('pushes')
      .whereIn('record_id', recordIds.slice(at, at + 500))
      .delete();
  if (rows.length > 0) await bulkInsert(db, 'pushes', [...PUSH], cellsOf(rows, PUSH));
}

/** A push that no line of the mapping reads as it was. */
export interface ParkedRow {
  record_id: number;
  field: string;
  /** JSON of a `PushRow`. */
  push: string;
  /** JSON. */
  wires: string;
  operation_id: number;
  parked_at: number;
}

const PARKED = ['record_id', 'field', 'push', 'wires', 'operation_id', 'parked_at'] as const satisfies readonly (keyof ParkedRow)[];

export async function parkedOf(db: Db, recordIds: readonly number[]): Promise<ParkedRow[]> {
  return selectIn<ParkedRow>(db, 'parked_pushes', [...PARKED], 'record_id', recordIds);
}

/** Replaces what is parked of records by the given rows. */
export async function writeParked(db: Db, recordIds: readonly number[], rows: readonly ParkedRow[]): Promise<void> {
  for (let at = 0; at < recordIds.length; at += 500)
    await db('parked_pushes')
      .whereIn('record_id', recordIds.slice(at, at + 500))
      .delete();
  if (rows.length > 0) await bulkInsert(db, 'parked_pushes', [...PARKED], cellsOf(rows, PARKED));
}

export interface PushLogRow {
  operation_id: number;
  record_id: number;
  field: string;
  sent_at: number;
  cause: string;
}

export async function logPushes(db: Db, rows: readonly PushLogRow[]): Promise<void> {
  if (rows.length > 0)
    await bulkInsert(
      db,
      'push_log',
      ['operation_id', 'record_id', 'field', 'sent_at', 'cause'],
      rows.map((row) => [row.operation_id, row.record_id, row.field, row.sent_at, row.cause]),
      { onDuplicate: 'ignore' },
    );
}

export async function recentPushes(db: Db, recordIds: readonly number[], since: number): Promise<PushLogRow[]> {
  const rows = await selectIn<PushLogRow>(db, 'push_log', ['operation_id', 'record_id', 'field', 'sent_at', 'cause'], 'record_id', recordIds);
  return rows.filter((row) => row.sent_at >= since);
}

/** Forgets that we pushed a field: what is held there counts as the vendor's own word again. */
export async function forgetPushes(db: Db, recordId: number, field: string): Promise<void> {
  for (const table of ['pushes', 'parked_pushes']) await db(table).where({ record_id: recordId, field }).delete();
}

/** Forgets the deliveries of a field, so that they do not count as a loop. */
export async function forgetPushLog(db: Db, recordId: number, field: string): Promise<void> {
  await db('push_log').where({ record_id: recordId, field }).delete();
}
