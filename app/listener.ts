/**
 * Listens for the calls of vendors (DESIGN §10): where the configuration says, small bodies, and nothing is answered but what a
 * connector answers about ids that it issued itself. What is heard is kept in the store, so one listener serves every process.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from '../core/context.ts';
import type { System } from '../core/contract.ts';
import type { Listener, ListenerAnswer, ListenerCall } from '../core/listener.ts';
import { bind, isInUse } from './adapters/bind.ts';

export interface ListenOptions {
  readonly log: Logger;
  /** Stops the listening. */
  readonly signal: AbortSignal;
  /** What an address that is taken already means: another Sverka listens there (`skip`), or nobody can call us (`fail`). */
  readonly inUse: 'skip' | 'fail';
}

export interface Listening {
  /** Where it listens, `host:port`. */
  readonly addresses: readonly string[];
  /** Ends when the calls under way are answered. */
  close(): Promise<void>;
}

interface Named {
  readonly name: string;
  readonly listener: Listener;
}

/** A caller that is slower than this is none of ours. */
const CALL_MS = 10_000;
const MAX_CONNECTIONS = 64;

/**
 * Starts what the given systems want to be told through; systems with one address share a server. Throws `ConfigError`
 * (LISTEN_FAILED) where an address cannot be used.
 */
export async function listen(systems: readonly { readonly name: string; readonly system: System }[], options: ListenOptions): Promise<Listening> {
  const groups = new Map<string, Named[]>();
  for (const { name, system } of systems) {
    const { listener } = system;
    if (listener === undefined) continue;
    const address = `${listener.host}:${listener.port}`;
    groups.set(address, [...(groups.get(address) ?? []), { name, listener }]);
  }
  const servers: Server[] = [];
  const addresses: string[] = [];
  let closing: Promise<unknown> | null = null;
  const close = async (): Promise<void> => {
    closing ??= Promise.all(servers.map(closed));
    await closing;
  };
  try {
    for (const [address, group] of groups) {
      const server = await start(address, group, options);
      if (server === null) continue;
      servers.push(server);
      addresses.push(addressOf(server));
      options.log.info('listening for the calls of a vendor', { address: addressOf(server), systems: group.map(({ name }) => name).join(', ') });
    }
  } catch (error) {
    await close();
    throw error;
  }
  options.signal.addEventListener('abort', () => void close(), { once: true });
  return { addresses, close };
}

async function start(address: string, group: readonly Named[], options: ListenOptions): Promise<Server | null> {
  const [first] = group;
  if (first === undefined) return null;
  const server = createServer(
    { requestTimeout: CALL_MS, headersTimeout: CALL_MS, keepAliveTimeout: 5000, maxHeaderSize: 8192, connectionsCheckingInterval: 2000 },
    (request, response) => void serve(group, request, response, options.log),
  );
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await bind(server, first.name, first.listener);
  } catch (error) {
    if (!isInUse(error) || options.inUse === 'fail') throw error;
    options.log.info('somebody listens at this address already; we take it for ours', { address });
    return null;
  }
  return server;
}

async function serve(group: readonly Named[], request: IncomingMessage, response: ServerResponse, log: Logger): Promise<void> {
  try {
    const body = await bodyOf(request, Math.max(...group.map(({ listener }) => listener.maxBytes)));
    if (body === null) {
      log.warn('a call to the listener was refused', { why: 'its body is too large', status: 413 });
      response.writeHead(413, { connection: 'close' }).end(() => request.destroy());
      return;
    }
    const path = (request.url ?? '/').replace(/\?.*$/s, '');
    const { status, body: text } = await answerTo({ method: request.method ?? '', path, peer: request.socket.remoteAddress ?? '', body }, group, log);
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(text);
  } catch (error) {
    // Nothing a stranger sends may stop us; the cause names no value of theirs.
    log.error('a call to the listener failed', { error: error instanceof Error ? error.name : 'unknown' });
    if (!response.headersSent) response.writeHead(500).end();
    else response.destroy();
  }
}

const NOBODY: ListenerAnswer = { status: 404, body: '' };

/** Asks every system: what one of them alone would take, it takes; of what several would take nobody can tell whose it is, and none does. */
async function answerTo(call: ListenerCall, group: readonly Named[], log: Logger): Promise<ListenerAnswer> {
  const answers: { readonly name: string; readonly answer: ListenerAnswer }[] = [];
  for (const { name, listener } of group) {
    const answer = call.body.length > listener.maxBytes ? null : await listener.answer(call);
    if (answer !== null) answers.push({ name, answer });
  }
  const takers = answers.filter(({ answer }) => answer.refused === undefined);
  const [taker] = takers;
  if (taker !== undefined && takers.length === 1) {
    await taker.answer.keep?.();
    return taker.answer;
  }
  if (taker !== undefined) {
    log.warn('a call to the listener was refused', { systems: takers.map(({ name }) => name).join(', '), why: 'several systems could be meant', status: 404 });
    return NOBODY;
  }
  for (const { name, answer } of answers) log.warn('a call to the listener was refused', { system: name, ...answer.refused, status: answer.status });
  return answers.find(({ answer }) => answer.status !== NOBODY.status)?.answer ?? NOBODY;
}

/** The body, or null when it is larger than allowed: then the rest of it is not read. */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) return null;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks, size);
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return `${address}:${port}`;
}

function closed(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeIdleConnections();
  });
}
