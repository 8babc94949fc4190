import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type CallKind, callVendor, outcomeOf } from '../../../connectors/shared/call.ts';
import type { HttpResponse } from '../../../core/context.ts';
import { ConfigError, ConnectionError, ContractError, RecordError, TransientError, UncertainError } from '../../../core/errors.ts';
import { type TestContext, testContext } from '../../support/context.ts';

type Answer = (response: ServerResponse) => void;

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await (server === undefined ? undefined : once(server, 'close'));
  server = undefined;
});

const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('body');
const reset: Answer = (response) => response.destroy();

/** Answers in turn, then 200 for ever; returns how many calls came. */
async function script(...answers: Answer[]): Promise<{ url: string; calls: () => number }> {
  let calls = 0;
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => (answers[calls++] ?? status(200))(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a`, calls: () => calls };
}

const run = (ctx: TestContext, url: string, kind: CallKind, signal = new AbortController().signal) =>
  callVendor(ctx, { method: 'POST', url, query: { apikey: 'top-secret' }, form: { a: '1' } }, kind, signal);

async function fail(promise: Promise<HttpResponse>): Promise<Error> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('expected a failure');
  expect(error.message).not.toContain('top-secret');
  return error;
}

describe('callVendor', () => {
  it.each(['read', 'safe-write'] as const)('repeats a %s after lost answers and 5xx, with growing pauses', async (kind) => {
    const { url, calls } = await script(status(500), reset, status(503), reset);
    const ctx = testContext();
    expect((await run(ctx, url, kind)).status).toBe(200);
    expect(calls()).toBe(5);
    expect(ctx.clock.slept).toHaveLength(4);
    ctx.clock.slept.forEach((ms, index) => {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(500 * 2 ** index);
    });
  });

  it('gives up after five attempts', async () => {
    const { url, calls } = await script(...Array.from({ length: 9 }, () => status(500)));
    expect(await fail(run(testContext(), url, 'read'))).toBeInstanceOf(TransientError);
    expect(calls()).toBe(5);
  });

  it('never repeats an unsafe write, but for 429', async () => {
    for (const fault of [reset, status(500), status(503, { 'retry-after': '1' })]) {
      const { url, calls } = await script(fault);
      expect(await fail(run(testContext(), url, 'unsafe-write'))).toBeInstanceOf(UncertainError);
      expect(calls()).toBe(1);
      server?.closeAllConnections();
      server?.close();
    }
    const { url, calls } = await script(status(429), status(429, { 'retry-after': '3' }));
    const ctx = testContext();
    expect((await run(ctx, url, 'unsafe-write')).status).toBe(200);
    expect(calls()).toBe(3);
    expect(ctx.clock.slept[1]).toBe(3000);
  });

  it('honours Retry-After as a date, and leaves long waits to the caller', async () => {
    const ctx = testContext();
    const date = new Date(ctx.clock.now() + 60_000).toUTCString();
    const { url } = await script(status(429, { 'retry-after': date }), status(503, { 'retry-after': '301' }));
    const error = await fail(run(ctx, url, 'read'));
    expect(ctx.clock.slept).toHaveLength(1);
    expect(ctx.clock.slept[0]).toBeGreaterThan(58_000);
    expect(ctx.clock.slept[0]).toBeLessThanOrEqual(60_000);
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ retryAfterMs: 301_000 });
  });

  it('tells refusals, redirects and answers apart', async () => {
    const { url, calls } = await script(status(401), status(403), status(302, { location: '/x' }), status(404));
    const ctx = testContext();
    expect(await fail(run(ctx, url, 'read'))).toMatchObject({ code: 'VENDOR_REFUSED' });
    expect(await fail(run(ctx, url, 'read'))).toBeInstanceOf(ConnectionError);
    expect(await fail(run(ctx, url, 'read'))).toBeInstanceOf(ContractError);
    expect((await run(ctx, url, 'read')).status).toBe(404);
    expect(calls()).toBe(4);
  });

  it('keeps a write uncertain when its repetitions fail otherwise', async () => {
    const { url } = await script(reset, status(401));
    expect(await fail(run(testContext(), url, 'safe-write'))).toBeInstanceOf(UncertainError);
  });

  it('stops: before sending nothing was done, after a lost write nobody knows', async () => {
    const { url, calls } = await script(reset, reset);
    const stopped = AbortSignal.abort(new Error('stop'));
    expect(await fail(run(testContext(), url, 'unsafe-write', stopped))).toMatchObject({ code: 'RUN_INTERRUPTED' });
    expect(calls()).toBe(0);
    for (const kind of ['safe-write', 'read'] as const) {
      const controller = new AbortController();
      const ctx = testContext();
      const clock = {
        ...ctx.clock,
        sleep: (ms: number, signal?: AbortSignal) => {
          controller.abort(new Error('stop'));
          return ctx.clock.sleep(ms, signal);
        },
      };
      const error = await fail(run({ ...ctx, clock }, url, kind, controller.signal));
      expect(error).toMatchObject({ code: kind === 'read' ? 'RUN_INTERRUPTED' : 'VENDOR_LOST_ANSWER' });
    }
  });
});

describe('outcomeOf', () => {
  it('is the class of the error', () => {
    const wait = new TransientError('VENDOR_BUSY', 'busy', { retryAfterMs: 5 });
    expect(outcomeOf(wait)).toEqual({ kind: 'retry', ms: 5, code: 'VENDOR_BUSY' });
    const trouble = new ConnectionError('VENDOR_REFUSED', 'no');
    expect(outcomeOf(trouble)).toEqual({ kind: 'unsent', trouble });
    expect(outcomeOf(new ConnectionError('SYSTEM_PAUSED', 'paused'))).toEqual({ kind: 'retry', ms: 0, code: 'SYSTEM_PAUSED' });
    const redirect = new ContractError('VENDOR_REDIRECT', '303');
    expect(outcomeOf(redirect)).toEqual({ kind: 'unknown', code: 'VENDOR_REDIRECT', trouble: redirect });
    expect(outcomeOf(new UncertainError('VENDOR_LOST_ANSWER', 'lost'))).toEqual({
      kind: 'unknown',
      code: 'VENDOR_LOST_ANSWER',
    });
    expect(outcomeOf(new ContractError('VENDOR_ANSWER', 'html'))).toEqual({ kind: 'unknown', code: 'VENDOR_ANSWER' });
    expect(outcomeOf(new RecordError('VENDOR_ERROR', 'why'))).toEqual({
      kind: 'rejected',
      code: 'VENDOR_ERROR',
      reason: 'why',
    });
    expect(() => outcomeOf(new ConfigError('CONFIG_INVALID', 'x'))).toThrow(ConfigError);
    expect(() => outcomeOf(new TypeError('x'))).toThrow(TypeError);
  });
});
