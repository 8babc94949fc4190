/** Names found in bytes are those that parsing gives, in whatever spelling. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NameBytes } from '../../../connectors/virtualpos/name-bytes.ts';
import { parsePlainXml } from '../../../connectors/virtualpos/xml-plain.ts';

const name = fc.oneof(
  fc.constantFrom('', 'Золотая', 'VIP "a\\b"', '<&>', 'type_name', '"type_name"', 'a  b', '\n', '👍'),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
);
const customers = fc.array(fc.record({ group_name: name, cards: fc.array(fc.record({ type_name: name }), { maxLength: 3 }) }), { maxLength: 6 });
type Customers = typeof customers extends fc.Arbitrary<infer T> ? T : never;

function found(text: string, form: 'json' | 'xml'): Set<string> {
  const names = new Set<string>();
  const bytes = new NameBytes(['group_name', 'type_name']);
  // Twice: what was met is not lost for that.
  for (const _ of [1, 2]) bytes.read(Buffer.from(text), form, (field, value) => names.add(`${field} ${String(value)}`));
  return names;
}

const expected = (rows: Customers): Set<string> =>
  new Set(rows.flatMap((row) => [`group_name ${row.group_name}`, ...row.cards.map((card) => `type_name ${card.type_name}`)]));

it('in JSON, spaced or not', () => {
  fc.assert(
    fc.property(customers, fc.constantFrom(undefined, 1, '\t'), (rows, space) => {
      // What stands inside a text is escaped, so that it is no name.
      expect(found(JSON.stringify(rows, null, space), 'json')).toEqual(expected(rows));
    }),
    { numRuns: 3000 },
  );
});

it('in XML, with entities', () => {
  const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
  const escaped = (text: string): string => text.replace(/[&<>]/g, (sign) => SIGNS[sign] ?? '');
  fc.assert(
    fc.property(customers, (rows) => {
      const xml = (row: Customers[number]): string =>
        `<c><group_name>${escaped(row.group_name)}</group_name><cards>${row.cards.map((card) => `<card><type_name>${escaped(card.type_name)}</type_name></card>`).join('')}</cards></c>`;
      const text = `<root>${rows.map(xml).join('\n')}</root>`;
      // Texts that plain XML cannot carry are not cut out of an answer in the first place.
      fc.pre(parsePlainXml(text, 16) !== undefined);
      expect(found(text, 'xml')).toEqual(expected(rows));
    }),
    { numRuns: 3000 },
  );
});
