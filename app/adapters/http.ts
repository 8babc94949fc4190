import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { type Got, got, type PlainResponse } from 'got';
import type { Clock, Http, HttpRequest, HttpResponse } from '../../core/context.ts';
import { ConfigError, ConnectionError, ContractError, SverkaError, TransientError, UncertainError } from '../../core/errors.ts';
import { redactUrl } from '../../core/redact.ts';
import type { Budget } from './budget.ts';
import { isPrivateHost } from './private-address.ts';
import { type Permit, watchSending } from './sending.ts';

/** How a system is called. */
export interface HttpOptions {
  readonly clock: Clock;
  /** Milliseconds from the first byte sent to the last byte read, and the limit for connecting. */
  readonly timeoutMs: number;
  /** Bytes of an answer after decompression. */
  readonly maxResponseBytes: number;
  /** Lets secrets and data of people travel over plain http to a public address. */
  readonly insecure: boolean;
  readonly budget: Budget;
  readonly permit?: Permit;
}

/** Idle connections are dropped before the usual 5 s of servers, so that a write does not meet a closing one. */
const IDLE_MS = 4000;
const MAX_CONNECT_MS = 15_000;

/**
 * HTTP by got: one attempt a call, no redirect, no repetition. Throws `ConfigError` for an address that cannot be used,
 * `ConnectionError` when certainly nothing was sent, `UncertainError` when something may have been, `ContractError` for an
 * answer over the size limit, and `TransientError` (`RUN_INTERRUPTED`) when the signal aborted before anything was sent.
 */
export function createHttp(options: HttpOptions): Http {
  // What is the same for every call is checked once: got spends more on its options than on the call.
  const client = got.extend({
    agent: {
      http: new HttpAgent({ keepAlive: true, timeout: IDLE_MS }),
      https: new HttpsAgent({ keepAlive: true, timeout: IDLE_MS }),
    },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    decompress: true,
    timeout: timeouts(options.timeoutMs),
  });
  return {
    async send(request, signal) {
      const url = addressOf(request, options.insecure);
      let started = false;
      try {
        return await options.budget.run(async () => {
          started = true;
          for (;;) {
            await options.permit?.ask();
            const answer = await attempt(client, request, url, options, signal);
            if (answer !== null) return answer;
          }
        }, signal);
      } catch (error) {
        if (started || error instanceof SverkaError) throw error;
        throw interrupted(url, error);
      }
    },
  };
}

function addressOf(request: HttpRequest, insecure: boolean): URL {
  let url: URL;
  try {
    url = new URL(request.url);
  } catch (cause) {
    throw new ConfigError('CONFIG_INVALID', 'the address of a system is not a URL', { cause });
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ConfigError('CONFIG_INVALID', `the address ${redactUrl(url.href)} is neither http nor https`);
  }
  if (url.protocol === 'http:' && !insecure && !isPrivateHost(url.hostname)) {
    throw new ConfigError('CONFIG_INVALID', `${redactUrl(url.href)} would carry a secret over plain http to a public address`, {
      hint: 'Use https, or set `insecure: true` for this system if the way there is protected otherwise.',
    });
  }
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.append(name, value);
  return url;
}

/** Null: nothing was sent, because the permit was gone when the connection stood. */
async function attempt(client: Got, request: HttpRequest, url: URL, options: HttpOptions, signal: AbortSignal): Promise<HttpResponse | null> {
  const { clock, maxResponseBytes, permit } = options;
  const began = clock.now();
  const stream = client.stream(url, { ...payload(request), method: request.method, signal });
  const sending = watchSending(stream, permit);
  let response: PlainResponse | undefined;
  stream.once('response', (answer: PlainResponse) => {
    response = answer;
  });
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Counted while it streams: a small compressed answer may unfold to a huge one.
      if (size > maxResponseBytes) throw tooLarge(request, url, maxResponseBytes);
      chunks.push(chunk);
    }
    if (response === undefined) throw new UncertainError('VENDOR_LOST_ANSWER', `${nameOf(request, url)}: no answer came`);
    return {
      status: response.statusCode,
      headers: flatHeaders(response),
      body: Buffer.concat(chunks, size),
      began,
      ended: clock.now(),
    };
  } catch (error) {
    if (sending.withheld()) return null;
    if (error instanceof SverkaError) throw error;
    throw classify(error, sending.sent(), request, url, signal);
  } finally {
    stream.destroy();
  }
}

function timeouts(timeoutMs: number): { lookup: number; connect: number; secureConnect: number; request: number } {
  const connect = Math.min(timeoutMs, MAX_CONNECT_MS);
  return { lookup: connect, connect, secureConnect: connect, request: timeoutMs };
}

function payload(request: HttpRequest): { headers: Record<string, string>; body?: string } {
  const headers: Record<string, string> = { ...request.headers };
  if (request.json !== undefined) {
    return { headers: { 'content-type': 'application/json', ...headers }, body: request.json };
  }
  if (request.form !== undefined) {
    const body = new URLSearchParams({ ...request.form }).toString();
    return { headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body };
  }
  return request.method === 'GET' ? { headers } : { headers, body: '' };
}

function flatHeaders(response: PlainResponse): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function classify(error: unknown, sent: boolean, request: HttpRequest, url: URL, signal: AbortSignal): SverkaError {
  const name = nameOf(request, url);
  // The message of got's error may hold the whole URL; only its code goes on.
  const reason = codeOf(error);
  const cause = { cause: withoutMessage(error, reason) };
  if (sent) return new UncertainError('VENDOR_LOST_ANSWER', `${name}: ${signal.aborted ? 'stopped' : reason} after the request was sent`, cause);
  if (signal.aborted) return interrupted(url, signal.reason);
  if (CERTIFICATE.test(reason))
    return new ConnectionError('VENDOR_CERTIFICATE', `${name}: the certificate is not to be trusted (${reason}); nothing was sent`, cause);
  return new ConnectionError('VENDOR_UNREACHABLE', `${name}: no connection (${reason})`, cause);
}

/** Codes by which Node refuses a certificate (OpenSSL's verification errors, and a name that does not fit). */
const CERTIFICATE = /CERT|^UNABLE_TO_|^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code } = error as NodeJS.ErrnoException;
  const inner = error.cause instanceof Error ? (error.cause as NodeJS.ErrnoException).code : undefined;
  return (code === 'ERR_GOT_REQUEST_ERROR' ? inner : undefined) ?? code ?? error.name;
}

/** A cause that can be logged whole: got's own error carries its options, and with them the secrets. */
function withoutMessage(error: unknown, code: string): unknown {
  return { name: error instanceof Error ? error.name : typeof error, code };
}

function interrupted(url: URL, reason: unknown): TransientError {
  return new TransientError('RUN_INTERRUPTED', `${redactUrl(url.origin)}: stopped before anything was sent`, {
    cause: reason,
  });
}

function tooLarge(request: HttpRequest, url: URL, limit: number): ContractError {
  return new ContractError('VENDOR_TOO_LARGE', `${nameOf(request, url)}: the answer is larger than ${limit} bytes`);
}

function nameOf(request: HttpRequest, url: URL): string {
  return `${request.method} ${redactUrl(url.origin + url.pathname)}`;
}
