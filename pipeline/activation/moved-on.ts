/**
 * How far the base has moved on since an activation: which records and entities are not as it left them, with all that hangs together with
 * them. Everything else can be put back as it was.
 */
import type { Db } from '../../canonical/db.ts';
import type { Value } from '../../canonical/dialect.ts';
import { cardsOfClients, clientOfCards, type FoldedKind } from '../../canonical/stores/entities.ts';
import { linksOfEntities, linksOfRecords } from '../../canonical/stores/links.ts';
import { type KeptRow, keptRows } from '../../canonical/stores/mapping-restore.ts';
import { type Marks, undoEntries } from '../../canonical/stores/mapping-undo.ts';
import { namesByKeys, namesOfChildren, namesOfRecords, type RecordName } from '../../canonical/stores/record-names.ts';
import { entityName, writtenSince } from '../../canonical/stores/since.ts';

export interface MovedOn {
  /** Something is not as the activation left it. */
  readonly any: boolean;
  /** Nothing can be put back row by row: it is not kept any more how it was, or it was changed in a way that is not followed here. */
  readonly whole: boolean;
  /** Records that are not as the activation left them. */
  readonly records: ReadonlySet<number>;
  /** These, and records that belong to one entity with one of them, now or before the activation. */
  readonly near: ReadonlySet<number>;
  /** Entities that one of these records speaks of, as `entityName` names them. */
  readonly entities: ReadonlySet<string>;
}

/** Where our bookkeeping stands: nothing hangs on it. */
const BOOKKEEPING: readonly string[] = ['cursors', 'sequences', 'checkpoints'];
/** Tables whose rows belong to a record. */
const OF_RECORD: Readonly<Record<string, string>> = {
  records: 'id',
  record_keys: 'record_id',
  pushes: 'record_id',
  parked_pushes: 'record_id',
  bonus_accounts: 'record_id',
  links: 'record_id',
};
/** Tables whose rows belong to an entity, and which number of them names it. */
const OF_ENTITY: Readonly<Record<string, readonly [kind: FoldedKind, column: string]>> = {
  clients: ['client', 'id'],
  cards: ['card', 'id'],
  card_types: ['cardType', 'id'],
  contacts: ['client', 'client_id'],
  addresses: ['client', 'client_id'],
  special_dates: ['client', 'client_id'],
  identity_documents: ['client', 'client_id'],
  client_groups: ['client', 'client_id'],
};
const OF_BOTH: readonly string[] = ['operations', 'reviews'];
/** Names that entities refer to: harmless where nothing does. */
const NAMES: readonly string[] = ['groups', 'bonus_programmes'];

/** Whose a row is. */
export interface Owners {
  readonly records: readonly number[];
  readonly entities: readonly string[];
}

const number = (value: Value | undefined): readonly number[] => (typeof value === 'number' ? [value] : []);

async function ownersOf(db: Db, row: KeptRow): Promise<Owners> {
  const { table, key, before, now } = row;
  const cells = { ...before, ...now };
  const of = OF_RECORD[table];
  if (of !== undefined) return { records: number(cells[of] ?? (table === 'record_keys' ? key[1] : key[0])), entities: [] };
  const kind = OF_ENTITY[table];
  if (kind !== undefined) return { records: [], entities: number(key[0]).map((id) => entityName(kind[0], id)) };
  if (OF_BOTH.includes(table))
    return {
      records: [...number(cells['record_a']), ...number(cells['record_b'])],
      entities: number(cells['entity_id']).map((id) => entityName(String(cells['entity'] ?? ''), id)),
    };
  if (table !== 'quarantine') return { records: [], entities: [] };
  const found = await namesByKeys(db, Number(cells['system_id']), String(cells['stream']), [String(cells['record_key'])]);
  return { records: found.map(({ id }) => id), entities: [] };
}

const isFollowed = ({ table }: KeptRow): boolean =>
  OF_RECORD[table] !== undefined || OF_ENTITY[table] !== undefined || [...OF_BOTH, ...NAMES, 'quarantine'].includes(table);

/** It is part of what is stored of the record itself. */
const isOwn = ({ table }: KeptRow): boolean => table === 'quarantine' || (OF_RECORD[table] !== undefined && table !== 'links');

/** Whether a row is left as it is, and what it was before is worked out anew. */
export async function stays(db: Db, row: KeptRow, moved: MovedOn): Promise<boolean> {
  // Cursors are set apart; numbers that were given out stay so.
  if (isBookkeeping(row)) return row.table !== 'sequences' || row.changed || moved.any;
  if (!moved.any) return false;
  if (row.changed || NAMES.includes(row.table)) return true;
  const owners = await ownersOf(db, row);
  const touched = isOwn(row) ? moved.records : moved.near;
  return owners.records.some((id) => touched.has(id)) || owners.entities.some((name) => moved.entities.has(name));
}

const isBookkeeping = ({ table }: KeptRow): boolean => BOOKKEEPING.includes(table);

/** What cannot be put back as it was, because it was written to since. */
export async function movedOn(db: Db, activation: number, marks: Marks): Promise<MovedOn> {
  const since = await writtenSince(db, marks);
  const records = new Set(since.records);
  const near = new Set(since.records);
  const entities = new Set(since.entities);
  const former = new Former();
  let [changed, strange] = [false, false];
  let whole = marks.undo !== (await undoEntries(db, activation));
  for await (const rows of keptRows(db, activation))
    for (const row of rows) {
      former.note(row);
      if (isBookkeeping(row)) continue;
      strange ||= !isFollowed(row);
      if (!row.changed) continue;
      changed = true;
      const owners = await ownersOf(db, row);
      for (const id of owners.records) {
        near.add(id);
        if (isOwn(row)) records.add(id);
      }
      for (const name of owners.entities) entities.add(name);
    }
  changed ||= near.size + entities.size > 0;
  whole ||= changed && strange;
  if (!whole) await spread(db, former, near, entities);
  return { any: changed || whole, whole, records, near, entities };
}

/** Links and owners of cards, as they were before the activation. */
class Former {
  readonly links = new Map<number, string>();
  readonly linked = new Map<string, number[]>();
  readonly owners = new Map<number, number>();
  readonly owned = new Map<number, number[]>();

  note({ table, key: [id], before, now }: KeptRow): void {
    if (typeof id !== 'number') return;
    if (table === 'links' && before['entity_id'] !== undefined) {
      const name = entityName(String(before['entity'] ?? now?.['entity'] ?? ''), Number(before['entity_id']));
      this.links.set(id, name);
      this.linked.set(name, [...(this.linked.get(name) ?? []), id]);
    }
    const owner = before['client_id'];
    if (table === 'cards' && typeof owner === 'number') {
      this.owners.set(id, owner);
      this.owned.set(owner, [...(this.owned.get(owner) ?? []), id]);
    }
  }
}

/** Adds what hangs together with records and entities: what speaks of one of them, and what hangs on it. */
async function spread(db: Db, former: Former, near: Set<number>, entities: Set<string>): Promise<void> {
  let [freshRecords, freshEntities] = [[...near], [...entities]];
  while (freshRecords.length + freshEntities.length > 0) {
    const reached = { records: new Set<number>(), entities: new Set<string>() };
    await fromRecords(db, former, freshRecords, reached);
    await fromEntities(db, former, freshEntities, reached);
    freshRecords = [...reached.records].filter((id) => !near.has(id));
    freshEntities = [...reached.entities].filter((name) => !entities.has(name));
    for (const id of freshRecords) near.add(id);
    for (const name of freshEntities) entities.add(name);
  }
}

interface Reached {
  readonly records: Set<number>;
  readonly entities: Set<string>;
}

async function fromRecords(db: Db, former: Former, ids: readonly number[], { records, entities }: Reached): Promise<void> {
  for (const link of (await linksOfRecords(db, ids)).values()) entities.add(entityName(link.entity, link.entity_id));
  for (const id of ids) {
    const name = former.links.get(id);
    if (name !== undefined) entities.add(name);
  }
  const names = await namesOfRecords(db, ids);
  for (const [system, stream, keys] of grouped(names, ({ stream: own, record_key: key }) => [own, key]))
    for (const child of await namesOfChildren(db, system, stream, keys)) records.add(child.id);
  for (const [system, stream, keys] of grouped(names, ({ parent_stream: parent, parent_key: key }) => (parent === null || key === null ? null : [parent, key])))
    for (const parent of await namesByKeys(db, system, stream, keys)) records.add(parent.id);
}

async function fromEntities(db: Db, former: Former, names: readonly string[], { records, entities }: Reached): Promise<void> {
  for (const kind of ['client', 'card', 'cardType'] as const) {
    const ids = names.filter((name) => name.startsWith(`${kind} `)).map((name) => Number(name.slice(kind.length + 1)));
    for (const link of await linksOfEntities(db, kind, ids)) records.add(link.record_id);
    if (kind === 'client') {
      for (const card of await cardsOfClients(db, ids)) entities.add(entityName('card', card.id));
      for (const card of ids.flatMap((id) => former.owned.get(id) ?? [])) entities.add(entityName('card', card));
    }
    if (kind !== 'card') continue;
    for (const client of (await clientOfCards(db, ids)).values()) entities.add(entityName('client', client));
    for (const client of ids.flatMap((id) => former.owners.get(id) ?? [])) entities.add(entityName('client', client));
  }
  for (const name of names) for (const id of former.linked.get(name) ?? []) records.add(id);
}

/** Keys by system and stream. */
function grouped(
  names: readonly RecordName[],
  of: (name: RecordName) => readonly [stream: string, key: string] | null,
): readonly (readonly [system: number, stream: string, keys: readonly string[]])[] {
  const groups = new Map<string, [number, string, string[]]>();
  for (const name of names) {
    const found = of(name);
    if (found === null) continue;
    const [stream, key] = found;
    const group = groups.get(`${name.system_id} ${stream}`) ?? [name.system_id, stream, []];
    groups.set(`${name.system_id} ${stream}`, group);
    group[2].push(key);
  }
  return [...groups.values()];
}
