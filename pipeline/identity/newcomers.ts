/**
 * Newcomers: clients seen for the first time with all that hangs on them, who share no key with any record there is. They can be
 * nobody else, so they are resolved and folded with their landing, which is most of a first load. Whoever comes later and shares
 * a key with one of them is resolved the usual way and finds it linked, alone: the same people come out, whoever came first.
 */
import type { Db } from '../../canonical/db.ts';
import { type LinkRow, writeLinks } from '../../canonical/stores/links.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import type { FieldValues, Value } from '../../core/model.ts';
import { together } from '../../core/together.ts';
import type { Engine } from '../engine.ts';
import { fold } from '../fold/fold.ts';
import { voiceOf } from '../fold/voices.ts';
import type { SystemSetup } from '../setup.ts';
import { addFolded, countBatch, type EntityBatch, emptyBatch, type Groups, knowGroups, writeBatch } from './entities.ts';

/** The 52-bit hashes of identity keys, 16 to 32 bytes for each. */
export class KnownKeys {
  private slots = new Float64Array(1 << 12);
  private size = 0;

  /** Notes a hash; false when it was noted before. */
  add(hash: number): boolean {
    if (this.size * 2 >= this.slots.length) this.grow();
    if (!insert(this.slots, hash + 1)) return false;
    this.size += 1;
    return true;
  }

  private grow(): void {
    const grown = new Float64Array(this.slots.length * 2);
    for (const value of this.slots) if (value !== 0) insert(grown, value);
    this.slots = grown;
  }
}

/** Open addressing; zero is an empty slot. */
function insert(slots: Float64Array, value: number): boolean {
  const mask = slots.length - 1;
  for (let at = value & mask; ; at = (at + 1) & mask) {
    if (slots[at] === value) return false;
    if (slots[at] !== 0) continue;
    slots[at] = value;
    return true;
  }
}

/** A record just landed, as far as newcomers are concerned. */
export interface NewRecord {
  readonly row: RecordRow;
  readonly kind: string;
  readonly values: FieldValues;
}

/** A client's record and those of its cards and accounts. */
export type NewUnit = readonly NewRecord[];

/** Notes the keys of a unit, the client's record first, and tells whether it is a newcomer. */
export function isNewcomer(
  system: SystemSetup,
  known: KnownKeys,
  members: readonly { readonly landed: NewRecord; readonly hashes: ReadonlySet<number> | null }[],
): boolean {
  let alone = true;
  for (const [index, { landed, hashes }] of members.entries()) {
    const own = new Set<number>();
    // A number noted in the client's record may be that of its card; the same number on two cards is a question.
    for (const hash of hashes ?? [])
      if (!own.has(hash) && known.add(hash)) own.add(hash);
      else alone = false;
    const entity = system.mappings.get(landed.row.stream)?.entity;
    if (landed.kind !== 'added') alone = false;
    else if (index === 0) alone &&= entity === 'client' && landed.values['reference'] == null && cardsComeAlong(system, landed.row.stream);
    else alone &&= entity === 'card' || entity === 'account';
  }
  return alone;
}

/** All cards of the system are read together with the clients of a stream. */
export function cardsComeAlong(system: SystemSetup, stream: string): boolean {
  return system.system.readings.some(
    (reading) =>
      reading.streams.includes(stream) && [...system.mappings].every(([other, mapping]) => mapping.entity !== 'card' || reading.streams.includes(other)),
  );
}

/** Newcomers as they will be written. */
export interface Newcomers {
  readonly clients: EntityBatch;
  readonly cards: EntityBatch;
  readonly links: readonly LinkRow[];
  readonly records: number;
  readonly groups: Groups;
  /** Position in the order of changes at which they are touched. */
  readonly seq: number;
}

const NO_OVERRIDES: ReadonlyMap<string, Value> = new Map();

/** Folds newcomers; null when there are none. */
export async function resolveNewcomers(engine: Engine, system: SystemSetup, units: readonly NewUnit[]): Promise<Newcomers | null> {
  if (units.length === 0) return null;
  const { numbers, setup, runId } = engine;
  const records = units.reduce((sum, unit) => sum + unit.length, 0);
  await numbers.reserve('clients', units.length);
  await numbers.reserve('cards', records);
  const clients = emptyBatch();
  const cards = emptyBatch();
  const links: LinkRow[] = [];
  for (const unit of units) {
    let clientId = 0;
    for (const [index, { row, values }] of unit.entries()) {
      const kind = index === 0 ? 'client' : 'card';
      const voice = voiceOf(setup, row, undefined, values);
      if (voice === undefined || (index > 0 && system.mappings.get(row.stream)?.entity !== 'card')) continue;
      const id = numbers.takeReserved(index === 0 ? 'clients' : 'cards');
      if (index === 0) clientId = id;
      const folded = fold(kind, [voice], NO_OVERRIDES, setup.policies);
      addFolded(index === 0 ? clients : cards, { id, folded, head: undefined, runId, ...(index === 0 ? {} : { clientId }) });
      links.push({ record_id: row.id, entity: kind, entity_id: id, rule: 'single', evidence: null, run_id: runId });
    }
  }
  return { clients, cards, links, records, groups: await knowGroups(engine, clients), seq: await numbers.take('changes') };
}

/** Writes newcomers in the transaction of their landing. */
export async function writeNewcomers(trx: Db, newcomers: Newcomers | null): Promise<void> {
  if (newcomers === null) return;
  await together([
    writeBatch(trx, 'client', newcomers.clients, newcomers.seq, newcomers.groups),
    writeBatch(trx, 'card', newcomers.cards, newcomers.seq),
    writeLinks(trx, newcomers.links, []),
  ]);
}

/** Adds newcomers to the run's counts, once they are committed. */
export function countNewcomers(engine: Engine, newcomers: Newcomers | null): void {
  if (newcomers === null) return;
  countBatch(engine, 'client', newcomers.clients);
  countBatch(engine, 'card', newcomers.cards);
  engine.counts.records += newcomers.records;
  engine.counts.links['single'] = (engine.counts.links['single'] ?? 0) + newcomers.clients.writes.length;
}
