import type { Context } from '../../core/context.ts';
import type { Outcome, PushOperation, PushResult } from '../../core/contract.ts';
import { ConnectionError } from '../../core/errors.ts';
import { troubleOf } from '../../core/push.ts';
import { outcomeOf } from './call.ts';

/** Sends one operation. Its errors become outcomes by their class. */
export type Send = (operation: PushOperation, signal: AbortSignal) => Promise<Outcome>;

type Step = { readonly taken: IteratorResult<PushOperation> } | { readonly done: Finished } | 'stop';

interface Finished {
  readonly promise: Promise<Step>;
  readonly result: PushResult | null;
  /** The system does not take connections or refuses us: what was not taken stays untouched. */
  readonly pause: boolean;
  /** A defect of ours, thrown once everything under way has ended. */
  readonly defect: unknown;
}

/**
 * Sends operations, up to `ctx.concurrency` at one time. The next is taken only when there is room to send it at once; each
 * result is yielded as soon as it is known, in the order of completion. After an abort, or once the system cannot be reached
 * or refuses us, nothing more is taken: what is under way is finished, and the iteration ends.
 */
export async function* pushEach(
  ctx: Context,
  operations: AsyncIterable<PushOperation>,
  send: Send,
  signal: AbortSignal,
): AsyncGenerator<PushResult, void, undefined> {
  const source = operations[Symbol.asyncIterator]();
  const running = new Set<Promise<Step>>();
  let next: Promise<Step> | null = null;
  let taking = true;
  let defect: unknown;
  let onAbort = (): void => undefined;
  const stop = new Promise<Step>((resolve) => {
    onAbort = () => resolve('stop');
  });
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      if (signal.aborted) taking = false;
      // A source that keeps us waiting is not waited for after an abort.
      if (signal.aborted && running.size === 0) break;
      if (taking && next === null && running.size < Math.max(1, ctx.concurrency)) {
        next = source.next().then((taken) => ({ taken }));
      }
      const waiting = next === null ? [...running] : [next, ...running];
      if (waiting.length === 0) break;
      const step = await Promise.race(signal.aborted ? waiting : [...waiting, stop]);
      if (step === 'stop') continue;
      if ('taken' in step) {
        next = null;
        if (step.taken.done === true) taking = false;
        else running.add(start(step.taken.value, send, signal));
        continue;
      }
      running.delete(step.done.promise);
      if (step.done.pause) taking = false;
      if (step.done.defect !== undefined) {
        taking = false;
        defect = step.done.defect;
      }
      if (step.done.result !== null) yield step.done.result;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    await Promise.allSettled(running);
    const returned = source.return?.();
    if (next === null) await returned;
    else returned?.catch(() => undefined);
  }
  if (defect !== undefined) throw defect;
}

function start(operation: PushOperation, send: Send, signal: AbortSignal): Promise<Step> {
  const finished = (part: Omit<Finished, 'promise'>): Step => ({ done: { ...part, promise } });
  const promise: Promise<Step> = send(operation, signal).then(
    (outcome) => finished({ result: { operationId: operation.id, outcome }, pause: false, defect: undefined }),
    (error: unknown) => {
      try {
        const outcome = outcomeOf(error);
        return finished({
          result: { operationId: operation.id, outcome },
          pause: error instanceof ConnectionError || troubleOf(outcome) !== null,
          defect: undefined,
        });
      } catch (defect) {
        return finished({ result: null, pause: false, defect });
      }
    },
  );
  return promise;
}
