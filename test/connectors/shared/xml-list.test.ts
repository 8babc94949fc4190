import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sliceXmlList } from '../../../connectors/shared/xml-list.ts';
import { parsePlainXml } from '../../../connectors/virtualpos/xml-plain.ts';

const read = (text: string): unknown => {
  const value = parsePlainXml(text, 16);
  if (value === undefined) throw new Error('no plain XML');
  return value;
};

const character = fc.constantFrom('а', 'Ё', 'z', '7', ' ', '&amp;', '&gt;', '👍', '"', '/', '-', '\n');
const text = fc.array(character, { maxLength: 6 }).map((parts) => parts.join(''));
const blank = fc.constantFrom('', '\n', '  ');
const leaf = fc.tuple(fc.constantFrom('fname', 'email', 'cards'), text).map(([name, value]) => (value === '' ? `<${name}/>` : `<${name}>${value}</${name}>`));
const nested = fc.array(leaf, { maxLength: 3 }).map((leaves) => `<cards><card><id>77</id>${leaves.join('')}</card><card/></cards>`);
const id = fc.stringMatching(/^[!-%'-;=?-~]{1,12}$/).filter((one) => !one.includes(']]>'));
const item = fc.tuple(id, fc.array(fc.oneof(leaf, nested), { maxLength: 4 }), blank, fc.boolean()).map(([own, rest, gap, first]) => {
  const parts = first ? [`<id>${own}</id>`, ...rest] : [...rest, `<id>${own}</id>`];
  return { own, xml: `<row>${gap}${parts.join(gap)}${gap}</row>` };
});
const page = fc.tuple(fc.array(item, { minLength: 2, maxLength: 5 }), blank, fc.array(leaf, { maxLength: 2 })).map(([items, gap, others]) => ({
  ids: items.map(({ own }) => own),
  xml: `<?xml version="1.0" encoding="UTF-8"?>\n<root>${gap}${others.join(gap)}<rows>${gap}${items.map(({ xml }) => xml).join(gap)}${gap}</rows><total>3</total>${gap}</root>\n`,
}));

const slicesOf = (body: Buffer): { rows: unknown[]; ids: string[]; envelope: unknown } | null => {
  const list = sliceXmlList(body, 'rows', 'row');
  if (list === null) return null;
  return {
    rows: list.items.map(({ start, end }) => read(body.subarray(start, end).toString('utf8'))),
    ids: list.items.map((one) => one.id),
    envelope: read(list.envelope.toString('utf8')),
  };
};

describe('a list cut out of XML', () => {
  it('has the items that parsing gives, and leaves the rest as it is', () => {
    fc.assert(
      fc.property(page, ({ xml, ids }) => {
        const sliced = slicesOf(Buffer.from(xml));
        const whole = read(xml) as { rows: { row: unknown[] } };
        expect(sliced?.ids).toEqual(ids);
        expect(sliced?.rows).toEqual(whole.rows.row);
        expect(sliced?.envelope).toEqual({ ...whole, rows: '' });
      }),
      { numRuns: 2000 },
    );
  });

  it('is never cut out of a damaged answer, as long as every part is parsed', () => {
    const pieces = fc.constantFrom(
      '',
      '<',
      '>',
      '/',
      '&',
      ' a="1"',
      '<!-- x -->',
      '<![CDATA[',
      'x',
      '</row>',
      '<row>',
      '</rows>',
      '<rows/>',
      '<id>7</id>',
      '<row><id>7</id></row>',
    );
    let cut = 0;
    fc.assert(
      fc.property(page, fc.nat(), fc.nat({ max: 9 }), pieces, ({ xml }, place, length, piece) => {
        const at = place % (xml.length + 1);
        const damaged = Buffer.from(xml.slice(0, at) + piece + xml.slice(at + length));
        let sliced: ReturnType<typeof slicesOf>;
        try {
          sliced = slicesOf(damaged);
        } catch {
          return;
        }
        if (sliced === null) return;
        cut += 1;
        const { row } = (read(damaged.toString('utf8')) as { rows: { row?: unknown } }).rows;
        expect(sliced.rows).toEqual(Array.isArray(row) ? row : row === undefined ? [] : [row]);
      }),
      { numRuns: 5000 },
    );
    expect(cut).toBeGreaterThan(50);
  });

  it.each([
    ['no such list', '<root><others><row><id>1</id></row></others></root>'],
    ['the list twice', '<root><rows><row><id>1</id></row></rows><rows/></root>'],
    ['another item', '<root><rows><item><id>1</id></item></rows></root>'],
    ['an item without an id', '<root><rows><row><name>x</name></row></rows></root>'],
    ['an empty item', '<root><rows><row/></rows></root>'],
    ['an item with two', '<root><rows><row><id>1</id><id>2</id></row></rows></root>'],
    ['an id with an entity', '<root><rows><row><id>&#49;</id></row></rows></root>'],
    ['an id with elements', '<root><rows><row><id><a>1</a></id></row></rows></root>'],
    ['an attribute', '<root><rows><row n="1"><id>1</id></row></rows></root>'],
    ['a comment', '<root><rows><!-- --><row><id>1</id></row></rows></root>'],
    ['CDATA with a tag in it', '<root><rows><row><id>1</id><a><![CDATA[</row>]]></a></row></rows></root>'],
    ['text between items', '<root><rows>x<row><id>1</id></row></rows></root>'],
    ['a list that is not closed', '<root><rows><row><id>1</id></row>'],
    ['something behind the root', '<root><rows><row><id>1</id></row></rows></root><root/>'],
    ['a DOCTYPE', '<!DOCTYPE root><root><rows><row><id>1</id></row></rows></root>'],
    ['JSON', '{"rows":[]}'],
    ['nothing', ''],
  ])('is left to the parser: %s', (_, xml) => {
    expect(sliceXmlList(Buffer.from(xml), 'rows', 'row')).toBeNull();
  });
});
