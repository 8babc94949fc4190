/** What was sent by a run that ended before it knew what became of it: in doubt, or to be asked about. */
import { type OperationRow, operationsInState, patchOperation } from '../../canonical/stores/operations.ts';
import type { Outcome, PushOperation, Stream } from '../../core/contract.ts';
import { SverkaError } from '../../core/errors.ts';
import { isClosed } from '../closed.ts';
import { type Engine, effect } from '../engine.ts';
import { type Changes, valuesAfter } from '../plan/diff.ts';
import type { SystemSetup } from '../setup.ts';
import { stateOf } from './outcome-state.ts';
import { prepare } from './prepare.ts';
import { type Prepared, targetOf } from './prepared.ts';
import { recordOutcome } from './record-outcome.ts';
import { deltaOf } from './settle-adjustment.ts';

/** Why an operation waits that a killed run was about to send, or had just sent. */
const LOOKED_FOR = 'a run was stopped while it sent this: it is looked for under its name';

/** What a run that was killed left as being sent is in doubt from now on; what has a name by which it can be looked for is asked about. */
export async function recoverInterrupted(engine: Engine): Promise<void> {
  for (const row of await operationsInState(engine.store.db, ['sending'])) {
    const system = engine.setup.systems.find((one) => one.id === row.system_id);
    if (system === undefined) continue;
    if (row.handle !== null && system.streams.get(row.stream)?.confirm !== undefined) {
      await effect(engine, (trx) => patchOperation(trx, row.id, { state: 'accepted', why: LOOKED_FOR, changed_at: engine.setup.clock.now() }));
      continue;
    }
    const record = await targetOf(engine, row);
    const sent = valuesAfter(JSON.parse(row.changes) as Changes);
    const push = { id: String(row.id), action: actionOf(row), fields: {}, idempotencyKey: row.idempotency_key };
    await recordOutcome(
      engine,
      system,
      { row, push, record, sent: row.action === 'update' ? sent : {}, parent: null },
      { kind: 'unknown', code: 'RUN_INTERRUPTED' },
    );
  }
}

/** Asks the vendors about operations that were taken and not confirmed. */
export async function confirmAccepted(engine: Engine, systems: ReadonlySet<string>): Promise<OperationRow[]> {
  const confirmed: OperationRow[] = [];
  for (const row of await operationsInState(engine.store.db, ['accepted'])) {
    const system = engine.setup.systems.find((one) => one.id === row.system_id);
    const port = system?.streams.get(row.stream);
    if (system === undefined || port?.confirm === undefined || row.handle === null || !systems.has(system.name)) continue;
    const outcome = await fateOf(engine, system, port, row.handle);
    if (outcome === 'pending') continue;
    if (outcome.kind === 'accepted') {
      await effect(engine, (trx) => patchOperation(trx, row.id, stateOf(row, outcome, engine.setup.clock.now())));
      continue;
    }
    await recordOutcome(engine, system, await asSent(engine, system, row), outcome);
    confirmed.push(row);
  }
  return confirmed;
}

/** What became of one; a system that cannot tell now leaves it under way, and stops no other. */
async function fateOf(engine: Engine, system: SystemSetup, port: Stream, handle: string): Promise<Outcome | 'pending'> {
  const { log, signal } = engine.setup;
  try {
    return (await port.confirm?.(handle, signal)) ?? 'pending';
  } catch (error) {
    if (signal.aborted || !(error instanceof SverkaError) || ['StoreError', 'InvariantError'].includes(error.name)) throw error;
    if (isClosed(error)) return 'pending';
    log.error('what became of a write cannot be told now', { system: system.name, stream: port.name, code: error.code, what: error.message });
    return 'pending';
  }
}

/** A load has no action of the contract: what follows from its outcome goes by the row alone. */
export const actionOf = (row: OperationRow): PushOperation['action'] => (row.action === 'load' ? 'update' : row.action);

/** An operation as it was sent, from what is stored of it. */
async function asSent(engine: Engine, system: SystemSetup, row: OperationRow): Promise<Prepared> {
  const record = await targetOf(engine, row);
  const changes = JSON.parse(row.changes) as Changes;
  const prepared = row.action === 'create' ? await prepare(engine, system, row) : null;
  const parent = prepared !== null && 'push' in prepared ? prepared.parent : null;
  return {
    row,
    record,
    sent: row.action === 'adjust' ? {} : valuesAfter(changes),
    parent,
    push: {
      id: String(row.id),
      action: actionOf(row),
      fields: {},
      idempotencyKey: row.idempotency_key,
      ...(row.action === 'adjust' ? { adjust: { delta: deltaOf(row), target: Number(changes['balance']?.after ?? 0) } } : {}),
    },
  };
}
