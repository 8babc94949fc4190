/** Clients, cards and card types as folded. */
import { ATTRIBUTES, type EntityKind, type FieldValues, type Value } from '../../core/model.ts';
import { together } from '../../core/together.ts';
import { bulkInsert, bulkUpdate } from '../bulk.ts';
import type { Db } from '../db.ts';
import { type RowSource, rowsBy } from '../rows.ts';
import { CARD_COLUMN_FIELDS, CARD_TYPE_COLUMN_FIELDS, CLIENT_COLUMN_FIELDS, columnOf } from '../schema/tables/entities.ts';
import { cell, insertClientChildren, replaceClientChildren } from './client-details.ts';
import { CLIENT_CHILDREN } from './client-fields.ts';
import { selectIn } from './select.ts';

/** A folded entity on its way to the store. */
export interface EntityWrite {
  readonly id: number;
  readonly values: FieldValues;
  readonly provenance: string;
  readonly digest: string;
  readonly createdRun: number;
  readonly changedRun: number;
  /** Owner, for cards. */
  readonly clientId?: number | null;
}

export interface EntityHead {
  id: number;
  /** Owner, of cards. */
  client_id?: number | null;
  digest: string;
  provenance: string;
  created_run: number;
}

const TABLES = { client: 'clients', card: 'cards', cardType: 'card_types' } as const;
export type FoldedKind = keyof typeof TABLES;
const FIELDS_OF = { client: CLIENT_COLUMN_FIELDS, card: CARD_COLUMN_FIELDS, cardType: CARD_TYPE_COLUMN_FIELDS } as const;
const KEPT = ['digest', 'provenance', 'attributes', 'touched_seq', 'created_run', 'changed_run'];

export const tableOf = (kind: FoldedKind): string => TABLES[kind];
export const isFolded = (kind: EntityKind): kind is FoldedKind => kind !== 'account';

/** Digest, provenance and first run of entities that exist, and the owners of cards. */
export async function headsOf(db: Db, kind: FoldedKind, ids: readonly number[]): Promise<Map<number, EntityHead>> {
  const rows = await selectIn<EntityHead>(
    db,
    TABLES[kind],
    ['id', 'digest', 'provenance', 'created_run', ...(kind === 'card' ? ['client_id' as const] : [])],
    'id',
    ids,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** Writes folded entities as touched at `seq`; `replaced` are those that exist and are written anew, whole. `groups`: numbers of the clients' groups by `groupOf`. */
export async function writeEntities(
  db: Db,
  kind: FoldedKind,
  writes: readonly EntityWrite[],
  replaced: readonly number[],
  seq: number,
  groups: ReadonlyMap<string, number>,
): Promise<void> {
  if (writes.length === 0) return;
  const there = new Set(replaced);
  const [stored, fresh] = [writes.filter(({ id }) => there.has(id)), writes.filter(({ id }) => !there.has(id))];
  const columns = ['id', ...(kind === 'card' ? ['client_id'] : []), ...FIELDS_OF[kind].map((field) => columnOf(field.name)), ...KEPT];
  await together([
    bulkInsert(db, TABLES[kind], columns, entityRows(kind, fresh, seq)),
    bulkInsert(db, TABLES[kind], columns, entityRows(kind, stored, seq), { onDuplicate: 'update', update: columns.slice(1) }),
    ...(kind === 'client' ? [insertClientChildren(db, fresh, groups), replaceClientChildren(db, stored, groups)] : []),
  ]);
}

function entityRows(kind: FoldedKind, writes: readonly EntityWrite[], seq: number): RowSource {
  const names = FIELDS_OF[kind].map((field) => field.name);
  return rowsBy(writes, ({ id, clientId, values, digest, provenance, createdRun, changedRun }, cells) => {
    cells.add(id);
    if (kind === 'card') cells.add(clientId ?? null);
    for (const name of names) cells.add(cell(values[name]));
    cells.add(digest);
    cells.add(provenance);
    cells.add(attributesOf(values));
    cells.add(seq);
    cells.add(createdRun);
    cells.add(changedRun);
  });
}

export async function deleteEntities(db: Db, kind: FoldedKind, ids: readonly number[]): Promise<void> {
  for (let at = 0; at < ids.length; at += 500) {
    const some = ids.slice(at, at + 500);
    await db(TABLES[kind]).whereIn('id', some).delete();
    if (kind === 'client') for (const child of CLIENT_CHILDREN) await db(child).whereIn('client_id', some).delete();
  }
}

/** Marks entities as touched without a change of their values: their systems may differ from them now. */
export async function touchEntities(db: Db, kind: FoldedKind, ids: readonly number[], seq: number): Promise<void> {
  await bulkUpdate(
    db,
    TABLES[kind],
    'id',
    ['touched_seq'],
    ids.map((id) => [id, seq]),
  );
}

/** Numbers of all entities of a kind, in their order. */
export async function idsOfKind(db: Db, kind: FoldedKind): Promise<number[]> {
  const rows: { id: number }[] = await db(TABLES[kind]).select('id').orderBy('id');
  return rows.map(({ id }) => Number(id));
}

/** The highest position at which an entity of the kind was touched. */
export async function lastTouched(db: Db, kind: FoldedKind): Promise<number> {
  const row = await db(TABLES[kind]).max({ seq: 'touched_seq' }).first();
  return Number(row?.['seq'] ?? 0);
}

export async function touchedSince(db: Db, kind: FoldedKind, seq: number, limit: number, upTo: number): Promise<{ id: number; touched_seq: number }[]> {
  return db(TABLES[kind])
    .select('id', 'touched_seq')
    .where('touched_seq', '>', seq)
    .where('touched_seq', '<=', upTo)
    .orderBy('touched_seq')
    .orderBy('id')
    .limit(limit);
}

function attributesOf(values: FieldValues): string | null {
  let attributes: Record<string, Value> | null = null;
  for (const name in values) {
    const value = values[name];
    if (!name.startsWith(ATTRIBUTES) || value === undefined || value === null) continue;
    attributes ??= {};
    attributes[name.slice(ATTRIBUTES.length)] = value;
  }
  return attributes === null ? null : JSON.stringify(attributes);
}

/** Owner of each card that has one. */
export async function clientOfCards(db: Db, cardIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await selectIn<{ id: number; client_id: number | null }>(db, 'cards', ['id', 'client_id'], 'id', cardIds);
  return new Map(rows.flatMap((row) => (row.client_id === null ? [] : [[row.id, row.client_id] as const])));
}

/** Cards of clients, with their numbers. */
export async function cardsOfClients(db: Db, clientIds: readonly number[]): Promise<{ id: number; client_id: number; number: string | null }[]> {
  return selectIn(db, 'cards', ['id', 'client_id', 'number'], 'client_id', clientIds);
}

/** Gives cards to clients, without folding them. */
export async function ownCards(db: Db, cards: readonly (readonly [id: number, client: number])[]): Promise<void> {
  if (cards.length > 0) await bulkUpdate(db, 'cards', 'id', ['client_id'], cards);
}
