import type { Context, HttpRequest, HttpResponse } from '../../core/context.ts';
import type { Outcome } from '../../core/contract.ts';
import { ConnectionError, ContractError, RecordError, SverkaError, TransientError, UncertainError } from '../../core/errors.ts';

/** `read`: no effect. `safe-write`: sent twice it does what it does once. `unsafe-write`: sent twice it happens twice. */
export type CallKind = 'read' | 'safe-write' | 'unsafe-write';

const REPETITIONS = 4;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
const MAX_RETRY_AFTER_MS = 300_000;

/**
 * One call with the repetitions that its kind allows. Reads and safe writes are repeated up to four times after a lost
 * connection or answer, 429 and 5xx, with exponential backoff and full jitter, or as long as `Retry-After` says. An unsafe
 * write is repeated only on 429, which says that nothing was done. Statuses 2xx and 4xx (but 401, 403, 429) are returned.
 * Throws `TransientError` (busy, or stopped before anything was sent), `ConnectionError` (unreachable, refused),
 * `UncertainError` (sent, no usable answer). A redirect is never followed: `ConnectionError` where it says that a write was not done,
 * else `ContractError`.
 */
export async function callVendor(ctx: Context, request: HttpRequest, kind: CallKind, signal: AbortSignal): Promise<HttpResponse> {
  let lost: UncertainError | null = null;
  for (let repetition = 0; ; repetition += 1) {
    const fault = await attempt(ctx, request, kind, signal);
    if (!(fault instanceof SverkaError)) return fault;
    if (fault instanceof UncertainError) lost = fault;
    const go = repetition < REPETITIONS && mayRepeat(fault, kind, signal);
    if (go && (await pause(ctx, waitOf(ctx, fault, repetition), fault, signal))) continue;
    if (kind === 'read') throw signal.aborted ? interrupted(ctx, signal) : fault;
    // A write that may have arrived once stays uncertain, however its repetitions ended.
    throw lost ?? (go ? interrupted(ctx, signal) : fault);
  }
}

/** The error classes of a write as its outcome; anything else is thrown on. */
export function outcomeOf(error: unknown): Outcome {
  if (error instanceof TransientError) return { kind: 'retry', ms: error.retryAfterMs ?? 0, code: error.code };
  // A person has paused the system: that is no trouble, and nobody need be told.
  if (error instanceof ConnectionError && error.code === 'SYSTEM_PAUSED') return { kind: 'retry', ms: 0, code: error.code };
  if (error instanceof ConnectionError) return { kind: 'unsent', trouble: error };
  if (error instanceof ContractError && error.code === 'VENDOR_REDIRECT') return { kind: 'unknown', code: error.code, trouble: error };
  if (error instanceof UncertainError || error instanceof ContractError) return { kind: 'unknown', code: error.code };
  if (error instanceof RecordError) return { kind: 'rejected', code: error.code, reason: error.message };
  throw error;
}

/**
 * Looks something up before anything is written. What would make a write's fate unknown makes this one's only late: nothing was
 * done yet, so the operation may be tried again. Throws `TransientError` instead of `UncertainError` and `ContractError`, and
 * `ConnectionError` for a redirect.
 */
export async function beforeWriting<T>(look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UncertainError || error instanceof ContractError)) throw error;
    if (error.code === 'VENDOR_REDIRECT') throw new ConnectionError(error.code, error.message, { cause: error });
    throw new TransientError(error.code, error.message, { cause: error });
  }
}

/** The error for work stopped by its signal before anything was sent. */
export function interrupted(ctx: Context, signal: AbortSignal): TransientError {
  return new TransientError('RUN_INTERRUPTED', `${ctx.system}: stopped`, { cause: signal.reason });
}

/** The answer, or the error that says what may be done about it. */
async function attempt(ctx: Context, request: HttpRequest, kind: CallKind, signal: AbortSignal): Promise<HttpResponse | SverkaError> {
  if (signal.aborted) return interrupted(ctx, signal);
  try {
    // A write under way is waited for, so that a person who stops a run leaves nothing of which nobody knows whether it was done.
    const response = await ctx.http.send(request, kind === 'read' ? signal : new AbortController().signal);
    return faultOf(ctx, request, kind, response) ?? response;
  } catch (error) {
    if (error instanceof SverkaError) return error;
    throw error;
  }
}

function faultOf(ctx: Context, request: HttpRequest, kind: CallKind, response: HttpResponse): SverkaError | null {
  const { status } = response;
  const name = `${ctx.system}: ${request.method} ${pathOf(request.url)} answered HTTP ${status}`;
  if (status === 401 || status === 403) return new ConnectionError('VENDOR_REFUSED', name);
  if (status >= 300 && status < 400) return redirect(`${name}, a redirect, which is never followed`, status, kind);
  if (status === 429) return busy(name, response);
  if (status < 500) return null;
  return kind === 'unsafe-write' ? new UncertainError('VENDOR_LOST_ANSWER', name) : busy(name, response);
}

/** Statuses that say: not here, ask there. Others of their kind (303) may come after the work was done (RFC 9110, 15.4). */
const ELSEWHERE: readonly number[] = [301, 302, 307, 308];

function redirect(what: string, status: number, kind: CallKind): SverkaError {
  if (kind === 'read') return new ContractError('VENDOR_REDIRECT', what);
  if (ELSEWHERE.includes(status)) return new ConnectionError('VENDOR_REDIRECT', `${what}: nothing was written`);
  return new ContractError('VENDOR_REDIRECT', `${what}: whether anything was written is read back`);
}

function busy(name: string, response: HttpResponse): TransientError {
  const retryAfterMs = retryAfter(response);
  return new TransientError('VENDOR_BUSY', name, retryAfterMs === null ? {} : { retryAfterMs });
}

/** `Retry-After` in milliseconds: seconds or an HTTP date; null when it says nothing usable. */
function retryAfter(response: HttpResponse): number | null {
  const header = response.headers['retry-after']?.trim();
  if (header === undefined || header === '') return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - response.ended);
}

function mayRepeat(fault: SverkaError, kind: CallKind, signal: AbortSignal): boolean {
  if (signal.aborted) return false;
  if (fault instanceof TransientError) return (fault.retryAfterMs ?? 0) <= MAX_RETRY_AFTER_MS;
  if (kind === 'unsafe-write') return false;
  return fault instanceof UncertainError || (fault instanceof ConnectionError && fault.code === 'VENDOR_UNREACHABLE');
}

function waitOf(ctx: Context, fault: SverkaError, repetition: number): number {
  if (fault instanceof TransientError && fault.retryAfterMs !== null) return fault.retryAfterMs;
  return Math.ceil(ctx.random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** repetition));
}

/** Waits; false when the signal aborted meanwhile. */
async function pause(ctx: Context, ms: number, fault: SverkaError, signal: AbortSignal): Promise<boolean> {
  ctx.log.debug('call is repeated', { system: ctx.system, code: fault.code, ms });
  try {
    await ctx.clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : '(unreadable address)';
}
