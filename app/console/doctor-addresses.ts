/** Whether the addresses at which the service will listen can be had. */
import { createServer } from 'node:net';
import type { LoadedConfig } from '../../config/load.ts';
import { bind, hostAndPort, isInUse } from '../adapters/bind.ts';
import type { OpenedSystem } from '../compose.ts';
import type { Scrub } from '../scrub.ts';
import { badCheck, type Check } from './check.ts';

interface Address {
  /** Who wants it, as in the errors of `serve`. */
  readonly what: string;
  readonly host: string;
  readonly port: number;
}

/** Listens at each for a moment: one in use may be the service's own, or another program's. */
export async function checkAddresses(
  options: { readonly loaded: LoadedConfig; readonly scrub: Scrub },
  systems: readonly Pick<OpenedSystem, 'name' | 'system'>[],
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const address of [...configured(options.loaded), ...ofVendors(systems)]) checks.push(await checkAddress(address, options));
  return checks;
}

function configured({ config }: LoadedConfig): Address[] {
  const { endpoints, jobs, serve } = config;
  const called = Object.values(jobs).some((job) => job.trigger?.callback !== undefined);
  return [
    ...(endpoints === undefined ? [] : [{ what: 'endpoints', host: endpoints.host, port: endpoints.port }]),
    ...(called ? [{ what: 'callbacks', ...hostAndPort(serve.callbacks) }] : []),
  ];
}

function ofVendors(systems: readonly Pick<OpenedSystem, 'name' | 'system'>[]): Address[] {
  return systems.flatMap(({ name, system: { listener } }) => (listener === undefined ? [] : [{ what: name, host: listener.host, port: listener.port }]));
}

async function checkAddress({ what, host, port }: Address, { scrub }: { readonly scrub: Scrub }): Promise<Check> {
  const server = createServer();
  const shown = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  try {
    await bind(server, what, { host, port });
    await new Promise((resolve) => server.close(resolve));
    return { what, state: 'good', detail: `can listen at ${shown}` };
  } catch (error) {
    if (!isInUse(error)) return { ...badCheck(what, error, scrub), wrongConfig: true };
    return {
      what,
      state: 'note',
      detail: `somebody listens at ${shown} already`,
      hint: 'Good if that is `sverka serve` itself: one more takes over when it ends. Otherwise choose another port.',
    };
  }
}
