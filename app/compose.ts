/** The composition root: from a configuration to what a run is given. */
import { randomUUID } from 'node:crypto';
import type { Store } from '../canonical/open.ts';
import { Numbers } from '../canonical/stores/numbers.ts';
import { systemIds } from '../canonical/stores/systems.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { System } from '../core/contract.ts';
import { ConfigError, InvariantError } from '../core/errors.ts';
import type { Notices } from '../core/notices.ts';
import type { Mapping } from '../mappings/engine/mapping.ts';
import type { Edition, PendingEdit } from '../pipeline/activation/edition.ts';
import type { Fence, Progress, RunSetup, SystemSetup } from '../pipeline/setup.ts';
import { systemClock } from './adapters/clock.ts';
import { storedNotices } from './adapters/notices.ts';
import { processOwner } from './adapters/owner.ts';
import type { Permit } from './adapters/sending.ts';
import { Gate } from './calls/gate.ts';
import type { Configured } from './compile-options.ts';
import { type ActiveVersions, activeByName, compileStored, configuredSystem, sourceOf } from './editions.ts';
import { numbered } from './logger.ts';
import { pendingAll } from './mapping-news.ts';
import { policiesOf, streamPolicy } from './policies.ts';
import { budgetOf, type ContextOptions, contextOf } from './system-context.ts';

/** How a run lives beside others; all parts go to it as they are. */
export type RunHold = Pick<RunSetup, 'stopping' | 'job' | 'heartbeat' | 'leaseMs'>;

/** A configured system, opened, with its mappings; not yet known to a store. */
export type OpenedSystem = Omit<SystemSetup, 'id'> & SystemMappings & { readonly vendor: string };

const NO_VERSIONS: ActiveVersions = new Map();

/** Opens the systems and compiles their mappings, those on the disk where none is given as active; no call is made. Throws `ConfigError`. */
export async function openSystems(loaded: LoadedConfig, options: ContextOptions & { readonly active?: ActiveVersions }): Promise<readonly OpenedSystem[]> {
  return Promise.all(Object.keys(loaded.config.systems).map((name) => openSystem(configuredSystem(loaded, name), loaded, options)));
}

/** What a run is given. Systems that the store does not know yet get a number. */
export async function compose(
  loaded: LoadedConfig,
  store: Store,
  options: Omit<ContextOptions, 'store'> & { readonly progress: Progress; readonly hold?: RunHold },
): Promise<RunSetup> {
  const { log, begins } = numbered(options.log);
  const clock = options.clock ?? systemClock;
  const fence: Fence = { until: Number.POSITIVE_INFINITY, renew: async () => undefined };
  const stands = (): boolean => clock.now() < fence.until;
  const permit: Permit = {
    stands,
    async ask() {
      if (!stands()) await fence.renew();
    },
  };
  let ids: ReadonlyMap<string, number> = new Map();
  const notices = (name: string): Notices => storedNotices(store, clock, () => idOf(ids, name));
  const active = await activeByName(store.db);
  const opened = await openSystems(loaded, { ...options, log, store, permit, notices, active });
  ids = await systemIds(
    store.db,
    opened.map(({ name, vendor }) => ({ name, vendor })),
    new Numbers(store),
    clock.now(),
  );
  return {
    systems: opened.map(({ found: _, pending: __, ...system }) => ({ ...system, id: idOf(ids, system.name) })),
    mappings: {
      active: [...active.values()].map(({ id }) => id),
      found: opened.flatMap(({ name, found }) => found.map((edition) => ({ ...edition, systemId: idOf(ids, name) }))),
      pending: opened.flatMap(({ pending }) => pending),
    },
    policies: policiesOf(loaded.config),
    clock,
    log,
    runBegins: begins,
    progress: options.progress,
    uuid: randomUUID,
    owner: processOwner(),
    signal: options.signal,
    fence,
    ...options.hold,
  };
}

async function openSystem(configured: Configured, loaded: LoadedConfig, options: ContextOptions & { readonly active?: ActiveVersions }): Promise<OpenedSystem> {
  const { name, config } = configured;
  const budget = budgetOf(configured, options);
  const system = configured.connector.open(config.settings, contextOf(configured, budget, options));
  const clockErrorMs = Math.round(config.clockErrorSeconds * 1000);
  const { maxCreates, maxUpdates, maxDeletes } = config.guards;
  return {
    name,
    vendor: config.vendor,
    system,
    ...(await mappingsOf(configured, system, loaded, options.active ?? NO_VERSIONS)),
    policies: new Map(system.streams.map((stream) => [stream.name, streamPolicy(config.streams[stream.name])])),
    creates: config.creates,
    ownReference: config.ownReference,
    clockErrorMs,
    facetBudget: config.facetCalls,
    guards: { create: maxCreates, update: maxUpdates, delete: maxDeletes },
    streams: new Map(system.streams.map((stream) => [stream.name, stream])),
    ...(budget instanceof Gate ? { closed: (sure) => budget.closed(sure) } : {}),
  };
}

/** The mappings of a system: what is active in the store, and on the disk what is not active anywhere yet. */
async function mappingsOf(configured: Configured, system: System, loaded: LoadedConfig, active: ActiveVersions): Promise<SystemMappings> {
  const mappings = new Map<string, Mapping>();
  const found: SystemMappings['found'][number][] = [];
  const pending: PendingEdit[] = [];
  for (const { name: stream } of system.streams) {
    const row = active.get(`${configured.name}/${stream}`);
    const source = await sourceOf(configured, stream, loaded).catch((error: unknown) => {
      if (row !== undefined && error instanceof ConfigError) return null;
      throw error;
    });
    const mapping = row === undefined ? source?.compile() : compileStored(row);
    if (mapping === undefined) continue;
    mappings.set(stream, mapping);
    if (source === null) continue;
    if (row !== undefined) {
      pending.push(...pendingAll(source, row, mapping));
      continue;
    }
    const { compile: _, ...edition } = source;
    found.push({ ...edition, mapping });
  }
  return { mappings, found, pending };
}

interface SystemMappings {
  readonly mappings: ReadonlyMap<string, Mapping>;
  /** Of streams in which nothing is active. */
  readonly found: readonly Omit<Edition, 'systemId'>[];
  readonly pending: readonly PendingEdit[];
}

function idOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new InvariantError('INVARIANT_BROKEN', `the store gave the system ${name} no number`);
  return id;
}
