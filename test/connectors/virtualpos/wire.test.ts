import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeInfo } from '../../../connectors/shared/safe-info.ts';
import { Gathered, gather, idOf } from '../../../connectors/virtualpos/rows.ts';
import { virtualposSettings } from '../../../connectors/virtualpos/settings.ts';
import { bonusWire, cardWire, clientWire, flatten } from '../../../connectors/virtualpos/wire.ts';
import { parseXml } from '../../../connectors/virtualpos/xml.ts';
import type { Json } from '../../../core/contract.ts';
import { ContractError } from '../../../core/errors.ts';

fc.configureGlobal({ seed: 20240115 });

const { elements } = virtualposSettings.parse({ url: 'https://x.example', apikey: 'k' });

const value: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: fc.string() },
  { weight: 2, arbitrary: fc.integer() },
  fc.boolean(),
  fc.constantFrom<Json>(null, '', [], {}, [1], { a: 1 }, ['x'], ' ', 'x y', 'z'.repeat(65)),
);
const object = (...names: string[]): fc.Arbitrary<{ [name: string]: Json }> =>
  fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { noNullPrototype: true });

describe('the quick check of rows', () => {
  it('agrees with the schemas for any row', () => {
    const customer = fc
      .tuple(
        object('id', 'fname', 'phone', 'age', '__proto__'),
        fc.option(fc.array(object('id', 'uid', 'status', 'customer_id')), { nil: undefined }),
        fc.option(fc.array(object('bonus_id', 'amount', 'name')), { nil: undefined }),
        fc.option(fc.integer({ min: 1 }), { nil: undefined }),
      )
      .map(([row, cards, bonuses, id]): { [name: string]: Json } => ({
        ...row,
        ...(id === undefined ? {} : { id }),
        ...(cards === undefined ? {} : { cards }),
        ...(bonuses === undefined ? {} : { bonuses }),
      }));
    let good = 0;
    fc.assert(
      fc.property(customer, (row) => {
        const gathered = new Gathered();
        const id = idOf(row);
        gather(gathered, row, id, elements);
        const flattened = flatten(row, 'cards', 'bonuses').body;
        // What stands in the lists passes the schema, and what passes the schema stands there.
        expect(gathered.clients.length === 1).toBe(clientWire.safeParse(flattened).success);
        for (const { body } of gathered.clients) expect(clientWire.safeParse(body).success).toBe(true);
        if (id === null) return;
        const expected = (list: Json | undefined, schema: typeof cardWire | typeof bonusWire): number =>
          (Array.isArray(list) ? list : []).filter(
            (one) => schema.safeParse({ ...flatten(one as { [name: string]: Json }, '', '').body, customer_id: id }).success,
          ).length;
        expect(gathered.cards.length).toBe(expected(row['cards'], cardWire));
        expect(gathered.bonuses.length).toBe(expected(row['bonuses'], bonusWire));
        for (const { body } of gathered.cards) expect(cardWire.safeParse(body).success).toBe(true);
        for (const { body } of gathered.bonuses) expect(bonusWire.safeParse(body).success).toBe(true);
        good += gathered.clients.length + gathered.cards.length + gathered.bonuses.length;
      }),
      { numRuns: 1000 },
    );
    expect(good).toBeGreaterThan(300);
  });
});

const answer = (body: string) => ({ status: 200, headers: {}, body: Buffer.from(body), began: 1, ended: 2 });

describe('XML', () => {
  const document =
    '<?xml version="1.0" encoding="UTF-8"?>\n<root>\n<success>1</success>\n<customers>\n<customer>\n<id>1</id>\n<lname>Иванов &amp; &#1057;ын</lname>\n<email/>\n<note><![CDATA[a<b]]></note></customer>\n<customer><id>2</id></customer></customers>\n</root>\n';

  it('becomes the shape of JSON', () => {
    expect(parseXml(answer(document), 'x')).toEqual({
      success: '1',
      customers: { customer: [{ id: '1', lname: 'Иванов & Сын', email: '', note: 'a<b' }, { id: '2' }] },
    });
  });

  it('cut anywhere is refused, and the text is not quoted', () => {
    for (let length = 0; length < document.trimEnd().length; length += 1) {
      try {
        parseXml(answer(document.slice(0, length)), 'x');
        throw new Error(`cut at ${length} was accepted`);
      } catch (error) {
        expect(error, String(length)).toBeInstanceOf(ContractError);
        expect(String(error)).not.toContain('Иван');
      }
    }
  });

  it.each([
    ['a DOCTYPE', '<!DOCTYPE root [<!ENTITY a "b">]><root>&a;</root>'],
    ['an external entity', '<!DOCTYPE root SYSTEM "file:///etc/passwd"><root/>'],
    ['an unknown entity', '<root>&nbsp;</root>'],
    ['an entity named like a property', '<root>&constructor;</root>'],
    ['text between elements', '<root>text<a>1</a></root>'],
    ['two roots', '<root/><root/>'],
    ['HTML', '<html><br></html>'],
    ['deep nesting', '<a>'.repeat(40) + '</a>'.repeat(40)],
  ])('%s is refused', (_name, body) => {
    expect(() => parseXml(answer(body), 'x')).toThrow(ContractError);
  });

  it('keeps __proto__ as a field', () => {
    const parsed = parseXml(answer('<root><__proto__>1</__proto__></root>'), 'x') as object;
    expect(Object.keys(parsed)).toEqual(['__proto__']);
  });
});

describe('the vendor’s error text', () => {
  it.each([
    ['Клиент не найден', 'Клиент не найден'],
    ['Телефон +7 (913) 123-45-67 занят', 'Телефон … занят'],
    ['Почта ivan@mail.ru занята «Иванов Иван»', 'Почта … занята …'],
    ['Карта 200001 уже есть', 'Карта … уже есть'],
    ['поле "fname" пусто', 'поле "fname" пусто'],
    ['код 1234', 'код 1234'],
    ['a\u0000\nb', 'a b'],
  ])('%j is shown as %j', (info, shown) => {
    expect(safeInfo(info)).toBe(shown);
  });

  it('is never long', () => {
    expect(safeInfo('слово '.repeat(100)).length).toBeLessThanOrEqual(120);
  });
});
