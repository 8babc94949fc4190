/** `/healthz`, `/readyz` and `/metrics` over HTTP, for those who watch over services. Names and counts alone; nothing of people, no secret. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Store } from '../../canonical/open.ts';
import { assertSchema } from '../../canonical/schema/up.ts';
import type { LoadedConfig } from '../../config/load.ts';
import type { EndpointsConfig } from '../../config/schema/endpoints.ts';
import type { Clock, Logger } from '../../core/context.ts';
import { SverkaError } from '../../core/errors.ts';
import { bind } from '../adapters/bind.ts';
import { type MetricsPage, metricsPage } from './metrics.ts';

export interface EndpointOptions {
  readonly listen: EndpointsConfig;
  /** The configuration as it is now. */
  readonly loaded: () => LoadedConfig;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Logger;
  /** Why the process does not do its work although it lives (a scheduler that stands still); null: it does. */
  readonly stuck?: () => string | null;
}

export interface RunningEndpoints {
  /** `http://host:port`. */
  readonly url: string;
  /** Resolves when nothing listens any more: after the signal. */
  readonly closed: Promise<void>;
}

/** Longest that the store may take to say that it is ready. */
const READY_MS = 5000;

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Listens until the signal aborts. Throws `ConfigError` `LISTEN_FAILED` where it cannot. */
export async function startEndpoints(store: Store, options: EndpointOptions, signal: AbortSignal): Promise<RunningEndpoints> {
  // Begins to measure this process, which is not done while the address is taken.
  let made: MetricsPage | undefined;
  const metrics = (): MetricsPage => (made ??= metricsPage(store, options.loaded, () => options.clock.now()));
  const pages: ReadonlyMap<string, () => Promise<Page>> = new Map([
    ['/healthz', async () => alive(options.stuck?.() ?? null)],
    ['/readyz', () => ready(store)],
    ['/metrics', async () => ({ status: 200, type: metrics().contentType, body: await metrics().text() })],
  ]);
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, (request, response) => {
    // Never parsed as an address: a stranger may send what is none, such as `//`, and nothing here may throw.
    const page = pages.get((request.url ?? '').split('?')[0] ?? '');
    request.resume();
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(response, json(405, { error: 'only GET' }));
    if (page === undefined) return answer(response, json(404, { error: `there are ${[...pages.keys()].join(', ')}` }));
    page().then(
      (made) => answer(response, made, request.method === 'HEAD'),
      (error: unknown) => {
        const code = error instanceof SverkaError ? error.code : 'INVARIANT_BROKEN';
        options.log.warn('an endpoint could not answer', { code });
        answer(response, json(503, { error: code }));
      },
    );
  });
  await bind(server, 'endpoints', options.listen);
  metrics();
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const { address, port, family } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  options.log.info('health and metrics are served', { url });
  return { url, closed };
}

function alive(stuck: string | null): Page {
  return stuck === null ? json(200, { alive: true }) : json(503, { alive: false, why: stuck });
}

/** Ready to work: the store answers and has the schema of this installation. */
async function ready(store: Store): Promise<Page> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('STORE_UNREACHABLE'), READY_MS);
  });
  try {
    const fault = await Promise.race([assertSchema(store).then(() => null), late]);
    return fault === null ? json(200, { ready: true }) : json(503, { ready: false, code: fault });
  } catch (error) {
    return json(503, { ready: false, code: error instanceof SverkaError ? error.code : 'INVARIANT_BROKEN' });
  } finally {
    clearTimeout(timer);
  }
}

const json = (status: number, document: object): Page => ({ status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(document)}\n` });

function answer(response: ServerResponse, page: Page, head = false): void {
  response.writeHead(page.status, { 'content-type': page.type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  response.end(head ? undefined : page.body);
}
