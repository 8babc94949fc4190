/** Every shipped mapping compiles, holds its cases, and keeps the laws as a whole. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Json, WireBody } from '../../core/contract.ts';
import type { FieldValues } from '../../core/model.ts';
import { sameValue } from '../../mappings/engine/equal.ts';
import { type CompiledMapping, compileFile, listLoss, loadMappings, type MappingFile, runFileCases } from '../../mappings/engine/index.ts';
import { anyWire } from './arbitraries.ts';
import { OPTIONS } from './support.ts';

const ROOT = join(import.meta.dirname, '../../mappings');
const texts = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ file: `mappings/${name}`, text: readFileSync(join(ROOT, name), 'utf8') }));
const files = loadMappings(texts);

/** Values that the cases show for each wire field: what real records look like. */
function poolOf(file: MappingFile): ReadonlyMap<string, readonly Json[]> {
  const pool = new Map<string, Json[]>();
  const cases = (parse(file.cases?.text ?? '{}') as { cases?: { wire?: WireBody; encode?: { current?: WireBody } }[] }).cases ?? [];
  for (const one of cases) {
    for (const [name, value] of [...Object.entries(one.wire ?? {}), ...Object.entries(one.encode?.current ?? {})])
      pool.set(name, [...(pool.get(name) ?? []), value]);
  }
  return pool;
}

function bodiesOf(mapping: CompiledMapping, file: MappingFile): fc.Arbitrary<WireBody> {
  const pool = poolOf(file);
  const names = [...new Set(mapping.lines.flatMap((line) => line.sources))];
  const members = names.map((name) => {
    const shown = pool.get(name) ?? [];
    const near = shown.length === 0 ? anyWire : fc.constantFrom(...shown);
    return [
      name,
      fc.oneof({ arbitrary: near, weight: 12 }, { arbitrary: fc.constantFrom<Json>('', null), weight: 2 }, { arbitrary: anyWire, weight: 1 }),
    ] as const;
  });
  return fc.record(Object.fromEntries(members), { requiredKeys: [] }) as fc.Arbitrary<WireBody>;
}

describe.each(files.map((file) => [`${file.vendor}/${file.stream}`, file] as const))('%s', (name, file) => {
  const mapping = compileFile(file, OPTIONS);

  it('holds its cases, one of which is a record that cannot be read', () => {
    const results = runFileCases(file, OPTIONS);
    expect(results.filter((result) => !result.passed)).toEqual([]);
    expect(results.some((result) => result.expectsProblem)).toBe(true);
  });

  it('reads any record; what it writes of it reads as it was, or the loss is told; and the next writing changes nothing', () => {
    const told = new Set(listLoss(mapping).map((loss) => loss.field));
    const pushed = mapping.lines.filter((line) => line.only === null).map((line) => line.field);
    let whole = 0;
    let all = 0;
    fc.assert(
      fc.property(bodiesOf(mapping, file), (body) => {
        const { values, problems } = mapping.decode(body);
        const given: FieldValues = Object.fromEntries(pushed.flatMap((field) => (Object.hasOwn(values, field) ? [[field, values[field] ?? null]] : [])));
        const written = mapping.encode(given, null);
        const back = mapping.decode(written.wire);
        const lost = new Set(written.losses.map((loss) => loss.field));
        all++;
        if (lost.size === 0 && problems.length === 0) whole++;
        if (back.problems.length > 0) expect(back.problems).toEqual([]);
        for (const field of Object.keys(given)) {
          const [was, is] = [given[field] ?? null, back.values[field] ?? null];
          if (!sameValue(was, is) && !lost.has(field)) expect({ [field]: is }).toEqual({ [field]: was });
        }
        for (const field of lost) if (!told.has(field) && (given[field] ?? null) !== null) expect([...told]).toContain(field);
        const again = mapping.encode(
          Object.fromEntries(Object.keys(given).flatMap((field) => (Object.hasOwn(back.values, field) ? [[field, back.values[field] ?? null]] : []))),
          null,
        );
        if (!sameValue(again.wire, written.wire)) expect(again.wire).toEqual(written.wire);
      }),
      { numRuns: 500, seed: 20_262 },
    );
    console.log(`${name}: ${((100 * whole) / all).toFixed(0)} % of ${all} records without loss or problem`);
    expect(whole).toBeGreaterThan(0);
  });
});

it('there are shipped mappings', () => {
  expect(files.length).toBeGreaterThanOrEqual(9);
});
