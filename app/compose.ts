/** The composition root: from a configuration to what a run is given. */
import { randomUUID } from 'node:crypto';
import type { Store } from '../canonical/open.ts';
import { activeVersions, type MappingVersionRow } from '../canonical/stores/mapping-versions.ts';
import { Numbers } from '../canonical/stores/numbers.ts';
import { allSystems, systemIds } from '../canonical/stores/systems.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { SystemConfig } from '../config/schema/system.ts';
import type { Clock, Context, Files, Http, Logger } from '../core/context.ts';
import type { System } from '../core/contract.ts';
import { ConfigError, InvariantError } from '../core/errors.ts';
import type { Notices } from '../core/notices.ts';
import type { Mapping } from '../mappings/engine/mapping.ts';
import type { PendingEdit } from '../pipeline/activation/edition.ts';
import type { Fence, Progress, RunSetup, SystemSetup } from '../pipeline/setup.ts';
import { type Budget, createBudget } from './adapters/budget.ts';
import { systemClock } from './adapters/clock.ts';
import { localFiles } from './adapters/files.ts';
import { storedNotices } from './adapters/notices.ts';
import { processOwner } from './adapters/owner.ts';
import { Gate } from './calls/gate.ts';
import { gateOf } from './calls/gates.ts';
import { limitsOf } from './calls/limits.ts';
import type { Configured } from './compile-options.ts';
import { compileStored, type Source, sourceOf } from './editions.ts';
import { numbered, withFacts } from './logger.ts';
import { pendingAll } from './mapping-news.ts';
import { policiesOf, streamPolicy } from './policies.ts';
import { sverkaVersion } from './project.ts';
import { CONNECTORS } from './registry.ts';

/** How a run lives beside others; all parts go to it as they are. */
export type RunHold = Pick<RunSetup, 'stopping' | 'job' | 'heartbeat' | 'leaseMs'>;

export interface ComposeOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Asks the person at the terminal; null when there is none. */
  readonly ask: (question: string) => Promise<string | null>;
  readonly clock?: Clock;
  /** Where a system, by its name, keeps what its vendor calls back; absent without a store. */
  readonly notices?: (system: string) => Notices;
  /** Asked before anything reaches a vendor. */
  readonly permit?: () => Promise<void>;
  /** The store through which processes share what systems may be called; without one this process keeps to the limits alone. */
  readonly store?: Store;
}

/** A configured system, opened, with its mappings; not yet known to a store. */
export type OpenedSystem = Omit<SystemSetup, 'id'> & SystemMappings & { readonly vendor: string };

const NO_VERSIONS: ActiveVersions = new Map();

/** Opens the systems and compiles their mappings, those on the disk where none is given as active; no call is made. Throws `ConfigError`. */
export async function openSystems(loaded: LoadedConfig, options: ComposeOptions & { readonly active?: ActiveVersions }): Promise<readonly OpenedSystem[]> {
  return Promise.all(Object.entries(loaded.config.systems).map(([name, config]) => openSystem(name, config, loaded, options)));
}

/** What a run is given. Systems that the store does not know yet get a number. */
export async function compose(
  loaded: LoadedConfig,
  store: Store,
  options: ComposeOptions & { readonly progress: Progress; readonly hold?: RunHold },
): Promise<RunSetup> {
  const { log, begins } = numbered(options.log);
  const clock = options.clock ?? systemClock;
  const fence: Fence = { until: Number.POSITIVE_INFINITY, renew: async () => undefined };
  const permit = async (): Promise<void> => {
    if (clock.now() >= fence.until) await fence.renew();
  };
  let ids: ReadonlyMap<string, number> = new Map();
  const notices = (name: string): Notices => storedNotices(store, clock, () => idOf(ids, name));
  const active = await activeIn(store);
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
      found: opened.flatMap(({ name, found }) => found.map((source) => ({ ...source, systemId: idOf(ids, name), mapping: source.compile() }))),
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

async function openSystem(
  name: string,
  config: SystemConfig,
  loaded: LoadedConfig,
  options: ComposeOptions & { readonly active?: ActiveVersions },
): Promise<OpenedSystem> {
  const connector = CONNECTORS.get(config.vendor);
  if (connector === undefined) throw new InvariantError('INVARIANT_BROKEN', `the configuration passed with an unknown connector`);
  const zone = config.zone ?? loaded.config.zone;
  const budget = budgetOf(name, config, zone, options);
  const system = connector.open(config.settings, contextOf(name, config, zone, budget, options));
  const clockErrorMs = Math.round(config.clockErrorSeconds * 1000);
  const { maxCreates, maxUpdates, maxDeletes } = config.guards;
  return {
    name,
    vendor: config.vendor,
    system,
    ...(await mappingsOf({ name, config, zone, connector }, system, loaded, options.active ?? NO_VERSIONS)),
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

function budgetOf(name: string, config: SystemConfig, zone: string, options: ComposeOptions): Budget {
  const clock = options.clock ?? systemClock;
  if (options.store !== undefined) return gateOf(options.store, name, limitsOf(config, zone), clock);
  return createBudget({ clock, concurrency: config.concurrency, ...(config.rate === undefined ? {} : { ratePerSecond: config.rate }) });
}

function contextOf(name: string, config: SystemConfig, zone: string, budget: Budget, options: ComposeOptions): Context {
  const clock = options.clock ?? systemClock;
  return {
    system: name,
    version: sverkaVersion(),
    zone,
    clock,
    random: Math.random,
    uuid: randomUUID,
    http: lazyHttp(config, clock, budget, options.permit),
    files: permitted(options.permit),
    ...(options.notices === undefined ? {} : { notices: options.notices(name) }),
    log: withFacts(options.log, { system: name }),
    concurrency: config.concurrency,
    ask: options.ask,
  };
}

/** An exchange directory reaches a vendor too. */
function permitted(permit: (() => Promise<void>) | undefined): Files {
  if (permit === undefined) return localFiles;
  return {
    ...localFiles,
    async writeNew(directory, name, content) {
      await permit();
      return localFiles.writeNew(directory, name, content);
    },
    async remove(directory, name) {
      await permit();
      return localFiles.remove(directory, name);
    },
  };
}

/** The HTTP client is loaded with the first call: most commands make none. */
function lazyHttp(config: SystemConfig, clock: Clock, budget: Budget, permit: (() => Promise<void>) | undefined): Http {
  let http: Promise<Http> | null = null;
  return {
    async send(request, signal) {
      http ??= import('./adapters/http.ts').then(({ createHttp }) =>
        createHttp({
          clock,
          budget,
          timeoutMs: config.timeoutSeconds * 1000,
          maxResponseBytes: config.maxResponseMb * 1024 * 1024,
          insecure: config.insecure,
          ...(permit === undefined ? {} : { permit }),
        }),
      );
      return (await http).send(request, signal);
    },
  };
}

/** The mappings of a system: what is active in the store, and on the disk what is not active anywhere yet. */
async function mappingsOf(configured: Configured, system: System, loaded: LoadedConfig, active: ActiveVersions): Promise<SystemMappings> {
  const mappings = new Map<string, Mapping>();
  const found: Source[] = [];
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
    if (row === undefined) found.push(source);
    else pending.push(...pendingAll(source, row, mapping));
  }
  return { mappings, found, pending };
}

/** Active versions by `system/stream`. */
type ActiveVersions = ReadonlyMap<string, MappingVersionRow>;

interface SystemMappings {
  readonly mappings: ReadonlyMap<string, Mapping>;
  /** Of streams in which nothing is active. */
  readonly found: readonly Source[];
  readonly pending: readonly PendingEdit[];
}

async function activeIn(store: Store): Promise<ActiveVersions> {
  const names = new Map((await allSystems(store.db)).map(({ id, name }) => [id, name]));
  return new Map((await activeVersions(store.db)).map((row) => [`${names.get(row.system_id) ?? ''}/${row.stream}`, row]));
}

function idOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new InvariantError('INVARIANT_BROKEN', `the store gave the system ${name} no number`);
  return id;
}
