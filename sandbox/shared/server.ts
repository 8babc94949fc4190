import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { htmlPage, refusal, type SandboxAnswer } from './answers.ts';
import { type Fault, type FaultKind, type Faults, hasFault } from './faults.ts';

/** Milliseconds since 1970 as the vendor's machine sees them; tests may steer it. */
export type Clock = () => number;

/** One request as a vendor machine sees it. `path` is decoded only as far as the URL parser does. */
export interface SandboxRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  /** Lower-case names; repeated headers joined by a comma. */
  headers: Record<string, string>;
  body: Buffer;
  /** Vendor time of arrival, milliseconds since 1970. */
  at: number;
}

/** A vendor as a state machine. `faults` are those that hit this request; list routes obey the page faults among them. */
export interface Machine {
  answer(request: SandboxRequest, faults: Fault[]): SandboxAnswer;
}

/** One line of a server's request log. `query` has the values of secrets replaced by `***`. */
export interface LoggedRequest {
  method: string;
  path: string;
  query: string;
  at: number;
  /** The HTTP status sent, 0 when the socket was destroyed instead. */
  status: number;
}

const SECRETS = new Set(['apikey', 'token', 'code', 'psw', 'password', 'login']);
const LOG_LIMIT = 20_000;

const redact = (query: URLSearchParams): string => {
  const safe = new URLSearchParams();
  for (const [name, value] of query) safe.append(name, SECRETS.has(name.toLowerCase()) ? '***' : value);
  return safe.toString();
};

const flatHeaders = (request: IncomingMessage): Record<string, string> => {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
};

const NOTHING = Buffer.alloc(0);

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const { 'content-length': length = '0', 'transfer-encoding': transfer } = request.headers;
  if (length === '0' && transfer === undefined) return NOTHING;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const find = (faults: readonly Fault[], kind: FaultKind): Fault | undefined => faults.find((fault) => fault.kind === kind);

/** An HTTP/1.1 server with keep-alive around one vendor machine; carries out the transport faults. */
export class SandboxServer {
  /** The latest requests, oldest first, at most 20 000. */
  readonly requests: LoggedRequest[] = [];
  readonly faults: Faults;
  private readonly machine: Machine;
  private readonly clock: Clock;
  private server: Server | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(machine: Machine, faults: Faults, clock: Clock = Date.now) {
    this.machine = machine;
    this.faults = faults;
    this.clock = clock;
  }

  /** A listener for `http.createServer`. */
  handler(): (request: IncomingMessage, response: ServerResponse) => void {
    return (request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        // A machine must never throw: answer so that the test sees it, not a hanging socket.
        if (response.headersSent || response.destroyed) response.destroy();
        else this.send(response, { status: 500, body: `sandbox failure: ${String(error)}` });
      });
    };
  }

  /** Listens on 127.0.0.1; port 0 (the default) takes a free one. */
  async start(port = 0): Promise<{ url: string; port: number }> {
    const server = createServer({ keepAliveTimeout: 60_000 }, this.handler());
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    const bound = (server.address() as AddressInfo).port;
    return { url: `http://127.0.0.1:${bound}`, port: bound };
  }

  /** Stops listening and closes every connection; harmless when not started. */
  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(message.url ?? '/', 'http://sandbox');
    const request: SandboxRequest = {
      method: message.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: flatHeaders(message),
      body: await readBody(message),
      at: this.clock(),
    };
    const faults = this.faults.take(request.method, request.path);
    if (faults.length > 0) await this.delay(faults);
    const status = this.respond(request, response, faults);
    this.log(request, status);
  }

  private async delay(faults: readonly Fault[]): Promise<void> {
    for (const fault of faults)
      if (fault.kind === 'latency')
        await new Promise<void>((resolve) => {
          const timer = setTimeout(() => {
            this.timers.delete(timer);
            resolve();
          }, fault.ms ?? 0);
          this.timers.add(timer);
        });
  }

  /** Sends the answer or the transport fault; returns the status for the log. */
  private respond(request: SandboxRequest, response: ServerResponse, faults: Fault[]): number {
    if (hasFault(faults, 'reset-before')) return destroy(response);
    const refused = find(faults, 'status');
    if (refused !== undefined) return this.send(response, refusal(refused));
    const html = find(faults, 'html');
    if (html !== undefined) {
      if (html.effect === true) this.machine.answer(request, faults);
      return this.send(response, htmlPage());
    }
    const answer = this.machine.answer(request, faults);
    if (hasFault(faults, 'reset-after')) return destroy(response);
    const truncated = find(faults, 'truncate');
    return truncated === undefined ? this.send(response, answer) : this.sendHalf(response, answer, truncated.clean === true);
  }

  private send(response: ServerResponse, answer: SandboxAnswer): number {
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
    const length = answer.status === 204 ? {} : { 'content-length': body.length };
    response.writeHead(answer.status, { ...answer.headers, ...length });
    response.end(body);
    return answer.status;
  }

  private sendHalf(response: ServerResponse, answer: SandboxAnswer, clean: boolean): number {
    const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
    const half = body.subarray(0, Math.floor(body.length / 2));
    if (clean) return this.send(response, { ...answer, body: half });
    response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
    // The half must be on the wire before the socket dies, else the client sees a plain reset.
    response.write(half, () => response.destroy());
    return answer.status;
  }

  private log(request: SandboxRequest, status: number): void {
    if (this.requests.length >= LOG_LIMIT) this.requests.splice(0, LOG_LIMIT / 2);
    const { method, path, at } = request;
    this.requests.push({ method, path, query: redact(request.query), at, status });
  }
}

const destroy = (response: ServerResponse): number => {
  response.destroy();
  return 0;
};
