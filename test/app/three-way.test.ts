import fc from 'fast-check';
import { expect, test } from 'vitest';
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
