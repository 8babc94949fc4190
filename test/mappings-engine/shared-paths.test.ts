/** Lines that share one wire path: whatever is written, what no line owns stays as it is. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Json } from '../../core/contract.ts';
import { findPhones } from '../../mappings/engine/codecs/free-phones.ts';
import { memberOf } from '../../mappings/engine/path.ts';
import { mappingOf } from './support.ts';

const phone = fc.stringMatching(/^\+79\d{9}$/);
const phones = fc.uniqueArray(phone, { maxLength: 3 }).map((list) => (list.length === 0 ? null : list.sort()));
const item = fc.record(
  {
    type: fc.constantFrom('mobile', 'city', 'email', 'other'),
    value: phone,
    general: fc.constantFrom(0, 1),
    comment: fc.string(),
  },
  { requiredKeys: ['type', 'value'] },
);

it('contacts of other types, and the other members of those that stay, are never touched', () => {
  const codec = { main: 'general', mainAmong: ['mobile', 'city'], item: 'phone' };
  const mapping = mappingOf({
    phone: { from: 'contacts[type=mobile]', as: 'list-item', ...codec },
    phones: { from: 'contacts[type=mobile]', as: 'list-rest', ...codec },
  });
  const foreign = (list: Json) => (Array.isArray(list) ? list.filter((one) => memberOf(one, 'type') !== 'mobile') : []);
  let kept = 0;
  fc.assert(
    fc.property(fc.array(item, { maxLength: 5 }), phone, phones, (contacts, main, others) => {
      const rest = others?.filter((one) => one !== main) ?? [];
      const current = { contacts: contacts as Json };
      const { wire, losses } = mapping.encode({ phone: main, phones: rest.length === 0 ? null : rest }, current);
      const written = wire.contacts ?? null;
      expect(foreign(written)).toEqual(foreign(current.contacts));
      const { values } = mapping.decode({ contacts: written });
      if (losses.length === 0) {
        expect(values).toEqual({ phone: main, phones: rest.length === 0 ? null : rest });
        kept++;
      }
      expect(mapping.encode(values, { contacts: written }).wire).toEqual({ contacts: written });
    }),
    { numRuns: 2000, seed: 7 },
  );
  expect(kept).toBeGreaterThan(1900);
});

it('words around phones in a free text are never touched', () => {
  const mapping = mappingOf({ phone: { from: 't', as: 'free-phones' }, phones: { from: 't', as: 'free-phones' } });
  const words = fc.constantFrom('Иванов Иван', 'Елена Петровна', 'после 18', 'кв. 15', 'д. 7 к. 2', 'не звонить');
  const text = fc
    .array(
      fc.oneof(
        words,
        phone,
        fc.tuple(phone, words).map((pair) => pair.join(' ')),
      ),
      { maxLength: 5 },
    )
    .map((parts) => parts.join(', '));
  fc.assert(
    fc.property(text, phone, phones, (before, main, others) => {
      const rest = others?.filter((one) => one !== main) ?? [];
      const given = { phone: main, phones: rest.length === 0 ? null : rest };
      const written = mapping.encode(given, { t: before }).wire.t ?? '';
      expect(mapping.decode({ t: written }).values).toEqual(given);
      const wordsOf = (whole: string) =>
        findPhones(whole)
          .reduceRight((left, one) => left.slice(0, one.from) + left.slice(one.to), whole)
          .match(/[^\s,;]+/g) ?? [];
      expect(wordsOf(String(written))).toEqual(wordsOf(before));
      expect(mapping.encode(given, { t: written }).wire).toEqual({ t: written });
    }),
    { numRuns: 2000, seed: 8 },
  );
});

it('words beside phones are put where their number stands, and nobody else loses theirs', () => {
  const mapping = mappingOf({
    phone: { from: 't', as: 'free-phones' },
    phones: { from: 't', as: 'free-phones' },
    phoneNotes: { from: 't', as: 'phone-notes' },
  });
  const words = fc.constantFrom('Иванов Иван', 'Елена Петровна', 'после 18', 'мама');
  const entries = fc.uniqueArray(fc.tuple(phone, fc.option(words)), { minLength: 1, maxLength: 4, selector: ([number]) => number });
  fc.assert(
    fc.property(entries, entries, (before, wanted) => {
      const text = before.map(([number, own]) => (own === null ? number : `${number} ${own}`)).join(', ');
      const [[main] = ['']] = wanted;
      const rest = wanted
        .slice(1)
        .map(([number]) => number)
        .sort();
      const notes = wanted.flatMap(([number, own]) => (own === null ? [] : [`${number} ${own}`])).sort();
      const given = { phone: main, phones: rest.length === 0 ? null : rest, ...(notes.length === 0 ? {} : { phoneNotes: notes }) };
      const fresh = mapping.decode({ t: mapping.encode(given, null).wire.t ?? '' }).values;
      expect(fresh).toEqual({ ...given, phoneNotes: notes.length === 0 ? null : notes });
      const written = mapping.encode(given, { t: text }).wire.t ?? '';
      const back = mapping.decode({ t: written }).values;
      expect(back).toMatchObject({ phone: given.phone, phones: given.phones });
      expect(back.phoneNotes ?? []).toEqual(expect.arrayContaining(notes));
      expect(mapping.encode(given, { t: written }).wire).toEqual({ t: written });
    }),
    { numRuns: 2000, seed: 9 },
  );
});
