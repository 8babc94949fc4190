/** What is proposed or held now: counts by system, stream, action and field, and examples. */
import type { Db } from '../../canonical/db.ts';
import { listOperations } from '../../canonical/stores/console.ts';
import type { OperationRow, OperationState } from '../../canonical/stores/operations.ts';
import { loadRecords } from '../../canonical/stores/records.ts';
import { systemNames } from '../../canonical/stores/systems.ts';
import { OWNER_TO_COME } from '../../pipeline/plan/owner-change.ts';
import type { MigrationScope } from '../../pipeline/report.ts';
import { migrationsOf } from './migration.ts';
import { shownValue } from './values.ts';

export interface PlanItem {
  readonly id: number;
  readonly system: string;
  readonly stream: string;
  readonly action: string;
  readonly state: string;
  readonly entity: string;
  /** The vendor's key; null for a create. */
  readonly key: string | null;
  /** By canonical field; values are masked unless asked for otherwise. */
  readonly changes: readonly { readonly field: string; readonly before: string; readonly after: string }[];
  readonly why: string | null;
  /** For what is to be sent later or was refused: how often it was sent, and when it may be again (UTC ms). */
  readonly attempts: number;
  readonly again: number | null;
}

export interface PlanCount {
  readonly system: string;
  readonly stream: string;
  readonly action: string;
  readonly state: string;
  readonly count: number;
  readonly fields: Readonly<Record<string, number>>;
}

export interface PlanList {
  readonly counts: readonly PlanCount[];
  /** Differences that the systems cannot take: nothing waits for them. */
  readonly unsupported: readonly PlanCount[];
  /** The migrations that some of them belong to. */
  readonly migrations: readonly MigrationScope[];
  readonly examples: readonly PlanItem[];
}

export interface PlanQuery {
  readonly systems: readonly string[];
  readonly streams: readonly string[];
  readonly limit: number;
  readonly personal: boolean;
  readonly states?: readonly OperationState[];
  readonly ids?: readonly number[];
  /** Only what a migration proposed out of this system. */
  readonly movedFrom?: string;
  /** Only what came of this activation of mappings. */
  readonly activation?: number;
  /** Also what was approved before and is not over: a run that was stopped left it. */
  readonly left?: boolean;
}

const LEFT: readonly OperationState[] = ['ready', 'retry', 'sending', 'unknown', 'accepted'];

const MOST = 100_000;

export async function planList(db: Db, query: PlanQuery): Promise<PlanList> {
  const names = await systemNames(db);
  const wanted = async (states: readonly OperationState[]): Promise<OperationRow[]> =>
    (await listOperations(db, states, {}, MOST)).filter((row) => isWanted(row, names, query));
  const asked = await wanted(query.states ?? ['proposed', 'held', 'rejected', 'unknown', 'ready', 'retry', 'accepted']);
  const left = query.left === true ? (await wanted(LEFT)).filter((row) => row.approved_by !== null && row.needs_person === 0) : [];
  const rows = [...asked, ...left];
  const shown = rows.slice(0, query.limit);
  const records = new Map(
    (
      await loadRecords(
        db,
        shown.flatMap((row) => (row.record_id === null ? [] : [row.record_id])),
      )
    ).map((row) => [row.id, row.record_key]),
  );
  return {
    counts: countsOf(rows, names),
    unsupported: query.states === undefined ? countsOf(await wanted(['unsupported']), names) : [],
    migrations: await migrationsOf(db, rows),
    examples: shown.map((row) => ({
      id: row.id,
      system: names.get(row.system_id) ?? `#${row.system_id}`,
      stream: row.stream,
      action: row.action,
      state: row.state,
      entity: row.action === 'load' ? `all ${row.stream}` : `${row.entity} ${row.entity_id}`,
      key: row.record_id === null ? null : (records.get(row.record_id) ?? null),
      changes: changesOf(row, query.personal),
      why: row.why,
      attempts: row.attempts,
      again: row.not_before,
    })),
  };
}

function isWanted(row: OperationRow, names: ReadonlyMap<number, string>, query: PlanQuery): boolean {
  if (query.ids !== undefined && !query.ids.includes(row.id)) return false;
  if (query.movedFrom !== undefined && names.get(row.moved_from ?? 0) !== query.movedFrom) return false;
  if (query.activation !== undefined && row.activation !== query.activation) return false;
  if (query.systems.length > 0 && !query.systems.includes(names.get(row.system_id) ?? '')) return false;
  return query.streams.length === 0 || query.streams.includes(row.stream);
}

function countsOf(rows: readonly OperationRow[], names: ReadonlyMap<number, string>): PlanCount[] {
  const counts = new Map<string, { system: string; stream: string; action: string; state: string; count: number; fields: Record<string, number> }>();
  for (const row of rows) {
    const system = names.get(row.system_id) ?? `#${row.system_id}`;
    const key = [system, row.stream, row.action, row.state].join('\u0000');
    let one = counts.get(key);
    if (one === undefined) {
      one = { system, stream: row.stream, action: row.action, state: row.state, count: 0, fields: {} };
      counts.set(key, one);
    }
    one.count += 1;
    for (const field of Object.keys(parsed(row.changes))) one.fields[field] = (one.fields[field] ?? 0) + 1;
  }
  return [...counts.values()];
}

type Changes = Readonly<Record<string, { readonly before?: unknown; readonly after?: unknown }>>;

function parsed(changes: string): Changes {
  return JSON.parse(changes) as Changes;
}

function changesOf(row: OperationRow, personal: boolean): PlanItem['changes'] {
  const kind = row.entity === 'client' || row.entity === 'card' || row.entity === 'cardType' ? row.entity : 'account';
  return Object.entries(parsed(row.changes)).map(([field, change]) => ({
    field,
    before: shownValue(kind, field, change.before, personal),
    after: field === 'owner' && change.after === OWNER_TO_COME ? '(the client who is created there)' : shownValue(kind, field, change.after, personal),
  }));
}
