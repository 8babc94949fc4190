/** Folds entities and writes those whose values changed. */

import type { Db } from '../../canonical/db.ts';
import { groupOf } from '../../canonical/stores/client-details.ts';
import { type EntityHead, type EntityWrite, type FoldedKind, headsOf, touchEntities, writeEntities } from '../../canonical/stores/entities.ts';
import { overridesOf } from '../../canonical/stores/links.ts';
import { idsByName } from '../../canonical/stores/names.ts';
import type { ResolveRow } from '../../canonical/stores/resolve-rows.ts';
import { Fingerprint } from '../../core/hash.ts';
import type { FieldValues } from '../../core/model.ts';
import { together } from '../../core/together.ts';
import { stableJson } from '../../core/values.ts';
import type { Engine } from '../engine.ts';
import { fold } from '../fold/fold.ts';
import type { Folded } from '../fold/folded.ts';
import { overridesByEntity, voiceOf } from '../fold/voices.ts';
import type { Push } from '../land/read-back.ts';

export interface EntityBatch {
  readonly writes: EntityWrite[];
  /** Entities that exist and are written anew. */
  readonly replaced: number[];
  /** Entities that come out as they are stored: only that they were looked at is written. */
  readonly kept: number[];
  /** Fields that wait for a person, by entity. */
  readonly undecided: Map<number, readonly string[]>;
  /** Owners of cards that exist, as they are stored. */
  readonly owners: Map<number, number>;
  readonly counts: { created: number; changed: number; unchanged: number };
}

/** What we pushed into records, by record and field. */
export type Pushes = ReadonlyMap<number, ReadonlyMap<string, Push>>;

export interface Members {
  readonly rows: readonly ResolveRow[];
  readonly isNew: boolean;
  /** Owner, for cards. */
  readonly clientId?: number | null;
}

/**
 * Folds the given entities from the rows of their records, and of `pushes` what we pushed into these. `absorbed`: entities that go up in others,
 * with whom; what people said of them counts there.
 */
export async function prepareEntities(
  engine: Engine,
  kind: FoldedKind,
  members: ReadonlyMap<number, Members>,
  pushes: Pushes,
  absorbed: ReadonlyMap<number, number> = new Map(),
): Promise<EntityBatch> {
  const { store, setup } = engine;
  const existing = [...members].filter(([, one]) => !one.isNew).map(([id]) => id);
  const [heads, said] = await together([headsOf(store.db, kind, existing), overridesOf(store.db, kind, [...existing, ...absorbed.keys()])]);
  // What was said of an entity itself comes last, and so wins.
  const ordered = [...said.filter((row) => absorbed.has(row.entity_id)), ...said.filter((row) => !absorbed.has(row.entity_id))];
  const overrides = overridesByEntity(ordered.map((row) => ({ ...row, entity_id: absorbed.get(row.entity_id) ?? row.entity_id })));
  const batch = emptyBatch();
  for (const { id, client_id: owner } of heads.values()) if (owner != null) batch.owners.set(id, owner);
  for (const [id, { rows, clientId }] of members) {
    const voices = rows.flatMap((row) => voiceOf(setup, row, pushes.get(row.id)) ?? []);
    voices.sort((a, b) => (a.system < b.system ? -1 : a.system > b.system ? 1 : a.recordId - b.recordId));
    const folded = fold(kind, voices, overrides.get(id) ?? new Map(), setup.policies);
    addFolded(batch, { id, folded, head: heads.get(id), runId: engine.runId, ...(clientId === undefined ? {} : { clientId }) });
  }
  return batch;
}

export function emptyBatch(): EntityBatch {
  return { writes: [], replaced: [], kept: [], undecided: new Map(), owners: new Map(), counts: { created: 0, changed: 0, unchanged: 0 } };
}

interface FoldedEntity {
  readonly id: number;
  readonly folded: Folded;
  /** What is stored of it. */
  readonly head: EntityHead | undefined;
  readonly runId: number;
  /** Owner, for cards. */
  readonly clientId?: number | null;
}

/** Takes a folded entity into a batch. */
export function addFolded(batch: EntityBatch, { id, folded, head, runId, clientId }: FoldedEntity): void {
  const print = fingerprintOf(folded.values, clientId);
  if (head === undefined) batch.counts.created += 1;
  else if (head.digest === print) batch.counts.unchanged += 1;
  else batch.counts.changed += 1;
  if (folded.undecided.length > 0) batch.undecided.set(id, folded.undecided);
  const provenance = JSON.stringify(folded.provenance);
  if (head !== undefined && head.digest === print && head.provenance === provenance) {
    batch.kept.push(id);
    return;
  }
  if (head !== undefined) batch.replaced.push(id);
  batch.writes.push({
    id,
    values: folded.values,
    provenance,
    digest: print,
    createdRun: head?.created_run ?? runId,
    changedRun: runId,
    ...(clientId === undefined ? {} : { clientId }),
  });
}

function fingerprintOf(values: FieldValues, clientId: number | null | undefined): string {
  const print = new Fingerprint();
  for (const field in values) {
    const value = values[field];
    if (value !== undefined) print.add(field, typeof value === 'string' ? value : stableJson(value));
  }
  if (clientId != null) print.add('client', String(clientId));
  return print.toString();
}

/** Numbers of client groups by name. */
export type Groups = ReadonlyMap<string, number>;
const NO_GROUPS: Groups = new Map();

/** Makes sure that the groups of clients are known; to be asked before the transaction in which these are written. */
export async function knowGroups(engine: Engine, clients: EntityBatch): Promise<Groups> {
  const names = new Set<string>();
  for (const { values } of clients.writes) {
    const group = groupOf(values);
    if (group !== null) names.add(group);
  }
  return names.size === 0 ? NO_GROUPS : idsByName(engine.store.db, 'groups', names, engine.numbers);
}

/** Writes folded entities, and marks those that stay as they are, as touched at `seq`; `groups` are those of clients. */
export async function writeBatch(trx: Db, kind: FoldedKind, batch: EntityBatch, seq: number, groups: Groups = NO_GROUPS): Promise<void> {
  await writeEntities(trx, kind, batch.writes, batch.replaced, seq, groups);
  await touchEntities(trx, kind, batch.kept, seq);
}

/** Adds a batch's counts to the run's, once it is committed. */
export function countBatch(engine: Engine, kind: FoldedKind, batch: EntityBatch): void {
  const counts = kind === 'client' ? engine.counts.clients : kind === 'card' ? engine.counts.cards : engine.counts.cardTypes;
  counts.created += batch.counts.created;
  counts.changed += batch.counts.changed;
  counts.unchanged += batch.counts.unchanged;
}

/** Entities of a batch, written or kept. */
export const idsOfBatch = ({ writes, kept }: EntityBatch): number[] => [...writes.map(({ id }) => id), ...kept];
