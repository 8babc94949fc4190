/** How a migration stands: totals on both sides, and each thing that is not in the target as the source has it, with the reason. */
import { programmeNames } from '../../canonical/stores/ledger.ts';
import { quarantineInState } from '../../canonical/stores/quarantine.ts';
import { toldConditions } from '../plan/filter.ts';
import type { LossCount, MigrationScope } from '../report.ts';
import { Losses } from './losses.ts';
import { ownerlessIn } from './ownerless.ts';
import { MOST_ITEMS, Rest, type RestGroup, type RestItem } from './rest.ts';
import { restOfBalances } from './rest-of-balances.ts';
import { type RestOfKind, restOfEntities } from './rest-of-entities.ts';
import { type Migration, type Moved, migrationOf, type Portion, portionsOf, type Scope, streamsOf } from './source.ts';

export interface SideBySide {
  /** `clients`, `cards`, or `points` with the programme. */
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** Of those of the source, how many the target has just so. */
  readonly alike: number;
}

export interface MigrationSummary extends MigrationScope {
  readonly totals: readonly SideBySide[];
  /** Nothing is missing there and nothing differs. */
  readonly complete: boolean;
  readonly groups: readonly RestGroup[];
  /** The first so many of them; `groups` counts all. */
  readonly items: readonly RestItem[];
  readonly losses: readonly LossCount[];
}

/** Compares what is stored of both systems; nothing is read from them and nothing is written. */
export async function migrationSummary(scope: Scope, request: MigrationScope): Promise<MigrationSummary> {
  const migration = migrationOf(scope, request);
  const rest = new Rest();
  const totals = new Totals();
  const losses = new Losses();
  for await (const portion of portionsOf(scope, migration)) {
    for (const [kind, entities] of [
      ['client', portion.clients],
      ['card', portion.cards],
    ] as const) {
      const one = await restOfEntities(scope, migration, kind, entities, portion);
      totals.addEntities(kind, one, entities.length);
      rest.add(one.items);
      addLosses(losses, migration, kind, entities);
    }
    await addBalances(scope, migration, portion, totals, rest);
  }
  for await (const { item } of ownerlessIn(scope, migration)) rest.add([item]);
  rest.add(await setAside(scope, migration));
  return {
    from: request.from,
    to: request.to,
    ...(request.where === undefined ? {} : { where: toldConditions(request.where) }),
    ...(request.limit === undefined ? {} : { limit: request.limit }),
    values: request.values ?? 'source',
    totals: totals.list(),
    complete: rest.isEmpty(),
    groups: rest.groups(),
    items: rest.items,
    losses: losses.list(),
  };
}

function addLosses(losses: Losses, { from, to }: Migration, kind: 'client' | 'card', entities: readonly Moved[]): void {
  for (const stream of streamsOf(to, kind)) {
    const mapping = to.mappings.get(stream);
    if (mapping !== undefined) for (const one of entities) losses.add(from, stream, mapping, one);
  }
}

async function addBalances(scope: Scope, migration: Migration, portion: Portion, totals: Totals, rest: Rest): Promise<void> {
  const names = await programmeNames(scope.store.db);
  for (const { programmeId, from, to, item } of await restOfBalances(scope, migration, portion)) {
    totals.addPoints(names.get(programmeId) ?? String(programmeId), from, to);
    if (item !== null) rest.add([item]);
  }
}

/** Records of the source that cannot be read; whoever is filtered out may be among them, since nobody can tell. */
async function setAside({ store }: Scope, { from }: Migration): Promise<RestItem[]> {
  const streams = (['client', 'card', 'account'] as const).flatMap((kind) => streamsOf(from, kind));
  const rows = (await quarantineInState(store.db, 'open', MOST_ITEMS)).filter((row) => row.system_id === from.id && streams.includes(row.stream));
  return rows.map((row) => ({
    what: 'set aside',
    stream: row.stream,
    key: row.record_key,
    client: null,
    fields: row.field === '' ? [] : [row.field],
    why: `${row.code}: it cannot be read there (sverka quarantine list)`,
  }));
}

class Totals {
  private readonly counts = { client: { from: 0, to: 0, alike: 0 }, card: { from: 0, to: 0, alike: 0 } };
  private readonly points = new Map<string, { from: number; to: number; alike: number }>();

  addEntities(kind: 'client' | 'card', one: RestOfKind, entities: number): void {
    const count = this.counts[kind];
    count.from += entities;
    count.to += one.there;
    count.alike += one.alike;
  }

  addPoints(programme: string, from: number, to: number): void {
    const sum = this.points.get(programme) ?? { from: 0, to: 0, alike: 0 };
    this.points.set(programme, { from: sum.from + from, to: sum.to + to, alike: sum.alike + (from === to ? from : 0) });
  }

  list(): SideBySide[] {
    const points = [...this.points].map(([programme, sum]) => ({ what: `points ${programme}`, ...sum }));
    return [{ what: 'clients', ...this.counts.client }, { what: 'cards', ...this.counts.card }, ...points];
  }
}
