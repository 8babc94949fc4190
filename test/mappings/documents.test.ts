import { describe, expect, it } from 'vitest';
import { documentOf, FIELDS_OF } from './documents.ts';
import { NOT_IN_BODIES, SEED_DOCUMENTS } from './seed-fields.ts';
import { REGISTRY, shipped } from './shipped.ts';

/** Streams as such; the others are objects inside a client of Lotinfo. */
const isStream = (vendor: string, stream: string): boolean => REGISTRY.get(vendor)?.has(stream) === true;

const TABLE = Object.entries(SEED_DOCUMENTS).flatMap(([vendor, { streams }]) =>
  Object.entries(streams).map(([stream, fields]) => ({ vendor, stream, fields })),
);

describe.each(Object.entries(SEED_DOCUMENTS))('the document of %s', (vendor, { file, streams }) => {
  const text = documentOf(vendor);

  it.skipIf(text === null)(`names the fields of our copy, no more and no fewer (left out where ${file} is not at hand)`, () => {
    const read = FIELDS_OF[vendor]?.(text ?? '') ?? {};
    const sorted = (fields: Readonly<Record<string, readonly string[]>>) =>
      Object.fromEntries(Object.entries(fields).map(([stream, names]) => [stream, [...names].sort()]));
    expect(sorted(read)).toEqual(sorted(streams));
  });
});

describe.each(TABLE.filter(({ vendor, stream }) => isStream(vendor, stream)))('the fields of $vendor/$stream', ({ vendor, stream, fields }) => {
  const parameters = NOT_IN_BODIES[`${vendor}/${stream}`] ?? {};
  const { plan } = shipped(vendor, stream);
  const used = new Set([plan.key.path.top, ...[...plan.lines, plan.changedAt, plan.createdAt].flatMap((line) => line?.paths.map(({ top }) => top) ?? [])]);
  const reasons = new Map(plan.ignored.map(({ name, reason }) => [name, reason]));

  it.each(fields)('%s is mapped, or ignored with a reason', (field) => {
    const reason = reasons.get(field) ?? parameters[field];
    expect(used.has(field) !== (reason !== undefined), `${field}: mapped or ignored, not both`).toBe(true);
    if (reason !== undefined) expect(reason.split(' ').length).toBeGreaterThan(2);
  });

  it('knows its parameters of calls from fields of a body', () => {
    const names = REGISTRY.get(vendor)?.get(stream) ?? [];
    expect(Object.keys(parameters).filter((name) => names.includes(name) || !fields.includes(name))).toEqual([]);
  });
});

describe.each(TABLE.filter(({ vendor, stream }) => !isStream(vendor, stream)))('the members of $stream ($vendor)', ({ vendor, stream, fields }) => {
  const mapping = shipped(vendor, 'clients');

  it.each(fields)('%s reaches a field of ours or an attribute', (member) => {
    const of = (value: string) => (stream === 'passport' ? { [member]: value } : [{ [member]: value }]);
    const { values: one } = mapping.decode({ [stream]: of('01.02.2003') });
    const { values: other } = mapping.decode({ [stream]: of('04.05.2006') });
    expect(one).not.toEqual(other);
  });
});
