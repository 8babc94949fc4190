/** Records as the resolver reads them: what their systems say, without bodies and bookkeeping. */
import type { Db } from '../db.ts';
import { queryArrays } from '../execute.ts';
import { NAME } from './record-names.ts';
import type { RecordRow } from './records.ts';
import { selectIn } from './select.ts';

const COLUMNS = [...NAME, 'state', 'view', 'stamp_after', 'stamp_not_after', 'stamp_how', 'stamps', 'first_run', 'change_seq'] as const;
const WITH_BODY = [...COLUMNS, 'body'] as const;

/** What the resolver needs of a record. The body is there only where its absence means something. */
export type ResolveRow = Pick<RecordRow, (typeof WITH_BODY)[number]>;

/** Records changed after a position, in the order of changes. */
export async function loadChangedSince(db: Db, seq: number, limit: number): Promise<ResolveRow[]> {
  const sql = `SELECT ${COLUMNS.join(', ')}, CASE WHEN state = 'quarantined' THEN body END FROM records WHERE change_seq > ? ORDER BY change_seq LIMIT ${limit}`;
  const rows = await queryArrays(db, sql, [seq]);
  return rows.map((cells) => {
    const row: Record<string, unknown> = {};
    for (const [index, name] of WITH_BODY.entries()) row[name] = cells[index];
    return row as unknown as ResolveRow;
  });
}

export async function resolveRowsByIds(db: Db, ids: readonly number[]): Promise<ResolveRow[]> {
  return withBodies(db, await selectIn<BodilessRow>(db, 'records', COLUMNS, 'id', ids));
}

export async function resolveRowsByKeys(db: Db, systemId: number, stream: string, keys: readonly string[]): Promise<ResolveRow[]> {
  return withBodies(db, await selectIn<BodilessRow>(db, 'records', COLUMNS, 'record_key', keys, { system_id: systemId, stream }));
}

/** Records of some streams that hang on others of their system. */
export async function resolveRowsOfParents(
  db: Db,
  systemId: number,
  streams: readonly string[],
  parent: { readonly stream: string; readonly keys: readonly string[] },
): Promise<ResolveRow[]> {
  const rows: BodilessRow[] = [];
  for (const stream of streams) {
    const where = { system_id: systemId, parent_stream: parent.stream, stream };
    for (const row of await selectIn<BodilessRow>(db, 'records', COLUMNS, 'parent_key', parent.keys, where)) rows.push(row);
  }
  return withBodies(db, rows);
}

type BodilessRow = Omit<ResolveRow, 'body'>;

async function withBodies(db: Db, rows: readonly BodilessRow[]): Promise<ResolveRow[]> {
  const aside = rows.filter(({ state }) => state === 'quarantined').map(({ id }) => id);
  const found = aside.length === 0 ? [] : await selectIn<Pick<RecordRow, 'id' | 'body'>>(db, 'records', ['id', 'body'], 'id', aside);
  const bodies = new Map(found.map(({ id, body }) => [id, body]));
  return rows.map((row) => Object.assign(row, { body: bodies.get(row.id) ?? null }));
}
