/** What the odd vendors share: a server on loopback that counts its effects, and its answers. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Reply {
  readonly status?: number;
  readonly type?: string;
  readonly body?: string;
}

export interface OddServer {
  readonly url: string;
  /** Calls so far, `METHOD path`. */
  readonly calls: string[];
  /** Requests with an effect that were answered so far. */
  writes(): number;
  stop(): Promise<void>;
}

export const json = (value: unknown, status = 200): Reply => ({ status, type: 'application/json', body: JSON.stringify(value) });

/** Serves `answer`; `effect` tells the calls that change something. */
export async function serve(answer: (call: Call) => Reply, effect: (call: Call) => boolean): Promise<OddServer> {
  let writes = 0;
  const calls: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://odd');
      const call: Call = {
        method: request.method ?? 'GET',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      calls.push(`${call.method} ${call.path}`);
      const { status = 200, type = 'text/plain', body = '' } = answer(call);
      if (effect(call) && status < 400) writes += 1;
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    writes: () => writes,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
