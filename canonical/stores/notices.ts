/** Ids that were sent to vendors which call back about them, and what they called back. */
import type { Db } from '../db.ts';

export interface NoticeRow {
  system_id: number;
  id: string;
  reply: string;
  batch: string;
  topic: string;
  told: string | null;
  closed: number;
  issued_at: number;
  told_at: number | null;
}

export async function insertNotices(db: Db, rows: readonly NoticeRow[]): Promise<void> {
  await db('notices').insert(rows.map((row) => ({ ...row })));
}

/** Open notices about a topic issued since then, the oldest first. */
export async function openNotices(db: Db, systemId: number, topic: string, since: number): Promise<NoticeRow[]> {
  return db<NoticeRow>('notices')
    .select('*')
    .where({ system_id: systemId, topic, closed: 0 })
    .where('issued_at', '>=', since)
    .orderBy('issued_at')
    .orderBy('id');
}

/** By the id that was sent, or the one that was answered. */
export async function noticeById(db: Db, systemId: number, id: string): Promise<NoticeRow | undefined> {
  const own = await db<NoticeRow>('notices').select('*').where({ system_id: systemId, id }).first();
  return own ?? db<NoticeRow>('notices').select('*').where({ system_id: systemId, reply: id }).first();
}

export async function noticesOfBatch(db: Db, systemId: number, batch: string): Promise<NoticeRow[]> {
  return db<NoticeRow>('notices').select('*').where({ system_id: systemId, batch }).orderBy('id');
}

export async function patchNotice(db: Db, systemId: number, id: string, patch: Partial<Pick<NoticeRow, 'told' | 'closed' | 'told_at'>>): Promise<void> {
  await db('notices').where({ system_id: systemId, id }).update(patch);
}

export async function closeNotices(db: Db, systemId: number, batch: string): Promise<void> {
  await db('notices').where({ system_id: systemId, batch }).update({ closed: 1 });
}

/** Forgets what was issued before then: every operation of it has been settled long ago. */
export async function forgetNotices(db: Db, systemId: number, before: number): Promise<void> {
  await db('notices').where({ system_id: systemId }).where('issued_at', '<', before).delete();
}
