/** The composition root: from a configuration to what a run is given. */
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Store } from '../canonical/open.ts';
import { Numbers } from '../canonical/stores/numbers.ts';
import { systemIds } from '../canonical/stores/work.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { SystemConfig } from '../config/schema/system.ts';
import type { Clock, Context, Files, Http, Logger } from '../core/context.ts';
import type { Connector, System } from '../core/contract.ts';
import { InvariantError } from '../core/errors.ts';
import type { Notices } from '../core/notices.ts';
import { compileMapping } from '../mappings/engine/compile.ts';
import type { Mapping } from '../mappings/engine/mapping.ts';
import type { CompileOptions, SettingValue } from '../mappings/engine/options.ts';
import type { Fence, Progress, RunSetup, SystemSetup } from '../pipeline/setup.ts';
import { type Budget, createBudget } from './adapters/budget.ts';
import { systemClock } from './adapters/clock.ts';
import { localFiles } from './adapters/files.ts';
import { storedNotices } from './adapters/notices.ts';
import { processOwner } from './adapters/owner.ts';
import { Gate } from './calls/gate.ts';
import { gateOf } from './calls/gates.ts';
import { limitsOf } from './calls/limits.ts';
import { numbered, withFacts } from './logger.ts';
import { mappingFile } from './mappings.ts';
import { policiesOf, streamPolicy } from './policies.ts';
import { sverkaVersion } from './project.ts';
import { CONNECTORS, wireNames } from './registry.ts';

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
export type OpenedSystem = Omit<SystemSetup, 'id'> & { readonly vendor: string };

/** Opens the systems and compiles their mappings; no call is made. Throws `ConfigError`. */
export async function openSystems(loaded: LoadedConfig, options: ComposeOptions): Promise<readonly OpenedSystem[]> {
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
  const opened = await openSystems(loaded, { ...options, log, store, permit, notices });
  ids = await systemIds(
    store.db,
    opened.map(({ name, vendor }) => ({ name, vendor })),
    new Numbers(store),
    clock.now(),
  );
  return {
    systems: opened.map((system) => ({ ...system, id: idOf(ids, system.name) })),
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

async function openSystem(name: string, config: SystemConfig, loaded: LoadedConfig, options: ComposeOptions): Promise<OpenedSystem> {
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
    mappings: await mappingsOf({ name, config, zone, connector }, system, loaded),
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

async function mappingsOf(configured: Configured, system: System, loaded: LoadedConfig): Promise<ReadonlyMap<string, Mapping>> {
  const mappings = new Map<string, Mapping>();
  for (const stream of system.streams) {
    const source = await mappingFile(ownMappings(loaded), configured.config.vendor, stream.name);
    mappings.set(stream.name, compileMapping(source, compileOptions(configured, stream.name, loaded)));
  }
  return mappings;
}

/** Absolute path of the operator's own mappings. */
export function ownMappings(loaded: LoadedConfig): string | undefined {
  return loaded.config.mappings === undefined ? undefined : resolve(loaded.directory, loaded.config.mappings);
}

/** A system as configured, with what its name and vendor stand for. */
export interface Configured {
  readonly name: string;
  readonly config: SystemConfig;
  readonly zone: string;
  readonly connector: Connector;
}

/** What a mapping of one stream is compiled with in one system. */
export function compileOptions({ name, config, zone, connector }: Configured, stream: string, loaded: LoadedConfig): CompileOptions {
  const wire = connector.wire[stream];
  const { fields, ignored } = config.overrides[stream] ?? {};
  const settings = Object.entries(config.settings as Record<string, unknown>).filter((entry): entry is [string, SettingValue] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  return {
    zone,
    lookups: config.lookups,
    wire: wire === undefined ? null : wireNames(wire),
    settings: Object.fromEntries(settings.filter(([, value]) => !loaded.secrets.has(String(value)))),
    ...settingNames(connector),
    expect: { vendor: config.vendor, stream },
    ...(config.overrides[stream] === undefined
      ? {}
      : {
          overrides: {
            ...overridesPlaces(loaded, name, stream),
            ...(fields === undefined ? {} : { fields }),
            ...(ignored === undefined ? {} : { ignored }),
          },
        }),
  };
}

function overridesPlaces(loaded: LoadedConfig, system: string, stream: string): Pick<NonNullable<CompileOptions['overrides']>, 'place' | 'placeOf'> {
  const path = ['systems', system, 'overrides', stream];
  const { line = 1, column = 1 } = loaded.place(path);
  return {
    place: { file: loaded.file, line, column },
    placeOf: (inside, atKey) => ({ file: loaded.file, ...loaded.place([...path, ...inside], { atKey }) }),
  };
}

/** Every setting of a vendor, with or without a value in the configuration. */
function settingNames(connector: Connector): Pick<CompileOptions, 'settingNames'> {
  const { shape } = connector.settings as Connector['settings'] & { shape?: Readonly<Record<string, unknown>> };
  return shape === undefined ? {} : { settingNames: Object.keys(shape) };
}

function idOf(ids: ReadonlyMap<string, number>, name: string): number {
  const id = ids.get(name);
  if (id === undefined) throw new InvariantError('INVARIANT_BROKEN', `the store gave the system ${name} no number`);
  return id;
}
