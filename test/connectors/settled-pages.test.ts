/** The law of reading by offset over a list that changes meanwhile. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdSet } from '../../connectors/shared/id-set.ts';
import * as shared from '../../connectors/shared/settled-pages.ts';

interface Move {
  /** The call before which it happens. */
  readonly call: number;
  readonly kind: 'insert' | 'delete';
  readonly at: number;
}

const moves = fc.array(
  fc.record<Move>({
    call: fc.integer({ min: 1, max: 12 }),
    kind: fc.constantFrom('insert', 'delete'),
    at: fc.integer({ min: 0, max: 29 }),
  }),
  { maxLength: 6 },
);

interface Seen {
  readonly keys: string[];
  readonly end: 'settled' | 'moved' | undefined;
  /** Rows that were there all the time. */
  readonly stable: string[];
  readonly calls: number;
}

async function walk(pages: typeof shared, count: number, limit: number, planned: readonly Move[]): Promise<Seen> {
  // Numbers between two neighbours can always be found, so that an insertion has its place in the order.
  const rows = Array.from({ length: count }, (_, index) => index);
  const stable = new Set(rows);
  let calls = 0;
  const list = {
    keyOf: String,
    fetch: async (offset: number) => {
      for (const { kind, at } of planned.filter(({ call }) => call === calls)) {
        if (kind === 'delete') for (const gone of rows.splice(at, 1)) stable.delete(gone);
        else rows.splice(at, 0, ((rows[at - 1] ?? -1) + (rows[at] ?? (rows.at(-1) ?? 0) + 1)) / 2);
      }
      calls += 1;
      return { rows: rows.slice(offset, offset + limit), began: 0, ended: 0 };
    },
  };
  const keys: string[] = [];
  let end: Seen['end'];
  for await (const step of pages.settledPages(list, new IdSet(), new AbortController().signal)) {
    keys.push(...step.fresh.map(String));
    end = step.end;
  }
  return { keys, end, stable: [...stable].map(String), calls };
}

describe.each([['settled pages', shared]])('%s', (_vendor, pages) => {
  test('settled: every row that was there all the time was seen, each once', async () => {
    let moved = 0;
    let again = 0;
    const law = async (count: number, limit: number, planned: readonly Move[]): Promise<void> => {
      const seen = await walk(pages, count, limit, planned);
      expect(new Set(seen.keys).size).toBe(seen.keys.length);
      expect(seen.end).toBeDefined();
      if (seen.end === 'moved') moved += 1;
      else for (const key of seen.stable) expect(seen.keys).toContain(key);
      if (seen.calls > Math.ceil(count / (limit - 1)) + 2) again += 1;
    };
    const count = fc.integer({ min: 0, max: 30 });
    await fc.assert(fc.asyncProperty(count, fc.integer({ min: 2, max: 7 }), moves, law), { numRuns: 500, seed: 7 });
    // The law would be empty if no list had ever been caught moving.
    expect(again).toBeGreaterThan(20);
    expect(moved).toBeLessThan(250);
  });

  test('a list that holds still is settled in one pass', async () => {
    for (let count = 0; count < 20; count += 1) {
      const seen = await walk(pages, count, 4, []);
      expect(seen.keys).toEqual(seen.stable);
      expect(seen.end).toBe('settled');
      expect(seen.calls).toBeLessThanOrEqual(Math.ceil(count / 3) + 1);
    }
  });
});
