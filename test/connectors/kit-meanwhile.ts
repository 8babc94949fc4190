/** Replacing a whole record must not undo what a person did there since it was read. */
import { expect } from 'vitest';
import type { Outcome, PushOperation, System, VendorRecord } from '../../core/contract.ts';
import { operation, readAll, streamOf } from './kit-support.ts';
import type { Acceptance, Meanwhile, Rig, WriteCase } from './kit-types.ts';

type Trial = (name: string, body: () => Promise<void>) => void;

interface Bench<R extends Rig> {
  readonly rig: R;
  readonly system: System;
}

type Send = (system: System, stream: string, one: PushOperation) => Promise<Outcome>;

async function readOne(system: System, stream: string, key: string): Promise<VendorRecord> {
  const reading = system.readings.find((one) => one.streams.includes(stream) && one.mode !== 'none');
  const { records } = await readAll(system, reading?.name ?? stream);
  const record = records.get(stream)?.find((one) => one.key === key);
  if (record === undefined) throw new Error(`${stream} has no ${key}`);
  return record;
}

/** The change as it is planned after a reading. */
async function planned<R extends Rig>({ system }: Bench<R>, stream: string, { key, field, parentKey }: Meanwhile<R>, value: string): Promise<PushOperation> {
  const { body, parent } = await readOne(system, stream, key);
  const fields = { [field]: value };
  const before = Object.hasOwn(body, field) ? { [field]: body[field] ?? null } : {};
  const owner = parentKey ?? parent?.key;
  return operation({ action: 'update', key, fields, before, body: { ...body, ...fields }, ...(owner === undefined ? {} : { parentKey: owner }) });
}

export function meanwhileTrials<R extends Rig>(acceptance: Acceptance<R>, trial: Trial, bench: () => Bench<R>, send: Send): void {
  const cases = Object.entries(acceptance.writes).flatMap(([name, write]): [string, WriteCase<R>, Meanwhile<R>][] =>
    write.meanwhile === undefined ? [] : [[name, write, write.meanwhile]],
  );
  trial('every stream that is replaced is tried with an edit made meanwhile', async () => {
    const { system } = bench();
    const readable = (stream: string): boolean => system.readings.some((one) => one.streams.includes(stream) && one.mode !== 'none');
    const replaced = system.streams.filter(({ name, capabilities }) => capabilities.update === 'replace' && readable(name)).map(({ name }) => name);
    const written = new Set(Object.values(acceptance.writes).map(({ stream }) => stream));
    expect(cases.map(([, { stream }]) => stream).sort()).toEqual(replaced.filter((name) => written.has(name)).sort());
  });
  for (const [name, { stream }, one] of cases) {
    const [ofField, ofOther] = one.values;
    trial(`${name} keeps what was edited there since it was read`, async () => {
      const at = bench();
      const change = await planned(at, stream, one, ofField);
      one.edit(at.rig, { [one.other]: ofOther });
      expect(['applied', 'accepted']).toContain((await send(at.system, stream, change)).kind);
      at.rig.effects();
      expect(one.holds(at.rig, one.field)).toBe(ofField);
      expect(one.holds(at.rig, one.other)).toBe(ofOther);
    });
    trial(`${name} is not sent over an edit of the same field`, async () => {
      const at = bench();
      const change = await planned(at, stream, one, `${ofField}0`);
      one.edit(at.rig, { [one.field]: ofField });
      const before = at.rig.effects();
      expect(await send(at.system, stream, change)).toEqual({ kind: 'overtaken' });
      expect(at.rig.effects()).toBe(before);
      expect(one.holds(at.rig, one.field)).toBe(ofField);
      expect(streamOf(at.system, stream).capabilities.update).toBe('replace');
    });
  }
}
