/** Our strict reader of XML against another library on the same documents: where both read, they read the same. */

import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import { parseXml } from '../../../connectors/virtualpos/xml.ts';
import { renderXml } from '../../../sandbox/virtualpos/xml-render.ts';
import { startVirtualpos } from './rig.ts';

// Its defaults turn `+7913…` and long card numbers into numbers, and read a cut document without a word.
const other = new XMLParser({ parseTagValue: false, parseAttributeValue: false, trimValues: false, ignoreAttributes: true, ignoreDeclaration: true });

type Tree = string | Tree[] | { [name: string]: Tree };

/** Without the blanks between elements. */
function leaves(node: Tree): Tree {
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) return node.map(leaves);
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => name !== '#text')
      .map(([name, child]) => [name, leaves(child)]),
  );
}

const otherReading = (text: string): Tree => leaves((other.parse(text) as { root: Tree }).root);
const ourReading = (text: string): unknown => parseXml({ status: 200, headers: {}, body: Buffer.from(text), began: 0, ended: 0 }, 'customers');

test('a page of customers as the vendor serves it', async () => {
  const rig = await startVirtualpos();
  try {
    const answer = await fetch(`${rig.url}/api/customer?apikey=${String(rig.settings['apikey'])}&format=xml`);
    const text = await answer.text();
    expect(XMLValidator.validate(text)).toBe(true);
    expect(text).toContain('a &lt; b &amp;');
    expect(ourReading(text)).toEqual(otherReading(text));
  } finally {
    await rig.stop();
  }
});

test('any text that XML can carry', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.trim() !== '' && !/[\r\ufffe\uffff]/.test(value));
  fc.assert(
    fc.property(text, text, (phone, note) => {
      const document = renderXml({ phone, note });
      expect(ourReading(document)).toEqual(otherReading(document));
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('a cut document is refused by ours, whatever the other makes of it', () => {
  const whole = renderXml({ phone: '+79130000777', note: 'a < b' });
  for (let length = 1; length < whole.trimEnd().length; length += 1) expect(() => ourReading(whole.slice(0, length))).toThrow(/customers: /);
});
