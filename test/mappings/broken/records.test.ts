/** Records whose values cannot be read: the line of the mapping, the field, the path and the rule; never the value. */
import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../../mappings/engine/index.ts';
import { FILE, OPTIONS, RIGHT } from './kit.ts';

/** Stands in every value; in no message. */
const MARKER = 'Секретова-4711';

type Record = readonly [what: string, body: { readonly [name: string]: unknown }, place: string, field: string, path: string, rule: string];

const RECORDS: readonly Record[] = [
  ['an unknown code', { gender: MARKER }, '9:3', 'sex', 'gender', 'one of M, F is expected'],
  ['a code that is a list', { gender: [MARKER] }, '9:3', 'sex', 'gender', 'one of M, F is expected'],
  ['a code that is a map', { gender: { M: MARKER } }, '9:3', 'sex', 'gender', 'one of M, F is expected'],
  ['a date that is none', { born: MARKER }, '10:3', 'birthDate', 'born', 'a date in the form dd.MM.yyyy is expected'],
  ['a date in another form', { born: '1985-01-10' }, '10:3', 'birthDate', 'born', 'dd.MM.yyyy'],
  ['a day that there is not', { born: '31.02.1985' }, '10:3', 'birthDate', 'born', 'no such day'],
  ['a date that is a map', { born: { year: MARKER } }, '10:3', 'birthDate', 'born', 'dd.MM.yyyy'],
  ['a phone without digits', { phone: MARKER }, '14:3', 'phone', 'phone', 'expected'],
  ['a phone that is a map', { phone: { number: MARKER } }, '14:3', 'phone', 'phone', 'expected'],
  ['contacts that are no list', { contacts: MARKER }, '15:3', 'email', 'contacts[type=email].value', 'a list is expected'],
  ['an e-mail address without a host', { contacts: [{ type: 'email', value: `${MARKER}@` }] }, '15:3', 'email', 'contacts[type=email].value', 'e-mail address'],
  ['an e-mail address that is a number', { contacts: [{ type: 'email', value: 4711 }] }, '15:3', 'email', 'contacts[type=email].value', 'e-mail address'],
  ['a mask that is a text', { agreed: MARKER }, '16:3', 'consents.sms', 'agreed', 'whole number'],
  ['a mask below nought', { agreed: -1 }, '16:3', 'consents.sms', 'agreed', 'whole number'],
  ['a member of a mask that is a text', { agreed: { sms: MARKER } }, '16:3', 'consents.sms', 'agreed', 'expected'],
  ['a value outside its table', { kind: MARKER }, '17:3', 'type', 'kind', 'a value of the table "kinds" is expected'],
  ['a moment that is none', { made: MARKER }, '18:3', 'registeredAt', 'made', 'expected'],
  ['a number with a fraction', { kids: '2.5' }, '19:3', 'childrenCount', 'kids', 'whole number'],
  ['a number beyond its bounds', { kids: 4711 }, '19:3', 'childrenCount', 'kids', 'from 0 to 20'],
  ['a number that is a text', { kids: MARKER }, '19:3', 'childrenCount', 'kids', 'expected'],
  ['a name that is a list', { lname: [MARKER] }, '7:3', 'name.last', 'lname', 'a text or a number is expected'],
  ['a name that is a map', { fname: { first: MARKER } }, '8:3', 'name.first', 'fname', 'a text or a number is expected'],
];

describe('a record that cannot be read', () => {
  const mapping = compileMapping({ file: FILE, text: RIGHT }, OPTIONS);

  it.each(RECORDS.map((one) => [one[0], one] as const))('%s', (_what, [, body, place, field, path, rule]) => {
    const { problems, values } = mapping.decode({ id: '1', ...body } as never);
    expect(problems.map((one) => `${one.line}:${one.column} ${one.field} ${one.path}`)).toEqual([`${place} ${field} ${path}`]);
    expect(problems[0]?.file).toBe(FILE);
    expect(problems[0]?.rule).toContain(rule);
    expect(JSON.stringify(problems)).not.toMatch(/Секретова|4711/);
    expect(values).not.toHaveProperty([field]);
  });

  it('has a message for each of its faults', () => {
    const { problems } = mapping.decode({ id: '1', lname: 'right', gender: MARKER, born: MARKER, kids: MARKER });
    expect(problems.map(({ line, field }) => `${line} ${field}`)).toEqual(['9 sex', '10 birthDate', '19 childrenCount']);
  });
});
