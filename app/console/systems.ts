/** The systems as they may be called: paused, quiet, and how much of their budget is in use. */
import type { Store } from '../../canonical/open.ts';
import { allPauses, callsOfDay, setPause, sharesNow } from '../../canonical/stores/calls.ts';
import type { LoadedConfig } from '../../config/load.ts';
import { limitsOf } from '../calls/limits.ts';
import { dayOf, quietUntil } from '../calls/quiet.ts';

export interface SystemState {
  readonly system: string;
  readonly vendor: string;
  /** UTC ms since when it is paused, by whom and why; null: it is not. */
  readonly paused: { readonly at: number; readonly by: string | null; readonly note: string | null } | null;
  /** UTC ms when its quiet hours end; null: it is not quiet now. */
  readonly quietUntil: number | null;
  readonly concurrency: number;
  /** Calls a second; null: as fast as it answers. */
  readonly rate: number | null;
  readonly callsPerDay: number | null;
  /** Calls of its day given out so far; null where there is no quota. */
  readonly callsToday: number | null;
  /** Processes that have a share in its calls now. */
  readonly processes: number;
}

export async function systemStates(loaded: LoadedConfig, store: Store, now: number): Promise<readonly SystemState[]> {
  const systems = Object.entries(loaded.config.systems).map(([name, config]) => ({ name, config, zone: config.zone ?? loaded.config.zone }));
  const days = new Map(systems.map(({ name, zone }) => [name, dayOf(zone, now).name]));
  const { pauses, used, shares } = await store.calls.run(async (trx) => ({
    pauses: await allPauses(trx),
    used: await callsOfDay(trx, days),
    shares: await sharesNow(trx),
  }));
  return systems.map(({ name, config, zone }) => {
    const pause = pauses.get(name);
    return {
      system: name,
      vendor: config.vendor,
      paused: pause === undefined ? null : { at: pause.paused_at, by: pause.paused_by, note: pause.note },
      quietUntil: quietUntil(limitsOf(config, zone).quiet, zone, now),
      concurrency: config.concurrency,
      rate: config.rate ?? null,
      callsPerDay: config.callsPerDay ?? null,
      callsToday: config.callsPerDay === undefined ? null : (used.get(name) ?? 0),
      processes: shares.filter((share) => share.system === name).length,
    };
  });
}

/** Pauses systems for every process, or lets them go on; answers those for which that changed something. */
export async function pauseSystems(
  store: Store,
  systems: readonly string[],
  pause: { readonly at: number; readonly by: string; readonly note: string | null } | null,
): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const system of systems) {
    const row = pause === null ? null : { paused_at: pause.at, paused_by: pause.by, note: pause.note };
    if (await store.calls.run((trx) => setPause(trx, system, row))) changed.push(system);
  }
  return changed;
}
