import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkMapping, coverage, runFileCases } from '../../mappings/engine/index.ts';
import { CONNECTORS, compiled, optionsOf, REGISTRY, SHIPPED } from './shipped.ts';

it('every stream of every connector has a mapping, and every mapping a stream', () => {
  const streams = CONNECTORS.flatMap(({ vendor, wire }) => Object.keys(wire).map((stream) => `${vendor}/${stream}`));
  expect(SHIPPED.map(({ vendor, stream }) => `${vendor}/${stream}`)).toEqual(streams.sort());
});

describe.each(SHIPPED)('$vendor/$stream', (file) => {
  it('compiles against the wire names of its connector', () => {
    expect(optionsOf(file).wire).not.toBeNull();
    expect(checkMapping(file.mapping, optionsOf(file))).toEqual([]);
  });

  it('says of every wire field what becomes of it', () => {
    const names = REGISTRY.get(file.vendor)?.get(file.stream) ?? [];
    const missing = coverage(compiled(file), names).filter(({ state }) => state === 'missing');
    expect(missing).toEqual([]);
    expect(names.length).toBeGreaterThan(3);
  });

  it('no longer compiles when the vendor adds a field', () => {
    const options = { ...optionsOf(file), wire: [...(optionsOf(file).wire ?? []), 'added_by_the_vendor'] };
    expect(checkMapping(file.mapping, options).map(({ message }) => message)).toEqual([
      'the wire field "added_by_the_vendor" is neither mapped nor ignored: map it under "fields", or give a reason under "ignored"',
    ]);
  });

  it('has six cases or more, one of which expects a problem, and they hold', () => {
    const results = runFileCases(file, optionsOf(file));
    expect(results.length).toBeGreaterThanOrEqual(6);
    expect(results.some(({ expectsProblem }) => expectsProblem)).toBe(true);
    expect(results.filter(({ passed }) => !passed)).toEqual([]);
  });

  it('has a case with a value, not only an empty one, for every line', () => {
    const { cases } = parse(file.cases?.text ?? '') as { cases: readonly { values?: Record<string, unknown> }[] };
    const shown = new Set(cases.flatMap(({ values }) => Object.entries(values ?? {}).flatMap(([field, value]) => (value === null ? [] : [field]))));
    const lines = compiled(file).plan.lines.filter(({ targets }) => !targets.some((field) => shown.has(field)));
    expect(lines.map(({ name }) => name)).toEqual([]);
  });
});
