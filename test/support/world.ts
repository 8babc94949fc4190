/** A world for tests: sandbox vendors over sockets, a configuration, a store, and runs of the real engine over them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../app/compose.ts';
import { CONNECTOR_FACTS } from '../../app/registry.ts';
import type { Store } from '../../canonical/open.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import type { Clock } from '../../core/context.ts';
import type { RunReport } from '../../pipeline/report.ts';
import type { RunRequest } from '../../pipeline/request.ts';
import { run } from '../../pipeline/run.ts';
import type { RunSetup } from '../../pipeline/setup.ts';
import { type RunningSandbox, startSandbox } from '../../sandbox/index.ts';

/** Time that goes on by itself, and jumps when somebody sleeps: settle times cost nothing, and vendors see the same time. */
export function jumpingClock(): Clock & { jump(ms: number): void } {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      ahead += ms;
    },
    jump(ms) {
      ahead += ms;
    },
  };
}

export interface WorldOptions {
  readonly people?: number;
  readonly seed?: number;
  /** The `systems` and `policies` of the configuration, as YAML, with the placeholders of `SYSTEMS`. */
  readonly config?: string;
  readonly options?: Parameters<typeof startSandbox>[0]['options'];
}

export interface World {
  readonly sandbox: RunningSandbox;
  readonly store: Store;
  readonly clock: ReturnType<typeof jumpingClock>;
  setup(signal?: AbortSignal): Promise<RunSetup>;
  /** The configuration as it was read last. */
  loaded(): LoadedConfig;
  /** Reads another configuration, with the placeholders of `SYSTEMS`. */
  configure(config: string): Promise<void>;
  /** Requests of any kind that reached the vendors' servers so far. */
  requests(): number;
  sync(request?: Partial<RunRequest>, signal?: AbortSignal): Promise<RunReport>;
  /** Effectful calls that reached each vendor so far. */
  writes(): number;
  stop(): Promise<void>;
}

const wide = '{ maxCreates: { count: 100000, share: 1 }, maxUpdates: { count: 100000, share: 1 }, maxDeletes: { count: 500, share: 0.5 } }';
const all = '{ push: auto, create: all }';

/** Systems that get everything, by name. */
export const SYSTEMS = {
  shop: `
  shop: { vendor: virtualpos, settings: { url: $VIRTUALPOS, apikey: { env: SHOP } }, lookups: { programmes: { "1": main } }, ownReference: use,
    streams: { clients: ${all}, cards: ${all}, bonuses: ${all} }, guards: ${wide} }`,
  tills: `
  tills: { vendor: artix, settings: { rest: { url: $CS, login: $LOGIN, password: { env: TILLS } }, accounts: { url: $ACC, login: $LOGIN, password: { env: TILLS } }, defaultCardGroup: "2" },
    streams: { clients: ${all}, cards: ${all}, bonuses: ${all} }, guards: ${wide} }`,
  crm: `
  crm: { vendor: lotinfo, settings: { url: $LOTINFO, token: { env: CRM }, code: { env: CODE } }, ownReference: use, streams: { clients: ${all} }, guards: ${wide} }`,
  delivery: `
  delivery: { vendor: vodyanoy, settings: { url: $VODYANOY, token: { env: DELIVERY } }, streams: { clients: ${all} }, guards: ${wide} }`,
} as const;

const TRUST = ['shop', 'tills', 'delivery', 'crm'] as const;

/** Policies over the named systems; `more` goes into their object. */
export function policiesOf(names: readonly string[], more = 'openingBalances: max'): string {
  return `policies: { authority: [${TRUST.filter((name) => names.includes(name)).join(', ')}], rule: latest, firstSync: authority, settleSeconds: 1, ${more} }`;
}

/** A configuration of the named systems. */
export function configOf(names: readonly (keyof typeof SYSTEMS)[], policies: string = policiesOf(names)): string {
  return `systems:${names.map((name) => SYSTEMS[name]).join('')}\n${policies}`;
}

export async function startWorld(store: Store, options: WorldOptions = {}): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'sverka-world-'));
  const clock = jumpingClock();
  const sandbox = await startSandbox({
    people: options.people ?? 0,
    seed: options.seed ?? 1,
    artixDirectory: directory,
    artixPollMs: null,
    clock: () => clock.now(),
    ...(options.options === undefined ? {} : { options: options.options }),
  });
  const env = {
    SHOP: sandbox.virtualpos.apikey,
    TILLS: sandbox.artix.password,
    CRM: sandbox.lotinfo.token,
    CODE: String(sandbox.lotinfo.code),
    DELIVERY: sandbox.vodyanoy.token,
  };
  const places = {
    VIRTUALPOS: sandbox.virtualpos.url,
    CS: sandbox.artix.csUrl,
    ACC: sandbox.artix.accUrl,
    AIF: sandbox.artix.aifUrl,
    LOGIN: sandbox.artix.login,
    LOTINFO: `${sandbox.lotinfo.url}/v1/`,
    VODYANOY: sandbox.vodyanoy.url,
    DIRECTORY: directory,
  };
  const read = (config: string): Promise<LoadedConfig> => {
    const text = `store: { sqlite: ./unused.db }\nzone: Europe/Moscow\n${fill(config, places)}`;
    return loadConfig(join(directory, 'sverka.yaml'), {
      env,
      connectors: CONNECTOR_FACTS,
      readFile: async (path) => (path.endsWith('sverka.yaml') ? { text, mode: 0o600 } : null),
    });
  };
  let loaded = await read(options.config ?? configOf(['shop', 'tills', 'crm', 'delivery']));
  const quiet = (): void => undefined;
  const setup = (signal: AbortSignal = new AbortController().signal): Promise<RunSetup> =>
    compose(loaded, store, {
      log: {
        debug: quiet,
        info: quiet,
        warn: quiet,
        error: (message, facts) => (process.env['SVERKA_TEST_LOG'] === undefined ? undefined : console.error(message, facts)),
      },
      signal,
      clock,
      ask: async () => null,
      progress: { reading: quiet, step: quiet, delivering: quiet },
    });
  return {
    sandbox,
    store,
    clock,
    setup,
    loaded: () => loaded,
    configure: async (config) => {
      loaded = await read(config);
    },
    requests: () => [sandbox.virtualpos, sandbox.artix, sandbox.lotinfo, sandbox.vodyanoy].reduce((sum, { requests }) => sum + requests.length, 0),
    sync: async (request = {}, signal) => run(store, await setup(signal), { job: 'sync', ...request }),
    writes: () =>
      sandbox.virtualpos.machine.writes.length +
      sandbox.artix.machine.writes.length +
      sandbox.lotinfo.machine.writes.length +
      sandbox.vodyanoy.machine.writes.length,
    async stop() {
      await sandbox.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function fill(text: string, places: Readonly<Record<string, string>>): string {
  return text.replace(/\$([A-Z]+)/g, (whole, name: string) => places[name] ?? whole);
}
