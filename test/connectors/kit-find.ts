import { expect } from 'vitest';
import type { Found, System, VendorRecord } from '../../core/contract.ts';
import { SverkaError } from '../../core/errors.ts';
import type { Fault } from '../../sandbox/shared/faults.ts';
import type { TestContext } from '../support/context.ts';
import { expectNoMarkers } from './kit-expect.ts';
import { failureOf, streamOf, textOf } from './kit-support.ts';
import type { Acceptance, Rig } from './kit-types.ts';

type Trial = (name: string, body: () => Promise<void>) => void;

/** What a trial has at hand; made anew for each. */
export interface Bench<R extends Rig> {
  readonly rig: R;
  readonly ctx: TestContext;
  readonly system: System;
}

interface Asked<R extends Rig> {
  readonly path: RegExp;
  ask(bench: Bench<R>, signal: AbortSignal): Promise<Found>;
  expected(rig: R): Readonly<Record<string, readonly string[]>>;
}

/** Faults after which a repeated look-up must come to its end with the same answer. */
const PASSING: Readonly<Record<string, Fault>> = {
  'a 429': { kind: 'status', status: 429, retryAfterSeconds: 1 },
  'a 5xx': { kind: 'status', status: 503 },
  'a reset': { kind: 'reset-before' },
  'a cut connection': { kind: 'truncate' },
};

/** Faults that a look-up may end with an error for; never with a "none" that the vendor did not say. */
const HURTING: Readonly<Record<string, Fault>> = {
  'half a body': { kind: 'truncate', clean: true },
  'an HTML page': { kind: 'html' },
  'a refused key': { kind: 'status', status: 403 },
  'a lasting 5xx': { kind: 'status', status: 500, times: Number.POSITIVE_INFINITY },
  'an error told in the body': { kind: 'silent-error' },
};

/** Look-ups and facets: the right records, whatever happens on the way, and no effect. */
export function findTrials<R extends Rig>(acceptance: Acceptance<R>, trial: Trial, bench: () => Bench<R>): void {
  const never = new AbortController().signal;
  for (const [name, one] of Object.entries(acceptance.finds ?? {})) {
    const find = (probe: typeof one.probe) => (at: Bench<R>, signal: AbortSignal) =>
      streamOf(at.system, one.stream).find?.(probe(at.rig), signal) ?? Promise.reject(new Error(`${one.stream} cannot be looked up`));
    askTrials(name, { path: one.path, ask: find(one.probe), expected: one.expected }, trial, bench);
    const { nobody } = one;
    if (nobody === undefined) continue;
    trial(`${name}: nobody is an empty answer and no error`, async () => {
      const found = await find(nobody)(bench(), never);
      expect([...found.records.values()].flat()).toEqual([]);
      expect(found.rejected).toEqual([]);
    });
  }
  for (const [name, one] of Object.entries(acceptance.facets ?? {})) {
    const read = async (at: Bench<R>, signal: AbortSignal): Promise<Found> => {
      const facet = streamOf(at.system, one.stream).facets?.find((candidate) => candidate.name === one.facet);
      if (facet === undefined) throw new Error(`${one.stream} has no facet ${one.facet}`);
      const found = await facet.read(one.record(at.rig), signal);
      for (const record of found.records.get(one.stream) ?? []) for (const path of record.covers ?? []) expect(facet.covers).toContain(path);
      return found;
    };
    const expected = (rig: R) => ({ [one.stream]: [one.record(rig).key] });
    askTrials(name, { path: one.path, ask: read, expected }, trial, bench);
    trial(`${name} gives what the vendor holds`, async () => {
      const at = bench();
      const [record] = (await read(at, never)).records.get(one.stream) ?? [];
      expect(record?.body).toMatchObject(one.body(at.rig));
    });
  }
  if (acceptance.finds === undefined) return;
  trial('every way to look a record up is tried', async () => {
    const { rig, system } = bench();
    const tried = Object.values(acceptance.finds ?? {}).flatMap(({ stream, probe }) => Object.keys(probe(rig)).map((key) => `${stream} by ${key}`));
    for (const { name, capabilities } of system.streams) for (const key of capabilities.findBy) expect(tried).toContain(`${name} by ${key}`);
  });
}

function askTrials<R extends Rig>(name: string, asked: Asked<R>, trial: Trial, bench: () => Bench<R>): void {
  const never = new AbortController().signal;
  const expectRight = (at: Bench<R>, found: Found): void => {
    expect(found.rejected).toEqual([]);
    for (const [stream, keys] of Object.entries(asked.expected(at.rig))) {
      expect((found.records.get(stream) ?? []).map((record: VendorRecord) => record.key).sort(), stream).toEqual([...keys].sort());
    }
    expect(found.ended).toBeGreaterThanOrEqual(found.began);
  };

  trial(`${name} gives just what was asked for, and changes nothing`, async () => {
    const at = bench();
    const before = at.rig.effects();
    expectRight(at, await asked.ask(at, never));
    expect(at.rig.effects()).toBe(before);
  });

  for (const [fault, what] of Object.entries(PASSING)) {
    trial(`${name} survives ${fault}`, async () => {
      const at = bench();
      at.rig.faults.add({ ...what, match: { path: asked.path } });
      expectRight(at, await asked.ask(at, never));
    });
  }

  for (const [fault, what] of Object.entries(HURTING)) {
    trial(`${name} under ${fault} says so, or gives the right answer`, async () => {
      const at = bench();
      at.rig.faults.add({ ...what, match: { path: asked.path } });
      const answer = await asked.ask(at, never).catch((error: unknown) => error);
      if (answer instanceof Error) {
        expect(answer).toBeInstanceOf(SverkaError);
        expectNoMarkers(at.rig, textOf(answer));
      } else expectRight(at, answer as Found);
    });
  }

  trial(`${name} is not sent after a stop`, async () => {
    const at = bench();
    expect(await failureOf(asked.ask(at, AbortSignal.abort()))).toMatchObject({ code: 'RUN_INTERRUPTED' });
  });
}
