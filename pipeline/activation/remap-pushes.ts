/** What we pushed into the records of a stream, under another mapping. */
import { type PushRow, parkedOf, pushesOf, writeParked, writePushes } from '../../canonical/stores/pushes.ts';
import type { RecordRow } from '../../canonical/stores/records.ts';
import type { WireBody } from '../../core/contract.ts';
import type { Mapping } from '../../mappings/engine/mapping.ts';
import { type Engine, effect } from '../engine.ts';
import { pushesByRecord, pushOfRow, pushRow } from '../land/rows.ts';
import { carryPushes, type Parked, type ParkedWires, type PushState } from './parked.ts';

/** Carries the pushes of records over. `bodies`: of those that have one, by number. */
export async function remapPushes(
  engine: Engine,
  { from, to }: { readonly from: Mapping | null; readonly to: Mapping },
  rows: readonly Pick<RecordRow, 'id' | 'read_at' | 'changed_at'>[],
  bodies: ReadonlyMap<number, WireBody>,
): Promise<void> {
  if (from === null) return;
  const { db } = engine.store;
  const ids = [...bodies.keys()];
  const pushes = pushesByRecord(await pushesOf(db, ids));
  const parked = new Map<number, Map<string, Parked>>();
  for (const row of await parkedOf(db, ids)) {
    const one: Parked = { push: pushOfRow(JSON.parse(row.push) as PushRow), at: row.parked_at, wires: JSON.parse(row.wires) as ParkedWires };
    const own = parked.get(row.record_id) ?? new Map<string, Parked>();
    parked.set(row.record_id, own.set(row.field, one));
  }
  const changed = new Map<number, PushState>();
  for (const { id, read_at: readAt, changed_at: changedAt } of rows) {
    const [own, aside, body] = [pushes.get(id), parked.get(id), bodies.get(id)];
    if (body === undefined || (own === undefined && aside === undefined)) continue;
    const state: PushState = { pushes: own ?? new Map(), parked: aside ?? new Map() };
    const after = carryPushes(from, to, { body, readAt, changedAt }, state, engine.setup.clock.now());
    if (after !== null) changed.set(id, after);
  }
  if (changed.size === 0) return;
  const records = [...changed.keys()];
  await effect(engine, async (trx) => {
    const all = [...changed].flatMap(([id, after]) => [...after.pushes.values()].map((push) => pushRow(id, push)));
    await writePushes(trx, records, all);
    const aside = [...changed].flatMap(([id, after]) =>
      [...after.parked.values()].map(({ push, at, wires }) => ({
        record_id: id,
        field: push.field,
        push: JSON.stringify(pushRow(id, push)),
        wires: JSON.stringify(wires),
        operation_id: push.operationId,
        parked_at: at,
      })),
    );
    await writeParked(trx, records, aside);
  });
}
