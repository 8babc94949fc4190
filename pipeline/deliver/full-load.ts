/**
 * A full load: a stream of a system is cleared and filled anew in one piece, because a person asked for it in so many words. What is
 * there is put back as it was read, with the approved changes laid over it; nothing that cannot be put back may be there.
 */

import type { Db } from '../../canonical/db.ts';
import { insertOperations, type OperationRow, type OperationState, operationsInState, patchOperation } from '../../canonical/stores/operations.ts';
import { pageOfStream, type RecordRow } from '../../canonical/stores/records.ts';
import type { Outcome } from '../../core/contract.ts';
import { ConfigError } from '../../core/errors.ts';
import type { LoadRecord } from '../../core/full-load.ts';
import { troubleOf } from '../../core/push.ts';
import { type Engine, effect } from '../engine.ts';
import { bodyOfRow } from '../land/rows.ts';
import type { LoadCounts, LoadRequest } from '../load-request.ts';
import type { SystemSetup } from '../setup.ts';
import { noteIntent } from './intent.ts';
import { settleFormer, wholeOf } from './load-operation.ts';
import { prepare } from './prepare.ts';
import type { Prepared } from './prepared.ts';
import { recordOutcome } from './record-outcome.ts';

const PAGE = 1000;

/** Records that the load has in all. */
export function addsOf(counts: LoadCounts): number {
  return counts.there - counts.dropped + counts.created;
}

/** Counts what a load would do with the operations in these states. Throws `ConfigError` (LOAD_REFUSED) where the stream cannot be loaded whole. */
export async function countLoad(db: Db, system: SystemSetup, stream: string, now: number, states: readonly OperationState[]): Promise<LoadCounts> {
  const rows = await operationsInState(db, states, { system_id: system.id, stream });
  return counted(
    db,
    system,
    stream,
    rows.filter((row) => row.not_before === null || row.not_before <= now),
  );
}

async function counted(db: Db, system: SystemSetup, stream: string, rows: readonly OperationRow[]): Promise<LoadCounts> {
  const load = loadOf(system, stream);
  const given = new Set([...load.takes, ...load.refilled]);
  const lost: Record<string, number> = {};
  let there = 0;
  let unread = 0;
  for await (const record of present(db, system, stream)) {
    there += 1;
    const body = record.state === 'live' ? bodyOfRow(record) : null;
    if (body === null) unread += 1;
    for (const [name, value] of Object.entries(body ?? {})) if (!given.has(name) && !isNothing(value)) lost[name] = (lost[name] ?? 0) + 1;
  }
  const count = (action: OperationRow['action']): number => rows.filter((row) => row.action === action).length;
  return { there, changed: count('update'), dropped: count('delete'), created: count('create'), unread, lost };
}

const isNothing = (value: unknown): boolean => value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);

function loadOf(system: SystemSetup, stream: string): NonNullable<ReturnType<SystemSetup['streams']['get']>>['load'] & object {
  const load = system.streams.get(stream)?.load;
  if (load === undefined) {
    throw new ConfigError('LOAD_REFUSED', `${system.name}: ${stream} cannot be loaded whole`, {
      hint: 'Full loads go by files or loads of commands: see the settings of the system, and say --stream.',
    });
  }
  if (system.policies.get(stream)?.push === 'off') {
    throw new ConfigError('LOAD_REFUSED', `${system.name}: ${stream} is never written (\`push: off\`), and a full load writes all of it`);
  }
  return load;
}

/** What is there now. */
async function* present(db: Db, system: SystemSetup, stream: string): AsyncGenerator<RecordRow> {
  for (let after = 0; ; ) {
    const rows = await pageOfStream(db, system.id, stream, after, PAGE);
    for (const row of rows) if (row.state === 'live' || row.state === 'pending' || row.state === 'quarantined') yield row;
    after = rows.at(-1)?.id ?? 0;
    if (rows.length < PAGE) return;
  }
}

/** A load that may have been taken: its own operation and those in it, and the records that it has in all. */
export interface Loaded {
  readonly sent: readonly OperationRow[];
  readonly adds: number;
}

/** Sends the load with the given operations in it. Throws `ConfigError` where it must not be sent. */
export async function deliverLoad(engine: Engine, system: SystemSetup, request: LoadRequest, due: readonly OperationRow[]): Promise<Loaded> {
  const { store, setup } = engine;
  const load = loadOf(system, request.stream);
  const rows = due.filter(({ action }) => action !== 'load');
  const counts = await counted(store.db, system, request.stream, rows);
  refuseOthers(system, request, counts);
  const changed = new Map<number, Prepared>();
  const created: Prepared[] = [];
  for (const row of rows) {
    const one = await prepare(engine, system, row);
    if (!('push' in one)) throw refused(system, `operation ${row.id} cannot be part of it: ${one.why}`);
    const now = setup.clock.now();
    const sending = { state: 'sending' as const, attempts: row.attempts + 1, sent_at: now, changed_at: now };
    const sent: Prepared = { ...one, row: { ...one.row, ...sending } };
    if (row.record_id === null) created.push(sent);
    else changed.set(row.record_id, sent);
  }
  const all = [...changed.values(), ...created];
  // The load itself is under way whatever is in it: it is confirmed, taken back or put before a person like any write.
  await engine.numbers.reserve('operations', 1);
  const whole = wholeOf(engine, system, request);
  // From here on their fate is in doubt until the outcome is stored, and a stop leaves them to be read back.
  await effect(engine, async (trx) => {
    await insertOperations(trx, [whole.row]);
    for (const { row } of all)
      await patchOperation(trx, row.id, { state: 'sending', handle: null, attempts: row.attempts, sent_at: row.sent_at, changed_at: row.changed_at });
  });
  const records = recordsOf(store.db, system, request.stream, changed, created);
  const { outcome, handles } = await load.send(records, setup.signal, (handle, parts) => noteIntent(engine, new Map([...parts, [whole.push.id, handle]])));
  setup.log.warn('full load', { system: system.name, stream: request.stream, adds: addsOf(counts), outcome: outcome.kind });
  for (const one of all) await recordOutcome(engine, system, one, outcomeOf(outcome, handles.get(one.push.id)));
  await recordOutcome(engine, system, whole, outcome);
  const taken = outcome.kind === 'accepted' || outcome.kind === 'applied';
  // Whoever asked is told at once of a load that was not taken; one that was taken stands for those before it that did not come about.
  if (outcome.kind !== 'unknown') await settleFormer(engine, system, request.stream, taken ? whole.row.id : whole.row.id + 1);
  const trouble = troubleOf(outcome);
  if (trouble !== null) throw trouble;
  if (!taken) throw refused(system, `it was not taken (${'code' in outcome ? outcome.code : outcome.kind})`);
  return { sent: [...all.map(({ row }) => row), whole.row], adds: addsOf(counts) };
}

const outcomeOf = (outcome: Outcome, handle: string | undefined): Outcome =>
  outcome.kind === 'accepted' && handle !== undefined ? { ...outcome, handle } : outcome;

async function* recordsOf(
  db: Db,
  system: SystemSetup,
  stream: string,
  changed: ReadonlyMap<number, Prepared>,
  created: readonly Prepared[],
): AsyncGenerator<LoadRecord> {
  for await (const record of present(db, system, stream)) {
    const body = bodyOfRow(record) ?? {};
    const push = changed.get(record.id)?.push;
    if (push === undefined) yield { kept: { key: record.record_key, body } };
    else if (push.action !== 'delete') yield { changed: { ...push, body: { ...body, ...push.fields } } };
  }
  for (const { push } of created) yield { changed: push };
}

/** Nothing is sent but what was confirmed, and nothing that loses a record. */
function refuseOthers(system: SystemSetup, { confirmed }: LoadRequest, counts: LoadCounts): void {
  if (counts.unread > 0) throw refused(system, `${counts.unread} records are there that could not be put back: they are set aside, or were never read`);
  const same = (['there', 'changed', 'dropped', 'created'] as const).every((name) => confirmed[name] === counts[name]);
  if (!same) throw refused(system, `there are ${counts.there} records and ${addsOf(counts)} would be loaded, which are not the counts that were confirmed`);
}

function refused(system: SystemSetup, why: string): ConfigError {
  return new ConfigError('LOAD_REFUSED', `${system.name}: the full load was not sent: ${why}`);
}
