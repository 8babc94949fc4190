import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { copyOf, headFor, isUntouched, splitCopy } from '../../app/mapping-copy.ts';
import { mergeTexts } from '../../app/three-way.ts';

const lines = fc.array(fc.constantFrom('a: 1', 'b: 2', 'c: 3', '  d: 4', '# e', ''), { maxLength: 12 }).map((all) => all.join('\n'));

test('where one side alone changed something, its text comes out; the sides can be swapped', () => {
  fc.assert(
    fc.property(lines, lines, (base, other) => {
      expect(mergeTexts(other, base, base)).toEqual({ text: other, conflicts: [] });
      expect(mergeTexts(base, base, other)).toEqual({ text: other, conflicts: [] });
      expect(mergeTexts(other, base, other)).toEqual({ text: other, conflicts: [] });
    }),
  );
  fc.assert(
    fc.property(lines, lines, lines, (mine, base, theirs) => {
      const [one, two] = [mergeTexts(mine, base, theirs), mergeTexts(theirs, base, mine)];
      expect(one.text === null).toBe(two.text === null);
      expect(one.text === null).toBe(one.conflicts.length > 0);
    }),
  );
});

test('changes of different lines both come out, with the line ends of the file', () => {
  const base = ['a', 'b', 'c', 'd', 'e'].join('\n');
  expect(mergeTexts('A\r\nb\r\nc\r\nd\r\ne', base, 'a\nb\nc\nd\nE').text).toBe('A\r\nb\r\nc\r\nd\r\nE');
});

/** `a: 1` under `fields`, each with a comment above it where the value is even. */
const mappingText = (map: ReadonlyMap<string, number>): string =>
  ['fields:', ...[...map].flatMap(([key, value]) => [...(value % 2 === 0 ? [`  # ${key} is even`] : []), `  ${key}: ${value}`]), 'ignored:', '  z: none'].join(
    '\n',
  );

/** Changes, deletions and additions of one side; it adds keys of its own only. */
const edits = (added: string) =>
  fc.record({
    changed: fc.dictionary(fc.constantFrom(...'abcdefgh'), fc.integer({ min: 100, max: 999 }), { maxKeys: 4 }),
    gone: fc.uniqueArray(fc.constantFrom(...'abcdefgh'), { maxLength: 3 }),
    fresh: fc.array(fc.nat({ max: 8 }), { maxLength: 3 }).map((places) => places.map((place, index) => ({ place, key: `${added}${index}` }))),
  });

type Edits = { changed: Readonly<Record<string, number>>; gone: readonly string[]; fresh: readonly { place: number; key: string }[] };

function editedMap(base: ReadonlyMap<string, number>, { changed, gone, fresh }: Edits): ReadonlyMap<string, number> {
  const entries = [...base].filter(([key]) => !gone.includes(key)).map(([key, value]) => [key, changed[key] ?? value] as [string, number]);
  for (const { place, key } of fresh) entries.splice(Math.min(place, entries.length), 0, [key, 7]);
  return new Map(entries);
}

test('entries that only one side changed are no conflict, wherever they stand; what comes out is what both made of them', () => {
  const base = new Map([...'abcdefgh'].map((key, index) => [key, index] as const));
  let merged = 0;
  fc.assert(
    fc.property(edits('m'), edits('t'), (mine, theirs) => {
      const [a, b] = [editedMap(base, mine), editedMap(base, theirs)];
      const { text, conflicts } = mergeTexts(mappingText(a), mappingText(base), mappingText(b));
      const clash = [...base.keys()].some((key) => a.get(key) !== base.get(key) && b.get(key) !== base.get(key) && a.get(key) !== b.get(key));
      if (clash) expect([text, conflicts.length > 0]).toEqual([null, true]);
      else {
        merged++;
        const wanted = new Map<string, number | undefined>();
        for (const key of [...base.keys(), ...a.keys(), ...b.keys()]) wanted.set(key, a.get(key) === base.get(key) ? b.get(key) : a.get(key));
        for (const [key, value] of wanted) if (value === undefined) wanted.delete(key);
        expect(parse(text ?? '')).toEqual({ fields: Object.fromEntries(wanted), ignored: { z: 'none' } });
      }
    }),
    { numRuns: 500 },
  );
  expect(merged).toBeGreaterThan(100);
});

test('neighbours are merged by their keys, with comments and lines below them; what is inside one entry is not', () => {
  const base = 'fields:\n  # of a\n  a: 1\n  b: { from: x }\n  c:\n    from: q\n    as: text\n';
  const merge = (mine: (text: string) => string, theirs: (text: string) => string) => mergeTexts(mine(base), base, theirs(base)).text;
  const put = (from: string, to: string) => (text: string) => text.replace(from, to);
  expect(merge(put('a: 1', 'a: 2'), put('x }', 'y }'))).toBe(base.replace('a: 1', 'a: 2').replace('x }', 'y }'));
  expect(merge(put('# of a', '# about a'), put('a: 1', 'a: 2'))).toBe(base.replace('# of a', '# about a').replace('a: 1', 'a: 2'));
  expect(merge(put('  b:', '  n: 7\n  b:'), put('  b:', '  # new\n  m: 8\n  b:'))).toBe(base.replace('  b:', '  # new\n  m: 8\n  n: 7\n  b:'));
  expect(merge(put('  b: { from: x }\n', ''), put('from: q', 'from: p'))).toBe(base.replace('  b: { from: x }\n', '').replace('from: q', 'from: p'));
  expect(merge(put('from: q', 'from: p'), put('as: text', 'as: phone'))).toBeNull();
  expect(merge(put('a: 1', 'a: 2'), put('a: 1', 'a: 3'))).toBeNull();
  expect(merge(put('  b: { from: x }\n', ''), put('x }', 'y }'))).toBeNull();
});

test('a conflict is placed by the lines of the file', () => {
  expect(mergeTexts('a\nB\nc', 'a\nb\nc', 'a\nbb\nc')).toEqual({ text: null, conflicts: [{ from: 2, to: 2, mine: ['B'], base: ['b'], theirs: ['bb'] }] });
});

test('the head of a copy is parted from it, whatever stands below', () => {
  fc.assert(
    fc.property(lines, lines, (text, other) => {
      const copy = copyOf(text, 'shop/clients.yaml', '1.2.3');
      const { head, body } = splitCopy(copy);
      expect([head + body, body, isUntouched(copy)]).toEqual([copy, text, true]);
      const later = splitCopy(headFor(head, other) + body);
      expect([later.body, later.digest]).toEqual([text, splitCopy(copyOf(other, 'x', '1')).digest]);
      const bare = splitCopy(headFor('', other) + text);
      expect([bare.body, bare.digest]).toEqual([text, later.digest]);
    }),
  );
  expect(splitCopy('vendor: x\n# Shipped text: abc\n').head).toBe('');
});
