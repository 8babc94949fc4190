/** Plans what must change in each system: for the entities touched since it was last planned, and those whose operations are held. */

import { type FoldedKind, isFolded, lastTouched, touchedSince } from '../../canonical/stores/entities.ts';
import { operationsInState } from '../../canonical/stores/operations.ts';
import { countPresent } from '../../canonical/stores/presence.ts';
import { cursorOf, saveCursor } from '../../canonical/stores/progress.ts';
import { digest } from '../../core/hash.ts';
import { stableJson } from '../../core/values.ts';
import { type Engine, effect, goOn, mappingOf } from '../engine.ts';
import type { SystemSetup } from '../setup.ts';
import { Coming } from './coming.ts';
import { planDeletes } from './deletes.ts';
import { askDrafts, type Draft, mergeDrafts, writeMerge } from './draft.ts';
import { applyGuards } from './guards.ts';
import { markDrafts } from './marks.ts';
import { planBalances } from './plan-balances.ts';
import { planEntities } from './plan-entities.ts';
import type { FoldCache, PlanTarget } from './target.ts';

export const CHUNK = 500;
/** Owners before what hangs on them. */
export const ORDER = ['cardType', 'client', 'card', 'account'] as const;

export interface PlanOptions {
  /** `proposed` whatever the policy says: the run is only a plan. */
  readonly onlyPropose: boolean;
  /** Systems to plan for. */
  readonly systems: ReadonlySet<string>;
  readonly streams: ReadonlySet<string> | null;
  /** Only entities that were touched: what would be done under another mapping for all others is left out. */
  readonly touchedOnly?: boolean;
  /** Whether a stream was seen whole and read without failure in this run. */
  whole(system: SystemSetup, stream: string): boolean;
}

/** Plans every system that may be written to. */
export async function plan(engine: Engine, options: PlanOptions): Promise<void> {
  const cache: FoldCache = new Map();
  const coming = new Coming();
  for (const kind of ORDER) {
    for (const system of engine.setup.systems) {
      if (!options.systems.has(system.name)) continue;
      for (const [stream, mapping] of system.mappings) {
        if (mapping.entity !== kind || (options.streams !== null && !options.streams.has(stream))) continue;
        const target = targetOf(engine, system, stream, options, cache);
        if (target !== null) await planStream({ ...target, coming }, options);
      }
    }
  }
  // What an activation proposes waits for a person anyway, and what was ready before is none of its business.
  if (engine.activation !== undefined) return;
  for (const system of engine.setup.systems) if (options.systems.has(system.name)) await applyGuards(engine, system, countPresent);
}

/** A stream to be planned; null: it is not written to. */
export function targetOf(engine: Engine, system: SystemSetup, stream: string, options: Pick<PlanOptions, 'whole'>, cache: FoldCache): PlanTarget | null {
  const policy = system.policies.get(stream);
  const port = system.streams.get(stream);
  if (policy === undefined || policy.push === 'off' || port?.push === undefined) return null;
  return { engine, system, stream, port, mapping: mappingOf(system, stream), policy, whole: options.whole(system, stream), cache };
}

/** Digest of all that decides what is planned in a stream, but for the records themselves. */
export function basisOf({ engine, system, mapping, policy, port }: PlanTarget): string {
  const { policies } = engine.setup;
  return digest(stableJson([mapping.version, { ...policy }, port.capabilities, system.creates, { ...policies, fields: [...policies.fields] }]));
}

/** How far a stream can have been planned: all that was landed is resolved by now, and what is touched later has a higher position. */
async function upToOf({ engine }: PlanTarget, kind: FoldedKind): Promise<number> {
  return Math.max((await cursorOf(engine.store.db, 'resolve')).seq, await lastTouched(engine.store.db, kind));
}

/** Notes that a stream has been planned to the end. */
export async function saveProgress(target: PlanTarget, kind: FoldedKind, upTo?: number): Promise<void> {
  const { engine, system, stream, policy, port, whole } = target;
  // Without a whole snapshot creates were only held: they are looked at again next time.
  const creates = policy.create !== 'none' && port.capabilities.create;
  if (!whole && creates && system.creates !== 'blind') return;
  const seq = upTo ?? (await upToOf(target, kind));
  await effect(engine, (trx) => saveCursor(trx, `plan:${system.name}:${stream}`, { seq, basis: basisOf(target) }));
}

/** Plans the entities of a stream that were touched since it was last planned, those that are held, and what hangs on those to be created. */
export async function planStream(target: PlanTarget, options: PlanOptions): Promise<void> {
  const { engine, system, stream, mapping, policy, whole } = target;
  const kind: FoldedKind = isFolded(mapping.entity) ? mapping.entity : 'client';
  const name = `plan:${system.name}:${stream}`;
  const basis = basisOf(target);
  const upTo = await upToOf(target, kind);
  const before = await cursorOf(engine.store.db, name);
  let seq = before.basis === basis || options.touchedOnly === true ? before.seq : 0;
  const mode = options.onlyPropose || policy.push !== 'auto' ? 'plan' : 'auto';
  const began = engine.setup.clock.now();
  const planned: Record<string, number> = {};
  // What is held for reasons of its own stays so through an activation, unless its entity is touched.
  const held = engine.activation === undefined ? await operationsInState(engine.store.db, ['held'], { system_id: system.id, stream }) : [];
  // From the beginning everything is looked at anyway.
  const following = seq === 0 ? [] : ((await target.coming?.following(engine.store.db, system.id, mapping.entity)) ?? []);
  const waiting = new Set([...held.map((row) => row.entity_id), ...following]);
  for (;;) {
    goOn(engine);
    const touched = await touchedSince(engine.store.db, kind, seq, CHUNK, upTo);
    const last = touched.at(-1);
    if (last === undefined) break;
    const ids = touched.map((row) => row.id);
    for (const id of ids) waiting.delete(id);
    const full = touched.length === CHUNK;
    // Entities touched together share one position: the next page begins after it, so the page must hold them all.
    if (full) ids.push(...(await touchedSince(engine.store.db, kind, last.touched_seq - 1, 1_000_000, last.touched_seq)).map((row) => row.id));
    await planSome(target, kind, [...new Set(ids)], mode, planned);
    seq = last.touched_seq;
    if (!full) break;
  }
  if (waiting.size > 0) await planSome(target, kind, [...waiting], mode, planned);
  engine.setup.log.info('planned', { system: system.name, stream, whole, ms: engine.setup.clock.now() - began, ...planned });
  await saveProgress(target, kind, upTo);
}

/** Plans some entities; counts what was planned, by action and state, into `planned`. */
export async function planSome(
  target: PlanTarget,
  kind: FoldedKind,
  ids: readonly number[],
  mode: 'plan' | 'auto',
  planned: Record<string, number>,
): Promise<void> {
  for (let at = 0; at < ids.length; at += CHUNK) {
    const some = ids.slice(at, at + CHUNK);
    const { drafts, open } = target.mapping.entity === 'account' ? await planBalances(target, some) : await planEntities(target, kind, some);
    const all: Draft[] = target.mapping.entity === 'account' ? drafts : [...drafts, ...(await planDeletes(target, kind, some))];
    const merge = mergeDrafts(target.engine, target.system, target.stream, mode, markDrafts(target.engine, all, open), open, target.movedFrom);
    const questions = all.filter((draft) => draft.review !== undefined);
    if (merge.inserts.length === 0 && merge.updates.length === 0 && questions.length === 0) continue;
    for (const { action, state } of [...merge.inserts, ...merge.updates]) planned[`${action}.${state}`] = (planned[`${action}.${state}`] ?? 0) + 1;
    await target.engine.numbers.reserve('operations', merge.inserts.length);
    await target.engine.numbers.reserve('reviews', questions.length);
    await effect(target.engine, async (trx) => {
      await writeMerge(trx, target.engine, merge);
      await askDrafts(trx, target.engine, questions);
    });
    target.coming?.note(open, merge);
  }
}
