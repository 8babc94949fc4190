/**
 * How far the base has moved on since an activation: which records and entities are not as it left them, with all that hangs together with
 * them. Everything else can be put back as it was.
 */
import type { Db } from '../../canonical/db.ts';
import type { Value } from '../../canonical/dialect.ts';
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { type KeptRow, keptRows } from '../../canonical/stores/mapping-restore.ts';
import { type Marks, undoEntries } from '../../canonical/stores/mapping-undo.ts';
import { namesByKeys } from '../../canonical/stores/record-names.ts';
import { entityName, writtenSince } from '../../canonical/stores/since.ts';
import { ComingBack } from './come-back.ts';
import { Former, spread } from './hangs-together.ts';

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
  /** Who was who before, among these. */
  readonly back: ComingBack;
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
  former_clients: ['client', 'id'],
};
const OF_BOTH: readonly string[] = ['operations', 'reviews', 'overrides', 'tombstones'];
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
  const hangs = owners.records.some((id) => touched.has(id)) || owners.entities.some((name) => moved.entities.has(name));
  return hangs && !moved.back.takes(row);
}

const isBookkeeping = ({ table }: KeptRow): boolean => BOOKKEEPING.includes(table);

/** What cannot be put back as it was, because it was written to since. */
export async function movedOn(db: Db, activation: number, marks: Marks): Promise<MovedOn> {
  const since = await writtenSince(db, marks);
  const records = new Set(since.records);
  const near = new Set(since.records);
  const entities = new Set(since.entities);
  const former = new Former();
  const back = new ComingBack();
  let [changed, strange] = [false, false];
  let whole = marks.undo !== (await undoEntries(db, activation));
  for await (const rows of keptRows(db, activation))
    for (const row of rows) {
      former.note(row);
      back.note(row);
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
  if (!whole) {
    await spread(db, former, near, entities);
    await back.settle(db, near);
  }
  return { any: changed || whole, whole, records, near, entities, back };
}
