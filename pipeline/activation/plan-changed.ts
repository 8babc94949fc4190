/**
 * Plans what another mapping changes: all entities in the streams that are mapped otherwise, and in the others those of which something
 * is otherwise. Streams that were not planned to the end before are planned as in any run.
 */
import { cardsOfClients, type FoldedKind, idsOfKind, isFolded, lastTouched } from '../../canonical/stores/entities.ts';
import { operationsByIds, operationsOfActivation } from '../../canonical/stores/operations.ts';
import { cursorOf } from '../../canonical/stores/work.ts';
import { type Engine, goOn } from '../engine.ts';
import { basisOf, CHUNK, ORDER, type PlanOptions, planSome, planStream, saveProgress, targetOf } from '../plan/plan.ts';
import type { FoldCache, PlanTarget } from '../plan/plan-entities.ts';
import type { Affected } from './affected.ts';

/** How far everything had been looked at before the work began, by kind of entity. */
export type Settled = Readonly<Record<FoldedKind, number>>;

export async function settledBefore(engine: Engine): Promise<Settled> {
  const { db } = engine.store;
  const { seq } = await cursorOf(db, 'resolve');
  const upTo = async (kind: FoldedKind): Promise<number> => Math.max(seq, await lastTouched(db, kind));
  return { client: await upTo('client'), card: await upTo('card'), cardType: await upTo('cardType') };
}

export interface PlanScope {
  readonly affected: Affected;
  readonly settled: Settled;
  /** Streams that are mapped otherwise, as `system stream`. */
  readonly remapped: ReadonlySet<string>;
  /** Balances may have changed, or questions of identity are open that were not: everything that was touched is planned. */
  readonly wide: boolean;
}

export async function planChanged(engine: Engine, options: PlanOptions, scope: PlanScope): Promise<void> {
  const cache: FoldCache = new Map();
  const created = new Set<number>();
  for (const entity of ORDER) {
    const kind: FoldedKind = isFolded(entity) ? entity : 'client';
    const narrow: { readonly target: PlanTarget; readonly ids: ReadonlySet<number> | null }[] = [];
    for (const system of engine.setup.systems) {
      for (const [stream, mapping] of system.mappings) {
        const target = mapping.entity === entity ? targetOf(engine, system, stream, options, cache) : null;
        if (target === null) continue;
        const at = `${system.id} ${stream}`;
        if (scope.remapped.has(at)) narrow.push({ target, ids: null });
        else if (scope.wide || scope.affected.streams.has(at) || !(await isSettled(target, scope.settled[kind]))) await planStream(target, options);
        else narrow.push({ target, ids: await concerned(engine, entity, scope.affected, created) });
      }
    }
    await planNarrow(engine, kind, narrow);
    for (const { target, ids } of narrow) if (ids === null) await saveProgress(target, kind);
    if (entity === 'client') for (const id of await creationsPlanned(engine)) created.add(id);
  }
}

async function isSettled(target: PlanTarget, upTo: number): Promise<boolean> {
  const { engine, system, stream } = target;
  const cursor = await cursorOf(engine.store.db, `plan:${system.name}:${stream}`);
  return cursor.basis === basisOf(target) && cursor.seq >= upTo;
}

/** Entities of which something is otherwise that a plan of this kind rests on. */
async function concerned(engine: Engine, entity: (typeof ORDER)[number], affected: Affected, created: ReadonlySet<number>): Promise<ReadonlySet<number>> {
  if (entity === 'client' || entity === 'cardType') return affected.entities[entity];
  const owners = [...new Set([...affected.relinked, ...created])];
  if (entity === 'account') return new Set(owners);
  return new Set([...affected.entities.card, ...(await cardsOfClients(engine.store.db, owners)).map(({ id }) => id)]);
}

/** Clients whose creation in some system was planned or taken back just now: what hangs on them follows. */
async function creationsPlanned(engine: Engine): Promise<number[]> {
  const { db } = engine.store;
  const rows = [...(await operationsOfActivation(db, engine.activation ?? 0, 'create')), ...(await operationsByIds(db, [...engine.outcomes]))];
  return rows.filter(({ entity, action }) => entity === 'client' && action === 'create').map((row) => row.entity_id);
}

/** The same entities for all streams together: each is loaded and folded once. */
async function planNarrow(
  engine: Engine,
  kind: FoldedKind,
  narrow: readonly { readonly target: PlanTarget; readonly ids: ReadonlySet<number> | null }[],
): Promise<void> {
  if (narrow.length === 0) return;
  const all = narrow.some(({ ids }) => ids === null)
    ? await idsOfKind(engine.store.db, kind)
    : [...new Set(narrow.flatMap(({ ids }) => [...(ids ?? [])]))].sort((a, b) => a - b);
  for (let at = 0; at < all.length; at += CHUNK) {
    goOn(engine);
    const some = all.slice(at, at + CHUNK);
    for (const { target, ids } of narrow) {
      const wanted = ids === null ? some : some.filter((id) => ids.has(id));
      if (wanted.length > 0) await planSome(target, kind, wanted, 'plan', {});
    }
    // The next ones are others.
    for (const { target } of narrow) target.cache.clear();
    engine.setup.progress.step(`plan ${kind}`, at + some.length, all.length);
  }
}
