import { type ArtixOptions, ArtixSandbox } from './artix/index.ts';
import { type Filled, fill } from './fill.ts';
import { LotinfoSandbox } from './lotinfo/index.ts';
import type { LotinfoOptions } from './lotinfo/options.ts';
import type { Vendor } from './membership.ts';
import type { Faults } from './shared/faults.ts';
import type { Clock, LoggedRequest } from './shared/server.ts';
import { VirtualPosSandbox, type VirtualPosSetup } from './virtualpos/index.ts';
import { VodyanoySandbox } from './vodyanoy/index.ts';
import type { VodyanoyOptions } from './vodyanoy/options.ts';

export * from './artix/index.ts';
export { type Filled, type FillTargets, fill, type Truth } from './fill.ts';
export { type LotinfoClient, type LotinfoEdit, LotinfoSandbox, type LotinfoWrite } from './lotinfo/index.ts';
export type { LotinfoOptions } from './lotinfo/options.ts';
export type { Balances, Vendor } from './membership.ts';
export { type Day, makePeople, type Person, WORLD_NOW } from './people.ts';
export { type Fault, type FaultKind, Faults } from './shared/faults.ts';
export { type LoggedRequest, type Machine, SandboxServer } from './shared/server.ts';
export * from './virtualpos/index.ts';
export {
  type VodyanoyClient,
  VodyanoySandbox,
  type VodyanoySeed,
  type VodyanoyWrite,
} from './vodyanoy/index.ts';
export type { VodyanoyOptions } from './vodyanoy/options.ts';

/** What `startSandbox` takes. */
export interface SandboxSetup {
  /** How many people to make. */
  people: number;
  seed: number;
  /** Ports on loopback; a vendor without one takes a free one. */
  ports?: Partial<Record<Vendor, number>>;
  /** Directory of the Artix file exchange, which must exist; without it there is no file route. */
  artixDirectory?: string;
  /** How often Artix looks into that directory, milliseconds, default 1000; `null`: only on `artix.machine.takeFiles()`. */
  artixPollMs?: number | null;
  /** The time of all four vendors, milliseconds since 1970; default the real one. */
  clock?: Clock;
  /** Switches of the four machines. */
  options?: {
    virtualpos?: VirtualPosSetup;
    artix?: Partial<ArtixOptions>;
    lotinfo?: Partial<LotinfoOptions>;
    vodyanoy?: Partial<VodyanoyOptions>;
  };
}

/** One vendor's server under way. */
export interface Running<Sandbox> {
  /** `http://127.0.0.1:<port>`, without a path. */
  url: string;
  port: number;
  /** The state machine with the seed and inspect methods, the switches, `writes` and `requests`. */
  machine: Sandbox;
  /** The faults of its HTTP server. */
  faults: Faults;
  /** The log of its requests, without secrets. */
  requests: LoggedRequest[];
}

/** The four vendors under way, filled. */
export interface RunningSandbox extends Filled {
  virtualpos: Running<VirtualPosSandbox> & { apikey: string };
  artix: Running<ArtixSandbox> & {
    /** Base of the cash server: `…/CSrest/rest/`. */
    csUrl: string;
    /** Base of the bonus server: `…/ACC/rest/v1/`. */
    accUrl: string;
    /** Base of the exchange service: `…/aifexchange/`. */
    aifUrl: string;
    login: string;
    password: string;
    directory: string | undefined;
  };
  lotinfo: Running<LotinfoSandbox> & { token: string; code: number };
  vodyanoy: Running<VodyanoySandbox> & { token: string };
  /** Stops all four servers. */
  stop(): Promise<void>;
}

interface Served {
  faults: Faults;
  requests: LoggedRequest[];
}

const running = <Sandbox extends Served>(machine: Sandbox, at: { url: string; port: number }): Running<Sandbox> => ({
  ...at,
  machine,
  faults: machine.faults,
  requests: machine.requests,
});

/**
 * Makes the four vendors, fills them with overlapping people and starts a server for each on loopback. When one cannot
 * start, those already under way are stopped and its error is passed on.
 */
export async function startSandbox(setup: SandboxSetup): Promise<RunningSandbox> {
  const { people, seed, ports = {}, options = {}, artixDirectory: directory, artixPollMs = 1000 } = setup;
  const clock = setup.clock ?? Date.now;
  const virtualpos = new VirtualPosSandbox(options.virtualpos, clock);
  const artix = new ArtixSandbox(options.artix, clock);
  const lotinfo = new LotinfoSandbox(options.lotinfo, clock);
  const vodyanoy = new VodyanoySandbox(options.vodyanoy, clock);
  const machines = { virtualpos, artix, lotinfo, vodyanoy };
  const stop = async (): Promise<void> => {
    await Promise.all(Object.values(machines).map((machine) => machine.stop()));
  };
  const filled = fill(machines, { people, seed });
  if (directory !== undefined && artixPollMs === null) artix.watch(directory);
  const files = directory === undefined || artixPollMs === null ? undefined : { directory, pollMs: artixPollMs };
  try {
    const artixAt = await artix.start(ports.artix, files);
    const { login, password } = artix.options.basicAuth ?? { login: '', password: '' };
    return {
      ...filled,
      virtualpos: {
        ...running(virtualpos, await virtualpos.start(ports.virtualpos)),
        apikey: virtualpos.options.apikey,
      },
      artix: {
        ...running(artix, artixAt),
        csUrl: `${artixAt.url}/CSrest/rest/`,
        accUrl: `${artixAt.url}/ACC/rest/v1/`,
        aifUrl: `${artixAt.url}/aifexchange/`,
        login,
        password,
        directory,
      },
      lotinfo: {
        ...running(lotinfo, await lotinfo.start(ports.lotinfo)),
        token: lotinfo.options.token,
        code: lotinfo.options.code,
      },
      vodyanoy: { ...running(vodyanoy, await vodyanoy.start(ports.vodyanoy)), token: vodyanoy.options.token },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
