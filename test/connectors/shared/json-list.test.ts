import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceDigests, sliceList } from '../../../connectors/shared/json-list.ts';

const json = fc.jsonValue({ depthSize: 'small' });
const id = fc.oneof(fc.integer({ min: 0, max: 999_999_999_999_999 }), fc.stringMatching(/^[!#-[\]-~]{1,20}$/));
const item = fc
  .tuple(
    fc.dictionary(
      fc.string().filter((name) => name !== 'id'),
      json,
    ),
    id,
    fc.boolean(),
  )
  .map(([rest, own, first]) => (first ? { id: own, ...rest } : { ...rest, id: own }));
const root = fc.tuple(
  fc.dictionary(
    fc.stringMatching(/^[a-z]{1,8}$/).filter((name) => name !== 'rows'),
    json,
  ),
  fc.array(item, { maxLength: 6 }),
);
const indent = fc.constantFrom(undefined, 1, '\t');

const slicesOf = (body: Buffer): { rows: unknown[]; ids: string[]; envelope: unknown } | null => {
  const list = sliceList(body, 'rows');
  if (list === null) return null;
  return {
    rows: list.items.map(({ start, end }) => JSON.parse(body.subarray(start, end).toString('utf8')) as unknown),
    ids: list.items.map((one) => one.id),
    envelope: JSON.parse(list.envelope.toString('utf8')) as unknown,
  };
};

describe('a list cut out of JSON', () => {
  it('has the items that parsing gives, and leaves the rest as it is', () => {
    let cut = 0;
    fc.assert(
      fc.property(root, indent, ([rest, rows], space) => {
        const text = JSON.stringify({ ...rest, rows, after: [rest] }, null, space);
        const sliced = slicesOf(Buffer.from(text));
        const parsed = JSON.parse(text) as { rows: { id: unknown }[] };
        // A name with an escape in it is left to the parser.
        if (sliced === null) return rows.some((row) => Object.keys(row).some((name) => JSON.stringify(name).includes('\\')));
        cut += 1;
        expect(sliced.rows).toEqual(parsed.rows);
        expect(sliced.ids).toEqual(parsed.rows.map((row) => String(row.id)));
        expect(sliced.envelope).toEqual({ ...parsed, rows: [] });
        return true;
      }),
      { numRuns: 2000 },
    );
    expect(cut).toBeGreaterThan(500);
  });

  it('is never cut out of a body that is no JSON, as long as every part is parsed', () => {
    fc.assert(
      fc.property(root, fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '{', '\\', 'x', '\u0000'), ([rest, rows], at, piece) => {
        const text = JSON.stringify({ ...rest, rows });
        const place = at % (text.length + 1);
        const broken = Buffer.from(text.slice(0, place) + piece + text.slice(place + (piece === '' ? 1 : 0)));
        let whole: unknown;
        try {
          whole = JSON.parse(broken.toString('utf8'));
        } catch {
          expect(() => {
            if (slicesOf(broken) === null) throw new Error('left to the parser');
          }).toThrow();
          return;
        }
        const sliced = slicesOf(broken);
        if (sliced !== null) expect({ ...(sliced.envelope as object), rows: sliced.rows }).toEqual(whole);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['another shape', '{"rows":{"row":[{"id":1}]}}'],
    ['no such list', '{"others":[{"id":1}]}'],
    ['the list twice', '{"rows":[{"id":1}],"rows":[{"id":2}]}'],
    ['the name spelt with an escape', '{"r\\u006fws":[{"id":1}]}'],
    ['an item without an id', '{"rows":[{"id":1},{"name":"x"}]}'],
    ['an item with two', '{"rows":[{"id":1,"id":2}]}'],
    ['an id with an escape', '{"rows":[{"id":"\\u0031"}]}'],
    ['an id that is no key', '{"rows":[{"id":null}]}'],
    ['an id of 16 digits, which no float holds', '{"rows":[{"id":1234567890123456}]}'],
    ['an item that is no object', '{"rows":[1]}'],
    ['a list that is not closed', '{"rows":[{"id":1}'],
    ['XML', '<root/>'],
    ['nothing', ''],
  ])('is left to the parser: %s', (_, text) => {
    expect(sliceList(Buffer.from(text), 'rows')).toBeNull();
  });
});

describe('digests of items', () => {
  const digests = (text: string, basis: string): string[] => {
    const body = Buffer.from(text);
    return sliceDigests(body, sliceList(body, 'rows')?.items ?? [], basis);
  };

  it('are those of the bytes, and of what decides how these are read', () => {
    const [one, two, three] = digests('{"rows":[{"id":1,"a":"é"},{"id":1,"a":"e"},{"id":1,"a":"é"}]}', 'x');
    expect(one).toBe(three);
    expect(one).not.toBe(two);
    expect(one).toHaveLength(22);
    expect(digests('{"rows":[{"id":1,"a":"é"}]}', 'y')[0]).not.toBe(one);
    expect(digests('{ "total": 3, "rows": [ {"id":1,"a":"é"} ] }', 'x')[0]).toBe(one);
  });
});
