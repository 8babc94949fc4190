/** Clients and cards that are not in the target as the source has them. */
import type { FoldedKind } from '../../canonical/stores/entities.ts';
import { tombstonesOf } from '../../canonical/stores/links.ts';
import { type OperationRow, openOperations } from '../../canonical/stores/operations.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import { fieldSpec } from '../../core/model.ts';
import { isEmpty, sameValue } from '../../core/values.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { sourcesFor } from '../fold/voices.ts';
import { bodyOfRow, valuesOfRow, viewOfRow } from '../land/rows.ts';
import { diffRecord, mayUpdate } from '../plan/diff.ts';
import type { StreamPolicy, SystemSetup } from '../setup.ts';
import { isOwn, movedValues } from './losses.ts';
import { fixedBy, NO_CREATE, obstacleTo } from './preview.ts';
import type { RestItem } from './rest.ts';
import { type Migration, type Moved, type Portion, recordsIn, type Scope, streamsOf } from './source.ts';

export interface RestOfKind {
  /** How many the target has, and how many just as they should be. */
  readonly there: number;
  readonly alike: number;
  readonly items: readonly RestItem[];
}

export const NOT_PROPOSED = 'not proposed yet (sverka migrate again)';
const BURIED = 'it was deleted there before, and is not made anew';
const NO_OWNER = 'its client is not there';
const ANOTHER_COUNTS = 'another value counts by the policies (sverka client explain)';

/** What is known of the target's side of some entities. */
interface Target {
  readonly migration: Migration;
  readonly kind: FoldedKind;
  readonly stream: string;
  readonly mapping: Mapping;
  readonly policy: StreamPolicy | undefined;
  readonly open: readonly OperationRow[];
  readonly buried: ReadonlySet<number>;
}

export async function restOfEntities(
  scope: Scope,
  migration: Migration,
  kind: 'client' | 'card',
  entities: readonly Moved[],
  { clients, owners }: Portion,
): Promise<RestOfKind> {
  const { from, to } = migration;
  if (entities.length === 0) return { there: 0, alike: 0, items: [] };
  const obstacle = obstacleTo(migration, kind);
  const [stream] = streamsOf(to, kind);
  const mapping = stream === undefined ? undefined : to.mappings.get(stream);
  const clientOf = (moved: Moved): number | null => (kind === 'client' ? moved.one.id : (owners.get(moved.one.id) ?? null));
  const absent = new Set(clients.filter((client) => recordsIn(to, client).length === 0).map(({ one }) => one.id));
  if (stream === undefined || mapping === undefined) {
    return { there: 0, alike: 0, items: entities.map((moved) => itemOf(from, moved, clientOf(moved), 'missing', [], obstacle?.why ?? '')) };
  }
  const ids = entities.map(({ one }) => one.id);
  const open = await openOperations(scope.store.db, to.id, stream, ids);
  const graves = await tombstonesOf(scope.store.db, kind, ids);
  const buried = new Set(graves.filter((row) => row.system_id === to.id).map((row) => row.entity_id));
  const target: Target = { migration, kind, stream, mapping, policy: to.policies.get(stream), open, buried };
  const items: RestItem[] = [];
  let [there, alike] = [0, 0];
  for (const moved of entities) {
    const [row] = recordsIn(to, moved);
    const client = clientOf(moved);
    if (row === undefined) {
      const why = obstacle?.why ?? whyMissing(target, moved, kind === 'card' && client !== null && absent.has(client));
      items.push(itemOf(from, moved, client, 'missing', [], why));
      continue;
    }
    there += 1;
    const differing = [...differences(target, moved, row, client), ...keptApart(target, moved, client)];
    if (differing.length === 0) alike += 1;
    items.push(...differing);
  }
  return { there, alike, items };
}

function whyMissing({ open, buried, migration, stream }: Target, { one }: Moved, ownerAbsent: boolean): string {
  const row = open.find((each) => each.entity_id === one.id && each.action === 'create');
  if (row !== undefined) return whyOf(row);
  if (buried.has(one.id)) return BURIED;
  if (migration.to.streams.get(stream)?.capabilities.create === false) return NO_CREATE;
  return ownerAbsent ? NO_OWNER : NOT_PROPOSED;
}

/** State and reason of an operation, as a reason why something is not there. */
export function whyOf({ state, why }: OperationRow): string {
  return why === null ? state : `${state}: ${why}`;
}

function differences({ mapping, open, policy, migration, stream, kind }: Target, moved: Moved, row: RecordRow, client: number | null): RestItem[] {
  const { from, to } = migration;
  const port = to.streams.get(stream);
  const view = viewOfRow(row, moved.one.pushes.get(row.id), sourcesFor(to, stream));
  const { clear = false, updates } = port?.capabilities ?? {};
  const diff = diffRecord(mapping, movedValues(from, mapping, moved), view, bodyOfRow(row), { update: 'all', clear, updates });
  const byReason = new Map<string, string[]>();
  const undecided = new Set(moved.folded.undecided);
  for (const field of [...Object.keys(diff.changes), ...Object.keys(diff.cannot)]) {
    const why = undecided.has(fieldSpec(kind, field)?.group ?? field) ? 'a review asks which value is right' : whyDiffers(field);
    byReason.set(why, [...(byReason.get(why) ?? []), field]);
  }
  return [...byReason].map(([why, fields]) => itemOf(from, moved, client, 'differs', fields, why));

  function whyDiffers(field: string): string {
    const fixed = port === undefined ? null : fixedBy(port.capabilities);
    if (fixed !== null && (port?.capabilities.update === 'none' || Object.hasOwn(diff.cannot, field))) return fixed;
    const operation = open.find((one) => one.record_id === row.id && one.action === 'update' && Object.hasOwn(JSON.parse(one.changes) as object, field));
    if (operation !== undefined) return whyOf(operation);
    if (Object.hasOwn(diff.cannot, field)) return diff.whyNot.join('; ');
    if (policy !== undefined && !mayUpdate(mapping, field, policy.update)) return 'its configuration does not let this field be updated';
    return NOT_PROPOSED;
  }
}

/** Fields in which the source itself says something else than what counts. */
function keptApart({ mapping, migration }: Target, moved: Moved, client: number | null): RestItem[] {
  const { values, undecided } = moved.folded;
  const writable = new Set(mapping.lines.filter((line) => line.only !== 'pull').map((line) => line.field));
  const open = new Set(undecided);
  const fields = new Set<string>();
  for (const row of recordsIn(migration.from, moved)) {
    for (const [field, said] of Object.entries(valuesOfRow(row))) {
      const group = fieldSpec(mapping.entity, field)?.group ?? field;
      if (isEmpty(said) || said === 'withheld' || isOwn(mapping, field) || !writable.has(field) || open.has(group)) continue;
      if (!sameValue(values[field], said) && !holdsAllOf(values[field], said)) fields.add(field);
    }
  }
  return fields.size === 0 ? [] : [itemOf(migration.from, moved, client, 'kept', [...fields], ANOTHER_COUNTS)];
}

/** A list that holds all of another. */
function holdsAllOf(all: unknown, some: unknown): boolean {
  return Array.isArray(all) && Array.isArray(some) && some.every((one) => all.includes(one));
}

function itemOf(from: SystemSetup, moved: Moved, client: number | null, what: RestItem['what'], fields: readonly string[], why: string): RestItem {
  const [row] = recordsIn(from, moved);
  return { what, stream: row?.stream ?? '', key: row?.record_key ?? '', client, fields, why };
}
