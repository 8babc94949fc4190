/** Loads what the records of entities say, as the fold wants it. */

import type { Db } from '../../canonical/db.ts';
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { type LinkRow, linksOfEntities, overridesOf } from '../../canonical/stores/links.ts';
import { pushesOf } from '../../canonical/stores/pushes.ts';
import { loadRecords, type RecordRow } from '../../canonical/stores/records.ts';
import type { ResolveRow } from '../../canonical/stores/resolve-rows.ts';
import type { EntityKind, Value } from '../../core/model.ts';
import type { Push } from '../land/read-back.ts';
import { pushesByRecord, valuesOfRow, viewOfRow } from '../land/rows.ts';
import { sourcesOf } from '../land/view.ts';
import type { RunSetup, SystemSetup } from '../setup.ts';
import type { Voice } from './folded.ts';

const NO_SOURCES: ReadonlyMap<string, readonly string[]> = new Map();
const sourceCache = new WeakMap<SystemSetup, Map<string, ReadonlyMap<string, readonly string[]>>>();

/** Wire paths by field of one stream of a system. */
export function sourcesFor(system: SystemSetup | undefined, stream: string): ReadonlyMap<string, readonly string[]> {
  if (system === undefined) return NO_SOURCES;
  let streams = sourceCache.get(system);
  if (streams === undefined) {
    streams = new Map();
    sourceCache.set(system, streams);
  }
  let sources = streams.get(stream);
  if (sources === undefined) {
    sources = sourcesOf(system.mappings.get(stream)?.lines ?? []);
    streams.set(stream, sources);
  }
  return sources;
}

/**
 * A record's voice in the fold; undefined for records that may be recognised but not believed: set aside at their first
 * reading, or unlinked by the policy after their deletion. `values` are those of the row's view, where they are at hand.
 */
export function voiceOf(setup: RunSetup, row: ResolveRow, pushes: ReadonlyMap<string, Push> | undefined, values = valuesOfRow(row)): Voice | undefined {
  if (!isBelieved(setup, row)) return undefined;
  const system = setup.systems.find((one) => one.id === row.system_id);
  return {
    recordId: row.id,
    system: system?.name ?? `#${row.system_id}`,
    clockErrorMs: system?.clockErrorMs ?? 0,
    view: viewOfRow(row, pushes, sourcesFor(system, row.stream), values),
  };
}

/** Whether what a record says counts: not when it was set aside at its first reading, nor when the policy unlinks what was deleted. */
export function isBelieved(setup: RunSetup, row: Pick<ResolveRow, 'state' | 'body' | 'system_id' | 'stream'>): boolean {
  if (row.state === 'quarantined' && row.body === null) return false;
  return row.state !== 'deleted' || setup.systems.find((one) => one.id === row.system_id)?.policies.get(row.stream)?.delete === 'ignore';
}

/** One entity with everything known of it. */
export interface Known {
  readonly id: number;
  readonly links: readonly LinkRow[];
  readonly rows: readonly RecordRow[];
  readonly pushes: ReadonlyMap<number, ReadonlyMap<string, Push>>;
  readonly voices: readonly Voice[];
  readonly overrides: ReadonlyMap<string, Value>;
}

/** Loads entities by id, set-based. */
export async function loadKnown(db: Db, setup: RunSetup, kind: FoldedKind, ids: readonly number[]): Promise<Map<number, Known>> {
  const links = await linksOfEntities(db, kind, ids);
  const rows = new Map(
    (
      await loadRecords(
        db,
        links.map((link) => link.record_id),
      )
    ).map((row) => [row.id, row]),
  );
  const pushes = pushesByRecord(await pushesOf(db, [...rows.keys()]));
  const overrides = overridesByEntity(await overridesOf(db, kind, ids));
  const known = new Map<number, Known>();
  for (const id of ids) known.set(id, { id, links: [], rows: [], pushes, voices: [], overrides: overrides.get(id) ?? new Map() });
  for (const link of links) {
    const one = known.get(link.entity_id);
    const row = rows.get(link.record_id);
    if (one === undefined || row === undefined) continue;
    (one.links as LinkRow[]).push(link);
    (one.rows as RecordRow[]).push(row);
    const voice = voiceOf(setup, row, pushes.get(row.id));
    if (voice !== undefined) (one.voices as Voice[]).push(voice);
  }
  return known;
}

export function overridesByEntity(rows: readonly { entity_id: number; field: string; value: string }[]): Map<number, Map<string, Value>> {
  const byEntity = new Map<number, Map<string, Value>>();
  for (const row of rows) {
    const fields = byEntity.get(row.entity_id) ?? new Map<string, Value>();
    fields.set(row.field, JSON.parse(row.value) as Value);
    byEntity.set(row.entity_id, fields);
  }
  return byEntity;
}

/** Kind of entity that a record of a stream speaks of; undefined where its system is no longer configured. */
export function entityOf(setup: RunSetup, systemId: number, stream: string): EntityKind | undefined {
  return setup.systems.find((system) => system.id === systemId)?.mappings.get(stream)?.entity;
}
