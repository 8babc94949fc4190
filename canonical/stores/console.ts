/** Reads for people: lists, counts and look-ups that no run needs. */
import { hash52 } from '../../core/hash.ts';
import type { Db } from '../db.ts';
import { DOCUMENT_FIELDS } from '../schema/tables/entities.ts';
import { clientOfCards, type FoldedKind } from './entities.ts';
import type { OperationRow, OperationState } from './operations.ts';
import type { RunRow } from './runs.ts';

export interface CountRow {
  readonly system_id: number;
  readonly stream: string;
  readonly state: string;
  readonly count: number;
}

async function grouped(db: Db, table: 'records' | 'operations' | 'quarantine'): Promise<CountRow[]> {
  const rows: Record<string, unknown>[] = await db(table)
    .select('system_id', 'stream', 'state')
    .count({ count: '*' })
    .groupBy('system_id', 'stream', 'state')
    .orderBy(['system_id', 'stream', 'state']);
  return rows.map((row) => ({
    system_id: Number(row['system_id']),
    stream: String(row['stream']),
    state: String(row['state']),
    count: Number(row['count']),
  }));
}

export const countRecords = (db: Db): Promise<CountRow[]> => grouped(db, 'records');
export const countOperations = (db: Db): Promise<CountRow[]> => grouped(db, 'operations');
export const countQuarantine = (db: Db): Promise<CountRow[]> => grouped(db, 'quarantine');

/** Open reviews by kind. */
export async function countReviews(db: Db): Promise<{ kind: string; count: number }[]> {
  const rows: Record<string, unknown>[] = await db('reviews').select('kind').count({ count: '*' }).where({ state: 'open' }).groupBy('kind').orderBy('kind');
  return rows.map((row) => ({ kind: String(row['kind']), count: Number(row['count']) }));
}

export async function countEntities(db: Db): Promise<Readonly<Record<'clients' | 'cards' | 'card_types', number>>> {
  const one = async (table: string): Promise<number> => Number((await db(table).count({ count: '*' }).first())?.['count'] ?? 0);
  return { clients: await one('clients'), cards: await one('cards'), card_types: await one('card_types') };
}

/** What waits and nobody has acknowledged. */
export async function countFresh(db: Db): Promise<{ reviews: number; quarantined: number; runs: number }> {
  const one = async (table: string, where: Readonly<Record<string, string>>): Promise<number> =>
    Number(
      (
        await db(table)
          .where({ ...where, acknowledged: 0 })
          .count({ count: '*' })
          .first()
      )?.['count'] ?? 0,
    );
  return {
    reviews: await one('reviews', { state: 'open' }),
    quarantined: await one('quarantine', { state: 'open' }),
    runs: await one('runs', { state: 'waiting' }),
  };
}

/** A person has seen everything that waits now. */
export async function acknowledgeAll(db: Db): Promise<void> {
  await db('reviews').where({ state: 'open', acknowledged: 0 }).update({ acknowledged: 1 });
  await db('quarantine').where({ state: 'open', acknowledged: 0 }).update({ acknowledged: 1 });
  await db('runs').whereIn('state', ['waiting', 'failed', 'interrupted']).where({ acknowledged: 0 }).update({ acknowledged: 1 });
}

export async function runById(db: Db, id: number): Promise<RunRow | undefined> {
  return db<RunRow>('runs').select('*').where({ id }).first();
}

/** Operations in the given states, oldest first, at most `limit`. */
export async function listOperations(
  db: Db,
  states: readonly OperationState[],
  where: { system_id?: number; stream?: string },
  limit: number,
): Promise<OperationRow[]> {
  return db<OperationRow>('operations')
    .select('*')
    .where(where)
    .whereIn('state', [...states])
    .orderBy('id')
    .limit(limit);
}

export async function quarantineById(db: Db, id: number): Promise<Record<string, unknown> | undefined> {
  return db('quarantine').select('*').where({ id }).first();
}

/** A folded entity's row; undefined where there is none. */
export async function entityRow(db: Db, kind: FoldedKind, id: number): Promise<Record<string, unknown> | undefined> {
  return db({ client: 'clients', card: 'cards', cardType: 'card_types' }[kind]).select('*').where({ id }).first();
}

export interface ClientChildren {
  readonly contacts: readonly Record<string, unknown>[];
  readonly addresses: readonly Record<string, unknown>[];
  readonly dates: readonly Record<string, unknown>[];
  readonly documents: readonly Record<string, unknown>[];
  readonly groups: readonly Record<string, unknown>[];
  readonly cards: readonly Record<string, unknown>[];
}

/** Everything that hangs on a client. */
export async function childrenOf(db: Db, clientId: number): Promise<ClientChildren> {
  const of = (table: string, ...order: string[]): Promise<Record<string, unknown>[]> =>
    db(table)
      .select('*')
      .where({ client_id: clientId })
      .orderBy(order.map((column) => ({ column })));
  return {
    contacts: await of('contacts', 'kind', 'value'),
    addresses: await of('addresses', 'kind'),
    dates: await of('special_dates', 'position'),
    documents: DOCUMENT_FIELDS.length === 0 ? [] : await of('identity_documents', 'client_id'),
    groups: await db('client_groups').join('groups', 'groups.id', 'client_groups.group_id').select('groups.name').where('client_groups.client_id', clientId),
    cards: await of('cards', 'id'),
  };
}

/** Clients that have one of the phones, e-mail addresses or card numbers, over the keys of their records and cards. */
export async function clientsWithKeys(
  db: Db,
  keys: readonly { readonly kind: 'phone' | 'email' | 'card'; readonly value: string }[],
  limit: number,
): Promise<number[]> {
  const hashes = keys.map(({ kind, value }) => hash52(`${kind}:${value}`));
  const links: { entity: string; entity_id: number }[] = await db('record_keys')
    .join('links', 'links.record_id', 'record_keys.record_id')
    .distinct('links.entity', 'links.entity_id')
    .whereIn('record_keys.hash', hashes)
    .limit(limit * 4);
  const owners = await clientOfCards(
    db,
    links.filter((link) => link.entity === 'card').map((link) => Number(link.entity_id)),
  );
  const clients = links.filter((link) => link.entity === 'client').map((link) => Number(link.entity_id));
  return [...new Set([...clients, ...owners.values()])].sort((a, b) => a - b).slice(0, limit);
}

/** All words must begin a part of the name. */
export async function clientsNamed(db: Db, words: readonly string[], limit: number): Promise<number[]> {
  const query = db('clients').select('id').orderBy('id').limit(limit);
  for (const word of words) {
    const forms = [...new Set([word, word.toLowerCase(), word.toUpperCase(), `${word.slice(0, 1).toUpperCase()}${word.slice(1).toLowerCase()}`])];
    query.where((part) => {
      for (const form of forms)
        for (const column of ['name_last', 'name_first', 'name_middle', 'name_display']) part.orWhere(column, 'like', `${form.replace(/[\\%_]/g, '')}%`);
    });
  }
  const rows: { id: number }[] = await query;
  return rows.map((row) => Number(row.id));
}

/** Client of a record by its key in any system. */
export async function clientsWithKey(db: Db, key: string, limit: number): Promise<number[]> {
  const rows: { entity_id: number }[] = await db('records')
    .join('links', 'links.record_id', 'records.id')
    .distinct('links.entity_id')
    .where('records.record_key', key)
    .where('links.entity', 'client')
    .limit(limit);
  return rows.map((row) => Number(row.entity_id));
}

/** Open reviews about an entity. */
export async function reviewsOfEntity(db: Db, entity: string, id: number): Promise<{ id: number; kind: string }[]> {
  return db('reviews').select('id', 'kind').where({ entity, entity_id: id, state: 'open' }).orderBy('id');
}

/** The last runs of a job, newest first. */
export async function runsOfJob(db: Db, job: string, limit: number): Promise<RunRow[]> {
  return db<RunRow>('runs').select('*').where({ job }).orderBy('id', 'desc').limit(limit);
}
