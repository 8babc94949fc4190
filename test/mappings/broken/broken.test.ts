/** Each broken mapping gets the message that a person needs: right place, what is wrong, what to do, and no follow-up noise. */
import { describe, expect, it } from 'vitest';
import { checkMapping } from '../../../mappings/engine/index.ts';
import { FORM } from './form.ts';
import { type Broken, broken, expectFaults, FILE, OPTIONS, placeOf, RIGHT } from './kit.ts';
import { LINES } from './lines.ts';
import { YAML } from './yaml.ts';

const faultsOf = (text: string) => checkMapping({ file: FILE, text }, OPTIONS);

describe('a mapping', () => {
  it('is right before it is broken', () => {
    expect(faultsOf(RIGHT)).toEqual([]);
  });

  describe.each([
    ['in its YAML', YAML],
    ['in its form', FORM],
    ['in a line', LINES],
  ] satisfies [string, readonly Broken[]][])('broken %s', (_, table) => {
    it.each(table.map((one) => [one[0], one] as const))('%s', (_what, [, from, to, ...faults]) => {
      const found = faultsOf(broken(from, to));
      expectFaults(
        found.map((one) => `${placeOf(one)} ${one.message}`),
        faults,
      );
      for (const one of found) expect(one.file).toBe(FILE);
    });
  });

  it('tells of all its faults, in the order of their places', () => {
    const text = RIGHT.replace('lname', '"lname').replace('gender', 'gendr').replace('as: phone', 'as: phon').replace('crc: check sum of the row', 'crc: sum');
    expect(faultsOf(text).map(placeOf)).toEqual(['7:14', '9:16', '14:29', '24:8']);
  });

  it('tells of fifty faults, the first of them', () => {
    const text = RIGHT.replace('constants:\n', `${Array.from({ length: 80 }, (_, index) => `  wrong${index}: phone`).join('\n')}\nconstants:\n`);
    const found = faultsOf(text);
    expect(found).toHaveLength(50);
    expect(placeOf(found[0] ?? expect.unreachable())).toBe('20:3');
  });
});
