/** How far the work came: checkpoints of readings, cursors of steps. */
import type { Db } from '../db.ts';

export interface CheckpointRow {
  system_id: number;
  reading: string;
  position: string | null;
  batch_began: number | null;
  snapshot_began: number | null;
  snapshot_run: number | null;
  snapshots: number;
}

export async function checkpointOf(db: Db, systemId: number, reading: string): Promise<CheckpointRow | undefined> {
  return db<CheckpointRow>('checkpoints').select('*').where({ system_id: systemId, reading }).first();
}

export async function saveCheckpoint(db: Db, row: CheckpointRow): Promise<void> {
  const { system_id, reading, ...rest } = row;
  const updated = await db('checkpoints').where({ system_id, reading }).update(rest);
  if (updated === 0 && (await checkpointOf(db, system_id, reading)) === undefined) await db('checkpoints').insert(row);
}

export async function allCheckpoints(db: Db): Promise<CheckpointRow[]> {
  return db<CheckpointRow>('checkpoints').select('*');
}

export interface Cursor {
  seq: number;
  basis: string | null;
}

export interface NamedCursor extends Cursor {
  name: string;
}

export async function allCursors(db: Db): Promise<NamedCursor[]> {
  const rows: NamedCursor[] = await db('cursors').select('name', 'seq', 'basis').orderBy('name');
  return rows.map(({ name, seq, basis }) => ({ name, seq: Number(seq), basis }));
}

/** Sets all cursors: those that are not named are gone. */
export async function setCursors(db: Db, cursors: readonly NamedCursor[]): Promise<void> {
  await db('cursors')
    .whereNotIn(
      'name',
      cursors.map(({ name }) => name),
    )
    .delete();
  for (const { name, seq, basis } of cursors) await saveCursor(db, name, { seq, basis });
}

export async function cursorOf(db: Db, name: string): Promise<Cursor> {
  const row = await db('cursors').where({ name }).first('seq', 'basis');
  return row === undefined ? { seq: 0, basis: null } : { seq: Number(row.seq), basis: row.basis };
}

export async function saveCursor(db: Db, name: string, cursor: Cursor): Promise<void> {
  const updated = await db('cursors').where({ name }).update({ seq: cursor.seq, basis: cursor.basis });
  if (updated === 0 && (await db('cursors').where({ name }).first('name')) === undefined) await db('cursors').insert({ name, ...cursor });
}
