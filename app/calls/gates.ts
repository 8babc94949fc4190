/** One gate for each system of a store in this process: all runs of the process have one share together. */
import type { Store } from '../../canonical/open.ts';
import { allPauses, callsOfDay, type ShareRow, turnShares } from '../../canonical/stores/calls.ts';
import type { Clock } from '../../core/context.ts';
import { type Owner, processOwner } from '../adapters/owner.ts';
import { Gate } from './gate.ts';
import type { Limits } from './limits.ts';
import { Watch } from './watch.ts';
import type { GateWorld } from './world.ts';

const gatesByStore = new WeakMap<Store, Map<string, Gate>>();

/** The gate of a system; made, or with its limits as they are now. It is released when the store closes. */
export function gateOf(store: Store, system: string, limits: Limits, clock: Pick<Clock, 'now'>, owner: Owner = processOwner()): Gate {
  let gates = gatesByStore.get(store);
  if (gates === undefined) {
    const made = new Map<string, Gate>();
    gatesByStore.set(store, made);
    store.beforeClose(async () => {
      await Promise.all([...made.values()].map((gate) => gate.release()));
    });
    gates = made;
  }
  const known = gates.get(system);
  if (known !== undefined) {
    known.setLimits(limits);
    return known;
  }
  const gate: Gate = new Gate(
    system,
    limits,
    worldOf(store, system, () => gate.current, clock, owner),
  );
  gates.set(system, gate);
  return gate;
}

/** The gates of this process by system, for those who count its calls. */
export function gatesOf(store: Store): ReadonlyMap<string, Gate> {
  return gatesByStore.get(store) ?? new Map();
}

function worldOf(store: Store, system: string, limits: () => Limits, clock: Pick<Clock, 'now'>, owner: Owner): GateWorld {
  const watch = new Watch(owner);
  let stale: readonly ShareRow[] = [];
  const steady = (): number => performance.now();
  return {
    turn: (keeps, wants, day) => {
      const { concurrency, permits } = limits();
      const ask = { system, holder: owner.name, limits: { slots: concurrency, permits: permits ?? 0 }, keeps, wants, stale, day, now: Date.now() };
      return store.calls.run((trx) => turnShares(trx, ask));
    },
    peek: (day) =>
      store.calls.run(async (trx) => ({
        pause: (await allPauses(trx)).get(system) ?? null,
        used: (await callsOfDay(trx, new Map([[system, day]]))).get(system) ?? 0,
      })),
    look: ({ others }) => {
      stale = watch.look(others, steady(), Date.now(), limits());
    },
    now: () => clock.now(),
    steady,
    later: (ms, idle, fn) => {
      const timer = setTimeout(fn, Math.min(ms, 2 ** 31 - 1));
      if (idle) timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
