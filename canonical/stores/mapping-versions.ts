/** The history of the mappings: what is active in each stream, and what was. */

import type { Db } from '../db.ts';
import type { Marks } from './mapping-undo.ts';

/** A row of `mapping_versions`. */
export interface MappingVersionRow {
  id: number;
  activation: number;
  system_id: number;
  stream: string;
  version: string;
  source: string;
  file: string;
  /** JSON. */
  options: string;
  shipped: string | null;
  author: string;
  activated_at: number;
  note: string | null;
  replaces: number | null;
  state: 'active' | 'former' | 'rolled-back';
  run_id: number;
  /** JSON. */
  marks: string;
}

const COLUMNS = [
  'id',
  'activation',
  'system_id',
  'stream',
  'version',
  'source',
  'file',
  'options',
  'shipped',
  'author',
  'activated_at',
  'note',
  'replaces',
  'state',
  'run_id',
  'marks',
] as const satisfies readonly (keyof MappingVersionRow)[];

/** What a version is made of; numbers, state and what it replaces are given by `insertVersions`. */
export type NewVersion = Omit<MappingVersionRow, 'id' | 'activation' | 'replaces' | 'state' | 'marks'>;

/** The active versions of all systems: one for each stream that was ever activated. */
export async function activeVersions(db: Db): Promise<MappingVersionRow[]> {
  return db<MappingVersionRow>('mapping_versions')
    .select(...COLUMNS)
    .where({ state: 'active' })
    .orderBy('id');
}

/** Numbers of the active versions: equal lists mean that nothing was activated or rolled back in between. */
export async function activeIds(db: Db): Promise<number[]> {
  const rows: { id: number }[] = await db('mapping_versions').select('id').where({ state: 'active' }).orderBy('id');
  return rows.map(({ id }) => Number(id));
}

export interface HistoryQuery {
  readonly systemId?: number;
  readonly stream?: string;
  /** Newest first; all when silent. */
  readonly limit?: number;
}

/** Versions, newest first. */
export async function versionHistory(db: Db, query: HistoryQuery = {}): Promise<MappingVersionRow[]> {
  const rows = db<MappingVersionRow>('mapping_versions')
    .select(...COLUMNS)
    .orderBy('id', 'desc');
  if (query.systemId !== undefined) rows.where({ system_id: query.systemId });
  if (query.stream !== undefined) rows.where({ stream: query.stream });
  return query.limit === undefined ? rows : rows.limit(query.limit);
}

/** Versions that came with one activation. */
export async function versionsOfActivation(db: Db, activation: number): Promise<MappingVersionRow[]> {
  return db<MappingVersionRow>('mapping_versions')
    .select(...COLUMNS)
    .where({ activation })
    .orderBy('id');
}

export async function versionById(db: Db, id: number): Promise<MappingVersionRow | undefined> {
  return db<MappingVersionRow>('mapping_versions')
    .select(...COLUMNS)
    .where({ id })
    .first();
}

/** The number that the next activation will have. */
export async function nextActivation(db: Db): Promise<number> {
  const top = await db('mapping_versions').max({ activation: 'activation' }).first();
  return Number(top?.['activation'] ?? 0) + 1;
}

/** Adds versions as one activation: they are active from here on, and those before them are former. Answers the activation's number. */
export async function insertVersions(db: Db, versions: readonly NewVersion[]): Promise<number> {
  const activation = await nextActivation(db);
  const top = await db('mapping_versions').max({ id: 'id' }).first();
  let id = Number(top?.['id'] ?? 0);
  for (const version of versions) {
    const { system_id, stream } = version;
    const before = await db('mapping_versions').where({ system_id, stream, state: 'active' }).first('id');
    await db('mapping_versions').where({ system_id, stream, state: 'active' }).update({ state: 'former' });
    id += 1;
    const row: MappingVersionRow = { ...version, id, activation, replaces: before === undefined ? null : Number(before.id), state: 'active', marks: '{}' };
    await db('mapping_versions').insert(row);
  }
  return activation;
}

/** Takes an activation back: its versions are rolled back, those that they replaced are active again. */
export async function takeBackVersions(db: Db, activation: number): Promise<void> {
  for (const row of await versionsOfActivation(db, activation)) {
    await db('mapping_versions').where({ id: row.id }).update({ state: 'rolled-back' });
    if (row.replaces !== null) await db('mapping_versions').where({ id: row.replaces }).update({ state: 'active' });
  }
}

/** Notes where we stand at the end of an activation. */
export async function saveMarks(db: Db, activation: number, marks: Marks): Promise<void> {
  await db('mapping_versions')
    .where({ activation })
    .update({ marks: JSON.stringify(marks) });
}
