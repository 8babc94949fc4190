/** The laws of DESIGN §5 for every shipped mapping, over bodies of the shapes that the vendors document, and over proofs of its lines. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { WireBody } from '../../core/contract.ts';
import { type FieldValues, fieldSpec, type Value } from '../../core/model.ts';
import { faultOfValue } from '../../mappings/engine/canonical.ts';
import { sameValue } from '../../mappings/engine/equal.ts';
import { proveMapping } from '../../mappings/engine/proof/prove.ts';
import { CASES, LAW_SEED } from '../support/laws.ts';
import { BODIES } from './bodies.ts';
import { CONNECTORS, compiled, optionsOf, SHIPPED } from './shipped.ts';

console.log(`laws of mappings: ${CASES} bodies each, seed ${LAW_SEED} (SVERKA_TEST_SEED)`);

const RUNS = { numRuns: CASES, seed: LAW_SEED };
const laid = (body: WireBody, wire: WireBody): WireBody => ({ ...body, ...wire });

/** A law that does not hold: fast-check cuts the body down and names the seed. */
function must(holds: boolean, ...facts: readonly unknown[]): void {
  if (!holds) throw new Error(JSON.stringify(facts));
}

const fieldsOf = (a: FieldValues, b: FieldValues): readonly string[] => [...new Set([...Object.keys(a), ...Object.keys(b)])];

/** Ten thousand bodies take ten seconds at most on a core of their own; a shared one may need many more. */
const PATIENCE = { timeout: 240_000 };

describe.each(SHIPPED)('$vendor/$stream with any body', PATIENCE, (file) => {
  const mapping = compiled(file);
  const bodies = BODIES[`${file.vendor}/${file.stream}`];
  if (bodies === undefined) throw new Error(`no bodies for ${file.vendor}/${file.stream}`);
  const pushed = new Set(mapping.lines.filter(({ only }) => only === null).map(({ field }) => field));

  it('reads a value of the field or complains, never both; what it writes reads back but for told losses, and is written the same again', () => {
    let [kept, written] = [0, 0];
    fc.assert(
      fc.property(bodies, fc.boolean(), (body, fresh) => {
        const first = mapping.decode(body);
        const failed = new Set(first.problems.map(({ field }) => field));
        for (const [field, value] of Object.entries(first.values)) {
          must(!failed.has(field), field, 'is read and complained of');
          const spec = fieldSpec(mapping.entity, field);
          must(spec !== undefined && faultOfValue(spec, value) === null, field, value, 'is no value of the field');
        }
        for (const moment of [mapping.changedAt(body), mapping.createdAt(body)]) must(moment === null || Number.isSafeInteger(moment), 'no moment', moment);
        const current = fresh ? null : body;
        const { wire, losses } = mapping.encode(first.values, current);
        const once = laid(current ?? {}, wire);
        const back = mapping.decode(once);
        const told = new Set([...losses.map(({ field }) => field), ...failed]);
        for (const { field } of back.problems) must(told.has(field), field, 'cannot be read after it was written');
        for (const [field, value] of Object.entries(first.values)) {
          if (!pushed.has(field)) continue;
          written += 1;
          if (told.has(field)) continue;
          // A list has no way to say "none of these items" in a new record but to leave them out.
          if (!(field in back.values) && value === null) continue;
          must(sameValue(back.values[field], value), field, value, 'reads back as', back.values[field]);
          kept += 1;
        }
        const again = mapping.decode(laid(once, mapping.encode(back.values, once).wire));
        const changed = fieldsOf(again.values, back.values).find((field) => !sameValue(again.values[field], back.values[field]));
        must(changed === undefined, changed, 'is read anew as', again.values[changed ?? ''], 'and not', back.values[changed ?? '']);
      }),
      RUNS,
    );
    // So that the law cannot pass by being empty.
    expect(written).toBeGreaterThan(CASES / 2);
    expect(kept / written).toBeGreaterThan(0.8);
  });

  it('keeps names of JavaScript out of its answers', () => {
    const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "x", "toString": "y"}') as WireBody;
    const inside = new Set(['__proto__', 'constructor', 'toString']);
    fc.assert(
      fc.property(bodies, (body) => {
        const all: WireBody = Object.assign(Object.create(null), body, hostile);
        const { values } = mapping.decode(all);
        const { wire } = mapping.encode(values, all);
        for (const answer of [values as Record<string, Value>, wire]) {
          must(!Object.keys(answer).some((name) => inside.has(name)), Object.keys(answer));
          must((answer as { polluted?: unknown }).polluted === undefined, 'polluted');
        }
        must(({} as { polluted?: unknown }).polluted === undefined, 'the prototype of all objects is polluted');
      }),
      { ...RUNS, numRuns: 300 },
    );
  });

  it('is proved without a fault, line by line and as a whole', () => {
    const schema = CONNECTORS.find(({ vendor }) => vendor === file.vendor)?.wire[file.stream];
    if (schema === undefined) throw new Error('no wire schema');
    const proof = proveMapping(mapping, {
      lookups: optionsOf(file).lookups,
      schema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
      seed: LAW_SEED,
    });
    expect(proof.findings.filter(({ severity }) => severity === 'fault')).toEqual([]);
    expect(proof.lines.filter(({ tried }) => tried < 100)).toEqual([]);
  });
});
