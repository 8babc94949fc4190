/** The fast reader of plain XML says what the full one says, or nothing. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseXml } from '../../../connectors/virtualpos/xml.ts';
import { parsePlainXml } from '../../../connectors/virtualpos/xml-plain.ts';

const DEPTH = 16;

/** What the full reader says: a comment behind the document is what the fast one leaves to it. */
function fully(text: string): unknown {
  try {
    return parseXml({ status: 200, headers: {}, body: Buffer.from(`${text}<!---->`), began: 0, ended: 0 }, 'customers');
  } catch {
    return undefined;
  }
}

const name = fc.constantFrom('id', 'fname', 'customer', 'cards', 'card', '__proto__', 'constructor', 'a-b.c', '_x');
const character = fc.constantFrom('а', 'Ё', 'z', '7', ' ', '\n', '\t', '&amp;', '&lt;', '&gt;', '&quot;', '&apos;', '👍', '"', "'", '=', '/', '-', ';', '#');
const leaf = fc.array(character, { maxLength: 8 }).map((parts) => parts.join(''));
const blank = fc.constantFrom('', '\n', '  ', '\n\t');
const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(name, leaf).map(([tag, text]) => `<${tag}>${text}</${tag}>`),
    name.map((tag) => `<${tag}/>`),
    fc
      .tuple(name, blank, fc.array(fc.tuple(tie('element'), blank), { minLength: 1, maxLength: 5 }))
      .map(([tag, before, children]) => `<${tag}>${before}${children.map(([child, after]) => child + after).join('')}</${tag}>`),
  ),
}));
const document = fc
  .tuple(fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>\n', '<?xml version="1.0"?>'), fc.array(element, { maxLength: 4 }))
  .map(([declaration, children]) => `${declaration}<root>${children.join('\n')}</root>\n`);
/** A document with one place of it changed: cut, doubled, or something put in. */
const damaged = fc
  .tuple(
    document,
    fc.nat(),
    fc.nat({ max: 12 }),
    fc.constantFrom(
      '',
      '<',
      '>',
      '/',
      '&',
      '&#65;',
      '&no;',
      ' a="1"',
      '<!-- x -->',
      '<![CDATA[<]]>',
      ']]>',
      '\r\n',
      '\u0001',
      'x',
      '</root>',
      '<root>',
      '<?pi?>',
    ),
  )
  .map(([text, place, length, put]) => {
    const at = place % (text.length + 1);
    // Half a character is none once it has been sent.
    return Buffer.from(text.slice(0, at) + put + text.slice(at + length)).toString();
  });

it('reads every plain document, and as the full reader does', () => {
  fc.assert(
    fc.property(document, (text) => {
      const read = parsePlainXml(text, DEPTH);
      expect(read).not.toBeUndefined();
      expect(JSON.stringify(read)).toBe(JSON.stringify(fully(text)));
    }),
    { numRuns: 3000 },
  );
});

it('says nothing of a damaged document, or what the full reader says of it', () => {
  let read = 0;
  fc.assert(
    fc.property(damaged, (text) => {
      const plain = parsePlainXml(text, DEPTH);
      if (plain === undefined) return;
      read += 1;
      expect(JSON.stringify(plain)).toBe(JSON.stringify(fully(text)));
    }),
    { numRuns: 10_000 },
  );
  expect(read).toBeGreaterThan(100);
});

it('leaves a document that is nested too deeply to the reader that refuses it', () => {
  const deep = (levels: number): string => `${'<a>'.repeat(levels)}1${'</a>'.repeat(levels)}`;
  expect(parsePlainXml(deep(DEPTH), DEPTH)).not.toBeUndefined();
  expect(parsePlainXml(deep(DEPTH + 1), DEPTH)).toBeUndefined();
  expect(fully(deep(DEPTH + 1))).toBeUndefined();
});
