/** What wants to listen at addresses that are one, or may be: refused where nobody could tell whose a call is. */
import { isIP } from 'node:net';
import type { CallPlace } from '../core/listener.ts';
import type { ConnectorFacts } from './check.ts';
import type { ConfigProblem } from './problems.ts';
import type { Config } from './schema/config.ts';
import type { KeyPath, Source } from './source.ts';

interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly path: KeyPath;
  /** Of a system: how its calls are told from those to another one of its vendor. */
  readonly calls?: CallPlace & { readonly vendor: string };
}

/** `settings` of each system have passed their vendor's schema. */
export function checkAddresses(
  config: Config,
  settings: ReadonlyMap<string, unknown>,
  source: Source,
  connectors: ReadonlyMap<string, ConnectorFacts>,
): ConfigProblem[] {
  const wanted = [...ofServices(config), ...ofSystems(config, settings, connectors)];
  return wanted.flatMap((one, index) => {
    for (const other of wanted.slice(0, index)) {
      const why = clash(one, other);
      const { line, path } = source.problem(other.path, '');
      if (why !== null) return [source.problem(one.path, `${path} (line ${line}) ${why}`)];
    }
    return [];
  });
}

function ofServices({ endpoints, jobs, serve }: Config): Wanted[] {
  const called = Object.values(jobs).some((job) => job.trigger?.callback !== undefined);
  const colon = serve.callbacks.lastIndexOf(':');
  const callbacks = { host: serve.callbacks.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(serve.callbacks.slice(colon + 1)) };
  return [
    ...(endpoints === undefined ? [] : [{ host: endpoints.host, port: endpoints.port, path: ['endpoints', 'port'] }]),
    ...(called ? [{ ...callbacks, path: ['serve', 'callbacks'] }] : []),
  ];
}

function ofSystems(config: Config, settings: ReadonlyMap<string, unknown>, connectors: ReadonlyMap<string, ConnectorFacts>): Wanted[] {
  return Object.entries(config.systems).flatMap(([name, { vendor }]) => {
    const calls = settings.has(name) ? connectors.get(vendor)?.calledAt?.(settings.get(name)) : undefined;
    if (calls == null) return [];
    const { host, port, path } = calls;
    return [{ host, port, path: ['systems', name, 'settings', ...path], calls: { ...calls, vendor } }];
  });
}

/** What is wrong with both, and what to do; null: nothing. */
function clash(one: Wanted, other: Wanted): string | null {
  // Port 0 is any free one.
  if (one.port !== other.port || one.port === 0 || !mayBeOne(one.host, other.host)) return null;
  if (one.calls === undefined || other.calls === undefined) return 'wants this port too: choose another one for either';
  // One server listens for both, and can tell their calls apart; two cannot listen at what is one address.
  if (one.host !== other.host)
    return 'wants the same port at a host that may be the same one: write the host in the same way in both, or choose another port for either';
  if (one.calls.vendor !== other.calls.vendor || areApart(one.calls.topics, other.calls.topics)) return null;
  if (one.calls.from !== undefined && other.calls.from !== undefined && areApart(one.calls.from, other.calls.from)) return null;
  const { topic } = one.calls;
  return `listens here too, and both have a ${topic} of one code: a call about it could be meant for either. Choose another port for one of them, or give both a \`from\` without a common address`;
}

const areApart = (some: readonly string[], others: readonly string[]): boolean => some.every((one) => !others.includes(one));

const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Whether two hosts may be one address: the same, a wildcard, or a name that may lead to the other. */
function mayBeOne(some: string, other: string): boolean {
  const [a, b] = [plain(some), plain(other)];
  if (a === b || WILDCARDS.has(a) || WILDCARDS.has(b)) return true;
  if (a === 'localhost') return isIP(b) === 0 || isLoopback(b);
  if (b === 'localhost') return isIP(a) === 0 || isLoopback(a);
  return isIP(a) === 0 || isIP(b) === 0;
}

const isLoopback = (host: string): boolean => host.startsWith('127.') || host === '::1';

/** IPv6 in its one short form and without its interface, IPv4 out of its IPv6 form, names in lower case. */
function plain(host: string): string {
  if (isIP(host) !== 6) return host.toLowerCase();
  const short = new URL(`http://[${host.replace(/%.*/s, '')}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]+):([\da-f]+)$/.exec(short) ?? [];
  if (high === undefined || low === undefined) return short;
  const [left, right] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [left >> 8, left & 255, right >> 8, right & 255].join('.');
}
