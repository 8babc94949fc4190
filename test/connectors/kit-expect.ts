import { expect } from 'vitest';
import type { Connector, System, VendorRecord } from '../../core/contract.ts';
import type { Reading } from './kit-support.ts';
import type { ReadCase, Rig } from './kit-types.ts';

export function streamsOf(system: System, read: ReadCase): readonly string[] {
  return system.readings.find((reading) => reading.name === read.reading)?.streams ?? [];
}

/** Every key of the machine is there exactly once, as a record or as a rejected one, and nothing else is. */
export function expectWhole(rig: Rig, system: System, read: ReadCase, whole: Reading): void {
  const keys = rig.keys();
  for (const stream of streamsOf(system, read)) {
    const found = (whole.records.get(stream) ?? []).map((record) => record.key);
    const rejected = whole.rejected.filter((one) => one.stream === stream).map((one) => one.key ?? '(none)');
    expect([...found, ...rejected].sort(), stream).toEqual([...(keys[stream] ?? [])].sort());
  }
}

export function indexOf(reading: Reading): ReadonlyMap<string, VendorRecord> {
  if (reading.error !== null) throw reading.error;
  const index = new Map<string, VendorRecord>();
  for (const [stream, records] of reading.records) for (const record of records) index.set(`${stream}/${record.key}`, record);
  return index;
}

/** Whatever was yielded is what a calm reading yields, and once only. */
export function expectTrue(hurt: Reading, clean: ReadonlyMap<string, VendorRecord>): void {
  for (const [stream, records] of hurt.records) {
    const keys = records.map((record) => record.key);
    expect(new Set(keys).size, `${stream}: no key twice`).toBe(keys.length);
    for (const record of records) expect(record).toEqual(clean.get(`${stream}/${record.key}`));
  }
}

/** Fields of the wire schemas that no record fills: misspelt names show here. */
export function emptyFields(connector: Connector, system: System, read: ReadCase, whole: Reading): string[] {
  const found: string[] = [];
  for (const stream of streamsOf(system, read)) {
    const shape = (connector.wire[stream] as { shape?: Record<string, unknown> } | undefined)?.shape ?? {};
    const records = whole.records.get(stream) ?? [];
    for (const field of Object.keys(shape)) {
      const filled = records.some(({ body }) => {
        const value = Object.hasOwn(body, field) ? body[field] : undefined;
        return value !== undefined && value !== null && value !== '' && JSON.stringify(value) !== '[]';
      });
      if (!filled) found.push(`${stream}.${field}`);
    }
  }
  return found;
}

export function expectNoMarkers(rig: Rig, text: string): void {
  for (const marker of rig.markers) expect(text.includes(marker), `a marker in: ${text}`).toBe(false);
}
