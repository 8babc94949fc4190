/** New clients in batches (Lotinfo API, adding clients), and comments. There is no call to change anything else of a client, or to delete one. */
import type { Outcome, PushOperation, PushResult } from '../../core/contract.ts';
import { troubleOf } from '../../core/push.ts';
import { outcomeOf } from '../shared/call.ts';
import { isObject, text } from '../shared/records.ts';
import { type Answer, describeErrors, describeRemark, type Remark } from './answer.ts';
import { type Api, insertClients } from './api.ts';
import { pushComments } from './comments.ts';
import { gather } from './gather.ts';
import { insertRow, PLACE_FIELDS } from './row.ts';

const NONE: ReadonlySet<string> = new Set();
const UNKNOWN: Outcome = { kind: 'unknown', code: 'VENDOR_LOST_ANSWER' };
const MISPLACED: Outcome = { kind: 'retry', ms: 0, code: 'VENDOR_ANSWER' };

/** Sends what is ready, up to a batch at a time. */
export async function* pushClients(api: Api, operations: AsyncIterable<PushOperation>, signal: AbortSignal): AsyncGenerator<PushResult, void, undefined> {
  const { batchSize, gatherMs } = api.settings;
  const left: PushOperation[] = [];
  let ended: Outcome | null = null;
  for await (const group of gather(operations, batchSize, gatherMs, api.ctx.clock, left)) {
    const creates = group.filter(({ action }) => action === 'create');
    for (const operation of group.filter(({ action }) => action !== 'create')) {
      const outcome: Outcome = ended ?? (await change(api, operation, signal));
      if (troubleOf(outcome) !== null) ended ??= untried(outcome);
      yield { operationId: operation.id, outcome };
    }
    if (ended !== null) left.push(...creates);
    else if (creates.length > 0) {
      for await (const result of sendBatch(api, creates, signal)) {
        ended ??= untried(result.outcome);
        yield result;
      }
    }
    if (ended !== null || signal.aborted) break;
  }
  if (ended !== null) for (const { id } of left) yield { operationId: id, outcome: ended };
}

/** Busy, refusing us, out of reach or stopped: the outcome of what was not tried after it, which is certainly not done; null: more may be sent. */
function untried(outcome: Outcome): Outcome | null {
  const trouble = troubleOf(outcome);
  if (trouble !== null) return { kind: 'unsent', trouble };
  return outcome.kind === 'retry' ? outcome : null;
}

async function change(api: Api, operation: PushOperation, signal: AbortSignal): Promise<Outcome> {
  const { action, key, fields } = operation;
  const only = Object.keys(fields).every((name) => name === 'comments') && fields['comments'] !== undefined;
  if (action !== 'update' || key === undefined || !only || !api.settings.comments) {
    return { kind: 'rejected', code: 'UNSUPPORTED', reason: `Lotinfo has no call to ${action} a client` };
  }
  try {
    return await pushComments(api, operation, key, signal);
  } catch (error) {
    return outcomeOf(error);
  }
}

/**
 * One insert. When rows are refused by their index the others are sent again without them; when none is named, the batch is
 * halved until the bad row stands alone. Both only because a refusal stores nothing; a lost answer is never repeated.
 */
async function* sendBatch(
  api: Api,
  batch: readonly PushOperation[],
  signal: AbortSignal,
  placeless: ReadonlySet<string> = NONE,
): AsyncGenerator<PushResult, void, undefined> {
  let answer: Answer;
  try {
    const data = batch.map((operation) => insertRow(operation, api.settings, !placeless.has(operation.id)));
    answer = await insertClients(api, data, signal);
  } catch (error) {
    const outcome = outcomeOf(error);
    yield* batch.map(({ id }) => ({ operationId: id, outcome }));
    return;
  }
  if ('result' in answer) yield* applied(api, batch, answer, placeless);
  else yield* refused(api, batch, answer, signal, placeless);
}

function* applied(
  api: Api,
  batch: readonly PushOperation[],
  answer: Extract<Answer, { result: unknown }>,
  placeless: ReadonlySet<string>,
): Generator<PushResult> {
  const { result, notices } = answer;
  // Only their order ties ids to clients: one too few, and none is certain.
  const rows = Array.isArray(result) && result.length === batch.length ? result : null;
  if (rows === null) {
    api.ctx.log.warn('the answer names another number of clients than were sent', {
      system: api.ctx.system,
      sent: batch.length,
    });
  }
  for (const [index, { id }] of batch.entries()) {
    const row = rows?.[index];
    const key = isObject(row) ? text(row.id) : '';
    const own = notices.filter((notice) => notice.index === index || (notice.index === null && batch.length === 1));
    yield { operationId: id, outcome: key === '' ? UNKNOWN : { kind: 'applied', key, ...noticesOf(own, placeless.has(id)) } };
  }
  const loose = notices.filter(({ index }) => (index === null ? batch.length > 1 : index >= batch.length));
  for (const { code, field } of loose) api.ctx.log.warn('a notice that names no client', { system: api.ctx.system, code, field });
}

function noticesOf(notices: readonly Remark[], placeless: boolean): { notices?: readonly string[] } {
  const left = placeless ? ['region and city are not known there and were left out (see `regions` and `cities`)'] : [];
  if (notices.length + left.length === 0) return {};
  // The row number means nothing outside its batch.
  return { notices: [...left, ...notices.map((notice) => describeRemark('notice', { ...notice, index: null }))] };
}

async function* refused(
  api: Api,
  batch: readonly PushOperation[],
  answer: Extract<Answer, { errors: unknown }>,
  signal: AbortSignal,
  placeless: ReadonlySet<string>,
): AsyncGenerator<PushResult, void, undefined> {
  const { errors, status } = answer;
  // No such address or method: that is about the settings, not about any client.
  if (status === 404 || status === 405) {
    yield* batch.map(({ id }) => ({ operationId: id, outcome: MISPLACED }));
    return;
  }
  const named = (index: number): readonly Remark[] => errors.filter((error) => error.index === index);
  const others: PushOperation[] = [];
  // A region or city that is spelt otherwise there must not keep a client out.
  const without = new Set(placeless);
  for (const [index, operation] of batch.entries()) {
    const own = batch.length === 1 ? errors : named(index);
    const nowhere = own.length > 0 && own.every(({ field }) => PLACE_FIELDS.has(field)) && !placeless.has(operation.id);
    if (nowhere && api.settings.refusedBatch === 'nothing-stored') without.add(operation.id);
    if ((own.length === 0 && batch.length > 1) || without.has(operation.id) !== placeless.has(operation.id)) others.push(operation);
    else yield { operationId: operation.id, outcome: rejection(own, status) };
  }
  if (others.length === 0) return;
  if (api.settings.refusedBatch === 'unknown') {
    yield* others.map(({ id }) => ({ operationId: id, outcome: UNKNOWN }));
    return;
  }
  const mended = without.size > placeless.size;
  const halves = mended || others.length < batch.length ? [others] : [others.slice(0, others.length >> 1), others.slice(others.length >> 1)];
  for (const half of halves) yield* sendBatch(api, half, signal, without);
}

function rejection(errors: readonly Remark[], status: number): Outcome {
  const reason = describeErrors(
    errors.map((error) => ({ ...error, index: null })),
    status,
  );
  return { kind: 'rejected', code: 'VENDOR_ERROR', reason };
}
