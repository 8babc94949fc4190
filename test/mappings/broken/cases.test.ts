/** Files of cases that are broken: the message names the place inside the case. */
import { describe, expect, it } from 'vitest';
import { MappingError, runCases } from '../../../mappings/engine/index.ts';
import { broken, expectFaults, type Fault, FILE, OPTIONS, RIGHT } from './kit.ts';

const CASES = `zone: Europe/Moscow
cases:
  - name: reads a name
    wire: { lname: A, fname: B }
    values: { name.last: A, name.first: B }
  - name: cannot be read
    wire:
      gender: X
    problem: { field: sex, rule: is expected }
  - name: writes a name
    encode:
      values: { name.last: A }
      wire: { lname: A, shop: 7 }
`;

const TABLE: readonly (readonly [what: string, from: string, to: string, ...faults: Fault[]])[] = [
  ['a key misspelt', 'zone:', 'zoen:', ['1:1', '"zoen" is not known here', 'did you mean "zone"?']],
  ['a key of a case misspelt', '    encode:', '    encod:', ['11:5', '"encod" is not known here', 'did you mean "encode"?']],
  ['an unknown zone', 'Europe/Moscow', 'Europe/Moskow', ['1:7', 'IANA', 'did you mean "Europe/Moscow"?']],
  ['a case that is a text', 'cases:\n  - name: reads', 'cases:\n  - reads a name\n  - name: reads', ['3:5', 'a case is a map']],
  ['a case without a name', '  - name: reads a name\n    wire', '  - wire', ['3:5', '"name" of a case is missing']],
  ['a case that says nothing', '    values: { name.last: A, name.first: B }\n', '', ['4:5', '"values" or "problem"']],
  ['a name that is a number', 'name: reads a name', 'name: 5', ['3:11', '"name" of a case', 'a text']],
  ['values as a list', '{ name.last: A, name.first: B }', '[A, B]', ['5:13', '"values" of a case', 'a set of keys']],
  ['an unknown field', 'name.first: B }', 'name.frist: B }', ['5:29', '"name.frist" is no field of client', 'did you mean "name.first"?']],
  [
    'an unknown field to write',
    'values: { name.last: A }',
    'values: { name.lsat: A }',
    ['12:17', '"name.lsat" is no field of client', 'did you mean "name.last"?'],
  ],
  ['an unknown wire field', 'gender: X', 'gendre: X', ['8:7', '"gendre" is no wire field', 'did you mean "gender"?']],
  ['an unknown field of a problem', 'field: sex,', 'field: sexx,', ['9:23', '"sexx" is no field of client', 'did you mean "sex"?']],
  ['a key of a problem misspelt', 'rule: is', 'rul: is', ['9:28', '"rul" is not known here', 'did you mean "rule"?']],
  ['no wire to be written', '      wire: { lname: A, shop: 7 }\n', '', ['11:5', '"encode.wire"', 'a set of keys']],
  ['no case that expects a problem', '    problem: { field: sex, rule: is expected }', '    values: {}', ['2:1', 'at least one case must expect a problem']],
  ['a forbidden name', 'gender: X', '__proto__: X', ['8:7', '"__proto__" cannot be a name']],
  ['a quote not closed', 'lname: A, fname: B', 'lname: "A, fname: B', ['4:20', 'quote (")']],
];

function faultsOf(cases: string): readonly string[] {
  try {
    const failed = runCases({ file: FILE, text: RIGHT }, { file: 'clients.cases.yaml', text: cases }, OPTIONS).filter((one) => !one.passed);
    return failed.map((one) => `${one.line} ${JSON.stringify(one.differences)}`);
  } catch (error) {
    if (!(error instanceof MappingError)) throw error;
    return error.problems.map((one) => `${one.line}:${one.column} ${one.message}`);
  }
}

describe('a file of cases', () => {
  it('is right before it is broken', () => {
    expect(faultsOf(CASES)).toEqual([]);
  });

  it.each(TABLE.map((one) => [one[0], one] as const))('%s', (_what, [, from, to, ...faults]) => {
    expectFaults(faultsOf(broken(from, to, CASES)), faults);
  });
});
