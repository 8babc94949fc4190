/** What people were told of. */
import type { Db } from '../db.ts';

export interface AlertRow {
  readonly subject: string;
  /** Empty: it is over. */
  readonly print: string;
  readonly text: string;
  readonly since: number;
  readonly changed_at: number;
  readonly due: number;
  readonly told: number;
  readonly attempts: number;
  readonly not_before: number;
  readonly last_fault: string | null;
}

export interface Trouble {
  readonly subject: string;
  readonly print: string;
  readonly text: string;
  readonly since: number;
}

/**
 * Notes the troubles there are: a new or changed one is due to be told; one that is not there any more is over, which is due too if
 * anybody was told of it. To be called in a transaction.
 */
export async function noteTroubles(trx: Db, troubles: readonly Trouble[], now: number): Promise<void> {
  const known = new Map((await allAlerts(trx)).map((row) => [row.subject, row]));
  for (const { subject, print, text, since } of troubles) {
    const row = known.get(subject);
    known.delete(subject);
    if (row?.print === print) continue;
    const next = {
      print,
      text,
      since: row === undefined || row.print === '' ? since : row.since,
      changed_at: now,
      due: 1,
      attempts: 0,
      not_before: 0,
      last_fault: null,
    };
    if (row === undefined)
      await trx('alerts')
        .insert({ subject, ...next })
        .onConflict()
        .ignore();
    else await trx('alerts').where({ subject, print: row.print }).update(next);
  }
  for (const row of known.values()) {
    if (row.print === '') continue;
    if (row.told === 0) await trx('alerts').where({ subject: row.subject, print: row.print }).delete();
    else await trx('alerts').where({ subject: row.subject, print: row.print }).update({ print: '', changed_at: now, due: 1, attempts: 0, not_before: 0 });
  }
}

export async function allAlerts(db: Db): Promise<AlertRow[]> {
  return db<AlertRow>('alerts').select('*').orderBy('subject');
}

/** Takes the messages that are due for this process alone until `until`. */
export async function claimDue(db: Db, now: number, until: number): Promise<readonly AlertRow[]> {
  const mine: AlertRow[] = [];
  for (const row of await db<AlertRow>('alerts').select('*').where({ due: 1 }).where('not_before', '<=', now).orderBy('subject')) {
    const taken = await db('alerts').where({ subject: row.subject, print: row.print, not_before: row.not_before, due: 1 }).update({ not_before: until });
    if (taken === 1) mine.push(row);
  }
  return mine;
}

/** A message was delivered; one that is over is forgotten with that. */
export async function delivered(db: Db, row: AlertRow): Promise<void> {
  const same = { subject: row.subject, print: row.print };
  if (row.print === '') await db('alerts').where(same).delete();
  else await db('alerts').where(same).update({ due: 0, told: 1, last_fault: null });
}

export async function notDelivered(db: Db, row: AlertRow, fault: string, notBefore: number): Promise<void> {
  await db('alerts')
    .where({ subject: row.subject, print: row.print })
    .update({ attempts: row.attempts + 1, not_before: notBefore, last_fault: fault.slice(0, 100) });
}
