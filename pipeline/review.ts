/** What a person decides, carried out: facts about identity, values, and the fate of lost writes. */

import type { Store } from '../canonical/open.ts';
import { accountsOf } from '../canonical/stores/ledger.ts';
import { linksOfRecords, saveOverride } from '../canonical/stores/links.ts';
import { operationById, patchOperation } from '../canonical/stores/operations.ts';
import { forgetPushes, forgetPushLog } from '../canonical/stores/pushes.ts';
import { closeReview, type ReviewRow, reviewById } from '../canonical/stores/reviews.ts';
import { ConfigError } from '../core/errors.ts';
import { fieldSpec } from '../core/model.ts';
import { touch, whileNoRun } from './decision.ts';
import { finishAdjustment } from './deliver/settle-adjustment.ts';
import type { Engine } from './engine.ts';
import { loadKnown, sourcesFor } from './fold/voices.ts';
import { viewOfRow } from './land/rows.ts';
import { sideOf } from './land/view.ts';
import { openingField } from './ledger/openings.ts';
import { sayOfPair } from './part-and-join.ts';
import type { RunSetup } from './setup.ts';

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  match: ['same', 'different', 'skip'],
  duplicate: ['same', 'different', 'skip'],
  'lost-write': ['applied', 'not-applied'],
  'ignored-field': ['retry', 'leave'],
  'push-loop': ['retry', 'leave'],
};

/** Answers that a review takes; for a value, the names of the systems. */
export function answersOf(setup: RunSetup, review: ReviewRow): readonly string[] {
  if (review.kind === 'opening') {
    const { systems } = JSON.parse(review.question) as { systems?: readonly string[] };
    return [...(systems ?? []), 'sum', 'max'];
  }
  return review.kind === 'value' ? setup.systems.map((system) => system.name) : (ANSWERS[review.kind] ?? []);
}

/** Kinds whose answers have gone into what cannot be taken back. */
const ONCE: readonly string[] = ['lost-write'];

/**
 * Carries a decision out; its effect on clients and systems comes with the next run. A review that was decided is decided anew.
 * Throws `ConfigError` for an answer that the review does not take.
 */
export async function decideReview(store: Store, setup: RunSetup, id: number, answer: string, by: string, note: string | null = null): Promise<void> {
  const review = await reviewById(store.db, id);
  if (review === undefined) throw new ConfigError('NOT_FOUND', `there is no review ${id}`);
  if (review.state === 'moot')
    throw new ConfigError('CONFIG_USAGE', `review ${id} asks nothing any more: what it asked about fell away`, {
      hint: 'Clients are split and joined with `sverka client split` and `sverka client join`.',
    });
  if (review.state === 'decided' && ONCE.includes(review.kind))
    throw new ConfigError('CONFIG_USAGE', `review ${id} is decided already, and a ${review.kind} is settled once`);
  const answers = answersOf(setup, review);
  if (!answers.includes(answer)) throw new ConfigError('CONFIG_USAGE', `review ${id} takes one of: ${answers.join(', ')}`);
  await whileNoRun(store, setup, review.run_id, async (engine) => {
    await carryOut(engine, review, answer, by, note);
    await closeReview(store.db, id, answer, by, setup.clock.now());
  });
}

async function carryOut(engine: Engine, review: ReviewRow, answer: string, by: string, note: string | null): Promise<void> {
  switch (review.kind) {
    case 'match':
    case 'duplicate':
      await decidePair(engine, review, answer, by, note);
      return;
    case 'lost-write':
      await settleLost(engine, review, answer === 'applied');
      return;
    case 'ignored-field':
      if (answer === 'retry') await retryField(engine, review);
      return;
    case 'push-loop':
      if (answer === 'retry') await forgetLoop(engine, review);
      return;
    case 'opening':
      await chooseOpening(engine, review, answer, by);
      return;
    case 'value':
      await layDown(engine, review, answer, by);
  }
}

async function decidePair(engine: Engine, review: ReviewRow, answer: string, by: string, note: string | null): Promise<void> {
  if (review.record_a === null || review.record_b === null) return;
  const verdict = answer === 'same' || answer === 'different' ? answer : null;
  if (verdict === null && review.state === 'open') return;
  await sayOfPair(engine, review.record_a, review.record_b, verdict, by, note);
}

async function settleLost(engine: Engine, review: ReviewRow, arrived: boolean): Promise<void> {
  const question = JSON.parse(review.question) as { operation?: number };
  const row = question.operation === undefined ? undefined : await operationById(engine.store.db, question.operation);
  if (row === undefined) return;
  const account = row.record_id === null ? undefined : (await accountsOf(engine.store.db, [row.record_id])).get(row.record_id);
  if (row.action === 'adjust' && account !== undefined) {
    await finishAdjustment(engine, row, account, arrived);
    return;
  }
  await patchOperation(engine.store.db, row.id, {
    // A load is asked for anew by a person, never sent again.
    state: arrived ? 'applied' : row.action === 'load' ? 'withdrawn' : 'ready',
    needs_person: 0,
    why: `decided by a person: ${arrived ? 'arrived' : 'did not arrive'}`,
    changed_at: engine.setup.clock.now(),
  });
}

async function retryField(engine: Engine, review: ReviewRow): Promise<void> {
  const { field } = JSON.parse(review.question) as { field?: string };
  if (review.record_a === null || field === undefined) return;
  await forgetPushes(engine.store.db, review.record_a, field);
  await touch(engine, [review.record_a]);
}

/** The pushes so far count no more: the field is pushed again. */
async function forgetLoop(engine: Engine, review: ReviewRow): Promise<void> {
  const { fields } = JSON.parse(review.question) as { fields?: readonly string[] };
  if (review.record_a === null) return;
  for (const field of fields ?? []) await forgetPushLog(engine.store.db, review.record_a, field);
  await touch(engine, [review.record_a]);
}

async function chooseOpening(engine: Engine, review: ReviewRow, answer: string, by: string): Promise<void> {
  const { client, programme } = JSON.parse(review.question) as { client?: number; programme?: number };
  if (client === undefined || programme === undefined) return;
  await saveOverride(engine.store.db, {
    entity: 'account',
    entity_id: client,
    field: openingField(programme),
    value: JSON.stringify(answer),
    decided_by: by,
    decided_at: engine.setup.clock.now(),
  });
  if (review.record_a !== null) await touch(engine, [review.record_a]);
}

/** What one system says becomes the value, whatever the policy. */
async function layDown(engine: Engine, review: ReviewRow, systemName: string, by: string): Promise<void> {
  const { field: unit } = JSON.parse(review.question) as { field?: string };
  const { entity, entity_id: entityId } = review;
  if (unit === undefined || entityId === null || (entity !== 'client' && entity !== 'card')) return;
  const known = (await loadKnown(engine.store.db, engine.setup, entity, [entityId])).get(entityId);
  const system = engine.setup.systems.find((one) => one.name === systemName);
  const row = known?.rows.find((one) => one.system_id === system?.id);
  if (known === undefined || system === undefined || row === undefined) throw new ConfigError('CONFIG_USAGE', `${systemName} says nothing of this field`);
  const view = viewOfRow(row, known.pushes.get(row.id), sourcesFor(system, row.stream));
  for (const field of Object.keys(view.values)) {
    const spec = fieldSpec(entity, field);
    const said = sideOf(view, field)?.said;
    if (said === undefined || (spec?.group ?? field) !== unit) continue;
    await saveOverride(engine.store.db, {
      entity,
      entity_id: entityId,
      field,
      value: JSON.stringify(said),
      decided_by: by,
      decided_at: engine.setup.clock.now(),
    });
  }
  await touch(engine, [...(await linksOfRecords(engine.store.db, [row.id])).keys()]);
}
