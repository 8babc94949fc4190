import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireBody } from '../../core/contract.ts';
import type { Value } from '../../core/model.ts';
import { BODIES } from './bodies.ts';
import { compiled, SHIPPED } from './shipped.ts';

const RUNS = { numRuns: 300, seed: 20_260_101 };
const laid = (body: WireBody, wire: WireBody): WireBody => ({ ...body, ...wire });

describe.each(SHIPPED)('$vendor/$stream with any body', (file) => {
  const mapping = compiled(file);
  const bodies = BODIES[`${file.vendor}/${file.stream}`];
  if (bodies === undefined) throw new Error(`no bodies for ${file.vendor}/${file.stream}`);
  const pushed = new Set(mapping.lines.filter(({ only }) => only === null).map(({ field }) => field));

  it('reads and writes without throwing, and never both reads a field and complains of it', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const { values, problems } = mapping.decode(body);
        for (const { field } of problems) expect(Object.hasOwn(values, field)).toBe(false);
        for (const moment of [mapping.changedAt(body), mapping.createdAt(body)]) {
          expect(moment === null || Number.isSafeInteger(moment)).toBe(true);
        }
        mapping.encode(values, body);
        mapping.encode(values, null);
      }),
      RUNS,
    );
  });

  it('reads back what it wrote, but for the losses it told', () => {
    let kept = 0;
    let written = 0;
    fc.assert(
      fc.property(bodies, fc.boolean(), (body, fresh) => {
        const { values, problems } = mapping.decode(body);
        const current = fresh ? null : body;
        const { wire, losses } = mapping.encode(values, current);
        const back = mapping.decode(laid(current ?? {}, wire));
        const told = new Set([...losses.map(({ field }) => field), ...problems.map(({ field }) => field)]);
        expect(back.problems.filter(({ field }) => !told.has(field))).toEqual([]);
        for (const field of Object.keys(values)) {
          if (!pushed.has(field)) continue;
          written += 1;
          if (told.has(field)) continue;
          // A list has no way to say "none of these items" in a new record but to leave them out.
          if (!(field in back.values) && values[field] === null) continue;
          expect([field, back.values[field]]).toEqual([field, values[field]]);
          kept += 1;
        }
      }),
      RUNS,
    );
    // So that the law cannot pass by being empty.
    expect(written).toBeGreaterThan(200);
    expect(kept / written).toBeGreaterThan(0.8);
  });

  it('settles: what was written once is written the same again', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const once = laid(body, mapping.encode(mapping.decode(body).values, body).wire);
        const first = mapping.decode(once);
        const twice = laid(once, mapping.encode(first.values, once).wire);
        expect(mapping.decode(twice)).toEqual(first);
      }),
      RUNS,
    );
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
          expect(Object.keys(answer).filter((name) => inside.has(name))).toEqual([]);
          expect((answer as { polluted?: unknown }).polluted).toBeUndefined();
        }
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
      }),
      RUNS,
    );
  });
});
