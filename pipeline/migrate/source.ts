/** Who is moved: the clients of whom the source holds a live record, as the migration chooses them, with their cards and accounts. */
import { cardsOfClients, type FoldedKind } from '../../canonical/stores/entities.ts';
import { entitiesHeldBy } from '../../canonical/stores/links.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import { ConfigError } from '../../core/errors.ts';
import type { EntityKind } from '../../core/model.ts';
import type { Engine } from '../engine.ts';
import { fold } from '../fold/fold.ts';
import type { Folded } from '../fold/folded.ts';
import { foldMoved } from '../fold/moved.ts';
import { type Known, loadKnown } from '../fold/voices.ts';
import { accountsOfClients, type ClientAccount } from '../ledger/accounts.ts';
import { holdsAll } from '../plan/filter.ts';
import { CHUNK } from '../plan/plan.ts';
import type { MigrationScope } from '../report.ts';
import type { SystemSetup } from '../setup.ts';

export type Scope = Pick<Engine, 'store' | 'setup'>;

/** A migration with its two systems. */
export interface Migration extends Omit<MigrationScope, 'from' | 'to'> {
  readonly from: SystemSetup;
  readonly to: SystemSetup;
}

/** An entity that is moved, with all that is known of it. */
export interface Moved {
  readonly one: Known;
  readonly canonical: Folded;
  /** As the migration wants it. */
  readonly folded: Folded;
}

/** One portion of what is moved. */
export interface Portion {
  readonly clients: readonly Moved[];
  readonly cards: readonly Moved[];
  /** Number of each card's client. */
  readonly owners: ReadonlyMap<number, number>;
  /** What the clients hold in the source, in any programme. */
  readonly accounts: readonly ClientAccount[];
}

/** Throws `ConfigError` where a system is not configured. */
export function migrationOf({ setup }: Scope, scope: MigrationScope): Migration {
  const find = (name: string): SystemSetup => {
    const system = setup.systems.find((one) => one.name === name);
    if (system === undefined) throw new ConfigError('CONFIG_USAGE', `there is no system "${name}" in the configuration`);
    return system;
  };
  return { ...scope, from: find(scope.from), to: find(scope.to) };
}

/** Whether the source's values count against those of the target itself. */
export const isSourceFirst = ({ values }: Pick<MigrationScope, 'values'>): boolean => values !== 'policies';

/** Streams of a system that speak of one kind of entity. */
export function streamsOf(system: SystemSetup, kind: EntityKind): string[] {
  return [...system.mappings].filter(([, mapping]) => mapping.entity === kind).map(([stream]) => stream);
}

/** An entity's records in one system that are there, as far as is known. */
export function recordsIn(system: SystemSetup, { one }: Moved): RecordRow[] {
  return one.rows.filter((row) => row.system_id === system.id && row.state !== 'deleted' && row.state !== 'missing');
}

/** Portions of what is moved, in the order of the clients' numbers. */
export async function* portionsOf(scope: Scope, migration: Migration): AsyncGenerator<Portion> {
  const streams = streamsOf(migration.from, 'client');
  for (let after = 0; ; ) {
    scope.setup.signal.throwIfAborted();
    const ids = await entitiesHeldBy(scope.store.db, 'client', migration.from.id, streams, after, CHUNK);
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
    const clients = (await load(scope, migration, 'client', ids)).filter(({ canonical }) => holdsAll(migration.where ?? [], canonical.values));
    if (clients.length > 0) yield portionOf(scope, migration, clients);
    if (ids.length < CHUNK) return;
  }
}

/** The portion of the given clients, with those of their cards and accounts that the source holds. */
export async function portionOf(scope: Scope, migration: Migration, clients: readonly Moved[]): Promise<Portion> {
  const ids = clients.map(({ one }) => one.id);
  const owners = new Map((await cardsOfClients(scope.store.db, ids)).map((card) => [card.id, card.client_id]));
  const cards = (await load(scope, migration, 'card', [...owners.keys()])).filter((card) => recordsIn(migration.from, card).length > 0);
  const accounts = (await accountsOfClients(scope, ids)).filter(({ name }) => name.system_id === migration.from.id);
  return { clients, cards, owners, accounts };
}

async function load({ store, setup }: Scope, migration: Migration, kind: FoldedKind, ids: readonly number[]): Promise<Moved[]> {
  const { from, to } = migration;
  const known = await loadKnown(store.db, setup, kind, ids);
  return ids.flatMap((id) => {
    const one = known.get(id);
    if (one === undefined) return [];
    const canonical = fold(kind, one.voices, one.overrides, setup.policies);
    return [{ one, canonical, folded: isSourceFirst(migration) ? foldMoved(kind, one, canonical, setup.policies, from.name, to.name) : canonical }];
  });
}
