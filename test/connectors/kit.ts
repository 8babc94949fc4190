import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../../core/context.ts';
import type { Outcome, PushOperation, Stream, System, VendorRecord } from '../../core/contract.ts';
import { ConnectionError, ContractError, SverkaError } from '../../core/errors.ts';
import type { Fault } from '../../sandbox/shared/faults.ts';
import { type TestContext, testContext } from '../support/context.ts';
import { emptyFields, expectNoMarkers, expectTrue, expectWhole, indexOf, streamsOf } from './kit-expect.ts';
import { findTrials } from './kit-find.ts';
import { meanwhileTrials } from './kit-meanwhile.ts';
import { failureOf, pushAll, readAll, streamOf, textOf } from './kit-support.ts';
import type { Acceptance, ReadCase, Rig, WriteCase } from './kit-types.ts';

export { failureOf, operation, pushAll, type Reading, readAll, streamOf, textOf } from './kit-support.ts';
export type { Acceptance, ReadCase, Rig, WriteCase } from './kit-types.ts';

async function pushOne(stream: Stream, one: PushOperation): Promise<Outcome> {
  const results = await pushAll(stream, [one]);
  expect(results.map((result) => result.operationId)).toEqual([one.id]);
  const [result] = results;
  if (result === undefined) throw new Error('no result');
  return result.outcome;
}

/** Faults after which a repeated read must come to its end. */
const PASSING: Readonly<Record<string, Fault>> = {
  '429 with Retry-After': { kind: 'status', status: 429, retryAfterSeconds: 2 },
  'two 5xx': { kind: 'status', status: 503, times: 2 },
  'a reset before the answer': { kind: 'reset-before' },
  'a reset after the work': { kind: 'reset-after' },
  'a cut connection': { kind: 'truncate' },
};

/** Faults that a reading may survive or end with an error of these classes. */
const HURTING: Readonly<Record<string, { fault: Fault; classes: readonly (abstract new (...args: never[]) => Error)[] }>> = {
  'half a body': { fault: { kind: 'truncate', clean: true }, classes: [ContractError] },
  'an HTML page': { fault: { kind: 'html' }, classes: [ContractError] },
  'a refused key': { fault: { kind: 'status', status: 403 }, classes: [ConnectionError] },
  'a lasting 5xx': { fault: { kind: 'status', status: 500, times: Number.POSITIVE_INFINITY }, classes: [SverkaError] },
  'an error told in the body': { fault: { kind: 'silent-error' }, classes: [SverkaError] },
  'a page given twice': { fault: { kind: 'duplicate-page' }, classes: [ContractError] },
  'a page that skips a row': { fault: { kind: 'shift-page' }, classes: [ContractError] },
};

/** What every connector must do, run against its vendor's machine over sockets. */
export function connectorAcceptance<R extends Rig>(acceptance: Acceptance<R>): void {
  const { connector } = acceptance;
  let rig: R;
  let ctx: TestContext;
  let system: System;

  const known = new Set<string>();
  const trial = (name: string, body: () => Promise<void>): void => {
    known.add(name);
    const reason = acceptance.skips?.[name];
    if (reason === undefined) it(name, body);
    else it.skip(`${name} (skipped: ${reason})`, body);
  };
  const open = (settings: unknown, context: Context): System => connector.open(connector.settings.parse(settings), context);

  describe(`acceptance of ${acceptance.name}`, () => {
    beforeEach(async () => {
      rig = await acceptance.start();
      ctx = testContext(rig.context);
      system = open(rig.settings, ctx);
    });
    afterEach(async () => {
      expectNoMarkers(rig, JSON.stringify(ctx.lines));
      await rig.stop();
    });

    trial('check passes', async () => {
      const health = await system.check(new AbortController().signal);
      expectNoMarkers(rig, JSON.stringify(health));
    });

    trial('check refuses a wrong key', async () => {
      if (rig.wrongSettings === undefined) throw new Error('give `wrongSettings`, or skip with the reason');
      const wrong = open(rig.wrongSettings, ctx);
      const error = await failureOf(wrong.check(new AbortController().signal));
      expect(error).toBeInstanceOf(SverkaError);
      expect(error).toMatchObject({ code: 'VENDOR_REFUSED' });
      expectNoMarkers(rig, textOf(error));
    });

    trial('streams and readings name each other', async () => {
      const names = system.streams.map((stream) => stream.name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(Object.keys(connector.wire)).toContain(name);
      for (const reading of system.readings) for (const name of reading.streams) expect(names).toContain(name);
      for (const stream of system.streams) {
        const { capabilities } = stream;
        const writes = capabilities.update !== 'none' || capabilities.create || capabilities.delete;
        if (writes || capabilities.balance !== undefined) expect(stream.push).toBeTypeOf('function');
        if (capabilities.findBy.length > 0) expect(stream.find).toBeTypeOf('function');
        if (capabilities.confirmsLater) expect(stream.confirm).toBeTypeOf('function');
      }
    });

    for (const read of acceptance.reads) readTrials(read);
    for (const [name, write] of Object.entries(acceptance.writes)) writeTrials(name, write);
    findTrials(acceptance, trial, () => ({ rig, ctx, system }));
    meanwhileTrials(
      acceptance,
      trial,
      () => ({ rig, system }),
      (at, stream, one) => pushOne(streamOf(at, stream), one),
    );

    it('every declared skip names a case', () => {
      expect(Object.keys(acceptance.skips ?? {}).filter((name) => !known.has(name))).toEqual([]);
    });
  });

  function readTrials(read: ReadCase): void {
    const at = `reading ${read.reading}`;

    trial(`${at} sees every record once`, async () => {
      const whole = await readAll(system, read.reading);
      if (whole.error !== null) throw whole.error;
      expect(whole.complete).toBe('snapshot');
      expect(whole.batches.slice(0, -1).every((batch) => batch.complete === 'page')).toBe(true);
      expectWhole(rig, system, read, whole);
      for (const batch of whole.batches) expect(batch.ended).toBeGreaterThanOrEqual(batch.began);
    });

    trial(`${at} fills every wire field`, async () => {
      const whole = await readAll(system, read.reading);
      const found = emptyFields(connector, system, read, whole);
      const declared = Object.entries(acceptance.empty ?? {}).flatMap(([stream, fields]) => Object.keys(fields).map((field) => `${stream}.${field}`));
      const streams = streamsOf(system, read);
      expect(found.sort()).toEqual(declared.filter((name) => streams.includes(name.split('.')[0] ?? '')).sort());
    });

    trial(`${at} goes on from every checkpoint`, async () => {
      const whole = await readAll(system, read.reading);
      const clean = indexOf(whole);
      for (const batch of whole.batches.slice(0, -1)) {
        const rest = await readAll(system, read.reading, { checkpoint: batch.checkpoint });
        if (rest.error !== null) throw rest.error;
        expectTrue(rest, clean);
        if (rest.complete === 'snapshot') expectWhole(rig, system, read, rest);
      }
    });

    trial(`${at} hands on by name what is recognised, and only that`, async () => {
      const whole = await readAll(system, read.reading);
      const known = new Map<string, string>();
      for (const [stream, list] of whole.records) for (const { key, digest } of list) if (digest !== undefined) known.set(`${stream} ${key}`, digest);
      const recognise = async (stream: string, units: readonly { key: string; digest: string }[]): Promise<boolean[]> =>
        units.map(({ key, digest }) => known.get(`${stream} ${key}`) === digest && !key.endsWith('1'));
      const again = await readAll(system, read.reading, { recognise });
      expect(again.error).toBeNull();
      expect(again.complete).toBe(whole.complete);
      const named = new Set(again.batches.flatMap((batch) => (batch.unchanged ?? []).map(({ stream, key }) => `${stream} ${key}`)));
      const expected = [...known.keys()].filter((name) => !name.endsWith('1'));
      expect([...named].sort()).toEqual(expected.sort());
      // What hangs on a unit that was named is not read either; all else is as it was.
      const isNamed = (stream: string, { key, parent }: VendorRecord): boolean =>
        named.has(`${stream} ${key}`) || (parent !== undefined && named.has(`${parent.stream} ${parent.key}`));
      for (const [stream, list] of whole.records) expect(again.records.get(stream) ?? [], stream).toEqual(list.filter((record) => !isNamed(stream, record)));
    });

    trial(`${at} stops promptly`, async () => {
      rig.faults.add({ kind: 'latency', ms: 25_000, times: Number.POSITIVE_INFINITY });
      const controller = new AbortController();
      const slow = open(rig.settings, abortingContext(ctx, controller));
      const stopped = await readAll(slow, read.reading, { signal: controller.signal });
      expect(stopped.error).not.toBeNull();
      expect(stopped.complete).not.toBe('snapshot');
    });

    for (const skip of [0, 1]) {
      const where = skip === 0 ? 'first' : 'second';
      for (const [name, fault] of Object.entries(PASSING)) {
        trial(`${at} survives ${name} at the ${where} call`, async () => {
          const clean = indexOf(await readAll(system, read.reading));
          rig.faults.add({ ...fault, skip, match: { path: read.path } });
          const hurt = await readAll(system, read.reading);
          if (hurt.error !== null) throw hurt.error;
          expectTrue(hurt, clean);
          expect(hurt.complete).toBe('snapshot');
          expectWhole(rig, system, read, hurt);
          if (fault.retryAfterSeconds !== undefined && rig.faults.pending === 0) expect(ctx.clock.slept).toContain(2000);
        });
      }
      for (const [name, { fault, classes }] of Object.entries(HURTING)) {
        trial(`${at} tells no lie after ${name} at the ${where} call`, async () => {
          const clean = indexOf(await readAll(system, read.reading));
          rig.faults.add({ ...fault, skip, match: { path: read.path } });
          const hurt = await readAll(system, read.reading);
          expectTrue(hurt, clean);
          if (hurt.error !== null) {
            expect(classes.some((known) => hurt.error instanceof known)).toBe(true);
            expectNoMarkers(rig, textOf(hurt.error));
          } else if (hurt.complete === 'snapshot') expectWhole(rig, system, read, hurt);
        });
      }
    }
  }

  function writeTrials(name: string, write: WriteCase<R>): void {
    const safe = write.kind === 'safe';
    const send = (one: PushOperation = write.operation(rig)): Promise<Outcome> => pushOne(streamOf(system, write.stream), one);
    const under = (fault: Fault): void =>
      rig.faults.add({ ...fault, match: { path: write.path, ...(write.method === undefined ? {} : { method: write.method }) } });
    const fine = ['applied', 'accepted'];

    trial(`${name} arrives once`, async () => {
      expect(write.arrived(rig)).toBe(false);
      const before = rig.effects();
      expect(fine).toContain((await send()).kind);
      expect(rig.effects() - before).toBe(1);
      expect(write.arrived(rig)).toBe(true);
    });

    trial(`${name} after a lost answer`, async () => {
      const before = rig.effects();
      under({ kind: 'reset-after' });
      const outcome = await send();
      expect(write.arrived(rig)).toBe(true);
      if (safe) expect([...fine, 'unchanged', 'unknown']).toContain(outcome.kind);
      else {
        expect(outcome.kind).toBe('unknown');
        expect(rig.effects() - before).toBe(1);
      }
    });

    trial(`${name} after a reset before any work`, async () => {
      const before = rig.effects();
      under({ kind: 'reset-before' });
      const outcome = await send();
      expect(safe ? [...fine, 'unknown'] : ['unknown']).toContain(outcome.kind);
      expect(rig.effects() - before).toBe(fine.includes(outcome.kind) ? 1 : 0);
    });

    trial(`${name} after 429`, async () => {
      const before = rig.effects();
      under({ kind: 'status', status: 429, retryAfterSeconds: 1 });
      expect(fine).toContain((await send()).kind);
      expect(rig.effects() - before).toBe(1);
    });

    trial(`${name} after a 5xx`, async () => {
      under({ kind: 'status', status: 502 });
      expect(safe ? [...fine, 'unknown', 'retry'] : ['unknown']).toContain((await send()).kind);
    });

    trial(`${name} after an HTML page`, async () => {
      const before = rig.effects();
      under({ kind: 'html', effect: true });
      const outcome = await send();
      expect(safe ? ['unknown', ...fine, 'unchanged'] : ['unknown']).toContain(outcome.kind);
      expect(write.arrived(rig)).toBe(true);
      if (!safe) expect(rig.effects() - before).toBe(1);
    });

    trial(`${name} after half an answer`, async () => {
      const before = rig.effects();
      under({ kind: 'truncate', clean: true });
      const outcome = await send();
      expect([...fine, 'unknown', 'unchanged']).toContain(outcome.kind);
      expect(write.arrived(rig)).toBe(true);
      if (!safe) expect(rig.effects() - before).toBe(1);
    });

    trial(`${name} while the key is refused`, async () => {
      const before = rig.effects();
      under({ kind: 'status', status: 401, times: Number.POSITIVE_INFINITY });
      expect(await send()).toMatchObject({ kind: 'unsent', trouble: { code: 'VENDOR_REFUSED' } });
      expect(rig.effects()).toBe(before);
    });

    trial(`${name} where redirects answer`, async () => {
      const before = rig.effects();
      // The last one may come after the work was done.
      for (const status of [301, 302, 307, 308, 303]) {
        under({ kind: 'status', status, times: Number.POSITIVE_INFINITY });
        expect(await send()).toMatchObject({ kind: status === 303 ? 'unknown' : 'unsent', trouble: { code: 'VENDOR_REDIRECT' } });
        rig.faults.clear();
      }
      expect(rig.effects()).toBe(before);
    });

    const { refused } = write;
    if (refused !== undefined) {
      trial(`${name} that the vendor refuses`, async () => {
        const before = rig.effects();
        const outcome = await send(refused(rig));
        expect(outcome.kind).toBe('rejected');
        expect(rig.effects()).toBe(before);
        expectNoMarkers(rig, JSON.stringify(outcome));
      });
    }

    trial(`${name} is taken only when it is sent`, async () => {
      const one = write.operation(rig);
      const narrow = open(rig.settings, testContext({ ...rig.context, concurrency: 1 }));
      const events: string[] = [];
      const results = await pushAll(streamOf(narrow, write.stream), [one, { ...one, id: 'operation-2' }], {
        taken: (taken) => events.push(`taken ${taken.id}`),
        result: (result) => events.push(`result ${result.operationId}`),
      });
      expect(results).toHaveLength(2);
      expect(events).toEqual(['taken operation-1', 'result operation-1', 'taken operation-2', 'result operation-2']);
    });

    trial(`${name} is not sent after a stop`, async () => {
      const before = rig.effects();
      const results = await pushAll(streamOf(system, write.stream), [write.operation(rig)], {
        signal: AbortSignal.abort(),
      });
      for (const result of results) expect(result.outcome.kind).toBe('retry');
      expect(rig.effects()).toBe(before);
    });
  }
}

/** A context whose first call is followed by an abort. */
function abortingContext(ctx: TestContext, controller: AbortController): Context {
  return {
    ...ctx,
    http: {
      send(request, signal) {
        setImmediate(() => controller.abort(new Error('stopped by the test')));
        return ctx.http.send(request, signal);
      },
    },
  };
}
