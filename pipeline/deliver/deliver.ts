/** Sends what is ready: systems side by side, in each owners before what hangs on them, every outcome stored as it comes. */

import { type OperationRow, operationsInState, patchOperation } from '../../canonical/stores/operations.ts';
import { patchRecords } from '../../canonical/stores/records.ts';
import type { Intend, PushOperation } from '../../core/contract.ts';
import { SverkaError } from '../../core/errors.ts';
import { troubleOf } from '../../core/push.ts';
import { type Engine, effect, goOn, isStopped } from '../engine.ts';
import type { LoadRequest } from '../load-request.ts';
import type { SystemSetup } from '../setup.ts';
import { deliverLoad } from './full-load.ts';
import { noteIntent } from './intent.ts';
import { prepare } from './prepare.ts';
import type { Prepared } from './prepared.ts';
import { recordOutcome } from './record-outcome.ts';

const ORDER = { cardType: 0, client: 1, card: 2, account: 3 } as const;

export interface Delivered {
  /** Operations whose outcome was applied, accepted or unknown: that may have changed something at a vendor. */
  readonly sent: OperationRow[];
  /** Operations that were not sent, because somebody there was first: what is there now is to be read. */
  readonly overtaken: OperationRow[];
  readonly problems: { readonly system: string; readonly error: unknown }[];
  /** Records written, those of full loads among them. */
  writes: number;
}

/** Delivers the ready operations of the given systems; those of a stream that is loaded whole go with the load. A system that fails is left; the others go on. */
export async function deliver(engine: Engine, systems: ReadonlySet<string>, streams: ReadonlySet<string> | null, load?: LoadRequest): Promise<Delivered> {
  const delivered: Delivered = { sent: [], overtaken: [], problems: [], writes: 0 };
  const targets = engine.setup.systems.filter((system) => systems.has(system.name));
  await Promise.all(
    targets.map(async (system) => {
      try {
        await deliverTo(engine, system, streams, delivered, load?.system === system.name ? load : undefined);
      } catch (error) {
        delivered.problems.push({ system: system.name, error });
      }
    }),
  );
  const fatal = delivered.problems.find(({ error }) => !(error instanceof SverkaError));
  if (fatal !== undefined) throw fatal.error;
  return delivered;
}

async function deliverTo(
  engine: Engine,
  system: SystemSetup,
  only: ReadonlySet<string> | null,
  delivered: Delivered,
  load: LoadRequest | undefined,
): Promise<void> {
  const streams = [...system.mappings].filter(([stream]) => only === null || only.has(stream)).sort(([, a], [, b]) => ORDER[a.entity] - ORDER[b.entity]);
  for (const [stream] of streams) {
    goOn(engine);
    const now = engine.setup.clock.now();
    const waiting = await operationsInState(engine.store.db, ['ready', 'retry', 'rejected'], { system_id: system.id, stream });
    // A refusal without a time waits for a person.
    const due = waiting.filter((row) => (row.not_before === null ? row.state !== 'rejected' : row.not_before <= now));
    if (load?.stream === stream) {
      const loaded = await deliverLoad(engine, system, load, due);
      delivered.sent.push(...loaded.sent);
      delivered.writes += loaded.adds;
    } else if (due.length > 0) await deliverStream(engine, system, stream, due, delivered);
  }
}

async function deliverStream(engine: Engine, system: SystemSetup, stream: string, rows: readonly OperationRow[], delivered: Delivered): Promise<void> {
  const port = system.streams.get(stream);
  if (port?.push === undefined) return;
  const underWay = new Map<string, Prepared>();
  const { clock, log } = engine.setup;
  const began = clock.now();
  const outcomes: Record<string, number> = {};
  let done = 0;
  let trouble: SverkaError | null = null;
  const intend: Intend = (handles) => noteIntent(engine, handles);
  const given = operationsOf(engine, system, rows, underWay, () => trouble !== null);
  for await (const { operationId, outcome } of port.push(given, engine.setup.signal, intend)) {
    const one = underWay.get(operationId);
    if (one === undefined) continue;
    underWay.delete(operationId);
    await recordOutcome(engine, system, one, outcome);
    if (outcome.kind === 'applied' || outcome.kind === 'accepted' || outcome.kind === 'unknown') {
      delivered.sent.push(one.row);
      delivered.writes += 1;
    }
    trouble ??= troubleOf(outcome);
    if (outcome.kind === 'overtaken') delivered.overtaken.push(one.row);
    outcomes[outcome.kind] = (outcomes[outcome.kind] ?? 0) + 1;
    log.debug('answered', {
      system: system.name,
      stream,
      operation: one.row.id,
      action: one.row.action,
      outcome: outcome.kind,
      code: 'code' in outcome ? outcome.code : troubleOf(outcome)?.code,
    });
    done += 1;
    engine.setup.progress.delivering(system.name, stream, done, rows.length);
  }
  log.info('delivered', { system: system.name, stream, due: rows.length, ms: clock.now() - began, lost: underWay.size, ...outcomes });
  // A connector that ends without a word about an operation it took leaves it in doubt.
  for (const one of underWay.values()) await recordOutcome(engine, system, one, { kind: 'unknown', code: 'VENDOR_LOST_ANSWER' });
  if (trouble !== null) throw trouble;
}

/** Hands operations out one by one, as long as the way is good; each is stored as being sent just before. */
async function* operationsOf(
  engine: Engine,
  system: SystemSetup,
  rows: readonly OperationRow[],
  underWay: Map<string, Prepared>,
  inTrouble: () => boolean,
): AsyncGenerator<PushOperation> {
  for (const row of rows) {
    if (isStopped(engine) || inTrouble()) return;
    const closed = await system.closed?.(false);
    if (closed) {
      engine.setup.log.info('the rest waits: a system is not called now', { system: system.name, code: closed.code });
      return;
    }
    const one = await prepare(engine, system, row);
    const now = engine.setup.clock.now();
    if ('push' in one) {
      const { adjust } = one.push;
      const sending = {
        state: 'sending' as const,
        attempts: row.attempts + 1,
        handle: null,
        sent_at: now,
        changed_at: now,
        ...(adjust === undefined ? {} : { changes: JSON.stringify({ balance: { before: adjust.target - adjust.delta, after: adjust.target } }) }),
      };
      await effect(engine, (trx) => patchOperation(trx, row.id, sending));
      underWay.set(one.push.id, { ...one, row: { ...one.row, ...sending } });
      yield one.push;
      continue;
    }
    engine.outcomes.add(row.id);
    if (one.again) await engine.numbers.reserve('changes', 1);
    await effect(engine, async (trx) => {
      if (one.again && row.record_id !== null) await patchRecords(trx, [row.record_id], { change_seq: engine.numbers.takeReserved('changes') });
      await patchOperation(trx, row.id, { state: one.state, why: one.why, changed_at: now });
    });
  }
}
