/**
 * Plans a one-off move: for everything that the source holds and the target lacks or has otherwise, a create or an update is
 * proposed there, whatever the target's `create` says for daily runs. Clients, then their cards, then their opening balances.
 * Drafts, their merging with what is open, and delivery are those of every plan.
 */
import { OPEN_STATES, type OperationRow, operationsInState, UNDER_WAY } from '../../canonical/stores/operations.ts';
import { type Engine, mappingOf } from '../engine.ts';
import type { Draft } from '../plan/draft.ts';
import { CHUNK, planSome } from '../plan/plan.ts';
import { planBalances } from '../plan/plan-balances.ts';
import { planEntities } from '../plan/plan-entities.ts';
import type { FoldCache, PlanTarget } from '../plan/target.ts';
import type { MigrationPreview, MigrationScope } from '../report.ts';
import type { SystemSetup } from '../setup.ts';
import { ownerlessIn } from './ownerless.ts';
import { PreviewCounts } from './preview.ts';
import { isSourceFirst, type Migration, type Moved, migrationOf, type Portion, portionOf, portionsOf, streamsOf } from './source.ts';

/** Proposes the operations of a migration; answers what was found to move, and what the target cannot take. */
export async function planMigration(engine: Engine, scope: MigrationScope, whole: (system: SystemSetup, stream: string) => boolean): Promise<MigrationPreview> {
  const migration = migrationOf(engine, scope);
  const targets = targetsOf(engine, migration, whole, isSourceFirst(migration) ? scope.from : null);
  const counts = new PreviewCounts(migration);
  const planned: Record<string, number> = {};
  const began = engine.setup.clock.now();
  let room = migration.limit ?? Number.POSITIVE_INFINITY;
  for await (const portion of portionsOf(engine, migration)) {
    const { chosen, wanting } = room === Number.POSITIVE_INFINITY ? { chosen: portion, wanting: 0 } : await choose(engine, migration, targets, portion, room);
    counts.add(chosen);
    for (const target of targets) await planSome(target, kindOf(target), idsFor(target, chosen), 'plan', planned);
    engine.setup.progress.step('plan migration', counts.preview().source.clients, null);
    room -= wanting;
    if (room <= 0) break;
  }
  for await (const one of ownerlessIn(engine, migration)) counts.addOwnerless(one);
  engine.setup.log.info('migration planned', { from: scope.from, to: scope.to, ms: engine.setup.clock.now() - began, ...planned });
  return counts.preview();
}

/** Plans anew, before an `apply`, for whom a migration has proposed something: what is not wanted any more is not sent. */
export async function replanMigration(engine: Engine, scope: MigrationScope, whole: (system: SystemSetup, stream: string) => boolean): Promise<void> {
  const migration = migrationOf(engine, scope);
  for (const target of targetsOf(engine, migration, whole)) {
    const open = await operationsInState(engine.store.db, OPEN_STATES, { system_id: migration.to.id, stream: target.stream });
    const ids = open.filter((row) => row.moved_from === migration.from.id).map((row) => row.entity_id);
    await planSome(target, kindOf(target), [...new Set(ids)], 'plan', {});
  }
}

/** The target's streams that can take something, owners before what hangs on them. */
function targetsOf(engine: Engine, { from, to }: Migration, whole: (system: SystemSetup, stream: string) => boolean, valuesOf?: string | null): PlanTarget[] {
  const cache: FoldCache = new Map();
  return (['client', 'card', 'account'] as const).flatMap((kind) =>
    streamsOf(to, kind).flatMap((stream): PlanTarget[] => {
      const policy = to.policies.get(stream);
      const port = to.streams.get(stream);
      if (policy === undefined || policy.push === 'off' || port?.push === undefined) return [];
      return [
        {
          engine,
          system: to,
          stream,
          port,
          mapping: mappingOf(to, stream),
          policy,
          whole: whole(to, stream),
          cache,
          movedFrom: from.id,
          ...(valuesOf !== undefined && { valuesOf }),
        },
      ];
    }),
  );
}

const kindOf = ({ mapping }: PlanTarget): 'client' | 'card' => (mapping.entity === 'card' ? 'card' : 'client');

const idsFor = (target: PlanTarget, { clients, cards }: Portion): number[] => (target.mapping.entity === 'card' ? cards : clients).map(({ one }) => one.id);

/** The first clients of a portion up to that at which the limit is reached. Only those count for whom something is to be done. */
async function choose(
  engine: Engine,
  migration: Migration,
  targets: readonly PlanTarget[],
  portion: Portion,
  room: number,
): Promise<{ chosen: Portion; wanting: number }> {
  const wanting = await clientsWanting(targets, portion);
  const chosen: Moved[] = [];
  let count = 0;
  for (const client of portion.clients) {
    if (count >= room) break;
    chosen.push(client);
    if (wanting.has(client.one.id)) count += 1;
  }
  return { chosen: chosen.length === portion.clients.length ? portion : await portionOf(engine, migration, chosen), wanting: count };
}

/** Clients for whom, or for whose cards or accounts, there is something that can be done; nothing is written down. */
async function clientsWanting(targets: readonly PlanTarget[], portion: Portion): Promise<Set<number>> {
  const wanting = new Set<number>();
  for (const target of targets) {
    const ids = idsFor(target, portion);
    for (let at = 0; at < ids.length; at += CHUNK) {
      const some = ids.slice(at, at + CHUNK);
      const { drafts, open } = target.mapping.entity === 'account' ? await planBalances(target, some) : await planEntities(target, kindOf(target), some);
      for (const draft of drafts) {
        if (draft.state !== 'ready' || isStuck(draft, open)) continue;
        const client = target.mapping.entity === 'card' ? portion.owners.get(draft.entityId) : draft.entityId;
        if (client !== undefined) wanting.add(client);
      }
    }
  }
  return wanting;
}

/** Under way or refused: it takes no room from others. */
function isStuck(draft: Draft, open: readonly OperationRow[]): boolean {
  return open.some(
    (row) =>
      row.entity_id === draft.entityId && row.action === draft.action && row.record_id === draft.recordId && [...UNDER_WAY, 'rejected'].includes(row.state),
  );
}
